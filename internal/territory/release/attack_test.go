package release_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"belvedere/internal/territory/release"
)

// whole tells whether the attacks run on all territories (make attack) or on a dozen.
func whole() bool { return os.Getenv("BELVEDERE_ATTACK") != "" }

// A score adds up what territories of one kind gave.
type score struct {
	territories, figures, small, hidden int
	exact, tried, narrow, told          int
	insider, others                     int
	slowest                             time.Duration
}

func (s *score) String() string {
	pc := func(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
	return fmt.Sprintf("%3d territories %7d figures, small %4.1f %%, hidden %4.1f %%, small and shown %d, read exactly %.1f %% (%d), narrower than the floor %.1f %% (%d of %d), insiders %.1f %%, protect %v at most",
		s.territories, s.figures, pc(s.small, s.figures), pc(s.hidden, s.figures), s.told,
		pc(s.exact, s.hidden), s.exact, pc(s.narrow, s.tried), s.narrow, s.tried, pc(s.insider, s.others), s.slowest.Round(time.Millisecond))
}

// TestAttackTerritories reads all that is shown of made-up territories, then tries to get at what is not:
// subtraction over margins, complements, nested and overlapping groups are all combinations of those
// sums, and linear algebra tries all combinations; linear programming tries all bounds.
func TestAttackTerritories(t *testing.T) {
	seeds, most := 12, 14
	if whole() {
		seeds, most = 200, 60
	}
	scores := map[string]*score{}
	for seed := range seeds {
		tr := newTerritory(uint64(seed), most)
		ways := []string{"engine", "primary", "greedy"}
		if seed >= 48 { // enough to compare with
			ways = ways[:1]
		}
		for _, way := range ways {
			attackTerritory(t, tr, way, scores)
		}
		if seed%25 == 24 {
			t.Logf("%d territories: %v", seed+1, scores["engine all"])
		}
	}
	var names []string
	for name := range scores {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		t.Logf("%-22s %v", name, scores[name])
	}
}

func attackTerritory(t *testing.T, tr *territory, way string, scores map[string]*score) {
	cubes := []*release.Cube{tr.whole}
	if tr.part != nil {
		cubes = append(cubes, tr.part)
	}
	s, all := at(scores, way+" "+tr.kind), at(scores, way+" all")
	var planes []*plane
	var shown, hidden [][]figure
	for _, c := range cubes {
		p := newPlane(c)
		seen, masked := publish(p, tr, way, s, all)
		planes, shown, hidden = append(planes, p), append(shown, seen), append(hidden, masked)
	}
	r := newReader(planes, shown)
	for k := range planes {
		nth := 1 + len(hidden[k])*r.span.n/100_000 // all, unless the territory is large
		if way != "engine" {                       // what is narrow there takes long to bound
			nth = 1 + len(hidden[k])*max(r.span.n, 500)/20_000
		}
		f := r.attack(k, hidden[k], tr.rule.Floor, nth)
		for _, s := range []*score{s, all} {
			s.exact += f.exact
			s.tried += f.tried
			s.narrow += f.narrow
		}
		if way != "engine" {
			continue
		}
		read, others := r.insider(k, tr.rule)
		for _, s := range []*score{s, all} {
			s.insider += read
			s.others += others
		}
		if f.exact > 0 {
			t.Errorf("seed %d (%s), measure %d: %d hidden figures read exactly", tr.seed, tr.kind, k, f.exact)
		}
		if f.narrow > 0 {
			t.Errorf("seed %d (%s), measure %d: %d of %d hidden figures narrower than %v: %s", tr.seed, tr.kind, k, f.narrow,
				len(hidden[k]), tr.rule.Floor, narrowest(planes[k], hidden[k], f))
		}
	}
	s.territories++
	all.territories++
}

// publish tells which figures are shown and which are hidden, in one of three ways.
func publish(p *plane, tr *territory, way string, scores ...*score) (shown, hidden []figure) {
	var is []bool
	switch way {
	case "primary":
		is = p.primary(tr.rule)
	case "greedy":
		is = p.greedy(tr.rule)
	default:
		began := time.Now()
		m := &release.Mask{Axes: p.cube.Axes, Floor: tr.rule.Floor, Moves: release.Protect(p.cube, tr.rule, nil, nil)}
		took := time.Since(began)
		for _, s := range scores {
			s.slowest = max(s.slowest, took)
		}
		is = p.shown(m)
		seen, masked := p.others(rand.New(rand.NewPCG(tr.seed, 5)), m, 60)
		shown = append(shown, seen...)
		for _, f := range masked {
			if tr.rule.Small(f.value) {
				hidden = append(hidden, f)
			}
		}
	}
	for i, f := range p.figures {
		if is[i] {
			shown = append(shown, f)
		} else {
			hidden = append(hidden, f)
		}
		for _, s := range scores {
			s.figures++
			if tr.rule.Small(f.value) {
				s.small++
			}
			if !is[i] {
				s.hidden++
			}
		}
	}
	for _, f := range shown {
		if tr.rule.Small(f.value) {
			for _, s := range scores {
				s.told++
			}
		}
	}
	return shown, hidden
}

func at(scores map[string]*score, name string) *score {
	if scores[name] == nil {
		scores[name] = &score{}
	}
	return scores[name]
}

// narrowest names some figures that are bounded too well.
func narrowest(p *plane, hidden []figure, f finding) string {
	var out []string
	for _, i := range f.bad[:min(len(f.bad), 5)] {
		name := "question"
		if hidden[i].table >= 0 {
			name = fmt.Sprint(p.tables[hidden[i].table].ways)
		}
		out = append(out, fmt.Sprintf("%s %s = %v in %v", name, strings.ReplaceAll(hidden[i].line, "\x00", "/"), hidden[i].value, f.widths[i]))
	}
	return strings.Join(out, "; ")
}
