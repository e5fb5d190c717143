package aaf

import "belvedere/internal/source/record"

func readGuardian(r *request, give give) error {
	if err := give(Guardian, r.first("ENTPersonDateNaissance"), r.first("ENTPersonNomPatro"), r.first("sn", "ENTPersonNom"),
		r.first("givenName", "ENTPersonPrenom"), r.first("personalTitle", "ENTPersonCivilite"), r.first("homePhone"), r.first("telephoneNumber"),
		r.first("mobile"), r.first("mail"), r.first("ENTPersonMobileSMS"), r.first("ENTPersonAdresse"), r.first("ENTPersonCodePostal"),
		r.first("ENTPersonVille"), r.first("ENTPersonPays"), r.first("ENTPersonAdresseDiffusion")); err != nil {
		return err
	}
	for id := range r.all("ENTAuxPersRelEleveEleve") {
		if err := give(GuardianPupil, text(id)); err != nil {
			return err
		}
	}
	return nil
}

func readStaff(r *request, give give) error {
	if err := give(Staff, r.first("ENTPersonDateNaissance"), r.first("ENTPersonNomPatro"), r.first("sn", "ENTPersonNom"),
		r.first("givenName", "ENTPersonPrenom"), r.first("personalTitle", "ENTPersonCivilite"), r.first("mail"), r.first("ENTPersonStructRattach"),
		r.first("PersEducNatPresenceDevantEleves"), r.first("ENTPersonCategorieEnseignant"), r.first("ENTPersonSTSId")); err != nil {
		return err
	}
	for p := range r.parts("ENTPersonFonctions", 5) {
		if err := give(StaffFunction, p...); err != nil {
			return err
		}
	}
	if err := classes(r, give); err != nil {
		return err
	}
	return subjects(r, give)
}

// staffClasses are the attributes that name classes and groups of a teacher.
var staffClasses = []string{"ENTAuxEnsClasses", "ENTAuxEnsGroupes", "ENTAuxEnsClassesMatieres", "ENTAuxEnsGroupesMatieres", "ENTAuxEnsClassesPrincipal", "ENTPersonClasses"}

func classes(r *request, give give) error {
	none := record.Value{}
	for _, a := range []struct {
		attr, typ string
		principal record.Value
	}{
		{"ENTAuxEnsClasses", "classe", none}, {"ENTPersonClasses", "classe", none}, {"ENTAuxEnsGroupes", "groupe", none},
		{"ENTAuxEnsClassesMatieres", "classe", none}, {"ENTAuxEnsGroupesMatieres", "groupe", none}, {"ENTAuxEnsClassesPrincipal", "classe", text("1")},
	} {
		for p := range r.parts(a.attr, 3) {
			if err := give(StaffClass, text(a.typ), p[0], p[1], p[2], a.principal); err != nil {
				return err
			}
		}
	}
	return nil
}

// subjects gives disciplines, subjects and formations of a teacher. The two lists of disciplines
// write code and label in opposite order.
func subjects(r *request, give give) error {
	for p := range r.parts("ENTAuxEnsCategoDiscipline", 2) {
		if err := give(StaffDiscipline, text("categorie"), p[0], p[1]); err != nil {
			return err
		}
	}
	for p := range r.parts("ENTAuxEnsDisciplinesPoste", 2) {
		if err := give(StaffDiscipline, text("poste"), p[1], p[0]); err != nil {
			return err
		}
	}
	for p := range r.parts("ENTAuxEnsMatiereEnseignEtab", 2) {
		if err := give(StaffSubject, p...); err != nil {
			return err
		}
	}
	for p := range r.parts("ENTAuxEnsMEF", 3) {
		if err := give(StaffMef, p...); err != nil {
			return err
		}
	}
	return nil
}
