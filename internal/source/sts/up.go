package sts

import (
	"io"
	"strconv"

	"belvedere"
	"belvedere/internal/source/clock"
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmltree"
)

// readUp reads emp_sts. Some tools put the sections right under the root, others under DONNEES.
func readUp(in io.Reader, v record.Visitor) error {
	r := &reader{v: v, head: record.Head{Format: "emp_sts", Source: "sts"}}
	s := structures{reader: r, division: UpDivision, divisionMef: UpDivisionMef, group: UpGroup, groupDivision: UpGroupDivision,
		groupMef: UpGroupMef, service: UpService, teacher: UpServiceTeacher, lesson: r.lesson}
	handlers := xmltree.Handlers{upRoot + "/PARAMETRES": r.upSchool}
	for _, under := range []string{upRoot + "/", upRoot + "/DONNEES/"} {
		handlers[under+"HORAIRES/HORAIRE"] = r.hours
		handlers[under+"ALTERNANCES/ALTERNANCE"] = r.alternation
		handlers[under+"SALLES_COURS/SALLE_COURS"] = r.room
		handlers[under+"INDIVIDUS/INDIVIDU"] = r.allowances
		handlers[under+"STRUCTURE/DIVISIONS/DIVISION"] = s.takeDivision
		handlers[under+"STRUCTURE/GROUPES/GROUPE"] = s.takeGroup
	}
	return r.walk(in, upRoot, handlers)
}

func (r *reader) upSchool(e xmltree.Element) error {
	u, y := e.Child("UAJ"), e.Child("ANNEE_SCOLAIRE")
	uai, year := u.Text(), y.Text()
	if code := u.Attr("CODE"); code.Present {
		uai = code
	}
	if code := y.Attr("ANNEE"); code.Present {
		year = code
	}
	if err := r.identify(u, uai, year); err != nil {
		return err
	}
	return r.give(UpSchool, e, uai, year, e.Value("APPLICATION_SOURCE"))
}

func (r *reader) hours(e xmltree.Element) error {
	from, to := e.Value("DEBUT_COURS"), e.Value("FIN_COURS")
	return r.give(Hours, e, e.Attr("JOUR"), from, minutes(from), to, minutes(to))
}

// minutes is what an hour or a duration means, absent when it cannot be read.
func minutes(v record.Value) record.Value {
	n, ok := clock.Minutes(v.Text)
	if !ok {
		return record.Value{}
	}
	return text(strconv.Itoa(n))
}

func (r *reader) alternation(e xmltree.Element) error {
	code := e.Attr("CODE")
	if err := r.give(Alternation, e, code, e.Value("LIBELLE_COURT"), e.Value("LIBELLE_LONG")); err != nil {
		return err
	}
	for w := range e.Child("SEMAINES").Children("DATE_DEBUT_SEMAINE") {
		if err := r.give(Week, w, code, w.Text()); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) room(e xmltree.Element) error {
	return r.give(Room, e, e.Attr("CODE"), e.Value("GROUPE_SALLE"), e.Value("LOCALISATION"))
}

func (r *reader) allowances(e xmltree.Element) error {
	for i := range e.Child("INDEMNITES").Children("INDEMNITE") {
		if err := r.give(Allowance, i, e.Attr("TYPE"), e.Attr("ID"), i.Value("CODE_STRUCTURE"), i.Value("MEFSTAT4")); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) lesson(e xmltree.Element, service []record.Value, typ, id record.Value) error {
	start, length := e.Value("HEURE_DEBUT"), e.Value("DUREE")
	if err := r.give(Lesson, e, with(service, typ, id, e.Value("CODE_ALTERNANCE"), e.Value("JOUR"), start, minutes(start), length, minutes(length),
		e.Value("CODE_SALLE"))...); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		v    record.Value
	}{{"HEURE_DEBUT", start}, {"DUREE", length}} {
		if f.v.Text == "" || minutes(f.v).Present {
			continue
		}
		if err := r.v.Fault(belvedere.Fault{Line: e.Line(), Field: f.name, Value: f.v.Text, Rule: "heure_illisible", Severity: belvedere.SeverityWarning,
			Message: "L’heure ou la durée du cours ne s’écrit pas HHMM.", Mend: "Corrigez le cours dans le logiciel d’emploi du temps, puis refaites la remontée."}); err != nil {
			return err
		}
	}
	return nil
}
