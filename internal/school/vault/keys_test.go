package vault_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere/internal/school/vault"
)

// ids are local ids of pupils by first name.
func ids(t testing.TB, v *vault.Vault, table_ string) map[string]string {
	m := map[string]string{}
	for l := range strings.SplitSeq(strings.TrimSpace(table(t, v, "SELECT prenom, id FROM "+table_+" ORDER BY id")), "\n") {
		name, id, _ := strings.Cut(l, "|")
		m[name] += id + " "
	}
	return m
}

func TestPupilsKeepTheirKey(t *testing.T) {
	base := []pupil{
		{id: "1", ine: "111111111AA", last: "ABEL", first: "Ana", birth: "01/01/2014", division: "6A"},
		{id: "2", ine: "222222222BB", last: "NOËL", first: "Théo", birth: "02/02/2014", division: "6A"},
		{id: "3", ine: "333333333CC", last: "NOËL", first: "Tom", birth: "02/02/2014", division: "6A"}, // his twin
	}
	for name, c := range map[string]struct {
		next []pupil
		same bool
	}{
		"the same":                            {base, true},
		"another INE":                         {[]pupil{{id: "1", ine: "070000000ZZ", last: "ABEL", first: "Ana", birth: "01/01/2014"}, base[1], base[2]}, true},
		"another ELEVE_ID":                    {[]pupil{{id: "9", ine: "111111111AA", last: "ABEL", first: "Ana", birth: "01/01/2014"}, base[1], base[2]}, true},
		"another ELEVE_ID and a mended name":  {[]pupil{{id: "9", ine: "111111111AA", last: "ABELL", first: "Ana", birth: "01/01/2014"}, base[1], base[2]}, true},
		"neither ELEVE_ID nor INE":            {[]pupil{base[0], {id: "8", last: "Noel", first: "THEO", birth: "02/02/2014"}, {id: "7", last: "NOEL", first: "Tom", birth: "02/02/2014"}}, true},
		"an INE typed for someone else":       {[]pupil{{id: "9", ine: "111111111AA", last: "ZOLA", first: "Ana", birth: "09/09/2013"}, base[1], base[2]}, false},
		"another person of the same name":     {[]pupil{{id: "9", last: "ABEL", first: "Ana", birth: "31/12/2013"}, base[1], base[2]}, false},
		"an ELEVE_ID that went to someone":    {[]pupil{{id: "1", last: "ZOLA", first: "Eve", birth: "09/09/2013"}, {id: "9", ine: "111111111AA", last: "ABEL", first: "Ana", birth: "01/01/2014"}, base[1], base[2]}, true},
		"two candidates for one of the vault": {[]pupil{{id: "8", last: "ABEL", first: "Ana", birth: "01/01/2014"}, {id: "9", last: "ABEL", first: "Ana", birth: "01/01/2014"}, base[1], base[2]}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, t.TempDir())
			load(t, v, madeUp{pupils: base}.eleves(t, "a", opening))
			before := ids(t, v, "eleve")
			load(t, v, madeUp{pupils: c.next}.eleves(t, "b", opening))
			present := table(t, v, "SELECT e.prenom, e.id FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.present ORDER BY e.id")
			for first, id := range before {
				kept := strings.Contains(strings.ToUpper(vault.Fold(present)), vault.Fold(first)+" "+strings.TrimSpace(id))
				if first == "Ana" && kept != c.same || first != "Ana" && !kept {
					t.Errorf("%s was %s; now\n%s", first, id, present)
				}
			}
		})
	}
}

// The same child in two years is one child, and an identifier that ended is remembered.
func TestKeysLastOverYears(t *testing.T) {
	v := open(t, t.TempDir())
	a := madeUp{pupils: []pupil{{id: "1", ine: "1234567890A", last: "ABEL", first: "Ana", birth: "01/01/2014", division: "6A"}}}
	load(t, v, a.eleves(t, "a", opening))
	b := madeUp{pupils: []pupil{{id: "77", ine: "070000000ZZ", last: "ABEL", first: "Ana", birth: "01/01/2014", division: "5A"}}}
	next := b.eleves(t, "b", opening)
	fill := next.Fill
	next.Year, next.Fill = 2027, nil
	next.Fill = inYear(2027, fill)
	load(t, v, next)
	if got := table(t, v, "SELECT annee, eleve, division FROM scolarite ORDER BY annee"); got != "2026|1|6A\n2027|1|5A\n" {
		t.Error(got)
	}
	got := table(t, v, "SELECT sorte, valeur, jusque IS NULL FROM identifiant ORDER BY sorte, valeur")
	if diff := cmp.Diff("elenoet|00000|1\neleve_id|1|0\neleve_id|77|1\nine|070000000ZZ|1\nine|1234567890A|0\n", got); diff != "" {
		t.Error(diff)
	}
	// The year before, imported again, does not bring old names back.
	a.pupils[0].last = "ABELARD"
	load(t, v, a.eleves(t, "c", opening))
	if got := table(t, v, "SELECT nom FROM eleve"); got != "ABEL\n" {
		t.Error(got)
	}
}

