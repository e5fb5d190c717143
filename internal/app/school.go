package app

import (
	"bytes"
	"context"
	"path/filepath"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/board"
	"belvedere/internal/school/coherence"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/lesson"
	"belvedere/internal/school/tally"
	"belvedere/internal/school/vault"
	"belvedere/internal/secret"
	"belvedere/internal/territory/ingest"
)

// School is the tier that knows names: vaults, and the use cases over them. Nothing of the
// territory reaches it; counts leave it by Tally alone.
type School struct {
	Vaults *board.Shelf
	Board  *board.Service
	Tally  *tally.Service

	Directory *directory.Service
	Lessons   *lesson.Service
	Dossier   *dossier.Service
	Coherence *coherence.Service
}

// sourceSchool is whose deliveries the counts of the vaults of this installation are.
const sourceSchool = "ecole"

// openSchool builds the school tier. Vaults are opened when they are asked for.
func (a *App) openSchool() {
	a.Vaults = &board.Shelf{
		Dir:     filepath.Join(a.Config.Data, "coffres"),
		Key:     func(uai belvedere.UAI) []byte { return a.Keys.Derive(secret.Sealing, "coffre/"+string(uai)) },
		Options: []vault.Option{vault.InZone(a.Config.Location()), vault.WithClock(a.clock())},
	}
	a.closers = append(a.closers, a.Vaults.Close)
	a.Directory = directory.New(directory.Config{Vaults: a.Vaults, Zone: a.Config.Location(), Now: a.clock()})
	a.Lessons = lesson.New(lesson.Config{Vaults: a.Vaults, Zone: a.Config.Location(), Now: a.clock()})
	a.Tally = tally.New(tally.Config{Vaults: a.Vaults, Model: a.Model, Local: localTerritory{a}, Contested: a.contested, Now: a.clock(), Log: a.Log})
	a.Board = board.New(board.Config{
		Vaults: a.Vaults, Open: board.OpenFile, Zone: a.Config.Location(), Now: a.clock(), Log: a.Log,
		Tally: func(ctx context.Context, uai belvedere.UAI, year belvedere.SchoolYear) error {
			_, err := a.Tally.Enqueue(ctx, uai, tally.Order{Year: year})
			return err
		},
	})
}

// localTerritory takes the counts of schools as deliveries, like those of any vendor: of their
// school alone.
type localTerritory struct{ a *App }

func (t localTerritory) Accept(ctx context.Context, s tally.Submission) (tally.Receipt, error) {
	d, _, err := t.a.Ingest.Accept(ctx, ingest.Submission{
		ID: s.ID, Source: sourceSchool, Dataset: s.Dataset, FileName: s.FileName, Only: []belvedere.UAI{s.School}, Announced: s.Announced(), Body: bytes.NewReader(s.Body),
	})
	return receiptOf(d), err
}

func (t localTerritory) Follow(ctx context.Context, s tally.Submission) (tally.Receipt, error) {
	d, err := t.a.Registry.DeliveryByID(ctx, sourceSchool, s.ID)
	return receiptOf(d), err
}

func receiptOf(d belvedere.Delivery) tally.Receipt {
	return tally.Receipt{Number: d.Seq, State: d.State, Edition: d.Edition, Reason: d.Reason}
}

// contested keeps for the readers of the territory what a school contests.
func (a *App) contested(ctx context.Context, school belvedere.UAI, list []tally.Contest) error {
	var out []registry.Contest
	for _, c := range list {
		out = append(out, registry.Contest{School: school, Dataset: c.Dataset, From: c.From(), Line: c.Line, Text: c.Text, At: c.At})
	}
	return a.Registry.PutContests(ctx, school, out)
}
