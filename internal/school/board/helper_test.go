package board_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

const school = belvedere.UAI("0999901Z")

// head is someone who works in the school, signed in with two factors.
func head() belvedere.Viewer {
	return belvedere.Viewer{ID: 3, Login: "Helene@AUBRY", Kind: belvedere.AccountViewer, School: true, Strong: true,
		Scope: belvedere.Scope{Own: []belvedere.UAI{school}, Schools: []belvedere.UAI{school}}}
}

// A desk is a board over real vaults, at a time that tests move.
type desk struct {
	*board.Service
	shelf *board.Shelf
	now   time.Time
}

func newDesk(t testing.TB, day string) *desk {
	t.Helper()
	d := &desk{}
	d.at(day)
	var asked atomic.Int64 // no two instants are the same, as in life
	clock := func() time.Time { return d.now.Add(time.Duration(asked.Add(1)) * time.Millisecond) }
	d.shelf = &board.Shelf{Dir: t.TempDir(), Key: func(u belvedere.UAI) []byte { return bytes.Repeat([]byte{u[0]}, vault.KeySize) },
		Options: []vault.Option{vault.WithClock(clock)}}
	t.Cleanup(func() { d.shelf.Close() })
	d.Service = board.New(board.Config{Vaults: d.shelf, Open: board.OpenFile, Now: clock})
	return d
}

func (d *desk) at(day string) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	d.now = t.Add(9 * time.Hour)
}

// samples are constructed files.
func samples(t testing.TB, names ...string) (files []board.Dropped) {
	t.Helper()
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join("../../../../shared/samples/constructed", n))
		if err != nil {
			t.Skipf("no samples beside the project: %v", err)
		}
		files = append(files, board.Dropped{Name: n, Data: data})
	}
	return files
}

// pupils is an export of SIECLE of so many pupils in divisions of ten.
func pupils(uai belvedere.UAI, year int, exported string, from, to int) board.Dropped {
	var list, places strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&list, `<ELEVE ELEVE_ID="%d" ELENOET="%d"><ID_NATIONAL>%09dAA</ID_NATIONAL><NOM_DE_FAMILLE>NOM%d</NOM_DE_FAMILLE><PRENOM>Prenom%d</PRENOM><DATE_NAISS>01/02/2014</DATE_NAISS><DOUBLEMENT>0</DOUBLEMENT><CODE_REGIME>0</CODE_REGIME><CODE_SEXE>1</CODE_SEXE><CODE_MEF>10010012110</CODE_MEF><DATE_ENTREE>01/09/%d</DATE_ENTREE><ADHESION_TRANSPORT>0</ADHESION_TRANSPORT></ELEVE>`, 1000+i, i, i, i, i, year)
		fmt.Fprintf(&places, `<STRUCTURES_ELEVE ELEVE_ID="%d" ELENOET="%d"><STRUCTURE><CODE_STRUCTURE>6%c</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>`, 1000+i, i, 'A'+i/10)
	}
	text := fmt.Sprintf(`<?xml version="1.0" encoding="ISO-8859-15"?><BEE_ELEVES VERSION="3.0"><PARAMETRES><UAJ>%s</UAJ><ANNEE_SCOLAIRE>%d</ANNEE_SCOLAIRE><DATE_EXPORT>%s</DATE_EXPORT><HORODATAGE>%s 08:00:00</HORODATAGE></PARAMETRES><DONNEES><ELEVES>%s</ELEVES><STRUCTURES>%s</STRUCTURES></DONNEES></BEE_ELEVES>`,
		uai, year, exported, exported, list.String(), places.String())
	return board.Dropped{Name: fmt.Sprintf("Eleves_%d_%d.xml", from, to), Data: []byte(text)}
}

func (d *desk) imports(t testing.TB, files ...board.Dropped) board.Done {
	t.Helper()
	done, err := d.Import(context.Background(), head(), school, 0, files, "")
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// step is the state of a step on the board of a year.
func (d *desk) step(t testing.TB, year belvedere.SchoolYear, code string) board.StepStatus {
	t.Helper()
	b, err := d.Board(context.Background(), head(), school)
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range b.Years {
		for _, p := range y.Phases {
			for _, st := range p.Steps {
				if y.Year == year && st.Code == code {
					return st
				}
			}
		}
	}
	t.Fatalf("no step %s in %s", code, year)
	return board.StepStatus{}
}
