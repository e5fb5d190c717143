package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
)

// canaryPersons are files of each kind of person file with the canary in each column that may not leave,
// and beside each kind those that may.
func canaryPersons(kinds dossier.Kinds) (files []dossier.File, names []string) {
	for _, k := range kinds {
		var b strings.Builder
		for i, c := range k.Columns {
			b.WriteString(map[bool]string{true: ";"}[i > 0] + c.Name)
		}
		for row := range 12 {
			b.WriteByte('\n')
			for i, c := range k.Columns {
				v := ""
				switch {
				case c.Class == dossier.Number:
					v = fmt.Sprint(1 + row)
				case c.Grain == belvedere.ByYear:
					v = "2026"
				case c.Grain == belvedere.ByMonth:
					v = "2026-10"
				case c.Grain == belvedere.ByDay:
					v = "2026-10-02"
				case c.List != nil:
					v = c.List.Codes[0].Code
				case c.Labels != "": // a name there is refused whole: see the labels of package dossier
					v = "Libellé " + fmt.Sprint(row%3)
					if k.Space == "" {
						v = "Libellé " + fmt.Sprint(row)
					}
				case c.Class == dossier.Code:
					if v = "C" + fmt.Sprint(row%3); k.Space == "" { // its key is made of codes alone
						v = "C" + fmt.Sprint(row)
					}
				default:
					v = canary + fmt.Sprint(row)
				}
				b.WriteString(map[bool]string{true: ";"}[i > 0] + v)
			}
		}
		text := b.String()
		files, names = append(files, dossier.File{Name: canary + ".csv", Data: strings.NewReader(text), Size: int64(len(text))}), append(names, k.Name)
	}
	return files, names
}

// TestNoPersonCrossesTheBorder fills the vault of an institution with canaries and sends its counts: the
// canary is in no byte of the data folder, log, registry or warehouse.
func TestNoPersonCrossesTheBorder(t *testing.T) {
	ctx := context.Background()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	c := config.Default()
	c.Data = t.TempDir()
	log := &lockedBuffer{}
	a, err := app.Open(ctx, c, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	newWatch(a, time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	staff, err := a.ViewerOf(ctx, member(t, a, registry.Account{FirstName: "Helene", LastName: "AUBRY", Place: registry.InSchool, Schools: []belvedere.UAI{canarySchool}}))
	if err != nil {
		t.Fatal(err)
	}
	staff.Strong = true
	files, names := canaryPersons(a.Dossier.Kinds())
	for i, f := range files {
		b, err := a.Dossier.Batch(ctx, staff, canarySchool, names[i], []dossier.File{f})
		if err == nil {
			_, err = a.Dossier.Import(ctx, staff, canarySchool, b)
		}
		if err != nil {
			t.Fatalf("%s: %v", names[i], err)
		}
	}
	if found, err := a.Dossier.Locate(ctx, belvedere.Viewer{Kind: belvedere.Operator}, canarySchool, canary); err != nil || len(found) < 24 {
		t.Fatalf("%d people bear the name, %v", len(found), err)
	}
	if out, err := a.Tally.Send(ctx, canarySchool); err != nil || out.Acknowledged != 7 || out.Refused > 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	publishWaiting(t, a)
	taken := takeAway(t, a)
	scanWarehouse(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{c.Data, temporary} {
		scanFolder(t, place)
	}
	scan(t, "the log", []byte(log.String()))
	scan(t, "files taken away", []byte(taken))
}
