package tally_test

import (
	"math/rand/v2"
	"testing"

	"belvedere/internal/school/dossier"
)

// Labels leave beside their codes, those of the offer too; a count without any is sent as before.
func TestLabelsLeaveBesideTheirCodes(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	institution(t, d, rand.New(rand.NewPCG(3, 3)))
	if _, has := d.counted(t, "inscriptions")[0]["libelle_etape"]; has {
		t.Error("a column of labels without a label")
	}
	d.files(t, func(into dossier.Sink) error {
		if err := row(into, "offre", 2, map[string]string{"annee": "2026", "etape": "ET1", "libelle_etape": "Première; année", "element": "E1"}); err != nil {
			return err
		}
		return row(into, "offre", 3, map[string]string{"annee": "2026", "etape": "ET2", "libelle_etape": "Deuxième année", "element": "E1"})
	})
	rows := d.counted(t, "inscriptions")
	want := map[string]string{"ET0": "", "ET1": "Première, année", "ET2": "Deuxième année", "AUTRE": ""}
	for _, r := range rows {
		if got, has := r["libelle_etape"]; !has || got != want[r["etape"]] {
			t.Fatalf("%v", r)
		}
	}
	if len(rows) == 0 {
		t.Error("no row")
	}
}
