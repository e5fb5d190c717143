package xmlscan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// A log is a visitor that writes what it is given as lines.
type log struct {
	lines []string
	fail  error
}

func (l *log) Head(h record.Head) error {
	l.lines = append(l.lines, fmt.Sprintf("head %s %s %d %s %q", h.Format, h.School, h.Year, h.Exported.Format(time.RFC3339), h.Version))
	return nil
}

func (l *log) Record(r record.Record) error {
	line := fmt.Sprintf("%d %s", r.Line, r.Kind.Name)
	for i, v := range r.Values {
		if v.Present {
			line += fmt.Sprintf(" %s=%s", r.Kind.Fields[i], v.Text)
		}
	}
	l.lines = append(l.lines, line)
	return l.fail
}

func (l *log) Fault(f belvedere.Fault) error {
	l.lines = append(l.lines, fmt.Sprintf("fault %d %s %s", f.Line, f.Field, f.Rule))
	return nil
}

var (
	person = &record.Kind{Name: "person", Fields: []string{"id", "nom", "ville", "pays", "double"}}
	pet    = &record.Kind{Name: "pet", Fields: []string{"person", "nom"}}
	people = xmlscan.NewReader(xmlscan.Spec{
		Code: "people", Source: "test", Label: "Personnes", Roots: []string{"PEOPLE"},
		Head: map[string]string{"uai": "PARAMETRES/UAJ|PARAMETRES/UAJ/@CODE", "year": "PARAMETRES/ANNEE", "exported": "PARAMETRES/DATE", "version": "@VERSION"},
		Rows: []xmlscan.Row{
			{Kind: person, Path: "//PERSON", Names: []string{"nom"}, From: map[string]string{
				"id": "@ID|ID", "nom": "NOM_DE_FAMILLE|NOM", "ville": "ADRESSE/VILLE", "pays": "ADRESSE/@PAYS", "double": "",
			}, Then: func(f *xmlscan.Found) error {
				if f.Text(1) != "" {
					f.Set(4, f.Text(1)+f.Text(1))
				}
				return nil
			}},
			{Kind: pet, Path: "//PERSON/PETS/PET", From: map[string]string{"person": "../../@ID", "nom": "."}},
		},
		Need: person, Nobody: "Il ne contient personne.",
	})
)

func read(text string) (*log, error) {
	l := &log{}
	err := people.Read(strings.NewReader(text), l)
	return l, err
}

func TestReader(t *testing.T) {
	const head = "head people 0350017D 2026 2026-09-15T06:30:00Z \"3.0\"\n"
	const parameters = `<PARAMETRES><UAJ>0350017D</UAJ><ANNEE>2026</ANNEE><DATE>15/09/2026 08:30:00</DATE></PARAMETRES>`
	for name, c := range map[string]struct{ in, want string }{
		"absent and empty": {parameters + "<PERSON ID='1'><NOM/><ADRESSE><VILLE> Vitré \n</VILLE></ADRESSE></PERSON>\n<PERSON ID='2'></PERSON>",
			"1 person id=1 nom= ville=Vitré\n3 person id=2"},
		"any order, any wrapper": {parameters + "<X><Y><PERSON><AUTRE><NOM>non</NOM></AUTRE><ADRESSE PAYS='FR'/><NOM>LE GOFF</NOM><ID>7</ID></PERSON></Y></X>",
			"1 person id=7 nom=LE GOFF pays=FR double=LE GOFFLE GOFF"},
		"preferred name": {parameters + "<PERSON><NOM>usage</NOM><NOM_DE_FAMILLE>famille</NOM_DE_FAMILLE></PERSON><PERSON><NOM_DE_FAMILLE></NOM_DE_FAMILLE><NOM>usage</NOM></PERSON>",
			"1 person nom=famille double=famillefamille\n1 person nom=usage double=usageusage"},
		"rows within rows": {parameters + "<PERSON ID='1'><PETS><PET>Rex</PET><PET><![CDATA[Médor]]> &amp; fils</PET></PETS></PERSON><PERSON><PETS><PET/></PETS></PERSON>",
			"1 pet person=1 nom=Rex\n1 pet person=1 nom=Médor & fils\n1 person id=1\n1 pet nom=\n1 person"},
		"lost letter":  {parameters + "<PERSON><NOM>NO?L</NOM></PERSON>", "fault 1 nom caractere_perdu\n1 person nom=NO?L double=NO?LNO?L"},
		"first of two": {parameters + "<PERSON><NOM>a</NOM><NOM>b</NOM></PERSON>", "1 person nom=a double=aa"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := read(`<PEOPLE VERSION="3.0">` + c.in + "</PEOPLE>")
			if got := strings.Join(l.lines, "\n"); got != head+c.want || err != nil {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, head+c.want)
			}
		})
	}
}

