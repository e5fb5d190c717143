package tally_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"belvedere/internal/school/dossier"
	"belvedere/internal/school/tally"
)

// A correction may leave a day, a month or a year without any row: the territory is told to take back what it
// holds of it, once, and gets it again when the rows come back. What the count does not decide stays.
func TestLostRowsAreWithdrawn(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	load := func(list ...map[string]string) {
		t.Helper()
		d.files(t, func(into dossier.Sink) error {
			for i, cells := range list {
				if err := row(into, "inscriptions", i+2, cells); err != nil {
					return err
				}
			}
			return nil
		})
		d.order(t, tally.Order{Year: year})
		d.send(t)
	}
	last := func(dataset string) tally.Submission {
		for _, s := range slices.Backward(d.got) {
			if s.Dataset == dataset {
				return s
			}
		}
		return tally.Submission{}
	}
	gone := map[string]string{"annee": "2026", "nip": "2", "etape": "E1", "sexe": "M", "inscrit_le": "2026-09-01", "sorti_le": "2026-10-05", "statut": "demissionnaire"}
	stays := map[string]string{"annee": "2026", "nip": "2", "etape": "E1", "sexe": "M", "inscrit_le": "2026-09-01"}
	load(gone)
	if got := rows(t, last("demissions").Body); sum(got, "abandons", "mois", "2026-10") != 1 {
		t.Fatalf("%v", got)
	}
	load(stays)
	if s := last("demissions"); fmt.Sprint(s.Withdrawn) != "[2026]" || len(rows(t, s.Body)) != 0 || fmt.Sprint(s.Announced()) != "[-"+string(school)+"/2026]" {
		t.Errorf("%v %s", s.Withdrawn, s.Body)
	}
	before := len(d.got)
	d.order(t, tally.Order{Year: year})
	if d.send(t); len(d.got) != before {
		t.Errorf("what was taken back is taken back again: %s", d.got[len(d.got)-1].Dataset)
	}
	load(gone)
	if s := last("demissions"); len(s.Withdrawn) != 0 || len(rows(t, s.Body)) != 1 {
		t.Errorf("%v %s", s.Withdrawn, s.Body)
	}
	// Nobody is registered before November after all: the ends of months go, the day of an earlier count stays.
	d.at("2026-11-20")
	load(map[string]string{"annee": "2026", "nip": "1", "etape": "E1", "inscrit_le": "2026-11-10"})
	if s := last("inscriptions"); fmt.Sprint(s.Withdrawn) != "[2026-09-30 2026-10-31]" {
		t.Errorf("%v", s.Withdrawn)
	}
	if s := last("etudiants"); fmt.Sprint(s.Withdrawn) != "[2026-09 2026-09-30 2026-10]" {
		t.Errorf("%v", s.Withdrawn)
	}
}

// What the vault has forgotten after its term is no correction.
func TestWhatIsForgottenIsNotWithdrawn(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	d.files(t, func(into dossier.Sink) error {
		return row(into, "paie", 2, map[string]string{"mois": "2026-10", "matricule": "1", "service": "DRH", "cout": "1000"})
	})
	d.order(t, tally.Order{Year: year})
	d.send(t)
	d.exec(t, "DELETE FROM dos_paie")
	d.at("2031-11-14")
	before := len(d.got)
	if _, err := d.Enqueue(context.Background(), school, tally.Order{Year: year}); err != nil {
		t.Fatal(err)
	}
	if d.send(t); len(d.got) != before {
		t.Errorf("%v", rows(t, d.got[len(d.got)-1].Body))
	}
}
