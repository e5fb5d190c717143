package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

type operation struct {
	Security  []map[string][]string      `json:"security"`
	Responses map[string]json.RawMessage `json:"responses"`
}

// doors are what each right may be shown with, as the document names them.
var doors = map[right][]string{
	open:      {},
	known:     {"jeton", "machine", "session"},
	reading:   {"jeton", "machine", "session"},
	following: {"jeton", "machine", "session"},
	pushing:   {"jeton", "machine"},
	acting:    {"machine"},
}

// TestDocumentDescribesEveryRoute keeps document and routes equal: addresses, what each asks of
// who comes, and how it refuses.
func TestDocumentDescribesEveryRoute(t *testing.T) {
	var doc struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemes   map[string]json.RawMessage `json:"securitySchemes"`
			Responses map[string]json.RawMessage `json:"responses"`
		} `json:"components"`
	}
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	described := map[string]operation{}
	for path, methods := range doc.Paths {
		for m, text := range methods {
			if m == "parameters" {
				continue
			}
			var o operation
			if err := json.Unmarshal(text, &o); err != nil {
				t.Fatalf("%s %s: %v", m, path, err)
			}
			described[strings.ToUpper(m)+" "+path] = o
		}
	}
	for _, rt := range newServer(Config{}).routes() {
		name := rt.method + " " + rt.path
		o, found := described[name]
		if !found {
			t.Errorf("%s is served and not described", name)
			continue
		}
		delete(described, name)
		var given []string
		for _, one := range o.Security {
			for scheme := range one {
				given = append(given, scheme)
				if doc.Components.Schemes[scheme] == nil {
					t.Errorf("%s names the door %s, which is not described", name, scheme)
				}
			}
		}
		slices.Sort(given)
		if want := doors[rt.right]; o.Security == nil || !slices.Equal(given, want) && len(given)+len(want) > 0 {
			t.Errorf("%s is described with the doors %v, want %v", name, given, want)
		}
		refusals := []string{"401", "403", "429", "503"}
		if rt.right == open {
			refusals = []string{"429"}
		}
		for _, status := range refusals {
			if o.Responses[status] == nil {
				t.Errorf("%s does not describe %s", name, status)
			}
		}
	}
	for name := range described {
		t.Errorf("%s is described and not served", name)
	}
}
