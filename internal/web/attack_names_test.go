package web_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// sung is a name that someone types where names are known, and nowhere else.
const sung = "Canarivanderzee"

// TestTypedNamesStayInTheSchool types a name into each control and each search of the pages about names. What a
// message says of it is for who typed it: neither the journal nor the log, which others read, hold it.
func TestTypedNamesStayInTheSchool(t *testing.T) {
	f := newFort(t)
	n := 0
	told := []string{"finalite", "destinataires", "nom"} // what extracts are for is in the journal, in the words of who asks
	for _, form := range append(f.formsOf(naming, "nominative"), f.formsOf(extracting, "extractor")...) {
		form.free = slices.DeleteFunc(form.free, func(field string) bool {
			return strings.HasPrefix(form.action, "/extractions") && slices.Contains(told, field)
		})
		for _, field := range form.free {
			values := maps.Clone(form.values)
			values.Set(field, sung)
			f.as = form.who
			f.send("POST", form.action, values.Encode())
			n++
		}
		values := maps.Clone(form.values)
		for _, field := range form.free {
			values.Set(field, sung)
		}
		f.as = form.who
		f.send("POST", form.action, values.Encode())
	}
	for address, rt := range f.addresses() {
		if rt.Right != "nominative" {
			continue
		}
		method, path, _ := strings.Cut(address, " ")
		for _, name := range []string{"q", "recherche", "annee", "division", "groupe", "jour", "etat", "profil", "eleve", "page", "regle", "genre", "fait", "depuis"} {
			f.as = naming
			f.send(method, path+"?"+url.Values{name: {sung}}.Encode(), url.Values{"faire": {sung}, "geste": {sung}, name: {sung}}.Encode())
			n++
		}
		f.send(method, path, sung+"=%zz&"+sung) // a body that is no form
	}
	if n < 500 {
		t.Errorf("only %d ways were tried", n)
	}
	for where, text := range map[string]string{"journal": f.journal.String(), "log": f.log.String(), "registry": f.dump()} {
		if at := strings.Index(text, sung); at >= 0 {
			t.Errorf("the %s holds a name that was typed: …%.300s", where, text[max(0, at-250):])
		}
	}
	if !strings.Contains(f.log.String(), "request failed") {
		t.Error("nothing failed: little would show")
	}
}
