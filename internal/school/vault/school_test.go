package vault_test

import (
	"fmt"
	"testing"
	"time"

	"belvedere/internal/school/vault"
	"belvedere/internal/source/edt"
	"belvedere/internal/source/record"
	"belvedere/internal/source/siecle"
	"belvedere/internal/source/sts"
)

// A madeUp school gives rows as readers would.
type madeUp struct {
	pupils  []pupil
	parents []parent
}

type pupil struct {
	id, ine, last, first, birth, division, exit string
	groups                                      []string
}

type parent struct {
	id, last, first, phone, mail, address string
	of                                    []string // ELEVE_ID, each with kinship 10
	kinship                               string
}

// row makes a record out of pairs of field and text.
func row(k *record.Kind, line int64, pairs ...string) record.Record {
	r := record.Record{Kind: k, Line: line, Values: make([]record.Value, len(k.Fields))}
	for i := 0; i < len(pairs); i += 2 {
		at := k.Index(pairs[i])
		if at < 0 {
			panic(k.Name + " has no field " + pairs[i])
		}
		r.Values[at] = record.Value{Text: pairs[i+1], Present: true}
	}
	return r
}

// file is a file of rows; its sha tells versions apart.
func file(t testing.TB, code, sha string, head record.Head, rows []record.Record) vault.File {
	f := format(t, code)
	head.Format = code
	return vault.File{Format: f, Year: 2026, SHA256: sha, Name: code + ".xml", At: opening, Fill: func(v record.Visitor) error {
		if err := v.Head(head); err != nil {
			return err
		}
		for _, r := range rows {
			if err := v.Record(r); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (m madeUp) eleves(t testing.TB, sha string, exported time.Time) vault.File {
	var rows []record.Record
	for i, p := range m.pupils {
		line := int64(i + 1)
		r := row(siecle.Pupil, line, "eleve_id", p.id, "elenoet", fmt.Sprintf("%05d", i), "ine", p.ine, "ine_rnie", p.ine, "nom", p.last, "prenom", p.first,
			"date_naiss", p.birth, "code_sexe", "2", "code_mef", "10010012110", "code_regime", "2", "date_entree", "01/09/2026")
		if p.exit != "" {
			r.Values[siecle.Pupil.Index("date_sortie")] = record.Value{Text: p.exit, Present: true}
		}
		rows = append(rows, r)
		if p.division != "" {
			rows = append(rows, row(siecle.PupilStructure, line, "eleve_id", p.id, "code_structure", p.division, "type_structure", "D"))
		}
		for _, g := range p.groups {
			rows = append(rows, row(siecle.PupilStructure, line, "eleve_id", p.id, "code_structure", g, "type_structure", "G"))
		}
	}
	return file(t, "siecle_eleves", sha, record.Head{Source: "siecle", School: school, Year: 2026, Exported: exported}, rows)
}

func (m madeUp) responsables(t testing.TB, sha string) vault.File {
	var rows []record.Record
	for i, p := range m.parents {
		line := int64(i + 1)
		rows = append(rows, row(siecle.Person, line, "personne_id", p.id, "civilite", "MME", "nom", p.last, "prenom", p.first, "tel_portable", p.phone, "mel", p.mail,
			"adresse_id", "A"+p.id))
		if p.address != "" {
			rows = append(rows, row(siecle.Address, line, "adresse_id", "A"+p.id, "ligne1_adresse", p.address, "code_postal", "99001", "libelle_postal", "VILLENEUVE"))
		}
		for _, child := range p.of {
			kinship := p.kinship
			if kinship == "" {
				kinship = "10"
			}
			rows = append(rows, row(siecle.Link, line, "eleve_id", child, "personne_id", p.id, "niveau", "1", "parente", kinship, "payeur", "1"))
		}
	}
	return file(t, "siecle_responsables", sha, record.Head{Source: "siecle", School: school, Year: 2026}, rows)
}

// large is a school of n pupils with what its September files hold.
func large(t testing.TB, n int) []vault.File {
	var m madeUp
	for i := range n {
		division := fmt.Sprintf("%d%c", 6-i%4, 'A'+i/28%8)
		id := fmt.Sprint(4000000 + i)
		m.pupils = append(m.pupils, pupil{id, fmt.Sprintf("%09dAB", i), fmt.Sprintf("NOM%d", i%700), fmt.Sprintf("Prénom%d", i), fmt.Sprintf("%02d/%02d/2014", 1+i%28, 1+i%12),
			division, "", []string{division + "AGL", division + "G" + fmt.Sprint(i%2)}})
		for k := range 2 {
			m.parents = append(m.parents, parent{id: fmt.Sprint(700000 + 2*i + k), last: fmt.Sprintf("NOM%d", i%700), first: fmt.Sprintf("Parent%d", 2*i+k),
				phone: fmt.Sprintf("06%08d", 2*i+k), mail: fmt.Sprintf("p%d@example.org", 2*i+k), address: fmt.Sprintf("%d rue Longue", i), of: []string{id}, kinship: []string{"10", "20"}[k]})
		}
	}
	eleves := m.eleves(t, "e1", opening)
	return []vault.File{eleves, m.responsables(t, "r1"), largeSTS(t, n), largeEDT(t, n)}
}

func largeSTS(t testing.TB, n int) vault.File {
	rows := []record.Record{row(sts.School, 1, "uai", string(school))}
	for i := range n / 12 {
		rows = append(rows, row(sts.Person, 1, "type", "epp", "id", fmt.Sprint(8000+i), "nom_usage", fmt.Sprintf("PROF%d", i), "prenom", "Anne", "fonction", "ENS"))
	}
	for d := range n / 28 {
		code := fmt.Sprintf("%d%c", 6-d%4, 'A'+d/4)
		rows = append(rows, row(sts.Division, 1, "code", code, "libelle_long", code), row(sts.DivisionMef, 1, "division", code, "mef", "10010012110"),
			row(sts.Group, 1, "code", code+"AGL"), row(sts.GroupDivision, 1, "groupe", code+"AGL", "division", code))
		for s := range 14 {
			at := []string{"structure_type", "D", "structure", code, "matiere", fmt.Sprintf("0%d0000", s), "mod_cours", "CG", "service_rang", fmt.Sprint(s)}
			rows = append(rows, row(sts.Service, 1, append(at, "heures_structure", "3.00")...),
				row(sts.ServiceTeacher, 1, append(at, "individu_type", "epp", "individu_id", fmt.Sprint(8000+(d+s)%(n/12)), "heures_agent", "3.00")...))
		}
	}
	return file(t, "sts_emp", "s1", record.Head{Source: "sts", School: school, Year: 2026}, rows)
}

func largeEDT(t testing.TB, n int) vault.File {
	var rows []record.Record
	rank := 0
	for d := range n / 28 {
		code := fmt.Sprintf("%d%c", 6-d%4, 'A'+d/4)
		for l := range 28 {
			rank++
			rows = append(rows, row(edt.Lesson, int64(rank), "rang", fmt.Sprint(rank), "numero", fmt.Sprint(rank), "duree_minutes", "60", "mat_code", "MATHS", "mat_libelle", "MATHEMATIQUES",
				"prof_nom", fmt.Sprintf("PROF%d", (d+l)%(n/12)), "prof_prenom", "Anne", "salle", fmt.Sprint(100+l), "jour_numero", fmt.Sprint(1+l%5), "debut_minutes", fmt.Sprint(480+60*(l/5)), "frequence", "H"),
				row(edt.Audience, int64(rank), "cours_rang", fmt.Sprint(rank), "type", "classe", "nom", code))
		}
	}
	return file(t, "edt_cours", "t1", record.Head{Source: "edt", Year: 2026}, rows)
}

// One school of 1,000 pupils: its four files of September, in one import.
func BenchmarkImport(b *testing.B) {
	files := large(b, 1000)
	for b.Loop() {
		b.StopTimer()
		v := open(b, b.TempDir())
		b.StartTimer()
		load(b, v, files...)
	}
}

// The same pupils again, with one more, as during the year.
func BenchmarkImportAgain(b *testing.B) {
	v := open(b, b.TempDir())
	load(b, v, large(b, 1000)...)
	n := 0
	for b.Loop() {
		n++
		f := large(b, 1000)[0]
		f.SHA256 = fmt.Sprint("again", n)
		load(b, v, f)
	}
}
