package form

import (
	"strings"
	"testing"

	"belvedere"
)

// Whatever the expression, the parser answers with a tree or a place in the text.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"{a}", "'l''été'", "1+2*-3", "first({b}, left({t}, 2))", "if({a} <= 3, rentree({r}), vide({m}))", "((((", "{", "'", "é", "pad(1,9)", "title({nom})"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		_, err := evaluate(t, expr)
		if s, ok := err.(*SyntaxError); err != nil && (!ok || s.Offset < 0 || s.Offset > len(expr) || s.Error() == "") {
			t.Fatalf("%q: %v", expr, err)
		}
	})
}

// Whatever the fields, a line gives rows of the declared types or at least one fault with its place.
func FuzzMap(f *testing.F) {
	m := model(f)
	heads := [][]string{
		strings.Split("etablissement;heure;profil;support;ent;connexions", ";"),
		strings.Split("etablissement;jour;niveau;sexe;eleves;internes", ";"),
		strings.Split("etablissement;nom;type;latitude;internat;ouverture", ";"),
		strings.Split("uai;periode;debut;profil;support;individus;ent", ";"),
		strings.Split(collegeHeader, ","),
		strings.Split("rentree_scolaire;uai;ips;effectifs;x;y", ";"),
		strings.Split("Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;libelle_nature;Code_departement;latitude", ";"),
		strings.Split("rentree_scolaire;numero_ecole;nombre_total_classes;nombre_total_eleves;nombre_eleves_ulis;nombre_eleves_cp_hors_ulis", ";"),
	}
	for i, seed := range []string{
		"0350017D;2025-11-14T08:00:00+01:00;eleves;web;1;3", "0350017D;2025-10-01;6eme;F;1 234;-", "0350017D;Collège\x00;college;48,1;oui;2099-01-01",
		"0350017D;mois;2025-11-01;eleves;web;9;oui", "2021-2022;0350017D;100;40;12;20;20;20;10;-", "2022-2023;0350017D;110.5;520.0;;", "0350017D;A;Lycée;LYCEE PROFESSIONNEL;035;1e9",
		"2021;0350017D;9;200;-;\u202f12",
	} {
		f.Add(uint8(i), seed)
	}
	type lane struct {
		m      *Mapper
		header []string
	}
	var lanes []lane
	for _, h := range heads {
		target, err := Recognise(m, h)
		if err != nil {
			f.Fatal(err)
		}
		mapper, err := NewMapper(target, m, h, paris(f))
		if err != nil {
			f.Fatal(err)
		}
		lanes = append(lanes, lane{mapper, h})
	}
	f.Fuzz(func(t *testing.T, which uint8, line string) {
		l := lanes[int(which)%len(lanes)]
		row := belvedere.SourceRow{Line: 2}
		for _, s := range strings.Split(line, ";") {
			row.Fields = append(row.Fields, []byte(s))
		}
		before := l.m.Counts()
		rows, errs := 0, 0
		var o outcome
		o.byData = map[string]int{}
		err := l.m.Map(row, func(r Row) error { rows++; o.keep(t, r); return nil }, func(ft belvedere.Fault) {
			if ft.Severity == belvedere.SeverityError {
				errs++
			}
			if ft.Line != 2 || ft.Column > len(l.header) || ft.Rule == "" || ft.Message == "" || ft.Mend == "" {
				t.Errorf("%+v", ft)
			}
		})
		after := l.m.Counts()
		if err != nil || (rows > 0 && errs > 0) || (errs > 0) != (after.Faulty > before.Faulty) || after.Rows-before.Rows != int64(rows) {
			t.Fatalf("%d rows, %d errors, %v, %+v", rows, errs, err, after)
		}
		for _, r := range o.rows {
			if r["etablissement"] == nil {
				t.Fatalf("a row without school: %v", r)
			}
		}
	})
}
