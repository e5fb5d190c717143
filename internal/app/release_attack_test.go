package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

// attackers are territories whose figures the tests below try to take apart; "make attack" makes many.
func attackers() int {
	if os.Getenv("BELVEDERE_ATTACK") != "" {
		return 20
	}
	return 2
}

// everyone opens all schools and all themes, shared by all.
var everyone = belvedere.Viewer{Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}}}

// A roll is the pupils of a made-up territory: by school, level and sex.
type roll map[[3]string]int

var (
	rollLevels  = []string{"6eme", "5eme", "6eme_segpa", "5eme_segpa"}
	rollSexes   = []string{"F", "M"}
	rollSchools = []belvedere.UAI{"9990001X", "9990002Y", "9990003Z", "9990004A", "9990005B", "9990006C", "9990007D"}
)

func newRoll(r *rand.Rand) roll {
	out := roll{}
	for i, u := range rollSchools {
		for l, level := range rollLevels {
			if l >= 2 && i%3 != 0 {
				continue
			}
			for _, sex := range rollSexes {
				n := r.IntN(60)
				if l >= 2 || r.IntN(8) == 0 {
					n = r.IntN(9)
				}
				out[[3]string{string(u), level, sex}] = n
			}
		}
	}
	return out
}

// file writes the rolls of some schools, at a day of the year.
func (o roll) file(day string, schools ...belvedere.UAI) string {
	var b strings.Builder
	b.WriteString("etablissement;jour;niveau;sexe;eleves\n")
	keys := make([][3]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	for _, k := range keys {
		if slices.Contains(schools, belvedere.UAI(k[0])) {
			fmt.Fprintf(&b, "%s;%s;%s;%s;%d\n", k[0], day, k[1], k[2], o[k])
		}
	}
	return b.String()
}

func rollRegister() string {
	text := "etablissement;nom;type;commune;secteur\n"
	for i, u := range rollSchools {
		text += fmt.Sprintf("%s;Collège %d;college;Commune %d;%s\n", u, i, i/2, []string{"public", "prive"}[i%2])
	}
	return text
}

// asked are questions in the ways that readers combine: lines, filters, complements, groups.
func asked(r *rand.Rand) report.Ask {
	k := report.Ask{Indicators: []string{pick(r, "eleves", "filles", "garcons", "eleves[niveau=6eme]", "eleves[niveau!=6eme;sexe=F]")}, Where: []string{"annee=2025"}, Total: true}
	for _, dim := range []string{"etablissement", "commune", "secteur", "niveau", "sexe"} {
		if r.IntN(3) == 0 && len(k.By) < 3 {
			k.By = append(k.By, dim)
		}
	}
	switch r.IntN(5) {
	case 0:
		k.Where = append(k.Where, "etablissement!="+string(pick(r, rollSchools...)))
	case 1:
		k.Where = append(k.Where, "commune="+fmt.Sprintf("Commune %d|Commune %d", r.IntN(4), r.IntN(4)))
	case 2:
		k.Where = append(k.Where, "niveau!="+pick(r, rollLevels...))
	case 3:
		k.Where = append(k.Where, "secteur="+pick(r, "public", "prive"))
	}
	return k
}

// An attack keeps what shown figures say of the cells, as equations over a prime field.
type attack struct {
	cells [][3]string
	rows  [][]uint64 // reduced, each led by a one
	leads []int
}

const field = 2147483647

func inverse(a uint64) uint64 {
	out, e := uint64(1), uint64(field-2)
	for a %= field; e > 0; e >>= 1 {
		if e&1 == 1 {
			out = out * a % field
		}
		a = a * a % field
	}
	return out
}

// reduce takes out of an equation what the others say already.
func (k *attack) reduce(row []uint64) int {
	for i, lead := range k.leads {
		if f := row[lead]; f != 0 {
			for j := range row {
				row[j] = (row[j] + (field-f)*k.rows[i][j]) % field
			}
		}
	}
	return slices.IndexFunc(row, func(v uint64) bool { return v != 0 })
}

func (k *attack) learn(takes func(cell [3]string) bool) {
	row := make([]uint64, len(k.cells))
	for j, c := range k.cells {
		if takes(c) {
			row[j] = 1
		}
	}
	lead := k.reduce(row)
	if lead < 0 {
		return
	}
	inv := inverse(row[lead])
	for j := range row {
		row[j] = row[j] * inv % field
	}
	k.rows, k.leads = append(k.rows, row), append(k.leads, lead)
}

// knows tells whether the equations give a sum of cells.
func (k *attack) knows(takes func(cell [3]string) bool) bool {
	row := make([]uint64, len(k.cells))
	for j, c := range k.cells {
		if takes(c) {
			row[j] = 1
		}
	}
	return k.reduce(row) < 0
}

// takesOf says which cells a line of an answer adds, from the words of the question alone.
func takesOf(k report.Ask, keys []belvedere.Key, whole bool) func(cell [3]string) bool {
	place := map[string]int{}
	for i, u := range rollSchools {
		place[string(u)] = i
	}
	attribute := func(cell [3]string, dim string) string {
		switch dim {
		case "etablissement":
			return cell[0]
		case "commune":
			return fmt.Sprintf("Commune %d", place[cell[0]]/2)
		case "secteur":
			return []string{"public", "prive"}[place[cell[0]]%2]
		case "niveau":
			return cell[1]
		}
		return cell[2]
	}
	passes := func(cell [3]string, filter string) bool {
		dim, values, _ := strings.Cut(filter, "=")
		not := strings.HasSuffix(dim, "!")
		return dim == "annee" || slices.Contains(strings.Split(values, "|"), attribute(cell, strings.TrimSuffix(dim, "!"))) != not
	}
	var filters []string
	switch name, cut, _ := strings.Cut(strings.TrimSuffix(k.Indicators[0], "]"), "["); name {
	case "filles":
		filters = append(filters, "sexe=F")
	case "garcons":
		filters = append(filters, "sexe=M")
	default:
		if cut != "" {
			filters = strings.Split(cut, ";")
		}
	}
	filters = append(filters, k.Where...)
	return func(cell [3]string) bool {
		for _, f := range filters {
			if !passes(cell, f) {
				return false
			}
		}
		for i, dim := range k.By {
			if !whole && attribute(cell, dim) != keys[i].Code {
				return false
			}
		}
		return true
	}
}

// TestAttackReleased asks hundreds of questions of a territory with small numbers and combines all that
// is shown: no small number, of a cell or of any table of cells, comes out exactly.
func TestAttackReleased(t *testing.T) {
	for seed := range attackers() {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		a := openOn(t, t.TempDir(), "")
		pupils := newRoll(r)
		edition(t, a, map[string]string{"etablissements": rollRegister(), "effectifs": pupils.file("2025-10-01", rollSchools...)})
		k := &attack{}
		for c := range pupils {
			k.cells = append(k.cells, c)
		}
		slices.SortFunc(k.cells, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
		for _, c := range k.cells { // zeros are told
			if pupils[c] == 0 {
				k.learn(func(x [3]string) bool { return x == c })
			}
		}
		shown, secret := k.listen(t, a, r, pupils, 400)
		for i := range 1 << 3 {
			k.search(t, pupils, i)
		}
		if shown < 500 || secret < 50 {
			t.Errorf("%d figures shown and %d secret: the attack proves too little", shown, secret)
		}
	}
}

// listen asks questions and learns what is shown; each shown figure must be the true one.
func (k *attack) listen(t *testing.T, a *app.App, r *rand.Rand, pupils roll, questions int) (shown, secret int) {
	t.Helper()
	for range questions {
		ask := asked(r)
		q, err := a.Reporter.Build(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		out, err := a.Reporter.Query(t.Context(), everyone, q)
		if err != nil {
			t.Fatal(err)
		}
		rows := out.Rows
		if out.Total != nil {
			rows = append(slices.Clone(rows), *out.Total)
		}
		for i, row := range rows {
			takes := takesOf(ask, row.Keys, i == len(out.Rows))
			sum := 0
			for c, n := range pupils {
				if takes(c) {
					sum += n
				}
			}
			switch cell := row.Cells[0]; cell.State {
			case belvedere.Secret:
				if secret++; cell.Value != 0 || cell.Covered != 0 {
					t.Errorf("a secret cell holds %+v", cell)
				}
			case belvedere.Value, belvedere.Partial:
				shown++
				if cell.Value != float64(sum) || sum > 0 && sum < 5 {
					t.Errorf("%+v shows %v of %d at %v", ask, cell.Value, sum, row.Keys)
				}
				k.learn(takes)
			}
		}
	}
	return shown, secret
}

// search looks for small numbers that what was shown gives away, in the tables that cut some of the axes.
func (k *attack) search(t *testing.T, pupils roll, cut int) {
	t.Helper()
	sums := map[[3]string]int{}
	project := func(c [3]string) (out [3]string) {
		for i := range c {
			if cut>>i&1 == 1 {
				out[i] = c[i]
			}
		}
		return out
	}
	for c, n := range pupils {
		sums[project(c)] += n
	}
	for node, n := range sums {
		if n > 0 && n < 5 && k.knows(func(c [3]string) bool { return project(c) == node }) {
			t.Errorf("the %d pupils of %v are given away", n, node)
		}
	}
}

// TestAttackDays changes a pupil or two each day, in a new file each day, and a school at times: no two
// answers to one question differ by so few that they single someone out.
func TestAttackDays(t *testing.T) {
	days := 20
	if os.Getenv("BELVEDERE_ATTACK") != "" {
		days = 365
	}
	r := rand.New(rand.NewPCG(9, 9))
	a := openOn(t, t.TempDir(), "")
	pupils := newRoll(r)
	edition(t, a, map[string]string{"etablissements": rollRegister(), "effectifs": pupils.file("2025-09-01", rollSchools...)})
	questions := make([]report.Ask, 12)
	for i := range questions {
		questions[i] = asked(r)
	}
	seen := map[string]map[float64]bool{}
	moved := 0
	for day := range days {
		for range 1 + r.IntN(2) {
			c := pick(r, keysOf(pupils)...)
			pupils[c] = max(0, pupils[c]+1-2*r.IntN(2))
		}
		if day%7 == 6 { // a whole class comes
			u := pick(r, rollSchools...)
			pupils[[3]string{string(u), "6eme", "F"}] += 30
			pupils[[3]string{string(u), "6eme", "M"}] += 30
		}
		at := belvedere.Date(2025, 9, 1+day*2/3).Format("2006-01-02")
		edition(t, a, map[string]string{"effectifs": pupils.file(at, rollSchools...)})
		for i, ask := range questions {
			q, err := a.Reporter.Build(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			out, err := a.Reporter.Query(t.Context(), everyone, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range out.Rows {
				if !row.Cells[0].State.Shown() {
					continue
				}
				name := fmt.Sprint(i, row.Keys)
				if seen[name] == nil {
					seen[name] = map[float64]bool{}
				}
				for was := range seen[name] {
					d := row.Cells[0].Value - was
					if d != 0 && d > -5 && d < 5 && len(ask.By) > 0 && slices.Contains(ask.By, "etablissement") {
						t.Fatalf("day %d: %+v went from %v to %v at %v", day, ask, was, row.Cells[0].Value, row.Keys)
					}
					if d != 0 {
						moved++
					}
				}
				seen[name][row.Cells[0].Value] = true
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("%d figures seen: too few", len(seen))
	}
	t.Logf("%d figures, %d passages of the floor or more", len(seen), moved)
}

func keysOf(o roll) [][3]string {
	var out [][3]string
	for k := range o {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	return out
}
