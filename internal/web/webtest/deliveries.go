package webtest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Deliveries is a journal in memory.
type Deliveries struct {
	All      []belvedere.Delivery // newest first
	FaultsOf map[int64][]belvedere.Fault
	Received []string // names of the files that Receive took
}

// NewDeliveries makes one delivery in each state, and a refused one with many faults.
func NewDeliveries() *Deliveries {
	d := &Deliveries{FaultsOf: map[int64][]belvedere.Fault{}}
	states := []belvedere.DeliveryState{belvedere.Received, belvedere.Read, belvedere.Checked, belvedere.Staged, belvedere.Published, belvedere.Refused, belvedere.Published}
	for i, state := range states {
		one := belvedere.Delivery{
			Seq: int64(len(states) - i), ID: fmt.Sprintf("envoi-%d", i), Source: "fichier", Dataset: "effectifs",
			FileName: fmt.Sprintf("effectifs-du-departement-%d-avec-un-nom-très-long.csv", i), SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			Size: 48_213_009, State: state, Received: Published.Add(-time.Duration(i) * time.Hour),
		}
		if i > 0 {
			one.Rows, one.Kept = 120_400, 120_388
		}
		if !state.Final() {
			one.Progress = belvedere.Progress{Step: "lecture", Done: 12_000_000, Total: 48_213_009}
		} else {
			one.Finished = one.Received.Add(4 * time.Minute)
		}
		if state == belvedere.Published {
			one.Edition, one.Warnings, one.Form = 412-i, 3, "college_effectifs"
		}
		if state == belvedere.Refused {
			one.Faults, one.Warnings = 2000, 12
			one.Reason = "Plus de 5 % des lignes sont fautives (2 000 sur 120 400). Réparez le fichier et déposez-le de nouveau."
		}
		d.All = append(d.All, one)
	}
	d.FaultsOf[2] = faults(1000)
	d.FaultsOf[1] = faults(3)[:3]
	return d
}

func faults(n int) []belvedere.Fault {
	var out []belvedere.Fault
	for i := 0; i < n; i++ {
		f := belvedere.Fault{Line: int64(2 + i*7), Column: 1, Field: "etablissement", Value: "0350017X", Rule: "uai_lettre", Severity: belvedere.SeverityError,
			Message: "La lettre de contrôle de l’UAI est fausse : D attendu", Mend: "Vérifier l’UAI dans l’annuaire, puis livrer de nouveau."}
		if i%3 == 1 {
			f = belvedere.Fault{File: "eleves.csv", Line: int64(3 + i), Column: 4, Field: "niveau", Value: " ＝1+1;\t=HYPERLINK(\"http://exemple.invalid\")<script>", Rule: "code_inconnu", Severity: belvedere.SeverityWarning, Message: "Ce niveau n’est pas connu"}
		}
		out = append(out, f)
	}
	return out
}

// List filters by state.
func (d *Deliveries) List(_ context.Context, f registry.DeliveryFilter, p registry.Page) ([]belvedere.Delivery, int, error) {
	var out []belvedere.Delivery
	for _, one := range d.All {
		if len(f.States) == 0 || slices.Contains(f.States, one.State) {
			out = append(out, one)
		}
	}
	return part(out, p), len(out), nil
}

// Delivery finds one.
func (d *Deliveries) Delivery(_ context.Context, seq int64) (belvedere.Delivery, error) {
	for _, one := range d.All {
		if one.Seq == seq {
			return one, nil
		}
	}
	return belvedere.Delivery{}, belvedere.Errorf(belvedere.NotFound, "Aucune livraison ne porte le numéro %d.", seq)
}

// Faults of a delivery.
func (d *Deliveries) Faults(_ context.Context, seq int64, p registry.Page) ([]belvedere.Fault, int, error) {
	all := d.FaultsOf[seq]
	return part(all, p), len(all), nil
}

// Slices of a published delivery.
func (d *Deliveries) Slices(_ context.Context, seq int64) ([]belvedere.DeliverySlice, error) {
	one, err := d.Delivery(context.Background(), seq)
	if err != nil || one.State != belvedere.Published {
		return nil, err
	}
	return []belvedere.DeliverySlice{{Slice: "0990001M/2025-11-30", Rows: 48, Replaced: 1}, {Slice: "0990002N/2025-11-30", Rows: 32}}, nil
}

// ListEditions gives two.
func (d *Deliveries) ListEditions(_ context.Context, p registry.Page) ([]belvedere.Edition, int, error) {
	var all []belvedere.Edition
	for _, one := range d.All {
		if one.Edition > 0 {
			all = append(all, belvedere.Edition{Number: one.Edition, Published: one.Finished, Label: "Effectifs d’élèves, 87 établissements"})
		}
	}
	return part(all, p), len(all), nil
}

// EditionDeliveries gives those of an edition.
func (d *Deliveries) EditionDeliveries(_ context.Context, number int) ([]belvedere.Delivery, error) {
	var out []belvedere.Delivery
	for _, one := range d.All {
		if one.Edition == number {
			out = append(out, one)
		}
	}
	return out, nil
}

// Take reads an upload to its end and records it, as a receiver does.
func (d *Deliveries) Take(name, dataset string, body io.Reader) (belvedere.Delivery, error) {
	n, err := io.Copy(io.Discard, body)
	if err != nil {
		return belvedere.Delivery{}, err
	}
	one := belvedere.Delivery{Seq: int64(len(d.All) + 1), ID: name, FileName: name, Dataset: dataset, Source: "fichier", Size: n, State: belvedere.Received, Received: Published}
	d.All = append([]belvedere.Delivery{one}, d.All...)
	d.Received = append(d.Received, name)
	return one, nil
}

// part cuts a page out of a list.
func part[T any](all []T, p registry.Page) []T {
	from := min(p.Offset, len(all))
	to := len(all)
	if p.Limit > 0 {
		to = min(from+p.Limit, len(all))
	}
	return all[from:to]
}
