package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere/internal/registry"
)

// A schema is as much of JSON Schema as the document of the API uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Enum       []any              `json:"enum"`
	Required   []string           `json:"required"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	OneOf      []*schema          `json:"oneOf"`
	AnyOf      []*schema          `json:"anyOf"`
	Additional json.RawMessage    `json:"additionalProperties"`
}

type apiDocument struct {
	Paths map[string]map[string]json.RawMessage `json:"paths"`
	Parts struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type apiOperation struct {
	Parameters []struct {
		Name   string `json:"name"`
		In     string `json:"in"`
		Schema schema `json:"schema"`
	} `json:"parameters"`
	Responses map[string]struct {
		Ref     string `json:"$ref"`
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

// fits finds where a value is not what a schema says: types, required and unknown properties, closed lists.
func (d *apiDocument) fits(s *schema, v any, at string) []string {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		if d.Parts.Schemas[name] == nil {
			return []string{at + ": " + s.Ref + " is not described"}
		}
		return d.fits(d.Parts.Schemas[name], v, at)
	}
	for _, list := range [][]*schema{s.OneOf, s.AnyOf} {
		if len(list) > 0 && !slices.ContainsFunc(list, func(one *schema) bool { return len(d.fits(one, v, at)) == 0 }) {
			return []string{fmt.Sprintf("%s: none of the forms fits %.80v", at, v)}
		}
	}
	if !typeFits(s.Type, v) {
		return []string{fmt.Sprintf("%s: %T is no %v", at, v, s.Type)}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return []string{fmt.Sprintf("%s: %v is not in the list", at, v)}
	}
	var out []string
	switch v := v.(type) {
	case []any:
		for i, one := range v[:min(len(v), 20)] {
			out = append(out, d.fits(s.Items, one, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				out = append(out, at+": lacks "+name)
			}
		}
		for name, one := range v {
			p := s.Properties[name]
			if p == nil && len(s.Properties) > 0 && len(s.Additional) == 0 {
				out = append(out, at+": "+name+" is not described")
			}
			out = append(out, d.fits(p, one, at+"."+name)...)
		}
	}
	return out
}

func typeFits(want any, v any) bool {
	switch want := want.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(want, func(one any) bool { return typeFits(one, v) })
	case string:
		switch v := v.(type) {
		case nil:
			return want == "null"
		case string:
			return want == "string"
		case bool:
			return want == "boolean"
		case float64:
			return want == "number" || want == "integer" && v == float64(int64(v))
		case []any:
			return want == "array"
		case map[string]any:
			return want == "object"
		}
	}
	return false
}

// TestDocumentIsTrue walks the document of the API: every address that reads answers as described, in each
// of its formats; who presents nothing, who asks for a format that does not exist, and who accepts nothing
// that there is, get the errors that it describes.
func TestDocumentIsTrue(t *testing.T) {
	a, director := institute(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	s := site(t, a)
	own := enter(t, a, director)
	_, text := call(t, "GET", s.URL+"/api/v1/openapi.json", "")
	var doc apiDocument
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	first, _ := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=budget_vote&par=service&annee=2025", "", machine(a)...)
	receipt := first.Header.Get("X-Belvedere-Recu")
	asked := map[string]string{ // each address with values that exist here; "" for an address that needs none
		"/api/v1/openapi.json": "", "/api/v1/indicateurs": "", "/api/v1/definitions": "?tous=1", "/api/v1/definitions/{code}": "budget_vote", "/api/v1/propositions/{id}": "1",
		"/api/v1/donnees":  "?indicateurs=budget_vote,depenses_engagees_taux,recrutements&par=etablissement,annee&annee=2025&total=1",
		"/api/v1/explorer": "?indicateurs=budget_vote&lignes=etablissement&annee=2025", "/api/v1/requetes": "", "/api/v1/requetes/{id}": "1",
		"/api/v1/jeux": "", "/api/v1/jeux/{jeu}": "budget", "/api/v1/jeux/{jeu}/donnees": "budget/donnees?annee=2025&limite=2", "/api/v1/catalogue.jsonld": "", "/api/v1/catalogue.ttl": "",
		"/api/v1/recus/{code}": receipt, "/api/v1/verification-recus": "?derniers=2", "/api/v1/ecart": "?a=budget_vote+annee=2025&b=budget_vote+annee=2024",
		"/api/v1/comparaison": "?etablissement=9990001X&annee=2025&indicateurs=budget_vote", "/api/v1/couverture": "?jeu=budget&annee=2025", "/api/v1/tableaux-de-bord": "",
		"/api/v1/tableaux-de-bord/{id}": "direction", "/api/v1/etablissements": "", "/api/v1/editions": "", "/api/v1/alertes": "", "/api/v1/envois": "", "/api/v1/livraisons": "",
		"/api/v1/livraisons/{id}": "1", "/api/v1/extractions": "", "/api/v1/extractions/{id}": "1",
	}
	absent := map[string]bool{"/api/v1/propositions/{id}": true, "/api/v1/requetes/{id}": true, "/api/v1/livraisons/{id}": true, "/api/v1/extractions/{id}": true}
	problem := &schema{Ref: "#/components/schemas/Probleme"}
	for path, methods := range doc.Paths {
		if methods["get"] == nil {
			continue
		}
		values, known := asked[path]
		if !known {
			t.Errorf("%s is described and not tried here", path)
			continue
		}
		var op apiOperation
		if err := json.Unmarshal(methods["get"], &op); err != nil {
			t.Fatal(path, err)
		}
		address := s.URL + path + values
		if at := strings.Index(path, "{"); at > 0 {
			address = s.URL + path[:at] + values
		}
		formats := []string{""}
		for _, p := range op.Parameters {
			if p.Name == "format" {
				for _, one := range p.Schema.Enum {
					formats = append(formats, one.(string))
				}
			}
		}
		for _, format := range formats {
			at := address
			if format != "" {
				at += map[bool]string{true: "&", false: "?"}[strings.Contains(at, "?")] + "format=" + format
			}
			who := machine(a)
			if strings.HasSuffix(path, "/alertes") || strings.HasSuffix(path, "/envois") || strings.Contains(path, "/extractions") || strings.Contains(path, "/tableaux-de-bord/") {
				who = own // of an account, and with figures that it may see
			}
			res, body := call(t, "GET", at, "", who...)
			want := http.StatusOK
			if absent[path] {
				want = http.StatusNotFound
			}
			if res.StatusCode != want {
				t.Errorf("%s: %s %.200s", at, res.Status, body)
				continue
			}
			described := op.Responses[fmt.Sprint(want)]
			if described.Content == nil && described.Ref != "" {
				described.Content = op.Responses["200"].Content
			}
			kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
			if want != http.StatusOK {
				kind = "application/problem+json"
			}
			content, ok := described.Content[kind]
			if !ok && want == http.StatusOK {
				t.Errorf("%s answers %s, which is not described", at, kind)
				continue
			}
			if want != http.StatusOK {
				content.Schema = problem
			}
			if strings.HasSuffix(kind, "json") {
				var v any
				if err := json.Unmarshal([]byte(body), &v); err != nil {
					t.Errorf("%s: %v", at, err)
				}
				if faults := doc.fits(content.Schema, v, path); len(faults) > 0 {
					t.Errorf("%s: %d faults: %.600s", at, len(faults), strings.Join(faults[:min(6, len(faults))], "; "))
				}
			}
		}
		if path == "/api/v1/openapi.json" {
			continue
		}
		refused := func(name string, status int, at string, headers ...string) {
			res, body := call(t, "GET", at, "", headers...)
			var v any
			err := json.Unmarshal([]byte(body), &v)
			if res.StatusCode != status || err != nil || len(doc.fits(problem, v, path)) > 0 || op.Responses[fmt.Sprint(status)].Ref == "" && op.Responses[fmt.Sprint(status)].Content == nil {
				t.Errorf("%s: %s: %s %.200s, want a described %d", path, name, res.Status, body, status)
			}
		}
		refused("nobody", http.StatusUnauthorized, address)
		if len(formats) > 1 {
			join := map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")]
			refused("no such format", http.StatusBadRequest, address+join+"format=docx", machine(a)...)
			if op.Responses["406"].Ref != "" {
				refused("nothing accepted", http.StatusNotAcceptable, address, append(machine(a), "Accept", "image/png, text/html;q=0.5, */*;q=0")...)
			}
		}
	}
}

// TestAccept wants the format that is wanted most, and JSON where all are.
func TestAccept(t *testing.T) {
	a, _ := institute(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	s := site(t, a)
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/html, */*;q=0.1": "application/json", "text/csv;q=0.2, application/vnd.apache.parquet": "application/vnd.apache.parquet",
		"application/json;q=0, */*": "text/csv", "text/*": "text/csv", "application/geo+json": "application/geo+json", "nonsense": "application/json", "text/csv;q=9, application/json;q=0.3": "application/json",
	} {
		res, body := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=budget_vote&par=etablissement&annee=2025", "", append(machine(a), "Accept", accept)...)
		if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); res.StatusCode != http.StatusOK || kind != want || !strings.Contains(res.Header.Get("Vary"), "Accept") {
			t.Errorf("Accept %q: %s %s, want %s %.100s", accept, res.Status, kind, want, body)
		}
	}
	first, _ := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=budget_vote&annee=2025", "", machine(a)...)
	for _, tag := range []string{first.Header.Get("ETag"), "W/" + first.Header.Get("ETag"), `"x", ` + first.Header.Get("ETag"), "*"} {
		if res, body := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=budget_vote&annee=2025", "", append(machine(a), "If-None-Match", tag)...); res.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("If-None-Match %s: %s", tag, res.Status)
		}
	}
}

// TestZeroIsNoSecret reads Parquet with the engine: a zero, a figure that has no value yet and one that others
// may not see are three things, and years and days come back as such.
func TestZeroIsNoSecret(t *testing.T) {
	a, director := institute(t)
	s := site(t, a)
	read := func(who []string, address string) (lines []string) {
		res, body := call(t, "GET", s.URL+address+"&format=parquet", "", who...)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %.200s", address, res.Status, body)
		}
		path := filepath.Join(a.Config.Landing(), "types.parquet")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		err := a.Engine.ReadParquet(t.Context(), path, func([]string) error { return nil }, func(_ int64, row [][]byte) error {
			lines = append(lines, string(bytes.Join(row, []byte("|"))))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	mine := enter(t, a, director)
	if got := read(mine, "/api/v1/donnees?indicateurs=recrutements,admis&par=annee&annee=2025|2026"); fmt.Sprint(got) != "[2025|2025-2026|0|valeur|156|valeur 2026|2026-2027|5|valeur||en_attente]" {
		t.Errorf("by year: %v", got)
	}
	if got := read(mine, "/api/v1/donnees?indicateurs=recrutements&par=jour&annee=2026"); !slices.Contains(got, "2026-10-01|01/10/2026|5|valeur") || !slices.Contains(got, "2026-10-02|02/10/2026||en_attente") {
		t.Errorf("by day: %.200v", got)
	}
	stranger := enter(t, a, member(t, a, registry.Account{FirstName: "Jean", LastName: "AILLEURS", AllSchools: true, AllWidgets: true}))
	if got := read(stranger, "/api/v1/donnees?indicateurs=recrutements,admis&annee=2025&par=etablissement"); len(got) != 1 || !strings.Contains(got[0], "non_communique") || strings.Contains(got[0], "156") {
		t.Errorf("of others: %v", got)
	}
}

// TestCatalogueIsValid holds the catalogue to DCAT-AP: what each class must say, names that last and answer, and
// the same graph in both writings.
func TestCatalogueIsValid(t *testing.T) {
	a, _ := institute(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	a.Config.URL = "https://infocentre.exemple.fr/"
	s := site(t, a)
	_, text := call(t, "GET", s.URL+"/api/v1/catalogue.jsonld", "", machine(a)...)
	var root map[string]any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	required := map[string][]string{
		"dcat:Catalog":      {"dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dct:language", "dct:license", "dct:issued", "dct:modified", "foaf:homepage", "dcat:service"},
		"dcat:Dataset":      {"dct:title", "dct:description", "dct:identifier", "dct:publisher", "dcat:contactPoint", "dcat:theme", "dcat:keyword", "dct:accessRights", "dct:language", "dct:modified", "dcat:distribution"},
		"dcat:Distribution": {"dct:title", "dcat:accessURL", "dct:license", "dcat:mediaType", "dcat:accessService"},
		"dcat:DataService":  {"dct:title", "dcat:endpointURL", "dcat:endpointDescription", "dcat:servesDataset"}, "foaf:Agent": {"foaf:name"},
		"dct:LicenseDocument": {"dct:title", "dct:description"}, "vcard:Organization": {"vcard:fn", "vcard:hasURL"}, "dct:PeriodOfTime": {"dcat:startDate", "dcat:endDate"},
	}
	classes, triples := map[string]int{}, 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			class, _ := v["@type"].(string)
			if _, literal := v["@value"]; literal {
				return
			}
			if id, _ := v["@id"].(string); class != "" && !strings.HasPrefix(id, "https://infocentre.exemple.fr/api/v1") {
				t.Errorf("%s is named %q", class, id)
			}
			if class != "" {
				classes[class]++
				triples++
			}
			for _, name := range required[class] {
				if v[name] == nil {
					t.Errorf("%s %v lacks %s", class, v["@id"], name)
				}
			}
			for name, one := range v {
				if list, ok := one.([]any); ok {
					triples += len(list)
				} else if !strings.HasPrefix(name, "@") {
					triples++
				}
				if name != "@context" {
					walk(one)
				}
			}
		}
	}
	walk(root)
	if classes["dcat:Dataset"] < 5 || classes["dcat:Distribution"] != 6*classes["dcat:Dataset"] || classes["dcat:Catalog"] != 1 || classes["foaf:Agent"] != 1 {
		t.Errorf("classes %v", classes)
	}
	res, turtle := call(t, "GET", s.URL+"/api/v1/catalogue.ttl", "", machine(a)...)
	if got := strings.Count(turtle, " ;\n  ") + strings.Count(turtle, "> a "); res.StatusCode != http.StatusOK || got != triples {
		t.Errorf("%d triples in Turtle, %d in JSON-LD", got, triples)
	}
	for _, d := range root["dcat:dataset"].([]any) {
		id := d.(map[string]any)["@id"].(string)
		at := s.URL + strings.TrimPrefix(id, "https://infocentre.exemple.fr")
		if res, body := call(t, "GET", at, "", machine(a)...); res.StatusCode != http.StatusOK || !strings.Contains(body, `"adresse"`) {
			t.Errorf("%s: %s %.100s", id, res.Status, body)
		}
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/jeux/inconnu", "", machine(a)...); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown dataset: %s", res.Status)
	}
}