func TestGuardiansKeepTheirKey(t *testing.T) {
	pupils := []pupil{{id: "1", last: "ABEL", first: "Ana", birth: "01/01/2014", division: "6A"}, {id: "2", last: "ABEL", first: "Bob", birth: "01/01/2013", division: "6A"}}
	mother := parent{id: "10", last: "ABEL", first: "Claire", phone: "06 12 34 56 78", mail: "c@example.org", address: "3 rue Haute", of: []string{"1"}}
	father := parent{id: "11", last: "ABEL", first: "Claude", phone: "06 00 00 00 01", address: "3 rue Haute", of: []string{"1"}, kinship: "20"}
	grandfather := parent{id: "12", last: "ABEL", first: "Claude", phone: "06 00 00 00 02", address: "9 rue Basse", of: []string{"2"}, kinship: "38"}
	changed := func(p parent, f func(*parent)) parent { f(&p); return p }
	for name, c := range map[string]struct {
		next parent
		same bool
	}{
		"the same":                            {mother, true},
		"another PERSONNE_ID":                 {changed(mother, func(p *parent) { p.id = "99" }), true},
		"another id, and only the phone left": {parent{id: "99", last: "Abel", first: "CLAIRE", phone: "+33612345678"}, true},
		"another id, and only the mail left":  {parent{id: "99", last: "ABEL", first: "Claire", mail: "C@example.org"}, true},
		"another id, and only the child left": {parent{id: "99", last: "ABEL", first: "Claire", of: []string{"1"}}, true},
		"another id, and only the name left":  {parent{id: "99", last: "ABEL", first: "Claire"}, false},
		"the same id, remarried and moved":    {parent{id: "10", last: "DUPONT", first: "Claire"}, true},
		"the id of someone else":              {parent{id: "10", last: "ZOLA", first: "Emile", address: "1 rue Neuve"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, t.TempDir())
			m := madeUp{pupils, []parent{mother, father, grandfather}}
			load(t, v, m.eleves(t, "e", opening), m.responsables(t, "a"))
			m.parents[0] = c.next
			load(t, v, m.responsables(t, "b"))
			got := strings.Contains(table(t, v, "SELECT id FROM personne WHERE present AND personne_id = ?", c.next.id), "1\n")
			if got != c.same {
				t.Errorf("same: %v\n%s", got, table(t, v, "SELECT id, personne_id, nom, prenom, present FROM personne"))
			}
			// Two who have one name, at two addresses, stay two.
			if got := table(t, v, "SELECT id, personne_id FROM personne WHERE cle = 'ABEL|CLAUDE' ORDER BY id"); got != "2|11\n3|12\n" {
				t.Error(got)
			}
		})
	}
}

// When SIECLE merges two records of one mother, both local keys go on, as one for letters.
func TestGuardiansMergedInSource(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)...)
	m := madeUp{parents: []parent{{id: "700003", last: "FERRY", first: "Claire", phone: "06 39 98 00 01", of: []string{"4000001", "4000009"}}}}
	load(t, v, m.responsables(t, "merged"))
	if got := table(t, v, "SELECT id, personne_id, present FROM personne WHERE cle = 'FERRY|CLAIRE' ORDER BY id"); got != "1|700001|0\n3|700003|1\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT a, b, etat FROM doublon"); got != "1|3|fusionne\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT eleve, personne FROM lien ORDER BY eleve"); got != "1|3\n9|3\n" {
		t.Error(got)
	}
}

// A confirmed reconciliation and a service left out count from the next consolidation on.
func TestReconciliation(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)...)
	write(t, v, func(tx *vault.Tx) error {
		for _, q := range []string{
			"INSERT INTO rapprochement (sorte, source, valeur, cible, etat, le, par) VALUES ('division', 'siecle', '6Z', '6B', 'confirme', 1, 'x')",
			"INSERT INTO rapprochement (sorte, source, valeur, cible, etat, le, par) VALUES ('enseignant', 'edt', 'LE GOFF Helene', '2', 'confirme', 1, 'x')",
			"INSERT INTO service_exclu (annee, structure, matiere, modalite, le, par) VALUES (2026, '6B', '030201', '', 1, 'x')",
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return tx.Consolidate(2026)
	})
	if got := table(t, v, "SELECT division, scolarise FROM scolarite WHERE eleve_id = '4000009'"); got != "6B|1\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT nom FROM cours_enseignant JOIN personnel ON id = personnel WHERE cours = 3"); got != "BENALI\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT division, matiere FROM service WHERE exclu"); got != "6B|030201\n" {
		t.Error(got)
	}
}

// Roll calls refer to lessons: those that stay keep their number when the timetable comes again.
func TestLessonsKeepTheirKey(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)...)
	before := table(t, v, "SELECT id, numero FROM cours ORDER BY id")
	f := constructed(t)[0]
	f.SHA256 = "again"
	load(t, v, f)
	if diff := cmp.Diff(before, table(t, v, "SELECT id, numero FROM cours ORDER BY id")); diff != "" {
		t.Error(diff)
	}
}
