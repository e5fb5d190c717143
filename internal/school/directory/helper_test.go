package directory_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/vault"
)

const (
	school = belvedere.UAI("0999901Z")
	year   = belvedere.SchoolYear(2026)
)

// head is someone who works in the school, signed in with two factors.
func head() belvedere.Viewer {
	return belvedere.Viewer{ID: 3, Login: "helene@aubry", Kind: belvedere.AccountViewer, School: true, Strong: true,
		Scope: belvedere.Scope{Own: []belvedere.UAI{school}, Schools: []belvedere.UAI{school}}}
}

// An office is a directory over a real vault, at a time that tests move.
type office struct {
	*directory.Service
	board *board.Service
	shelf *board.Shelf
	now   time.Time
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{now: time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	o.shelf = &board.Shelf{Dir: t.TempDir(), Key: func(belvedere.UAI) []byte { return bytes.Repeat([]byte{7}, vault.KeySize) }, Options: []vault.Option{vault.WithClock(clock)}}
	t.Cleanup(func() { o.shelf.Close() })
	o.board = board.New(board.Config{Vaults: o.shelf, Open: board.OpenFile, Now: clock})
	o.Service = directory.New(directory.Config{Vaults: o.shelf, Now: clock})
	return o
}

func (o *office) imports(t testing.TB, files ...board.Dropped) {
	t.Helper()
	o.importsIn(t, year, files...)
}

func (o *office) importsIn(t testing.TB, year belvedere.SchoolYear, files ...board.Dropped) {
	t.Helper()
	preview, err := o.board.Rehearse(context.Background(), head(), school, year, files)
	if err == nil {
		_, err = o.board.Import(context.Background(), head(), school, year, files, preview.Alarm.Phrase())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// vault is that of the school.
func (o *office) vault(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := o.shelf.Vault(context.Background(), school, true)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// constructed are the files of the constructed school.
func constructed(t testing.TB) (files []board.Dropped) {
	return samples(t, "constructed", "sts_emp_0999901Z_2026.xml", "ElevesSansAdresses.xml", "ResponsablesAvecAdresses.xml")
}

func samples(t testing.TB, folder string, names ...string) (files []board.Dropped) {
	t.Helper()
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join("../../../../shared/samples", folder, n))
		if err != nil {
			t.Skipf("no samples beside the project: %v", err)
		}
		files = append(files, board.Dropped{Name: n, Data: data})
	}
	return files
}

// A child is a pupil of a made-up school, with the ids of those who answer for him.
type child struct {
	id          int
	last, first string
	division    string
	parents     []string
}

// A parent is one of them; address "" is none.
type parent struct {
	id, last, first, address, mail string
}

// siecle writes the two files of SIECLE of a made-up school.
func siecle(children []child, parents []parent) []board.Dropped {
	var list, places, people, links, addresses strings.Builder
	for _, c := range children {
		fmt.Fprintf(&list, `<ELEVE ELEVE_ID="%d" ELENOET="%d"><ID_NATIONAL>%09dAA</ID_NATIONAL><NOM_DE_FAMILLE>%s</NOM_DE_FAMILLE><PRENOM>%s</PRENOM><DATE_NAISS>%02d/02/2014</DATE_NAISS><DOUBLEMENT>0</DOUBLEMENT><CODE_REGIME>0</CODE_REGIME><CODE_SEXE>1</CODE_SEXE><CODE_MEF>10010012110</CODE_MEF><DATE_ENTREE>01/09/2026</DATE_ENTREE><ADHESION_TRANSPORT>0</ADHESION_TRANSPORT></ELEVE>`,
			1000+c.id, c.id, c.id, c.last, c.first, 1+c.id%28)
		fmt.Fprintf(&places, `<STRUCTURES_ELEVE ELEVE_ID="%d" ELENOET="%d"><STRUCTURE><CODE_STRUCTURE>%s</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>`, 1000+c.id, c.id, c.division)
		for _, p := range c.parents {
			fmt.Fprintf(&links, `<RESPONSABLE_ELEVE><ELEVE_ID>%d</ELEVE_ID><PERSONNE_ID>%s</PERSONNE_ID><NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE><CODE_PARENTE>10</CODE_PARENTE><PERS_PAIEMENT>0</PERS_PAIEMENT><PERS_CONTACT>1</PERS_CONTACT></RESPONSABLE_ELEVE>`, 1000+c.id, p)
		}
	}
	for _, p := range parents {
		place := ""
		if p.address != "" {
			place = "<ADRESSE_ID>" + p.id + "</ADRESSE_ID>"
			fmt.Fprintf(&addresses, `<ADRESSE ADRESSE_ID="%s"><LIGNE1_ADRESSE>%s</LIGNE1_ADRESSE><CODE_POSTAL>99000</CODE_POSTAL><LIBELLE_POSTAL>EXEMPLE</LIBELLE_POSTAL></ADRESSE>`, p.id, p.address)
		}
		fmt.Fprintf(&people, `<PERSONNE PERSONNE_ID="%s"><NOM_DE_FAMILLE>%s</NOM_DE_FAMILLE><PRENOM>%s</PRENOM><LC_CIVILITE>Mme</LC_CIVILITE><MEL>%s</MEL>%s</PERSONNE>`, p.id, p.last, p.first, p.mail, place)
	}
	head := fmt.Sprintf(`<PARAMETRES><UAJ>%s</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>14/09/2026</DATE_EXPORT><HORODATAGE>14/09/2026 08:00:00</HORODATAGE></PARAMETRES>`, school)
	files := []board.Dropped{{Name: "Responsables.xml", Data: []byte(`<?xml version="1.0" encoding="UTF-8"?><BEE_RESPONSABLES VERSION="3.0">` + head + `<DONNEES><PERSONNES>` + people.String() + `</PERSONNES><RESPONSABLES>` + links.String() + `</RESPONSABLES><ADRESSES>` + addresses.String() + `</ADRESSES></DONNEES></BEE_RESPONSABLES>`)}}
	if len(parents) == 0 {
		files = nil
	}
	return append(files, board.Dropped{Name: "Eleves.xml", Data: []byte(`<?xml version="1.0" encoding="UTF-8"?><BEE_ELEVES VERSION="3.0">` + head + `<DONNEES><ELEVES>` + list.String() + `</ELEVES><STRUCTURES>` + places.String() + `</STRUCTURES></DONNEES></BEE_ELEVES>`)})
}

// column is what a query of one column answers.
func (o *office) column(t testing.TB, query string) (list []string) {
	t.Helper()
	err := o.vault(t).Read(context.Background(), func(tx *vault.Tx) error {
		return tx.Each(query, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			list = append(list, s)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// importsUnchecked imports files without the checks that follow.
func (o *office) importsUnchecked(t testing.TB, files ...board.Dropped) {
	t.Helper()
	var list []vault.File
	for _, f := range files {
		parts, _, err := board.OpenFile(f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			list = append(list, vault.File{Format: p.Format, Year: year, SHA256: p.SHA256, Name: p.Name, Fill: p.Read})
		}
	}
	if _, err := o.vault(t).Import(context.Background(), list, nil); err != nil {
		t.Fatal(err)
	}
}
