package sts

import (
	"io"

	"belvedere/internal/source/record"
	"belvedere/internal/source/xmltree"
)

func readDown(in io.Reader, v record.Visitor) error {
	r := &reader{v: v, head: record.Head{Format: "sts_emp", Source: "sts"}}
	n := downRoot + "/NOMENCLATURES/"
	s := structures{reader: r, division: Division, divisionMef: DivisionMef, group: Group, groupDivision: GroupDivision, groupMef: GroupMef,
		service: Service, teacher: ServiceTeacher}
	handlers := xmltree.Handlers{
		downRoot + "/PARAMETRES":   r.school,
		n + "MODS_COURS/MOD_COURS": r.lessonKind,
		n + "TAUX_PONDS/TAUX_POND": r.weight,
		n + "MATIERES/MATIERE":     r.subject,
		n + "MEFS/MEF":             r.mef,
		n + "PROGRAMMES/PROGRAMME": r.programme,
	}
	for _, under := range []string{downRoot + "/", downRoot + "/DONNEES/"} {
		handlers[under+"INDIVIDUS/INDIVIDU"] = r.person
		handlers[under+"STRUCTURE/DIVISIONS/DIVISION"] = s.takeDivision
		handlers[under+"STRUCTURE/GROUPES/GROUPE"] = s.takeGroup
	}
	return r.walk(in, downRoot, handlers)
}

func (r *reader) school(e xmltree.Element) error {
	u, y := e.Child("UAJ"), e.Child("ANNEE_SCOLAIRE")
	uai, year := either(u.Attr("CODE"), u.Text()), either(y.Attr("ANNEE"), y.Text())
	if err := r.identify(u, uai, year); err != nil || !u.Exists() {
		return err
	}
	return r.give(School, u, uai, u.At("ACADEMIE", "CODE").Text(), u.At("ACADEMIE", "LIBELLE").Text(), u.Value("SIGLE"), u.Value("DENOM_PRINC"),
		u.Value("DENOM_COMPL"), u.Value("CODE_NATURE"), u.Value("CODE_CATEGORIE"), u.Value("COMMUNE"), u.Value("CODE_POSTAL"), u.Value("STATUT"),
		year, y.Value("DATE_DEBUT"), y.Value("DATE_FIN"))
}

func (r *reader) lessonKind(e xmltree.Element) error {
	return r.give(LessonKind, e, e.Attr("CODE"), e.Value("LIBELLE_COURT"), e.Value("LIBELLE_LONG"), e.Value("CO_ENS"))
}

func (r *reader) weight(e xmltree.Element) error {
	return r.give(Weight, e, either(e.Attr("TAUX"), e.Value("TAUX")))
}

func (r *reader) subject(e xmltree.Element) error {
	return r.give(Subject, e, e.Attr("CODE"), e.Value("CODE_GESTION"), e.Value("LIBELLE_COURT"), e.Value("LIBELLE_LONG"), e.Value("LIBELLE_EDITION"))
}

func (r *reader) mef(e xmltree.Element) error {
	return r.give(Mef, e, e.Attr("CODE"), e.Value("FORMATION"), e.Value("SPECIALITE"), e.Value("LIBELLE_COURT"), e.Value("LIBELLE_LONG"),
		e.Value("LIBELLE_EDITION"), e.Value("MEFSTAT11"), e.Value("MEFSTAT4"))
}

func (r *reader) programme(e xmltree.Element) error {
	return r.give(Programme, e, e.Value("CODE_MEF"), e.Value("CODE_MATIERE"), e.Value("CODE_MODALITE_ELECT"), e.Value("HORAIRE"))
}

func (r *reader) person(e xmltree.Element) error {
	typ, id := e.Attr("TYPE"), e.Attr("ID")
	if err := r.give(Person, e, typ, id, e.Value("SEXE"), e.Value("CIVILITE"), e.Value("NOM_USAGE"), e.Value("NOM_PATRONYMIQUE"), e.Value("PRENOM"),
		e.Value("DATE_NAISSANCE"), e.Value("GRADE"), e.Value("FONCTION")); err != nil {
		return err
	}
	for p := range e.Child("PROFS_PRINC").Children("PROF_PRINC") {
		if err := r.give(HeadTeacher, p, typ, id, p.Value("CODE_STRUCTURE")); err != nil {
			return err
		}
	}
	for d := range e.Child("DISCIPLINES").Children("DISCIPLINE") {
		if err := r.give(Discipline, d, typ, id, d.Attr("CODE"), d.Value("LIBELLE_COURT"), d.Value("LIBELLE_LONG"), d.Value("NB_HEURES")); err != nil {
			return err
		}
	}
	return nil
}
