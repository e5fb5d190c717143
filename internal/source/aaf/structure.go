package aaf

import "belvedere/internal/source/record"

func readStructure(r *request, give give) error {
	name := r.first("ENTStructureNomCourant")
	short := cut(name.Text, 3)
	if !short[1].Present { // a name of one part is the name
		short = []record.Value{{}, short[0], {}}
	}
	if !name.Present {
		short = make([]record.Value, 3)
	}
	area := make([]record.Value, 2)
	if v := r.first("ENTEtablissementBassin", "ENTEcoleBassin"); v.Present {
		area = cut(v.Text, 2)
	}
	if err := give(Structure, r.first("ENTStructureUAI", "ENTEtablissementUAI"), r.first("ENTStructureSIREN"), name, short[0], short[1], short[2],
		r.first("ENTStructureTypeStruct"), r.first("ENTStructureCodeTypeStruct"), r.first("ENTEtablissementContrat", "ENTEcoleContrat"),
		r.first("ENTEtablissementMinistereTutelle"), r.first("ENTEtablissementCodeMinistereTutelle"), r.first("street"), r.first("postalCode"), r.first("l"),
		area[0], area[1], r.first("ENTServAcAcademie"), r.first("ENTServAcCodeAcademie"), r.first("ENTEcoleCirconscription"),
		r.first("ENTEcoleSecteur"), r.first("ENTEcoleRPI")); err != nil {
		return err
	}
	for _, a := range [][2]string{{"ENTStructureClasses", "classe"}, {"ENTStructureGroupes", "groupe"}} {
		for p := range r.parts(a[0], 2) {
			if err := give(StructureClass, text(a[1]), p[0], p[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

func readSubject(r *request, give give) error {
	return give(Subject, r.first("ENTLibelleMatiere"), r.first("ENTMatiereRattach"))
}

func readMef(r *request, give give) error {
	return give(Mef, r.first("ENTLibelleMef"), r.first("ENTMEFRattach"), r.first("ENTMEFSTAT11"), r.first("ENTNivFormation"), r.first("ENTFiliere"))
}
