package tally_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"belvedere/internal/school/vault"
)

// canary is what must never leave.
const canary = "CANARI-Zéphyrine"

// TestNoTextLeaves puts a canary in every column of text of every table of a vault, one after
// the other: no file that leaves has it, and no error repeats it.
func TestNoTextLeaves(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(7, 7)))
	lessons(t, d)
	institution(t, d, rand.New(rand.NewPCG(7, 7)))
	columns := textColumns(t, d)
	if len(columns) < 200 {
		t.Fatalf("only %d columns of text", len(columns))
	}
	planted := 0
	for _, c := range columns {
		done := errStop
		err := d.v.Write(context.Background(), func(tx *vault.Tx) error {
			n, err := tx.Exec("UPDATE OR IGNORE " + c[0] + ` SET "` + c[1] + `" = '` + canary + `' || "` + c[1] + `"`)
			if err == nil && n > 0 {
				planted++
				err = d.scan(tx, t, c)
			}
			if err != nil && !strings.Contains(err.Error(), "constraint") {
				return err
			}
			return done
		})
		if err != done {
			t.Fatalf("%v: %v", c, err)
		}
	}
	if planted < 60 {
		t.Errorf("the canary was planted in %d columns alone", planted)
	}
}

// written is all that a file may hold; members of the open lists of a catalogue of courses may have spaces and commas.
var written = regexp.MustCompile(`^[a-z0-9A-Z_;:+.\-\n]*$`)

// open is what their members may be here.
var open = strings.NewReplacer("UFR, Sciences", "UFR")

// scan counts in the transaction of the canary.
func (d *desk) scan(tx *vault.Tx, t *testing.T, column [2]string) error {
	files, err := d.PreviewIn(tx, year)
	if err != nil {
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%v: the error says it: %v", column, err)
		}
		return nil // a code that is in no list: nothing leaves
	}
	for _, f := range files {
		if bytes.Contains(f.Body, []byte("CANARI")) || bytes.Contains(f.Body, []byte("phyrine")) {
			t.Errorf("%v leaves in %s", column, f.Dataset)
		}
		if !written.MatchString(open.Replace(string(f.Body))) {
			t.Errorf("%v: %s holds more than numbers, dates and codes", column, f.Dataset)
		}
	}
	return nil
}

// textColumns are those of all tables of the vault.
func textColumns(t *testing.T, d *desk) (list [][2]string) {
	t.Helper()
	err := d.v.Read(context.Background(), func(tx *vault.Tx) error {
		return tx.Each(`SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT IN ('coffre', 'migration') AND m.name NOT LIKE 'sqlite%' AND c.type = 'TEXT' ORDER BY 1, c.cid`, nil, func(scan func(...any) error) error {
			var one [2]string
			err := scan(&one[0], &one[1])
			list = append(list, one)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
