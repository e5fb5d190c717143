package sts

import (
	"strconv"

	"belvedere/internal/source/record"
	"belvedere/internal/source/xmltree"
)

// structures gives divisions and groups with their services; both files write them alike.
type structures struct {
	*reader
	division, divisionMef          *record.Kind
	group, groupDivision, groupMef *record.Kind
	service, teacher               *record.Kind
	// lesson gives the lessons of a teacher in a service, nil for the file that has none.
	lesson func(e xmltree.Element, service []record.Value, typ, id record.Value) error
}

func (s *structures) takeDivision(e xmltree.Element) error {
	code := e.Attr("CODE")
	if err := s.give(s.division, e, code, e.Value("LIBELLE_LONG"), e.Value("EFFECTIF_PREVU"), e.Value("EFFECTIF_CALCULE")); err != nil {
		return err
	}
	if err := s.mefs(s.divisionMef, e, code); err != nil {
		return err
	}
	return s.services(e, "D", code)
}

func (s *structures) takeGroup(e xmltree.Element) error {
	code := e.Attr("CODE")
	if err := s.give(s.group, e, code, e.Value("LIBELLE_LONG"), e.Value("EFFECTIF_PREVU"), e.Value("EFFECTIF_CALCULE"), e.Value("EFFECTIF_MAX_EDT")); err != nil {
		return err
	}
	for d := range e.Child("DIVISIONS_APPARTENANCE").Children("DIVISION_APPARTENANCE", "DIVISION") {
		if err := s.belongs(s.groupDivision, d, code); err != nil {
			return err
		}
	}
	if err := s.mefs(s.groupMef, e, code); err != nil {
		return err
	}
	return s.services(e, "G", code)
}

func (s *structures) mefs(k *record.Kind, e xmltree.Element, code record.Value) error {
	for m := range e.Child("MEFS_APPARTENANCE").Children("MEF_APPARTENANCE", "MEF") {
		if err := s.belongs(k, m, code); err != nil {
			return err
		}
	}
	return nil
}

func (s *structures) belongs(k *record.Kind, e xmltree.Element, code record.Value) error {
	return s.give(k, e, code, either(e.Attr("CODE"), e.Text()), e.Value("EFFECTIF_PREVU"), e.Value("EFFECTIF_CALCULE"))
}

func (s *structures) services(e xmltree.Element, typ string, code record.Value) error {
	rank := 0
	for x := range e.Child("SERVICES").Children("SERVICE") {
		rank++
		key := []record.Value{text(typ), code, x.Attr("CODE_MATIERE"), x.Attr("CODE_MOD_COURS"), text(strconv.Itoa(rank))}
		if err := s.give(s.service, x, with(key, x.Value("HEURES_STRUCTURE"), x.Value("CO_ENS"))...); err != nil {
			return err
		}
		for t := range x.Child("ENSEIGNANTS").Children("ENSEIGNANT") {
			if err := s.oneTeacher(t, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *structures) oneTeacher(e xmltree.Element, key []record.Value) error {
	typ, id := e.Attr("TYPE"), e.Attr("ID")
	if err := s.give(s.teacher, e, with(key, typ, id, e.Value("HEURES_AGENT"), e.Value("TAUX_PONDERATION"))...); err != nil || s.lesson == nil {
		return err
	}
	for c := range e.Child("COURS_RATTACHES").Children("COURS") {
		if err := s.lesson(c, key, typ, id); err != nil {
			return err
		}
	}
	return nil
}

// with adds values to those of a key.
func with(key []record.Value, more ...record.Value) []record.Value {
	return append(key[:len(key):len(key)], more...)
}
