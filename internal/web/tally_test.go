package web_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/school/board"
	"belvedere/internal/school/tally"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/web"
)

// A taker is a territory that publishes at once.
type taker struct{}

func (taker) Accept(context.Context, tally.Submission) (tally.Receipt, error) {
	return tally.Receipt{Number: 7, State: belvedere.Published, Edition: 12}, nil
}
func (t taker) Follow(ctx context.Context, s tally.Submission) (tally.Receipt, error) {
	return t.Accept(ctx, s)
}

// wholeCatalog is the real one: what leaves a school has the columns of its datasets.
var wholeCatalog = sync.OnceValue(func() *belvedere.Model {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	return m
})

// schoolTally is what left the school of a fort: its 25 pupils.
func schoolTally(t testing.TB, c web.Config, uai belvedere.UAI) *tally.Service {
	t.Helper()
	s := tally.New(tally.Config{Vaults: c.Board.Vaults.(*board.Shelf), Model: wholeCatalog(), Local: taker{}, Now: c.Now})
	if _, err := s.Enqueue(t.Context(), uai, tally.Order{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), uai); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchoolSeesWhatLeft(t *testing.T) {
	f := newFort(t)
	f.as = school
	uai := string(school.Scope.Own[0])
	const at = "/etablissement/collectivite"
	page := f.ask("GET " + at).Body.String()
	for _, want := range []string{"Ce que voit la collectivité", "Effectifs d’élèves", "publié dans l’édition 12", "6ème", ">25<", "Rien n’est parti", "/etablissement/consultations", "envoi automatique"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "ZYGOMATIQUE") {
		t.Error("the page names a pupil")
	}
	file := f.ask("GET " + at + "/1/chiffres.csv")
	if body := file.Body.String(); file.Code != 200 || !strings.HasPrefix(body, "etablissement;jour;niveau;sexe;eleves;") || !strings.Contains(body, uai+";") {
		t.Errorf("the file: %d %.200s", file.Code, body)
	}
	for _, path := range []string{at + "/99/chiffres.csv", at + "/x/chiffres.csv", at + "?etablissement=0350017D", at + "/1/chiffres.csv?etablissement=0350017D"} {
		if w := f.ask("GET " + path); w.Code != 404 {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

func TestSchoolContests(t *testing.T) {
	f := newFort(t)
	f.as = school
	const at = "/etablissement/collectivite"
	post := func(pairs ...string) (int, string) {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		w := f.send("POST", at, v.Encode())
		return w.Code, w.Body.String()
	}
	if code, body := post("faire", "contester", "jeu", "effectifs", "ligne", "6eme;F", "message", " "); code != 422 || !strings.Contains(body, "aria-invalid") {
		t.Errorf("a contest without words answers %d", code)
	}
	if code, _ := post("faire", "contester", "jeu", "effectifs", "ligne", "6eme;X", "message", "Faux"); code != 409 {
		t.Errorf("a line that did not leave answers %d", code)
	}
	if code, body := post("faire", "contester", "jeu", "effectifs", "ligne", "6eme;F", "message", "Trois élèves comptés deux fois <b>"); code != 303 {
		t.Fatalf("a contest answers %d: %s", code, body)
	}
	last := f.journal.entries[len(f.journal.entries)-1]
	if last.Action != "coffre" || strings.Contains(last.Detail, "Trois") {
		t.Errorf("the journal keeps %+v", last)
	}
	page := f.ask("GET " + at).Body.String()
	if !strings.Contains(page, "Trois élèves comptés deux fois &lt;b&gt;") || !strings.Contains(page, "Lever") {
		t.Error("the contest is not on the page")
	}
	if code, _ := post("faire", "lever", "numero", "1"); code != 303 {
		t.Errorf("lifting answers %d", code)
	}
	if code, _ := post("faire", "lever", "numero", "1"); code != 404 {
		t.Errorf("lifting again answers %d", code)
	}
	if code, _ := post("faire", "choisir", "auto", "effectifs"); code != 303 {
		t.Errorf("choosing answers %d", code)
	}
	if page := f.ask("GET " + at).Body.String(); !strings.Contains(page, "ce qui n’est pas automatique") {
		t.Error("what leaves by hand is not offered")
	}
	if code, _ := post("faire", "envoyer"); code != 303 {
		t.Errorf("sending answers %d", code)
	}
	if code, _ := post("faire", "contester", "etablissement", "0350017D", "jeu", "effectifs", "message", "x"); code != 404 {
		t.Errorf("another school answers %d", code)
	}
}
