package webtest

import (
	"context"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/territory/report"
)

// Reports answers every page of Model with made-up figures.
type Reports struct {
	Catalogue *belvedere.Model
	SchoolsN  int              // schools of the tables, 25 when 0
	Never     bool             // nothing was ever published
	Fail      map[string]error // by page code: the error instead of an answer
	Block     string           // message of a block that fails, before the others
	NoLines   bool             // tables without lines
	Asked     []report.State
	AllAsked  bool // the last Page asked for all lines

	asking sync.Mutex
}

// Model is the catalogue.
func (f *Reports) Model() *belvedere.Model { return f.Catalogue }

// Territory is fictional.
func (f *Reports) Territory(context.Context) (report.Territory, error) {
	return report.Territory{Name: "Département de la Sarvane", Code: "99"}, nil
}

// Fed holds of every section, and nobody works in higher education.
func (f *Reports) Fed(context.Context, belvedere.Viewer, string) bool { return true }
func (f *Reports) Higher(context.Context, belvedere.Viewer) bool      { return false }

// SchoolCount is that of the fictional register, for whoever is signed in.
func (f *Reports) SchoolCount(_ context.Context, viewer belvedere.Viewer) (int, error) {
	if viewer.Kind == belvedere.Nobody {
		return 0, nil
	}
	return 96, nil
}

// Schools finds by name or town.
func (f *Reports) Schools(_ context.Context, _ belvedere.Viewer, text string, limit int) ([]belvedere.Key, error) {
	var out []belvedere.Key
	for n := 0; n < 25 && len(out) < limit; n++ {
		k := School(n)
		if strings.Contains(strings.ToLower(k.Label+k.Detail[0].Value+k.Code), strings.ToLower(text)) {
			out = append(out, k)
		}
	}
	return out, nil
}

// Unlisted is one school, unless nothing was published.
func (f *Reports) Unlisted(context.Context, belvedere.Viewer) ([]belvedere.Key, error) {
	if f.Never {
		return nil, nil
	}
	return []belvedere.Key{{Code: "0990999X", Detail: []belvedere.Attribute{{Name: "jeu", Value: "Effectifs d’élèves"}, {Name: "jeu", Value: "Assiduité"}}}}, nil
}

// Page answers a page.
func (f *Reports) Page(_ context.Context, _ belvedere.Viewer, page *belvedere.Page, s report.State, all bool) (*report.PageView, error) {
	f.asking.Lock()
	f.Asked, f.AllAsked = append(f.Asked, s), all
	f.asking.Unlock()
	if err := f.Fail[page.Code]; err != nil {
		return nil, err
	}
	v := &report.PageView{Page: page, State: s}
	if f.Never {
		v.Empty = true
		return v, nil
	}
	v.Heading = belvedere.Heading{Title: page.Title, Selection: "25 collèges du bassin de Castelbruc, année 2025-2026",
		Period: "du 1er septembre au 30 novembre 2025", Territory: "Sarvane", FileStem: "essai"}
	v.Filters = f.filters(s)
	v.UpTo = "à jour au 30/11/2025, sauf Jacques-Prévert"
	if len(s.Filters["type"]) > 0 {
		v.Chips = []report.Chip{{Label: "Collèges", Without: page.Path}, {Label: "Secteur public, fixé par votre habilitation"}}
	}
	if f.Block != "" {
		v.Blocks = append(v.Blocks, report.BlockView{Err: f.Block})
	}
	for i := range page.Blocks {
		f.block(v, &page.Blocks[i])
	}
	return v, nil
}

func (f *Reports) filters(s report.State) []report.FilterView {
	choice := func(name, label string, options ...report.Option) report.FilterView {
		return report.FilterView{Name: name, Label: label, Kind: "choix", Options: options}
	}
	schools := report.FilterView{Name: "etablissement", Label: "Établissements", Kind: "etablissements"}
	for n := 0; n < f.schools(); n++ {
		k := School(n)
		selected := false
		for _, v := range s.Filters["etablissement"] {
			selected = selected || v == k.Code
		}
		schools.Options = append(schools.Options, report.Option{Value: k.Code, Label: k.Label + ", " + k.Detail[0].Value, Selected: selected})
	}
	return []report.FilterView{
		choice("annee", "Année scolaire", report.Option{Value: "2025", Label: "2025-2026", Selected: true}, report.Option{Value: "2024", Label: "2024-2025"}),
		choice("periode", "Période", report.Option{Value: "annee", Label: "Année en cours", Selected: true}, report.Option{Value: "annee_derniere", Label: "Année dernière"}),
		schools,
		choice("type", "Type", report.Option{Value: "", Label: "Tous les types"}, report.Option{Value: "clg", Label: "Collèges", Selected: len(s.Filters["type"]) > 0}),
	}
}

func (f *Reports) schools() int {
	if f.SchoolsN > 0 {
		return f.SchoolsN
	}
	return 25
}
