package form

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

const openCatalog = `
codes:
  - {list: cursus, label: Cursus, open: true, codes: [{code: autre, label: Autre, aliases: [divers]}]}
`

func openModel(t *testing.T) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(fstest.MapFS{
		"codes/a.yaml":        {Data: []byte(openCatalog)},
		"datasets/etab.yaml":  {Data: []byte("dataset: etab\nlabel: É\ndoc: d\nkind: registre\nslice: [etablissement]\nretention: r\nmeasures: [{name: nom, label: Nom, text: true}]\n")},
		"datasets/inscr.yaml": {Data: []byte("dataset: inscr\nlabel: I\ndoc: d\nkind: flux\ntime: annee\nslice: [etablissement, annee]\nrepeat: somme\nretention: r\ndimensions: [{name: cursus, label: Cursus, codes: cursus, optional: true}]\nmeasures: [{name: inscrits, label: Inscrits, unit: inscrits}]\n")},
		"forms/f.yaml": {Data: []byte("form: f\nlabel: F\nsource: s\nrank: 10\ncolumns:\n  - {name: c, headers: [Code cursus], required: true}\n  - {name: l, headers: [Libellé], required: false}\n  - {name: u, headers: [UAI], required: true}\n" +
			"outputs:\n  - dataset: inscr\n    set: {etablissement: \"{u}\", annee: \"2024\", cursus: \"{c}\", inscrits: 1}\n    labels: {cursus: \"{l}\"}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mapLines gives the codes of cursus of the lines that were kept, and the faults.
func mapLines(t *testing.T, m *belvedere.Model, lines ...[]string) (codes []string, members []belvedere.Member, faults []belvedere.Fault) {
	t.Helper()
	header := []string{"UAI", "Code cursus", "Libellé"}
	target, err := Recognise(m, header)
	if err != nil {
		t.Fatal(err)
	}
	mapper, err := NewMapper(target, m, header, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		fields := [][]byte{[]byte("0350001L")}
		for _, f := range l {
			fields = append(fields, []byte(f))
		}
		err := mapper.Map(belvedere.SourceRow{Line: int64(i + 2), Fields: fields},
			func(r Row) error { codes = append(codes, r.Values[2].(string)); return nil },
			func(f belvedere.Fault) { faults = append(faults, f) })
		if err != nil {
			t.Fatal(err)
		}
	}
	return codes, mapper.Members(), faults
}

// TestOpenList: one code for one value however it is spelt, declared codes first, names from another
// column, and the same codes when the file comes again.
func TestOpenList(t *testing.T) {
	m := openModel(t)
	lines := [][]string{{"L1 Info/117", "Licence 1 Informatique"}, {"l1-INFO 117", "Autre nom"}, {"Divers", "x"}, {"", ""}, {"Économie – gestion", ""}, {"中文", ""}}
	codes, members, faults := mapLines(t, m, lines...)
	if len(faults) > 0 {
		t.Fatalf("faults: %+v", faults)
	}
	if codes[0] != "L1_Info_117" || codes[1] != codes[0] || codes[2] != "autre" || codes[3] != "" || codes[4] != "Economie_gestion" || !strings.HasPrefix(codes[5], "x_") {
		t.Errorf("codes: %q", codes)
	}
	if len(members) != 3 || members[1].Label != "Économie – gestion" {
		t.Errorf("members: %+v", members)
	}
	m.Members().Add(members)
	again, fresh, _ := mapLines(t, m, lines...)
	if strings.Join(again, "|") != strings.Join(codes, "|") || len(fresh) != 0 {
		t.Errorf("the same file gave %q, then %q and %d new members", codes, again, len(fresh))
	}
	if all := m.CodeLists["cursus"].All(); len(all) != 4 || m.CodeLists["cursus"].Find("L1_Info_117") == nil {
		t.Errorf("members of the list: %+v", all)
	}
}

// TestOpenListKeepsNoName: what tells who someone is is refused, and its message does not repeat it.
func TestOpenListKeepsNoName(t *testing.T) {
	m := openModel(t)
	for _, value := range []string{"lea.martin@exemple.fr", "06 12 34 56 78", "+33612345678", "1234567890A", "123456789AB", "2 85 05 35 238 123 23", "2850535238123", "FR76 3000 6000 0112 3456 7890 189", strings.Repeat("a", 130)} {
		codes, members, faults := mapLines(t, m, []string{value, ""})
		if len(codes) != 0 || len(members) != 0 || len(faults) != 1 {
			t.Errorf("%q: %q, %+v, %+v", value, codes, members, faults)
		} else if strings.Contains(faults[0].Message+faults[0].Mend, value) {
			t.Errorf("the message repeats %q", value)
		}
		if _, members, _ := mapLines(t, m, []string{"L9", value}); len(members) != 1 || members[0].Label != "L9" {
			t.Errorf("%q became a name: %+v", value, members)
		}
	}
}
