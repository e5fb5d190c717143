// Package webtest is a console without a database: a small catalogue, and answers made up to
// hold every state that a page can meet. The tests of web render it; nothing else uses it.
package webtest

import "belvedere"

// Model is a catalogue with one page of each kind.
func Model() *belvedere.Model {
	levels := &belvedere.CodeList{Name: "niveaux", Label: "Niveau", Codes: []belvedere.Code{
		{Code: "6eme", Label: "6ème"}, {Code: "5eme", Label: "5ème"}, {Code: "4eme", Label: "4ème"}, {Code: "3eme", Label: "3ème"}}}
	m := &belvedere.Model{
		Version:   "essai",
		CodeLists: map[string]*belvedere.CodeList{"niveaux": levels},
		Datasets: []*belvedere.Dataset{
			{Name: "effectifs", Label: "Effectifs d’élèves", Kind: belvedere.Stock, Time: belvedere.ByDay,
				Dimensions: []belvedere.Dimension{{Name: "niveau", Label: "Niveau", List: levels}},
				Measures:   []belvedere.Measure{{Name: "eleves", Label: "élèves"}, {Name: "internes", Label: "internes"}}},
			{Name: "assiduite", Label: "Assiduité", Kind: belvedere.Flow, Time: belvedere.ByMonth,
				Measures: []belvedere.Measure{{Name: "absences", Label: "demi-journées d’absence"}}},
		},
		Sections: []*belvedere.Section{
			{Code: "accueil", Label: "Accueil", Path: "/"},
			{Code: "connexions", Label: "Connexions", Path: "/connexions/jours"},
			{Code: "moyens", Label: "Moyens généraux", Path: "/moyens/synthese"},
			{Code: "social", Label: "Social", Path: "/social/par-etablissement"},
		},
		Forms: []*belvedere.Form{{Code: "college_effectifs", Label: "Effectifs des collèges (DEPP)"}},
		Pages: modelPages(),
	}
	m.Indicators = modelIndicators()
	m.Index()
	return m
}

func modelPages() []*belvedere.Page {
	filters := []string{"annee", "periode", "etablissement", "type"}
	column := func(codes ...string) (out []belvedere.Column) {
		for _, c := range codes {
			out = append(out, belvedere.Column{Indicator: c})
		}
		return out
	}
	table := func(id, label, rows string, codes ...string) belvedere.Block {
		return belvedere.Block{Table: &belvedere.TableBlock{ID: id, Label: label, Rows: rows, Rates: true, Columns: column(codes...)}}
	}
	chart := func(id, kind, by string, codes ...string) belvedere.Block {
		return belvedere.Block{Chart: &belvedere.ChartBlock{ID: id, Kind: kind, By: by, Columns: column(codes...)}}
	}
	strip := belvedere.Block{Strip: &belvedere.Strip{Figures: []belvedere.Figure{{Label: "Élèves", Column: belvedere.Column{Indicator: "eleves"}}}}}
	page := func(code, path, section, label, title string, tabs bool, blocks ...belvedere.Block) *belvedere.Page {
		return &belvedere.Page{Code: code, Path: path, Section: section, Label: label, Title: title, Filters: filters,
			Periods: []belvedere.PeriodKind{belvedere.ThisYear, belvedere.LastYear}, Tabs: tabs, Blocks: blocks}
	}
	return []*belvedere.Page{
		page("accueil", "/", "accueil", "Accueil", "Accueil", false, strip, chart("evolution", "lignes", "annee", "eleves")),
		page("connexions_jours", "/connexions/jours", "connexions", "Suivi journalier", "Connexions jour par jour", false,
			chart("jours", "lignes", "jour", "connexions"), chart("supports", "empilees", "profil", "connexions")),
		page("connexions_heures", "/connexions/heures", "connexions", "Heure par heure", "Connexions heure par heure", false, chart("heures", "chaleur", "jour", "connexions")),
		page("moyens_synthese", "/moyens/synthese", "moyens", "Synthèse", "Moyens généraux", false, strip, chart("niveaux", "barres", "niveau", "eleves"), chart("evolution", "lignes", "annee", "eleves"), chart("carte", "carte", "etablissement", "eleves")),
		page("moyens_par_etablissement", "/moyens/par-etablissement", "moyens", "Par établissement", "Moyens généraux par établissement", false, table("moyens", "Moyens généraux", "etablissement", "eleves", "internes")),
		page("social_par_etablissement", "/social/par-etablissement", "social", "Par établissement", "Assiduité par établissement", true,
			table("eleves", "Élèves", "etablissement", "eleves"), table("assiduite", "Assiduité", "etablissement", "eleves", "absences"), table("discipline", "Discipline", "etablissement", "sanctions")),
		page("social_par_niveau", "/social/par-niveau", "social", "Détails par niveaux", "Social par niveau", false, table("niveaux", "Absences par niveau", "etablissement", "absences")),
	}
}

