package ingest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/warehouse"
	"belvedere/internal/territory/warehouse/duckdb"
)

// model is a small catalogue that has every kind of dataset and one foreign form.
func model() *belvedere.Model {
	levels := &belvedere.CodeList{Name: "niveaux", Codes: []belvedere.Code{{Code: "6eme", Label: "6ème", Aliases: []string{"6e"}}, {Code: "5eme", Label: "5ème"}}}
	profiles := &belvedere.CodeList{Name: "profils", Codes: []belvedere.Code{{Code: "eleves", Label: "Élèves"}, {Code: "enseignants", Label: "Enseignants"}}}
	types := &belvedere.CodeList{Name: "types", Codes: []belvedere.Code{{Code: "college", Label: "Collège"}, {Code: "lycee", Label: "Lycée"}}}
	m := &belvedere.Model{
		Version:   "essai",
		CodeLists: map[string]*belvedere.CodeList{"niveaux": levels, "profils": profiles, "types": types},
		Datasets: []*belvedere.Dataset{
			{Name: "effectifs", Label: "Effectifs d’élèves", Kind: belvedere.Stock, Time: belvedere.ByDay, MaxFaulty: 0.25,
				Slice: []string{"etablissement", "jour"}, OnRepeat: "erreur",
				Dimensions: []belvedere.Dimension{{Name: "niveau", Label: "Niveau", List: levels, Optional: true}},
				Measures:   []belvedere.Measure{{Name: "eleves", Label: "Élèves", Unit: "élèves", Required: true}, {Name: "internes", Label: "Internes", Unit: "élèves"}},
				Rollups:    []belvedere.Rollup{{Time: belvedere.ByYear, Schools: true, Drop: []string{"profil"}}}},
			{Name: "connexions", Label: "Connexions", Kind: belvedere.Flow, Time: belvedere.ByHour, MaxFaulty: 0.05,
				Slice: []string{"etablissement", "jour"}, OnRepeat: "erreur",
				Dimensions: []belvedere.Dimension{{Name: "profil", Label: "Profil", List: profiles}},
				Measures:   []belvedere.Measure{{Name: "connexions", Label: "Connexions", Unit: "connexions", Required: true}},
				Rollups:    []belvedere.Rollup{{Time: belvedere.ByDay, Schools: true}, {Time: belvedere.ByMonth, Schools: true}, {Time: belvedere.ByYear, Schools: true, Drop: []string{"profil"}}}},
			{Name: "salles", Label: "Salles", Kind: belvedere.Flow, Time: belvedere.ByMonth, MaxFaulty: 0.5,
				Slice: []string{"etablissement", "mois"}, OnRepeat: "somme",
				Measures: []belvedere.Measure{{Name: "heures", Label: "Heures", Unit: "heures", Required: true}}},
			{Name: "individus", Label: "Personnes connectées", Kind: belvedere.Distinct, Time: belvedere.ByPeriod, MaxFaulty: 0.5,
				Slice: []string{"etablissement", "periode"}, OnRepeat: "erreur",
				Measures: []belvedere.Measure{{Name: "individus", Label: "Personnes", Unit: "personnes", Required: true}}},
			{Name: "ips", Label: "Position sociale", Kind: belvedere.Stock, Time: belvedere.ByYear, MaxFaulty: 0.5,
				Slice: []string{"etablissement", "annee"}, OnRepeat: "premier",
				Measures: []belvedere.Measure{{Name: "ips", Label: "IPS", Unit: "points", Decimal: true, Required: true}}},
			{Name: "etablissements", Label: "Établissements", Kind: belvedere.Register, MaxFaulty: 0.5,
				Slice: []string{"etablissement"}, OnRepeat: "premier",
				Dimensions: []belvedere.Dimension{{Name: "type", Label: "Type", List: types, Optional: true}},
				Measures:   []belvedere.Measure{{Name: "nom", Label: "Nom", Text: true, Required: true}, {Name: "commune", Label: "Commune", Text: true}}},
		},
		Forms: []*belvedere.Form{{
			Code: "college_effectifs", Label: "Effectifs des collèges", Source: "DEPP", Rank: 20,
			Columns: []belvedere.FormColumn{{Name: "rentree", Headers: []string{"Rentrée scolaire"}, Required: true}, {Name: "uai", Headers: []string{"Numéro du collège"}, Required: true},
				{Name: "nom", Headers: []string{"Patronyme"}, Required: true}, {Name: "f6", Headers: []string{"6èmes"}, Required: true}, {Name: "f5", Headers: []string{"5èmes"}, Required: true}},
			Skip: []belvedere.FormSkip{{Column: "uai", Values: []string{"-"}, Reason: "ligne de séparation"}},
			Outputs: []belvedere.FormOutput{
				{Dataset: "effectifs", Set: map[string]string{"etablissement": "{uai}", "jour": "rentree({rentree})"},
					Rows: []map[string]string{{"niveau": "'6eme'", "eleves": "{f6}"}, {"niveau": "'5eme'", "eleves": "{f5}"}}},
				{Dataset: "etablissements", Set: map[string]string{"etablissement": "{uai}", "nom": "{nom}", "type": "'college'"}},
			},
		}},
	}
	m.Index()
	return m
}