func TestReaderHead(t *testing.T) {
	for in, want := range map[string]string{
		"<PERSON/>": `head people  0 0001-01-01T00:00:00Z ""|1 person`,
		"<PERSON/><PARAMETRES><UAJ>0350017D</UAJ></PARAMETRES>":                                               `head people  0 0001-01-01T00:00:00Z ""|1 person|fault 0  entete_tardif`,
		"<PARAMETRES><UAJ CODE='0350017D'><NOM/></UAJ><ANNEE>2026-2027</ANNEE></PARAMETRES><PERSON/>":         `head people 0350017D 2026 0001-01-01T00:00:00Z ""|1 person`,
		"<PARAMETRES><UAJ>123ABC</UAJ><ANNEE>26</ANNEE><DATE>hier</DATE></PARAMETRES><PERSON/>":               `head people  0 0001-01-01T00:00:00Z ""|fault 0 uai uai_invalide|fault 0 year annee_invalide|fault 0 exported date_export_invalide|1 person`,
		"<PARAMETRES><UAJ>0350017D</UAJ><DATE>2026-12-01</DATE><ANNEE>20262027</ANNEE></PARAMETRES><PERSON/>": `head people 0350017D 0 2026-11-30T23:00:00Z ""|fault 0 year annee_invalide|1 person`,
	} {
		l, err := read("<PEOPLE>" + in + "</PEOPLE>")
		if got := strings.Join(l.lines, "|"); got != want || err != nil {
			t.Errorf("%s gives %v\n%s\nwant\n%s", in, err, got, want)
		}
	}
}

func TestReaderRefusals(t *testing.T) {
	for in, want := range map[string]string{
		"<PEOPLE/>":                  "Il ne contient personne.",
		"<OTHERS><PERSON/></OTHERS>": "sa première balise est «" + belvedere.NoBreak + "OTHERS",
		"<PEOPLE><PERSON>":           "tronqué",
		"<PEOPLE><PERSON><NOM>" + strings.Repeat("<![CDATA["+strings.Repeat("x", 900_000)+"]]>", 2) + "</NOM></PERSON></PEOPLE>":         "dépassent",
		"<PEOPLE><PERSON><ID>" + strings.Repeat("x", 600_000) + "</ID><NOM>" + strings.Repeat("x", 600_000) + "</NOM></PERSON></PEOPLE>": "dépasse",
	} {
		_, err := read(in)
		if !strings.Contains(belvedere.Message(err), want) {
			t.Errorf("%.40s gives %v", in, err)
		}
	}
	stop := errors.New("stop")
	l := &log{fail: stop}
	if err := people.Read(strings.NewReader("<PEOPLE><PERSON/><PERSON/></PEOPLE>"), l); err != stop || len(l.lines) != 2 {
		t.Errorf("an error of the visitor gives %v after %q", err, l.lines)
	}
}

func TestDetect(t *testing.T) {
	f := people.Format()
	for in, want := range map[string]bool{
		"<?xml version='1.0'?><!-- x --><PEOPLE><A>": true, "<PEOPLE": false, "<OTHERS>": false, "": false, "PEOPLE;1": false,
	} {
		if f.Detect([]byte(in)) != want {
			t.Errorf("%q: %v", in, !want)
		}
	}
	if got := strings.Join(xmlscan.Opening([]byte("<TABLE><Cours numero='1'><NUMERO>1</NUM"), 3), " "); got != "TABLE Cours NUMERO" {
		t.Errorf("opening %q", got)
	}
}
