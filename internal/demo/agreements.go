package demo

import (
	"fmt"
	"strconv"
	"strings"
)

// places in the list of schools whose agreement has a story.
const (
	noAgreementA = 12 // has signed nothing
	noAgreementB = 47
	partOnly     = 22 // shares two themes
	overSince    = 35 // its agreement ended with the last school year
	overSoon     = 51 // its agreement ends in forty days
)

// agreements writes what the schools agreed to share: nearly all of them everything, and most of
// them the six indicators too that the annex keeps for schools.
func (w *world) agreements() error {
	t, err := w.create("", "conventions.csv", "etablissement", "debut", "fin", "base", "reference", "themes", "indicateurs", "etendus", "destinataires")
	if err != nil {
		return err
	}
	years := w.years()
	first := years[0].First()
	for _, s := range w.schools {
		themes, end := "tous", ""
		switch s.index {
		case noAgreementA, noAgreementB:
			continue
		case partOnly:
			themes = "comptes,connexions,moyens,scolarite"
		case overSince:
			end = years[1].End().AddDate(0, 0, -1).Format("2006-01-02")
		case overSoon:
			end = w.last.AddDate(0, 0, 40).Format("2006-01-02")
		}
		t.text(string(s.uai)).text(first.Format("2006-01-02")).text(end).text("Consentement de l’établissement").
			text(fmt.Sprintf("CONV-%d-%03d", first.Year(), s.index+1)).text(themes).text("").text(s.extended()).text("").end()
	}
	return t.close()
}

// extended are the kept indicators that the agreement of a school opens by name.
func (s *school) extended() string {
	if s.index%10 == 4 || s.index == partOnly {
		return ""
	}
	var out []string
	for _, n := range []int{28, 29, 30, 31, 32, 35} {
		if n != 35 || s.index%3 != 0 {
			out = append(out, strconv.Itoa(n))
		}
	}
	return strings.Join(out, ",")
}
