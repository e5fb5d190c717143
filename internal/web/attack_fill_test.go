package web_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/formula"
	"belvedere/internal/mail"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/secret"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/warehouse"
	"belvedere/internal/territory/warehouse/duckdb"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// What dashboards, formulas, extracts and person files open, each weighed against what its use case decides.
func init() {
	// Dashboards that are shared are read by all; who lost the grant still removes what is his or hers.
	weigh("signed in", "GET /tableaux-de-bord, GET /tableaux-de-bord/{tableau}, POST /tableaux-de-bord/{tableau}/accueil, GET /tableaux-de-bord/{tableau}/retirer, POST /tableaux-de-bord/{tableau}/retirer")
	weigh("author", "GET /tableaux-de-bord/nouveau, POST /tableaux-de-bord/nouveau, POST /tableaux-de-bord/{tableau}/copier, GET /tableaux-de-bord/{tableau}/partage, POST /tableaux-de-bord/{tableau}/partage, "+
		"GET /tableaux-de-bord/{tableau}/versions, POST /tableaux-de-bord/{tableau}/versions, GET /tableaux-de-bord/{tableau}/apercu, GET /tableaux-de-bord/{tableau}/modifier, POST /tableaux-de-bord/{tableau}/modifier, "+
		"GET /tableaux-de-bord/{tableau}/modifier/{element}, POST /tableaux-de-bord/{tableau}/modifier/{element}")
	weigh("officer", "POST /tableaux-de-bord/{tableau}/verifier")
	// Formulas that are shared are read by all; data officers, who need not be authors, mend and verify them.
	for _, base := range []string{"/formules", "/populations"} {
		weigh("signed in", "GET "+base+", GET "+base+"/{code}, POST "+base+"/{code}, GET "+base+"/{code}/modifier, POST "+base+"/{code}/modifier")
		weigh("author", "GET "+base+"/nouvelle, POST "+base+"/nouvelle")
	}
	// One's own extracts stay in reach when the grant is gone: they are deleted, and said to be destroyed. Those
	// of others, and the origin of a copy, are for who oversees them; whoever takes is asked for the rights anew.
	weigh("signed in", "GET /extractions, GET /extractions/toutes, GET /extractions/tracer, POST /extractions/tracer, GET /extractions/regulieres, POST /extractions/regulieres/{id}/changer, "+
		"GET /extractions/{id}, GET /extractions/{id}/etat, POST /extractions/{id}/prendre, POST /extractions/{id}/phrase, POST /extractions/{id}/annuler, POST /extractions/{id}/supprimer, POST /extractions/{id}/detruit")
	weigh("extractor", "GET /extractions/nouvelle, POST /extractions/nouvelle, GET /extractions/regulieres/nouvelle, POST /extractions/regulieres/nouvelle, POST /extractions/{id}/refaire")
	weigh("auditor", "GET /extractions/reglages, POST /extractions/reglages")
	// The guide is the same for all, and says to who owes a second factor how to get one.
	weigh("account", "GET /guide, GET /guide/{chapitre}, GET /guide/images/{image}")
	weigh("signed in", "GET /premiers-pas")
	// Files of persons are the school's own.
	weigh("nominative", "GET /ecole/{uai}/personnes, POST /ecole/{uai}/personnes, GET /ecole/{uai}/personnes/depots/{numero}, POST /ecole/{uai}/personnes/depots/{numero}, "+
		"GET /ecole/{uai}/personnes/imports/{numero}, GET /ecole/{uai}/personnes/imports/{numero}/retirer, POST /ecole/{uai}/personnes/imports/{numero}/retirer, POST /ecole/{uai}/personnes/correspondances, GET /ecole/{uai}/personnes/{espece}/{numero}/export.json, "+
		"GET /ecole/{uai}/personnes/{espece}/{numero}/effacer, POST /ecole/{uai}/personnes/{espece}/{numero}/effacer")
}

