package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"belvedere/internal/web"
)

// form makes a deposit: the dataset, then files by name.
func form(t *testing.T, dataset string, files ...string) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("jeu", dataset); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := m.CreateFormFile("fichier", name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "etablissement;eleves\n0350017D;12\n")
	}
	m.Close()
	return &b, m.FormDataContentType()
}

func TestUpload(t *testing.T) {
	c := newConsole(t)
	body, kind := form(t, "effectifs", "rentrée 2025.csv")
	w := c.do("POST", "/livraisons", body, header("Content-Type", kind))
	if w.Code != 303 || w.Header().Get("Location") != "/livraisons/8" {
		t.Fatalf("%d %q", w.Code, w.Header().Get("Location"))
	}
	if d := c.deliveries.All[0]; d.FileName != "rentrée 2025.csv" || d.Dataset != "effectifs" || d.Size != 33 {
		t.Errorf("%+v", d)
	}
	body, kind = form(t, "", "a.csv", "b.csv")
	w = c.do("POST", "/livraisons", body, header("Content-Type", kind))
	if w.Code != 303 || w.Header().Get("Location") != "/livraisons" || len(c.deliveries.Received) != 3 {
		t.Errorf("two files: %d %q %v", w.Code, w.Header().Get("Location"), c.deliveries.Received)
	}
}

func TestUploadsThatCannotBeTaken(t *testing.T) {
	c := newConsole(t, func(w *web.Config, _ *console) { w.MostUpload = 2000 })
	post := func(body io.Reader, kind string) (int, string) {
		w := c.do("POST", "/livraisons", body, header("Content-Type", kind))
		return w.Code, w.Body.String()
	}
	body, kind := form(t, "")
	if code, page := post(body, kind); code != 400 || !strings.Contains(page, "au moins un fichier") {
		t.Errorf("no file: %d", code)
	}
	body, kind = form(t, "rien", "a.csv")
	if code, _ := post(body, kind); code != 400 {
		t.Errorf("unknown dataset: %d", code)
	}
	body, kind = form(t, "", strings.Repeat("x", 3000))
	if code, _ := post(body, kind); code != 413 {
		t.Errorf("too large: %d", code)
	}
	body, kind = form(t, "", "a.csv")
	whole, _ := io.ReadAll(body)
	if code, _ := post(bytes.NewReader(whole[:len(whole)-60]), kind); code != 400 {
		t.Errorf("cut short: %d", code)
	}
	if code, _ := post(strings.NewReader("x"), "text/plain"); code != 400 {
		t.Errorf("not a form: %d", code)
	}
	if len(c.deliveries.Received) != 0 {
		t.Errorf("taken all the same: %v", c.deliveries.Received)
	}
	closed := newConsole(t, func(w *web.Config, _ *console) { w.Receive = nil })
	body, kind = form(t, "", "a.csv")
	if w := closed.do("POST", "/livraisons", body, header("Content-Type", kind)); w.Code != 403 {
		t.Errorf("closed: %d", w.Code)
	}
	if strings.Contains(closed.get("/livraisons").Body.String(), `name="fichier"`) {
		t.Error("a closed server offers the form")
	}
}

func TestDeliveryState(t *testing.T) {
	c := newConsole(t)
	for address, want := range map[string]string{"/livraisons/7/etat": "lecture\u00a0: 12\u00a0Mo sur 48,2\u00a0Mo", "/livraisons/2/etat": "refusée"} {
		w := c.get(address)
		var answer struct {
			Words string `json:"texte"`
			Final bool   `json:"final"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Words != want || answer.Final != (want == "refusée") {
			t.Errorf("%s: %+v %v", address, answer, err)
		}
	}
	if w := c.get("/livraisons/99/etat"); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
	for address, refresh := range map[string]bool{"/livraisons/7": true, "/livraisons/2": false, "/livraisons": true, "/editions": false} {
		if got := strings.Contains(c.get(address).Body.String(), `<noscript><meta http-equiv="refresh"`); got != refresh {
			t.Errorf("%s: refresh %v", address, got)
		}
	}
}

func TestDeliveryPage(t *testing.T) {
	c := newConsole(t)
	refused := c.get("/livraisons/2").Body.String()
	for _, want := range []string{"Rien n’a été changé", "Plus de 5\u202f% des lignes", "uai_lettre", "ligne 2, colonne 1", "les 1\u202f000 premiers sont gardés", "/livraisons/2?page=20#defauts", "&lt;script&gt;"} {
		if !strings.Contains(refused, want) {
			t.Errorf("no %s", want)
		}
	}
	if last := c.get("/livraisons/2?page=20").Body.String(); !strings.Contains(last, `aria-current="page">20</a>`) {
		t.Error("no last page of faults")
	}
	published := c.get("/livraisons/3").Body.String()
	for _, want := range []string{"0990001M/2025-11-30", `href="/livraisons/1"`, "Édition 408", "Effectifs des collèges (DEPP)"} {
		if !strings.Contains(published, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestFaultsFileHoldsNoFormula(t *testing.T) {
	w := newConsole(t).get("/livraisons/2/defauts.csv")
	body, found := strings.CutPrefix(w.Body.String(), "\uFEFF")
	if !found || w.Header().Get("Content-Disposition") == "" {
		t.Error("no mark of encoding, or no name")
	}
	for _, separator := range ";,\t" { // whatever the spreadsheet is set to
		r := csv.NewReader(strings.NewReader(body))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, separator != ';', -1
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 1001 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, field := range slices.Concat(rows...) {
			if start := strings.TrimLeft(field, "\" \u00a0\t"); start != "" && strings.ContainsRune("=+-@＝＋－＠\r", []rune(start)[0]) {
				t.Fatalf("%q runs as a formula", field)
			}
		}
	}
}
