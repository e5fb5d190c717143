package dataset_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/dataset"
)

// A file that nobody says what it is may hold anything: after a day it is neither found again nor on the disk, even
// when nobody leaves another one.
func TestAttackOfFilesThatWait(t *testing.T) {
	now := time.Now()
	s := dataset.New(dataset.Config{Waiting: t.TempDir(), Now: func() time.Time { return now }})
	id, err := s.Wait("Claire@MORVAN", "../../élèves\n.csv", strings.NewReader("nom\nCANARI\n"), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"", "Anna@KERVELLA", "Claire@MORVAN\n"} {
		if _, err := s.Open(other, id); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%q opens it: %v", other, err)
		}
	}
	for _, name := range []string{"../" + id, id + "/", strings.ToLower(id), id + ".nom", "..", ""} {
		if _, err := s.Open("Claire@MORVAN", name); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%q opens something: %v", name, err)
		}
	}
	w, err := s.Open("Claire@MORVAN", id)
	if err != nil {
		t.Fatal(err)
	}
	if w.Close(); strings.Contains(w.Name, "\n") {
		t.Errorf("it is called %q", w.Name)
	}
	now = now.Add(25 * time.Hour)
	if _, err := s.Open("Claire@MORVAN", id); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a day later: %v", err)
	}
	s.Sweep()
	if left, err := os.ReadDir(s.Waiting); err != nil || len(left) != 0 {
		t.Errorf("%v lie there a day later, %v", left, err)
	}
}

// A file of many columns costs what one of few costs: the sample is cut by cells, not by rows alone.
func TestAttackOfManyColumns(t *testing.T) {
	for _, columns := range []int{3, 300, 4000} {
		var b strings.Builder
		for row := range 2500 {
			for i := range columns {
				if i > 0 {
					b.WriteByte(';')
				}
				if row == 0 {
					b.WriteByte('c')
				}
				b.WriteString(strconv.Itoa(i))
			}
			b.WriteByte('\n')
			if b.Len() > 4<<20 {
				break
			}
		}
		s, err := dataset.Read(strings.NewReader(b.String()), int64(b.Len()), "large.csv", "")
		if err != nil {
			t.Fatal(err)
		}
		if cells := len(s.Rows) * len(s.Header); len(s.Header) != columns || cells > 400_000 || len(s.Rows) < 100 {
			t.Errorf("%d columns: %d rows are looked at", len(s.Header), len(s.Rows))
		}
	}
}