func modelIndicators() []*belvedere.Indicator {
	eleves := belvedere.MeasureRef{Dataset: "effectifs", Measure: "eleves"}
	both := "Établissement et collectivité"
	return []*belvedere.Indicator{
		{Code: "eleves", Number: 10, Theme: "moyens", Label: "Élèves", Definition: "Indicateur exprimant le nombre d’élèves", Unit1: "Nombre", Unit2: "---", Since: "2010", Recipients: both, LegalBasis: "Mission d’intérêt public", Unit: "élèves", Value: eleves, Annexed: true},
		{Code: "internes", Number: 13, Theme: "moyens", Label: "Internes", Definition: "Indicateur exprimant le nombre d’élèves internes", Unit1: "Nombre", Unit2: "Taux", Since: "2010", Recipients: both, LegalBasis: "Mission d’intérêt public", Annexed: true, Secrecy: "5",
			Value: belvedere.MeasureRef{Dataset: "effectifs", Measure: "internes", Where: []belvedere.Filter{{Dim: "niveau", Values: []string{"6eme", "5eme"}}}},
			Rate:  &belvedere.Rate{Label: "Part des internes", Num: belvedere.MeasureRef{Dataset: "effectifs", Measure: "internes"}, Den: eleves, NumLabel: "internes", DenLabel: "élèves", Percent: true, Decimals: 1}},
		{Code: "internes_filles", Of: 13, Theme: "moyens", Label: "Internes, filles", Value: belvedere.Binary{Op: '*', L: belvedere.Number(2), R: belvedere.Binary{Op: '+', L: eleves, R: belvedere.Number(1.5)}}},
		{Code: "absences", Number: 25, Theme: "social", Label: "Absence", Definition: "Indicateur exprimant le taux d’absence des élèves en classe", Unit1: "Nombre", Unit2: "---", Since: "2010", Recipients: both, LegalBasis: "Mission d’intérêt public", Value: belvedere.MeasureRef{Dataset: "assiduite", Measure: "absences"}, Annexed: true},
		{Code: "sanctions", Number: 31, Theme: "social", Label: "Sanction", Definition: "Indicateur exprimant le nombre de sanctions délivrées aux élèves", Unit1: "Nombre", Unit2: "---", Since: "2010", Recipients: "Établissements seuls", LegalBasis: "Mission d’intérêt public", SchoolOnly: true, Annexed: true},
		{Code: "vie_scolaire", Number: 36, Theme: "social", Label: "Référentiel « Vie scolaire »", Definition: "Indicateur exprimant le décompte par établissement des indicateurs précédents", Unit1: "---", Unit2: "---", Since: "2010-2020", Recipients: "Cf. détail ci-dessus", LegalBasis: "Mission d’intérêt public", Members: []string{"absences", "sanctions"}, By: []string{"niveau"}, Annexed: true},
		{Code: "connexions", Number: 59, Theme: "connexions", Label: "Total", Definition: "Indicateur exprimant le nombre total de connexions authentifiées sur une plage de temps", Unit1: "Nombre", Unit2: "---", Since: "2010", Recipients: both, LegalBasis: "Mission d’intérêt public ou Intérêt légitime", Annexed: true},
	}
}
