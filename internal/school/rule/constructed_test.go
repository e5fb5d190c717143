package rule_test

import (
	"strings"
	"testing"

	"belvedere/internal/school/vault"
)

func constructed(t testing.TB) []vault.File {
	return []vault.File{
		sample(t, "sts_emp", "constructed/sts_emp_0999901Z_2026.xml"),
		sample(t, "siecle_eleves", "constructed/ElevesSansAdresses.xml"),
		sample(t, "siecle_responsables", "constructed/ResponsablesAvecAdresses.xml"),
		sample(t, "edt_cours", "constructed/EXP_COURS.xml"),
		sample(t, "emp_sts", "constructed/emp_sts_0999901Z_2026.xml"),
	}
}

func TestConstructed(t *testing.T) {
	v := open(t)
	load(t, v, constructed(t)...)
	r := check(t, v)
	list := standing(t, v)
	t.Logf("%+v\n%s", r.Blocking, strings.Join(lines(list), "\n"))
}
