package udt_test

import (
	"slices"
	"testing"

	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/udt"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, udt.Formats()) }

const lessons = "Jour;Heure;Div;Matière;Professeur;Salle;Groupe;Regroup;Eff;Mo;Freq;Aire;\r\n" +
	"Lundi;08h00;6A;MATHS;BENALI Karim;101;;;24;CG;H;;\r\n" +
	"mardi;M2;6B;AGL1;LE GOFF Hélène;;6AGL1;R1;;CG;Q1;A;\r\n" +
	"demain;;6B;;;;;;;;;;\r\n"

func TestRead(t *testing.T) {
	if got := recordtest.Detect(udt.Formats(), []byte(lessons)); !slices.Equal(got, []string{"udt_cours"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, udt.Formats(), "udt_cours", []byte(lessons))
	want := []string{
		"1|Lundi|1|08h00|480|6A|MATHS|BENALI Karim|101|||24|CG|H|",
		"2|mardi|2|M2|∅|6B|AGL1|LE GOFF Hélène||6AGL1|R1||CG|Q1|A",
		"3|demain|∅||∅|6B|||||||||",
	}
	if got := r.Rows("udt_cours"); r.Err != nil || !slices.Equal(got, want) || r.Marks() != "jour_inconnu@4" {
		t.Errorf("%v, faults %s:\n%q\nwant\n%q", r.Err, r.Marks(), got, want)
	}
}

func FuzzRead(f *testing.F) { recordtest.Fuzz(f, udt.Formats(), lessons) }
