package registry

import (
	"unicode/utf8"

	"belvedere"
)

// mostListed is the most themes or recipients that one agreement names.
const mostListed = 200

// check says in French what is wrong with an agreement, and writes its school as it is kept.
func (a *Agreement) check() error {
	name := "La convention collective"
	if a.School != "" {
		school, err := belvedere.ParseUAI(string(a.School))
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Convention\u00a0: %v.", err)
		}
		a.School = school
		name = "La convention de " + string(school)
	}
	switch {
	case a.From.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "%s doit avoir une date de début.", name)
	case !a.To.IsZero() && !a.To.After(a.From):
		return belvedere.Errorf(belvedere.Invalid, "%s finit avant d’avoir commencé\u00a0: vérifiez ses deux dates.", name)
	case key(a.Basis) == "":
		return belvedere.Errorf(belvedere.Invalid, "%s doit dire sa base légale (par exemple «\u00a0consentement\u00a0»).", name)
	case a.School == "" && len(a.Extended) > 0:
		return belvedere.Errorf(belvedere.Invalid, "%s ne peut pas partager les indicateurs réservés aux établissements\u00a0: chacun l’accorde par sa propre convention.", name)
	case !a.AllThemes && len(a.Themes) == 0 && len(a.Indicators) == 0 && len(a.Extended) == 0:
		return belvedere.Errorf(belvedere.Invalid, "%s ne partage rien\u00a0: choisissez au moins un thème ou un indicateur.", name)
	case len(a.Recipients) > 0 && len(a.Extended) == 0:
		return belvedere.Errorf(belvedere.Invalid, "%s nomme des destinataires sans leur partager d’indicateur réservé aux établissements.", name)
	case len(a.Themes) > mostListed || len(a.Recipients) > mostListed:
		return belvedere.Errorf(belvedere.Invalid, "%s nomme plus de %d thèmes ou destinataires.", name, mostListed)
	}
	return a.checkItems(name)
}

func (a *Agreement) checkItems(name string) error {
	for _, list := range [][]int{a.Indicators, a.Extended} {
		for _, n := range list {
			if n < 1 || n > 80 {
				return belvedere.Errorf(belvedere.Invalid, "L’indicateur n°\u00a0%d n’existe pas\u00a0: l’annexe les numérote de 1 à 80.", n)
			}
		}
	}
	if err := checkText("La base légale", a.Basis); err != nil {
		return err
	}
	if err := checkText("La référence", a.Reference); err != nil {
		return err
	}
	for _, s := range a.Themes {
		if err := checkText("Un thème", s); err != nil {
			return err
		}
		if s == "" {
			return belvedere.Errorf(belvedere.Invalid, "%s nomme un thème vide.", name)
		}
	}
	for _, s := range a.Recipients {
		if err := checkText("Un destinataire", s); err != nil {
			return err
		}
		if key(s) == "" {
			return belvedere.Errorf(belvedere.Invalid, "%s nomme un destinataire vide, qui ne désignerait personne.", name)
		}
	}
	return nil
}

// check says in French what is wrong with an edit of a school.
func (e *SchoolEdit) check() error {
	school, err := belvedere.ParseUAI(string(e.School))
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "Établissement\u00a0: %v.", err)
	}
	e.School = school
	if e.MergedInto != "" {
		if e.MergedInto, err = belvedere.ParseUAI(string(e.MergedInto)); err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Établissement d’accueil\u00a0: %v.", err)
		}
	}
	for _, p := range e.Postcodes {
		if len(p) != 5 || !digits(p) {
			return belvedere.Errorf(belvedere.Invalid, "Le code postal «\u00a0%s\u00a0» doit compter cinq chiffres.", clip(p))
		}
	}
	switch {
	case e.MergedInto == e.School:
		return belvedere.Errorf(belvedere.Invalid, "L’établissement %s ne peut pas fusionner avec lui-même.", e.School)
	case !e.Opened.IsZero() && !e.Closed.IsZero() && !e.Closed.After(e.Opened):
		return belvedere.Errorf(belvedere.Invalid, "L’établissement %s ferme avant d’avoir ouvert\u00a0: vérifiez les deux dates.", e.School)
	}
	return nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// clip keeps quoted values short in messages.
func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
