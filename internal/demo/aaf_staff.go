package demo

import (
	"fmt"
	"slices"
	"strconv"
)

// functions are the words of the directory for what staff do: code, label, discipline, its label.
var functions = map[string][3]string{
	"ENS": {"ENSEIGNEMENT", "", ""},
	"DIR": {"DIRECTION", "D0010", "PERSONNEL DE DIRECTION"},
	"EDU": {"EDUCATION", "E0030", "CONSEILLER PRINCIPAL D'EDUCATION"},
	"DOC": {"DOCUMENTATION", "L0080", "DOCUMENTATION"},
	"ADF": {"PERSONNELS ADMINISTRATIFS", "A0010", "ADMINISTRATION"},
	"AED": {"ASSISTANT D'EDUCATION", "E0070", "SURVEILLANCE"},
	"AEH": {"ACCOMPAGNEMENT", "D0021", "ACCOMPAGNEMENT ELEVES SITUATION HANDICAP"},
	"ORI": {"ORIENTATION", "E0050", "ORIENTATION"},
	"-":   {"SANS OBJET", "", ""},
}

// aafStaff writes everyone who works in the school.
func (c *campus) aafStaff(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	taught := map[*employee][]*service{}
	for _, s := range c.services() {
		taught[s.teacher] = append(taught[s.teacher], s)
	}
	for i, e := range c.staff {
		id := strconv.Itoa(e.aaf)
		f := functions[e.function]
		teaches := map[bool]string{true: "O", false: "N"}[e.function == "ENS"]
		var sts []string
		if e.inSTS() {
			sts = []string{strconv.Itoa(e.id)}
		}
		if d, ok := disciplines[e.discipline]; ok {
			f[1], f[2] = d.code, d.short
		}
		list := []attribute{one("ENTPersonJointure", id), {"ENTPersonSTSId", sts}, one("ENTPersonDateNaissance", e.birth.Format(frenchDay)),
			one("ENTPersonNomPatro", e.last), one("sn", e.last), one("givenName", e.first), one("personalTitle", e.title()),
			one("mail", fmt.Sprintf("%s%d@ac-sarvane.example", mailbox(e.first, e.last), i+1)), one("ENTPersonStructRattach", c.structID())}
		list = append(list, c.aafTeaching(e, taught[e])...)
		list = append(list, one("ENTPersonFonctions", fmt.Sprintf("%s$%s$%s$%s$%s", c.structID(), e.function, f[0], f[1], f[2])),
			one("PersEducNatPresenceDevantEleves", teaches), one("ENTPersonCategorieEnseignant", teaches))
		x.add("categoriePersonne", "PersEducNat", id, list...)
	}
	return x.close()
}

// aafTeaching are the attributes of what a teacher teaches, and to whom.
func (c *campus) aafTeaching(e *employee, services []*service) []attribute {
	school := c.structID() + "$"
	values := map[string][]string{}
	put := func(name, value string) {
		if !slices.Contains(values[name], value) {
			values[name] = append(values[name], value)
		}
	}
	if d, ok := disciplines[e.discipline]; ok {
		put("ENTAuxEnsCategoDiscipline", d.field+"$"+d.fieldLabel)
		put("ENTAuxEnsDisciplinesPoste", d.short+"$"+d.field)
	}
	for _, s := range services {
		put("ENTAuxEnsMEF", school+s.of.formation.mef+"$"+s.of.formation.label)
		put("ENTAuxEnsMatiereEnseignEtab", school+s.subject.label)
		if s.of.group {
			put("ENTAuxEnsGroupes", school+s.of.code)
			put("ENTAuxEnsGroupesMatieres", school+s.of.code+"$"+s.subject.code)
			continue
		}
		put("ENTAuxEnsClasses", school+s.of.code)
		put("ENTAuxEnsClassesMatieres", school+s.of.code+"$"+s.subject.code)
	}
	if e.head != nil {
		put("ENTAuxEnsClassesPrincipal", school+e.head.code)
	}
	var out []attribute
	for _, name := range []string{"ENTAuxEnsCategoDiscipline", "ENTAuxEnsDisciplinesPoste", "ENTAuxEnsMEF", "ENTAuxEnsMatiereEnseignEtab",
		"ENTAuxEnsClasses", "ENTAuxEnsGroupes", "ENTAuxEnsClassesMatieres", "ENTAuxEnsGroupesMatieres", "ENTAuxEnsClassesPrincipal"} {
		out = append(out, attribute{name, values[name]})
	}
	return out
}

// aafSchool writes the school with its divisions and groups.
func (c *campus) aafSchool(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	var classes, groups []string
	for _, d := range c.divisions {
		classes = append(classes, d.code+"$"+d.label)
	}
	for _, g := range c.groups {
		groups = append(groups, g.code+"$"+g.label)
	}
	x.add("categorieStructure", "EtabEducNat", c.structID(), one("ENTStructureJointure", c.structID()), one("ENTStructureUAI", string(c.s.uai)),
		one("ENTEtablissementUAI", string(c.s.uai)), one("ENTStructureNomCourant", c.typeCode()+"$"+upper(c.s.short)+"$"+postal(c.s.town)),
		one("ENTStructureTypeStruct", c.kindLabel()), one("ENTEtablissementMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE"),
		one("ENTEtablissementContrat", c.sector()), one("street", c.s.address), one("postalCode", c.s.town.postcode), one("l", postal(c.s.town)),
		one("ENTServAcAcademie", "SARVANE"), attribute{"ENTStructureClasses", classes}, attribute{"ENTStructureGroupes", groups})
	return x.close()
}

// aafSubjects writes the subjects that are taught.
func (c *campus) aafSubjects(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	for _, s := range c.taughtSubjects() {
		x.add("categorieMatiere", "MatEducNat", s.code, one("ENTMatJointure", s.code), one("ENTLibelleMatiere", s.label))
	}
	return x.close()
}

// aafFormations writes the formations of the school.
func (c *campus) aafFormations(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	for _, f := range c.formations {
		x.add("categorieMef", "MefEducNat", f.mef, one("ENTMefJointure", f.mef), one("ENTLibelleMef", f.label), one("ENTMEFRattach", f.mef), one("ENTMEFSTAT11", f.mefstat))
	}
	return x.close()
}