// The roles that grants make: none of them administers anything.
var (
	extracting = account(func(v *belvedere.Viewer) {
		v.ID, v.Login, v.Name, v.School, v.Strong = 6, "Paule@ROUX", "Paule Roux", true, true
		own := school.Scope.Own
		v.Scope.AllSchools, v.Scope.Schools, v.Scope.Own = false, own, own
		v.Grants = []belvedere.Grant{{ID: 5, Capability: belvedere.Extractor, Level: belvedere.Identities, Schools: own}}
	})
	writer = account(func(v *belvedere.Viewer) {
		v.ID, v.Login, v.Name = 7, "Rose@LEGOFF", "Rose Legoff"
		v.Grants = []belvedere.Grant{{ID: 6, Capability: belvedere.Author}}
	})
	answering = account(func(v *belvedere.Viewer) {
		v.ID, v.Login, v.Name = 8, "Dora@PEROT", "Dora Pérot"
		v.Grants = []belvedere.Grant{{ID: 7, Capability: belvedere.DataOfficer}}
	})
)

// fillGranted adds the accounts of these roles.
func (f *fort) fillGranted() {
	ctx, now := f.t.Context(), webtest.Published
	for _, a := range []registry.Account{
		{Login: extracting.Login, FirstName: "Paule", LastName: "Roux", Email: "paule@exemple.fr", Place: registry.InSchool, Schools: extracting.Scope.Own},
		{Login: writer.Login, FirstName: "Rose", LastName: "Legoff", Email: "rose@exemple.fr", Place: registry.InTerritory},
		{Login: answering.Login, FirstName: "Dora", LastName: "Pérot", Email: "dora@exemple.fr", Place: registry.InTerritory},
	} {
		a.State, a.AllWidgets, a.Created, a.EmailConfirmed = registry.Active, true, now, now
		a, err := f.reg.CreateAccount(ctx, a)
		f.must(err)
		f.link(registry.LinkReset, auth.ResetPath, a.ID)
		_, _, err = f.auth.FinishReset(ctx, linkTokens[auth.ResetPath], fortPassword, fortPassword, auth.From{})
		f.must(err)
		f.enter(a.ID)
	}
}

// emptyWarehouse holds nothing, in memory, for all forts.
var emptyWarehouse = sync.OnceValues(func() (warehouse.Engine, error) {
	return duckdb.Open(context.Background(), duckdb.Options{Log: slog.New(slog.DiscardHandler)})
})

// reporter answers what dashboards and formulas ask: nothing was published yet.
func (f *fort) reporter(m *belvedere.Model, now func() time.Time) *report.Reporter {
	engine, err := emptyWarehouse()
	f.must(err)
	return report.New(report.Config{Engine: engine, Registry: f.reg, Model: m, Zone: time.UTC, Now: now, Answers: -1})
}

// figured is the explorer of the tests as extracts ask it.
type figured struct{ *webtest.Reports }

func (figured) ExploreDims(context.Context, []report.ExploreColumn) ([]report.ExploreDim, error) {
	return nil, nil
}

func (figured) Edition(context.Context, int) (belvedere.Edition, error) {
	return belvedere.Edition{Number: 412, Published: webtest.Published}, nil
}

