package ingest_test

import (
	"strings"
	"testing"

	"belvedere/internal/registry"
)

// Schools that the register does not know are named in a warning, unless the same edition enters
// them; before any register, nothing is said.
func TestUnlistedSchoolsAreNamed(t *testing.T) {
	register := lines("etablissement;nom", schoolA+";Collège A")
	other := lines("etablissement;nom", schoolB+";Collège B")
	figures := lines("etablissement;jour;niveau;eleves", schoolA+";2025-10-01;6eme;1", schoolB+";2025-10-01;6eme;2")
	for _, c := range []struct {
		name    string
		editons [][]string
		want    string
	}{
		{"no register yet", [][]string{{figures}}, ""},
		{"one is missing", [][]string{{register}, {figures}}, schoolB},
		{"entered before", [][]string{{register}, {other}, {figures}}, ""},
		{"entered together", [][]string{{register}, {figures, other}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			var seq int64
			for _, texts := range c.editons {
				for _, d := range h.process(texts...) {
					h.published(d)
					if d.Dataset == "effectifs" {
						seq = d.Seq
					}
				}
			}
			faults, _, err := h.registry.Faults(h.ctx, seq, registry.Page{})
			h.must(err)
			var got string
			for _, f := range faults {
				if f.Rule == "hors_registre" {
					got += f.Message
				}
			}
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || strings.Contains(got, schoolA) {
				t.Errorf("warning %q, want one that names %q", got, c.want)
			}
		})
	}
}
