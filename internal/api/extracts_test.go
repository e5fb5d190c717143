package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/extract"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
	"belvedere/internal/territory/report"
)

// figures answer each state with three lines.
type figures struct{}

func (figures) Explore(context.Context, belvedere.Viewer, report.Explore) (*report.ExploreResult, error) {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{{Name: "niveau", Label: "Niveau"}}, Columns: []belvedere.ResultColumn{{QueryColumn: belvedere.QueryColumn{Key: "eleves", Label: "Élèves"}}}}
	for _, code := range []string{"6eme", "5eme", "4eme"} {
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: code}}, Cells: []belvedere.Cell{{Value: 100}}})
	}
	return &report.ExploreResult{Result: r, Sentence: report.Sentence{{Text: "Élèves par niveau"}}}, nil
}

func (figures) ExploreDims(context.Context, []report.ExploreColumn) ([]report.ExploreDim, error) {
	return nil, nil
}

func (figures) Edition(context.Context, int) (belvedere.Edition, error) {
	return belvedere.Edition{}, nil
}

type noMail struct{}

func (noMail) Send(context.Context, mail.Message) error { return nil }

// A counter is the API over the real service of extracts.
type counter struct {
	*house
	service *extract.Service
	grants  []belvedere.Grant
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{grants: []belvedere.Grant{{ID: 1, Capability: belvedere.Extractor, Level: belvedere.Totals}}}
	viewer := func(id int64, login string) belvedere.Viewer {
		return belvedere.Viewer{ID: id, Login: login, Kind: belvedere.AccountViewer, Grants: c.grants, Scope: belvedere.Scope{Schools: []belvedere.UAI{schoolA}, AllWidgets: true, Fingerprint: login}}
	}
	c.house = newHouse(t, func(config *api.Config) {
		dir := t.TempDir()
		keys, err := secret.Load(filepath.Join(dir, "cles.json"))
		if err != nil {
			t.Fatal(err)
		}
		c.service = extract.New(extract.Config{Registry: config.Store.(registry.Registry), Reports: func() extract.Reports { return figures{} }, Keys: keys, Folder: filepath.Join(dir, "extraits"), Mail: noMail{},
			Viewer: func(_ context.Context, a registry.Account) (belvedere.Viewer, error) {
				return viewer(a.ID, a.Login), nil
			},
			Console: func(context.Context) mail.Console { return mail.Console{} }, Journal: config.Journal, Zone: time.UTC, Now: config.Now, Errors: slog.New(slog.DiscardHandler)})
		config.Extracts = c.service
		config.As = func(_ context.Context, login string) (belvedere.Viewer, error) {
			id := map[string]int64{"lecteur": 1, "autre": 2}[login]
			return viewer(id, login), nil
		}
	})
	for _, login := range []string{"lecteur", "autre"} {
		if _, err := c.registry.CreateAccount(t.Context(), registry.Account{FirstName: "A", LastName: login, Login: login, Email: login + "@exemple.fr", Place: registry.InTerritory, State: registry.Active, Created: c.clock}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

const asked = `{"indicateurs":["eleves"],"lignes":["niveau"],"finalite":"Rapport d’activité","destinataires":"Direction","format":"csv","engagement":true}`

// made asks for an extract from the machine and has it made.
func (c *counter) made(t *testing.T) string {
	t.Helper()
	w := c.do("POST", "/api/v1/extractions", asked, local("lecteur"))
	var e extract.Printed
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != http.StatusAccepted || e.State != "attente" || w.Header().Get("Location") != "/api/v1/extractions/"+strconv.FormatInt(e.ID, 10) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if last := c.journal.last(); last.Action != "extrait" || !strings.Contains(last.Object, e.Code) || !strings.Contains(last.Detail, "Rapport d’activité") || !strings.Contains(last.Detail, "au nom de") || last.Login != "lecteur" {
		t.Errorf("journal: %+v", last)
	}
	if done, err := c.service.RunOnce(t.Context()); err != nil || !done {
		t.Fatal(done, err)
	}
	return "/api/v1/extractions/" + strconv.FormatInt(e.ID, 10)
}

func TestExtracts(t *testing.T) {
	c := newCounter(t)
	size := c.do("POST", "/api/v1/taille-extraction", asked, local("lecteur"))
	if size.Code != 200 || !strings.Contains(size.Body.String(), `"lignes": 3`) {
		t.Errorf("size: %d %s", size.Code, size.Body)
	}
	one := c.made(t)
	if w := c.do("GET", one, "", local("lecteur")); w.Code != 200 || !strings.Contains(w.Body.String(), `"etat": "pret"`) || strings.Contains(w.Body.String(), "sel") {
		t.Errorf("state: %d %s", w.Code, w.Body)
	}
	if w := c.do("GET", "/api/v1/extractions", "", local("lecteur")); w.Code != 200 || !strings.Contains(w.Body.String(), `"nombre": 1`) {
		t.Errorf("list: %d %s", w.Code, w.Body)
	}
	w := c.do("POST", one+"/fichier", "", local("lecteur"))
	if w.Code != 200 || w.Body.Len() == 0 || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) || !strings.Contains(w.Header().Get("Content-Disposition"), ".zip") {
		t.Errorf("file: %d %v", w.Code, w.Header())
	}
	if last := c.journal.last(); !strings.Contains(last.Detail, "téléchargé") || last.Perimeter == "" {
		t.Errorf("journal: %+v", last)
	}
	// Another's does not exist; a right that ended closes it.
	for _, path := range []string{"GET " + one, "POST " + one + "/fichier", "POST " + one + "/phrase", "GET /api/v1/extractions/99", "GET /api/v1/extractions/x"} {
		method, address, _ := strings.Cut(path, " ")
		if w := c.do(method, address, "", local("autre")); w.Code != http.StatusNotFound {
			t.Errorf("%s of another: %d", path, w.Code)
		}
	}
	c.grants = nil
	if w := c.do("POST", one+"/fichier", "", local("lecteur")); w.Code != http.StatusForbidden {
		t.Errorf("without the grant: %d", w.Code)
	}
	if w := c.do("POST", "/api/v1/extractions", asked, local("lecteur")); w.Code != http.StatusForbidden {
		t.Errorf("asked without the grant: %d", w.Code)
	}
}

// Who may not act by the API is told why, and nothing is made.
func TestExtractsOfNobody(t *testing.T) {
	c := newCounter(t)
	read, _ := c.token(registry.Token{Name: "lecture", Vendor: "alpha", Read: true, AllSchools: true})
	for _, try := range []struct {
		name, method string
		as           []option
		status       int
		words        string
	}{
		{"token", "POST", []option{bearer(read)}, 403, "appartient à une personne"}, {"token", "GET", []option{bearer(read)}, 403, "appartient à une personne"},
		{"session", "POST", []option{signedIn("lecteur")}, 401, ""}, {"session", "GET", []option{signedIn("lecteur")}, 200, `"nombre": 0`},
		{"operator", "POST", []option{local("")}, 403, "au nom d’un compte"}, {"operator", "GET", []option{local("")}, 403, "appartient à une personne"}, {"nobody", "POST", nil, 401, ""},
		{"from elsewhere", "POST", []option{local("lecteur"), from("192.0.2.5:99")}, 401, ""},
	} {
		w := c.do(try.method, "/api/v1/extractions", asked, try.as...)
		if w.Code != try.status || !strings.Contains(w.Body.String(), try.words) {
			t.Errorf("%s, %s: %d %s", try.name, try.method, w.Code, w.Body)
		}
	}
	for name, body := range map[string]string{"not JSON": "eleves", "unknown field": `{"compte":"admin1"}`, "no promise": strings.Replace(asked, "true", "false", 1), "no purpose": strings.Replace(asked, "Rapport d’activité", "x", 1),
		"nothing": `{"finalite":"Rapport d’activité","destinataires":"Direction"}`, "format": strings.Replace(asked, `"csv"`, `"exe"`, 1), "large": `{"finalite":"` + strings.Repeat("x", 300<<10) + `"}`} {
		if w := c.do("POST", "/api/v1/extractions", body, local("lecteur")); w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if list, total, err := c.registry.ListExtracts(t.Context(), registry.ExtractFilter{}, registry.Page{}); err != nil || total != 0 {
		t.Errorf("%+v is left, %v", list, err)
	}
}