// extracts is a counter with two files that were made: rows of persons for the staff of the school (1),
// totals for the administrator (2), then a draft of each.
func (f *fort) extracts(c *web.Config) *extract.Service {
	ctx, dir := f.t.Context(), f.t.TempDir()
	keys, err := secret.Load(filepath.Join(dir, "cles.json"))
	f.must(err)
	shelf, err := place.New(place.Settings{Name: "partage", Label: "Partage de la direction", Folder: f.t.TempDir()})
	f.must(err)
	s := extract.New(extract.Config{Registry: f.reg, Reports: func() extract.Reports { return figured{c.Reports.(*webtest.Reports)} },
		People: pseudonym.New(pseudonym.Config{Source: c.Dossier, Now: c.Now}),
		Viewer: func(_ context.Context, a registry.Account) (belvedere.Viewer, error) {
			for _, r := range roles {
				if r.viewer.ID == a.ID && r.viewer.Login == a.Login {
					return r.viewer, nil
				}
			}
			return belvedere.Viewer{ID: a.ID, Login: a.Login, Kind: belvedere.AccountViewer}, nil
		},
		Keys: keys, Folder: filepath.Join(dir, "extraits"), Places: []extract.Place{shelf}, Mail: noLetters{}, Console: func(context.Context) mail.Console { return mail.Console{} },
		Journal: f.journal, Zone: time.UTC, Now: c.Now, Errors: c.Log})
	persons := extract.Spec{Kind: extract.Persons, Purpose: "Enquête sur l’insertion des diplômés", Basis: "mission", Recipients: "Observatoire", Days: 30, Format: "csv",
		Order: pseudonym.Order{School: school.Scope.Own[0], Kind: "inscriptions", Columns: []string{"annee", "etape"}}}
	totals := extract.Spec{Kind: extract.Totals, State: "indicateurs=eleves&lignes=type", Purpose: "Rapport annuel d’activité", Basis: "mission", Recipients: "Direction de l’établissement", Days: 365, Format: "csv"}
	for _, ask := range []struct {
		who belvedere.Viewer
		x   extract.Spec
	}{{extracting, persons}, {strong(boss), totals}} {
		e, err := s.Draft(ctx, ask.who, ask.x)
		f.must(err)
		_, err = s.Ask(ctx, ask.who, e.ID, true)
		f.must(err)
		f.must(f.reg.SetTOTP(ctx, ask.who.ID, "scellé")) // without second factor nothing is made for them
		_, err = s.RunOnce(ctx)
		f.must(err)
		f.must(f.reg.SetTOTP(ctx, ask.who.ID, ""))
		if e, err = s.Own(ctx, ask.who, e.ID); err != nil || e.State != registry.ExtractReady {
			f.t.Fatalf("an extract is %s: %s, %v", e.State, e.Error, err)
		}
		_, _, err = s.CreateSchedule(ctx, ask.who, extract.ScheduleForm{Label: "Chaque lundi " + ask.who.Login, From: e.ID, Rhythm: "lundi", Place: "partage"})
		f.must(err)
	}
	for _, ask := range []struct {
		who belvedere.Viewer
		x   extract.Spec
	}{{extracting, persons}, {strong(boss), totals}} {
		_, err := s.Draft(ctx, ask.who, ask.x)
		f.must(err)
	}
	return s
}

// fillMade puts two dashboards, formulas, populations and requests of the administrator into their rooms:
// the first private, the second shared.
func (f *fort) fillMade(c *web.Config) {
	ctx := f.t.Context()
	for i, name := range []string{"un", "deux"} {
		_, err := c.Dashboards.Copy(ctx, boss, "direction")
		f.must(err)
		for kind, text := range map[registry.FormulaKind]string{registry.FormulaOfFigures: "2 * eleves", registry.FormulaOfRows: "niveau=6eme"} {
			d := formula.Draft{Kind: kind, Code: name, FormulaVersion: registry.FormulaVersion{Label: "Nombre " + name, Text: text}}
			_, err = c.Formulas.Save(ctx, boss, d)
			f.must(err)
			if i > 0 {
				_, err = c.Formulas.Share(ctx, boss, kind, name, true)
				f.must(err)
			}
		}
		_, err = c.Procedures.Submit(ctx, boss, procedure.Submission{Procedure: "acces", Values: map[string][]string{"besoin": {"Nombre " + name}}})
		f.must(err)
	}
	_, err := c.Saved.Create(ctx, boss, saved.Draft{Title: "Requête privée", State: "indicateurs=eleves&lignes=type"})
	f.must(err)
	f.file, err = c.Datasets.Wait(boss.Login, "cantines.csv", strings.NewReader("UAI;date;type;repas\n0990001N;2025-10-01;froid;12\n0990001N;2025-10-02;froid;14\n"), 1<<20)
	f.must(err)
}
