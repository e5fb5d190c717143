package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

// TestCoreOnEitherEngine walks through an installation over each engine of the registry: it
// publishes and answers, has people, rights, agreements and tokens, keeps its journal, is well, and
// finds all of it again.
func TestCoreOnEitherEngine(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			folder, address := t.TempDir(), engine(t)
			a := openOn(t, folder, address)
			w := fillWorld(t, 21, a)
			boss := belvedere.Viewer{Login: "Claire@MORVAN", Admin: true}
			one := agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
			x, device := enrol(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN", Admin: true, AllWidgets: true})
			if _, _, err := a.Tokens.Create(t.Context(), boss, admin.TokenForm{Name: "lecteur", Vendor: "editeur", Read: true, AllSchools: true}); err != nil {
				t.Fatal(err)
			}
			base := serve(t, a)
			session := enter(t, a, x)
			for _, path := range []string{pagePath, pagePath + "&format=csv", dataPath, "/administration/utilisateurs", "/administration/conventions", "/administration/jetons", "/administration/journal", "/livraisons", "/editions"} {
				if res, body := callOnce(t, http.MethodGet, base+path, "", session...); res.StatusCode != http.StatusOK {
					t.Errorf("%s: %s\n%.300s", path, res.Status, body)
				}
			}
			if res, body := call(t, http.MethodGet, base+"/sante", ""); res.StatusCode != http.StatusOK {
				t.Errorf("health: %s %s", res.Status, body)
			}
			if got, err := newKnocker(t, base).try("127.0.0.1", x.Login, "faux", device); err != nil || got != http.StatusUnauthorized {
				t.Errorf("a wrong password: %d %v", got, err)
			}
			if err := a.Agreements.Withdraw(t.Context(), one.ID); err != nil {
				t.Fatal(err)
			}
			if _, body := callOnce(t, http.MethodGet, base+dataPath, "", session...); !strings.Contains(body, "non_communique") && !strings.Contains(body, "non communiqué") {
				t.Errorf("without agreement: %.600s", body)
			}
			if r, err := a.Journal.Verify(t.Context()); err != nil || !r.OK() || r.Entries < 10 {
				t.Errorf("the journal: %+v %v", r, err)
			}
			agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité", Reference: "seconde"})
			for n := 1; n <= len(w.editions); n++ {
				if r := answers(t, a, n); len(r.Rows) == 0 {
					t.Errorf("edition %d is empty", n)
				}
			}
		})
	}
}

// TestOpenedAgain closes an installation on each engine and opens it again: the figures, people,
// rights and journal are those of before.
func TestOpenedAgain(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, engine(t))
			var before []*belvedere.Result
			for n := 1; n <= 3; n++ {
				before = append(before, answers(t, e.app, n))
			}
			c := e.app.Config
			if err := e.app.Close(); err != nil {
				t.Fatal(err)
			}
			a := openOn(t, c.Data, c.RegistryURL)
			for n, want := range before {
				if got := answers(t, a, n+1); got.Receipt != want.Receipt || fmt.Sprint(got.Rows) != fmt.Sprint(want.Rows) {
					t.Errorf("edition %d differs", n+1)
				}
			}
			if r, err := a.Journal.Verify(t.Context()); err != nil || !r.OK() || len(r.Breaks) > 0 || r.Entries < 6 {
				t.Errorf("the journal: %+v %v", r, err)
			}
			e.opens(t, a)
		})
	}
}

// publishChild publishes one file after the other, for as long as it lives, and notes what it did.
func publishChild(ctx context.Context) error {
	a, err := app.Open(ctx, childConfig(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		id := fmt.Sprint(os.Getenv("CHILD_ROUND"), "-", i)
		file := fmt.Sprintf("etablissement;jour;niveau;sexe;eleves\n%s;2025-10-%02d;6eme;F;%d\n", os.Getenv("CHILD_SCHOOL"), 1+i%28, i)
		d, _, err := a.Ingest.Accept(ctx, ingest.Submission{ID: id, Source: "test", Dataset: "effectifs", FileName: id, Body: strings.NewReader(file)})
		if err != nil {
			return err
		}
		fmt.Println(d.Seq)
		if _, err := a.Ingest.Process(ctx, []int64{d.Seq}, nil); err != nil {
			return err
		}
		if err := a.Journal.Record(ctx, registry.Entry{Login: "test", Door: audit.Command, Action: audit.Deliver, Object: id, Result: audit.Done}); err != nil {
			return err
		}
	}
}

// TestKilledWhilePublishing kills a process that publishes, on each engine: the next one publishes
// what was acknowledged, and its journal holds.
func TestKilledWhilePublishing(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			folder, address := t.TempDir(), engine(t)
			a := openOn(t, folder, address)
			school := uai(t, "9990001")
			publish(t, a, "etablissements", "registre", strings.Replace(register, "9990001Y", school, 1))
			a.Close()
			for round := range 5 {
				cmd := child("publish", "CHILD_DATA="+folder, "CHILD_REGISTRY="+address, fmt.Sprint("CHILD_ROUND=", round), "CHILD_SCHOOL="+school)
				var said strings.Builder
				cmd.Stdout = &said
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(350+170*round) * time.Millisecond) // the moment of the kill is the input of this test
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil {
					t.Fatal("the child ended by itself")
				}
				a, err := app.Open(t.Context(), configOf(folder, address), slog.New(slog.NewTextHandler(io(t), nil)))
				if err != nil {
					t.Fatal(err)
				}
				settled(t, a, strings.Fields(said.String()))
				if err := errors.Join(a.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// settled wants each delivery that was acknowledged published, after one pass over those that wait.
func settled(t *testing.T, a *app.App, acknowledged []string) {
	t.Helper()
	pending, err := a.Registry.Pending(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []int64
	for _, d := range pending {
		seqs = append(seqs, d.Seq)
	}
	if len(seqs) > 0 {
		if _, err := a.Ingest.Process(t.Context(), seqs, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range acknowledged {
		var seq int64
		fmt.Sscan(text, &seq)
		if d, err := a.Registry.Delivery(t.Context(), seq); err != nil || d.State != belvedere.Published {
			t.Errorf("delivery %d: %v %s %s", seq, err, d.State, d.Reason)
		}
	}
	t.Logf("%d acknowledged, %d were to be done", len(acknowledged), len(seqs))
	if r, err := a.Journal.Verify(t.Context()); err != nil || !r.OK() || len(r.Breaks) > 0 {
		t.Errorf("the journal: %+v %v", r, err)
	}
}