// Schools of the tests: their check letters are right.
const (
	schoolA = "0350017D"
	schoolB = "0351234B"
)

// house is a service with its stores in a folder of its own.
type house struct {
	t        testing.TB
	ctx      context.Context
	dir      string
	registry registry.Registry
	engine   warehouse.Engine
	service  *ingest.Service
	limits   ingest.Limits
	clock    time.Time
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, ctx: context.Background(), dir: t.TempDir(), clock: time.Date(2025, 11, 14, 7, 0, 0, 0, time.UTC)}
	h.limits.FreeBytes = -1
	h.open("")
	return h
}

// open opens the stores; an empty warehouse path is memory.
func (h *house) open(warehousePath string) {
	h.t.Helper()
	var err error
	landing := filepath.Join(h.dir, "arrivees")
	h.registry, err = registry.OpenSQLite(h.ctx, filepath.Join(h.dir, "registre.db"))
	h.must(err)
	h.engine, err = duckdb.Open(h.ctx, duckdb.Options{Path: warehousePath, LandingDir: landing, Threads: 2})
	h.must(err)
	h.service, err = ingest.New(ingest.Config{Registry: h.registry, Engine: h.engine, Model: model(), LandingDir: landing,
		Now: func() time.Time { return h.clock }, Limits: h.limits})
	h.must(err)
	h.t.Cleanup(h.close)
}

func (h *house) close() {
	if h.engine != nil {
		h.service.Close()
		h.engine.Close()
		h.registry.Close()
		h.engine = nil
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) accept(in ingest.Submission, text string) belvedere.Delivery {
	h.t.Helper()
	if in.Source == "" {
		in.Source = "fichier"
	}
	in.Body = strings.NewReader(text)
	d, _, err := h.service.Accept(h.ctx, in)
	h.must(err)
	return d
}

// process accepts texts and publishes them together; it gives the deliveries as they end.
func (h *house) process(texts ...string) []belvedere.Delivery {
	h.t.Helper()
	var seqs []int64
	for _, text := range texts {
		seqs = append(seqs, h.accept(ingest.Submission{}, text).Seq)
	}
	return h.publish(seqs...)
}

func (h *house) publish(seqs ...int64) (list []belvedere.Delivery) {
	h.t.Helper()
	_, err := h.service.Process(h.ctx, seqs, nil)
	h.must(err)
	for _, seq := range seqs {
		list = append(list, h.delivery(seq))
	}
	return list
}

func (h *house) delivery(seq int64) belvedere.Delivery {
	h.t.Helper()
	d, err := h.registry.Delivery(h.ctx, seq)
	h.must(err)
	return d
}

func (h *house) published(d belvedere.Delivery) {
	h.t.Helper()
	if d.State != belvedere.Published {
		h.t.Fatalf("delivery %d is %s: %s", d.Seq, d.State, d.Reason)
	}
}

// rows gives the rows of a query as text, one a line.
func (h *house) rows(sql string) string {
	h.t.Helper()
	var lines []string
	h.must(h.engine.Query(h.ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		fields := make([]string, len(row))
		for i, v := range row {
			fields[i] = fmt.Sprint(v)
			if at, ok := v.(time.Time); ok {
				fields[i] = at.Format("2006-01-02T15:04")
			}
		}
		lines = append(lines, strings.Join(fields, " "))
		return nil
	}))
	return strings.Join(lines, "\n")
}

const sumNow = "SELECT coalesce(sum(eleves), 0) FROM effectifs WHERE sortie = 2147483647"

func (h *house) faults(seq int64) []belvedere.Fault {
	h.t.Helper()
	list, _, err := h.registry.Faults(h.ctx, seq, registry.Page{})
	h.must(err)
	return list
}

// lines joins lines as a file.
func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }
