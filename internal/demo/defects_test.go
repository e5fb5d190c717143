package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestDefectsAreWhereTheyAreSaid compares the files with defects with the sound ones: every row
// that differs holds a key of a defect, and every defect makes a difference.
func TestDefectsAreWhereTheyAreSaid(t *testing.T) {
	list := schoolFiles(t)
	sound, damaged := readSchool(t, list[1]), readSchool(t, list[3])
	made := make([]int, len(list[3].Defects))
	for kind, diff := range differences(sound, damaged) {
		for _, row := range diff {
			found := false
			for i, d := range list[3].Defects {
				for _, v := range row {
					if slices.Contains(d.Keys, v) {
						made[i]++
						found = true
						break
					}
				}
			}
			if !found {
				t.Errorf("%s differs and no defect says so: %v", kind, row)
			}
		}
	}
	for i, h := range damaged.heads {
		if h.Exported != sound.heads[i].Exported {
			for j, d := range list[3].Defects {
				if slices.Contains(d.Keys, h.Format) {
					made[j]++
				}
			}
		}
	}
	for i, d := range list[3].Defects {
		if made[i] == 0 {
			t.Errorf("a defect makes no difference: %+v", d)
		}
	}
	if len(damaged.faults) != 1 {
		t.Errorf("faults of the reader: %v", damaged.faults)
	}
}

// differences are the rows of each kind that one reading has more often than the other.
func differences(a, b *reading) map[string]rows {
	out := map[string]rows{}
	for kind := range merged(a.kinds, b.kinds) {
		count, example := map[string]int{}, map[string]map[string]string{}
		for sign, list := range map[int]rows{1: a.kinds[kind], -1: b.kinds[kind]} {
			for _, row := range list {
				k := fmt.Sprint(row)
				count[k] += sign
				example[k] = row
			}
		}
		for k, n := range count {
			if n != 0 {
				out[kind] = append(out[kind], example[k])
			}
		}
	}
	return out
}

func merged(a, b map[string]rows) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// leavers is the finding that sound files have too: SIECLE leaves those who have gone in their divisions.
const leavers = "élèves sortis gardent"

// TestDefectsAreFound imports the files with defects: the checks notice each defect, and nothing else.
func TestDefectsAreFound(t *testing.T) {
	s := schoolFiles(t)[3]
	v, _ := opened(t, s, "journal")
	seen := map[Sight]bool{}
	for _, f := range findings(t, v, s.Year) {
		text := strings.Join([]string{f.Message, f.A.Value, f.B.Value, f.Structure, f.Key}, " | ")
		if strings.Contains(f.Message, leavers) {
			continue
		}
		planted := false
		for _, d := range s.Defects {
			for _, sight := range d.Seen {
				if sight.Check == ruleNumber(t, f.Rule) && strings.Contains(text, sight.About) {
					seen[sight], planted = true, true
				}
			}
		}
		if !planted {
			t.Errorf("check %s notices what was not planted: %s", f.Rule, text)
		}
	}
	checks := map[int]bool{}
	for _, d := range s.Defects {
		for _, sight := range d.Seen {
			checks[sight.Check] = true
			if !seen[sight] {
				t.Errorf("check %d does not notice %q about %q", sight.Check, d.What, sight.About)
			}
		}
	}
	for n := 2; n <= 21; n++ { // a batch of two schools or years is refused before it is checked
		if !checks[n] {
			t.Errorf("no defect for check %d", n)
		}
	}
}
