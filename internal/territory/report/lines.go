package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/words"
)

// keys names a line from the values of the engine.
func (a *answer) keys(row []any) []belvedere.Key {
	keys := make([]belvedere.Key, len(row))
	for i, v := range row {
		keys[i] = a.key(a.plan.Dims[i], v)
	}
	return keys
}

// key names one value of a dimension: a code for programs, a label for people.
func (a *answer) key(d semantic.Dim, v any) belvedere.Key {
	switch {
	case d.Kind == semantic.KindSchool:
		n, _ := v.(int64)
		return a.schoolKey(belvedere.UAIFromNumber(int32(n)))
	case d.Kind == semantic.KindTime:
		return timeKey(d.Name, v)
	}
	code := fmt.Sprint(v)
	if v == nil {
		code = ""
	}
	k := belvedere.Key{Code: code, Label: code}
	if code == "" {
		k.Label = "Non ventilé"
		if d.Kind == semantic.KindAttribute {
			k.Label = "Non renseigné"
		}
	}
	for _, list := range a.r.listsOf(d) {
		if c := list.Find(code); c != nil {
			k.Label = c.Label
			return k
		}
	}
	if d.Groups {
		k.Label = a.r.model.GroupLabel(d.Dim.List, code)
	}
	return k
}

// listsOf are the code lists that a dimension has in one dataset or another: media of
// connections and of distinct persons differ by their totals.
func (r *Reporter) listsOf(d semantic.Dim) []*belvedere.CodeList {
	var out []*belvedere.CodeList
	if first := r.listOf(d); first != nil {
		out = append(out, first)
	}
	if d.Kind == semantic.KindCode {
		for _, ds := range r.model.Datasets {
			if dim := ds.Dimension(d.Base()); dim != nil && dim.List != nil {
				out = append(out, dim.List)
			}
		}
	}
	return out
}

func (a *answer) schoolKey(u belvedere.UAI) belvedere.Key {
	s := a.directory.Find(u)
	if s == nil {
		return belvedere.Key{Code: string(u), Label: string(u)}
	}
	return s.key()
}

// key names a school with the attributes that lines and maps show. The details are shared: who
// trims them copies them.
func (s *School) key() belvedere.Key { return s.line }

func timeKey(name string, v any) belvedere.Key {
	switch v := v.(type) {
	case time.Time:
		if name == "mois" {
			return belvedere.Key{Code: v.Format("2006-01"), Label: belvedere.MonthName(v)}
		}
		return belvedere.Key{Code: v.Format("2006-01-02"), Label: belvedere.ShortDate(v)}
	case int64:
		if name == "annee" {
			return belvedere.Key{Code: strconv.FormatInt(v, 10), Label: belvedere.SchoolYear(v).String()}
		}
		return belvedere.Key{Code: fmt.Sprintf("%02d", v), Label: fmt.Sprintf("%d"+belvedere.NoBreak+"h", v)}
	}
	return belvedere.Key{Code: fmt.Sprint(v), Label: fmt.Sprint(v)}
}

// listOf is the code list of a dimension, nil when it has none.
func (r *Reporter) listOf(d semantic.Dim) *belvedere.CodeList {
	switch {
	case d.Kind == semantic.KindCode:
		return d.Dim.List
	case d.Name == "type":
		return r.model.CodeLists["types"]
	case d.Name == "secteur":
		return r.model.CodeLists["secteurs"]
	}
	return nil
}

func codeOf(keys []belvedere.Key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.Code
	}
	return strings.Join(parts, "\x00")
}

func dimLabel(d semantic.Dim) string {
	if d.Groups {
		return d.Dim.Label + groupsTail
	}
	switch d.Name {
	case "etablissement":
		return "Établissement"
	case "type":
		return "Type"
	case "secteur":
		return "Secteur"
	case "commune":
		return "Commune"
	case "departement":
		return "Département"
	case "academie":
		return "Académie"
	case "annee":
		return "Année scolaire"
	case "mois":
		return "Mois"
	case "jour":
		return "Jour"
	case "heure":
		return "Heure"
	}
	return d.Dim.Label
}

// addAwaited adds the lines that the engine had nothing for: schools from which data is
// awaited, and the hours and days without a connection up to the last day received.
func (a *answer) addAwaited() {
	if a.edition.Number == 0 {
		return
	}
	dims := a.plan.Dims
	switch {
	case len(dims) == 0 && a.plan.Empty: // one figure that nobody was asked for still says why
		a.insert(a.awaitedRow(nil, false))
	case len(dims) == 1 && a.schoolDim == 0:
		for _, s := range a.directory.ordered {
			if a.rows[string(s.UAI)] != nil || !a.takes(s.UAI, s) || !a.awaits(s) {
				continue
			}
			a.insert(a.awaitedRow([]belvedere.Key{a.schoolKey(s.UAI)}, false))
		}
	case len(dims) == 1 && dims[0].Name == "jour":
		a.addDays(false)
	case len(dims) == 2 && dims[0].Name == "jour" && dims[1].Name == "heure":
		a.addDays(true)
	}
}

// awaits tells whether any column awaits data from a school. Where agreements share nothing at
// all, nobody can tell: each open school has its line, which says so.
func (a *answer) awaits(s *School) bool {
	if a.plan.Empty && slices.ContainsFunc(a.plan.Columns, func(c semantic.PlanColumn) bool { return c.Withheld && len(c.Shared) == 0 }) {
		return s.Listed && openDuring(s, a.q.Period)
	}
	for i := range a.plan.Columns {
		c := &a.plan.Columns[i]
		for _, name := range c.Datasets {
			if cover := a.coverage(c, name); cover != nil && cover.expects(s, a.q.Period) {
				return true
			}
		}
	}
	return false
}

func (a *answer) insert(row *belvedere.ResultRow) {
	code := codeOf(row.Keys)
	if a.rows[code] == nil {
		a.rows[code] = row
		a.order = append(a.order, code)
	}
}

// awaitedRow is a line for which the engine has nothing.
func (a *answer) awaitedRow(keys []belvedere.Key, whole bool) *belvedere.ResultRow {
	row := &belvedere.ResultRow{Keys: keys, Cells: make([]belvedere.Cell, len(a.plan.Columns))}
	for i, c := range a.plan.Columns {
		if c.Expr != nil {
			row.Cells[i] = a.cell(i, keys, 0, false, 0, whole)
		} else {
			row.Cells[i] = belvedere.Cell{State: c.State, Why: c.Why}
		}
	}
	return row
}

// addDays fills a calendar: up to the last day received, nothing written means nothing
// happened; after it, data is awaited. An hour that the clock skips is not applicable.
func (a *answer) addDays(hours bool) {
	defer a.addZeros()
	if a.q.Period.To.Sub(a.q.Period.From) > 400*24*time.Hour {
		return
	}
	for day := a.q.Period.From; day.Before(a.q.Period.To); day = day.AddDate(0, 0, 1) {
		if !hours {
			a.insert(a.awaitedRow([]belvedere.Key{timeKey("jour", day)}, false))
			continue
		}
		for h := range 24 {
			row := a.awaitedRow([]belvedere.Key{timeKey("jour", day), timeKey("heure", int64(h))}, false)
			if wall := time.Date(day.Year(), day.Month(), day.Day(), h, 0, 0, 0, a.r.zone); wall.Hour() != h {
				skip(row)
			}
			a.insert(row)
		}
	}
}

// skip marks the line of an hour that does not exist.
func skip(row *belvedere.ResultRow) {
	for i := range row.Cells {
		if row.Cells[i].State == belvedere.Expected {
			row.Cells[i] = belvedere.Cell{State: belvedere.NotApplicable, Why: "Cette heure n’existe pas : passage à l’heure d’été."}
		}
	}
}

// addZeros says zero on the days of each column up to the last one received.
func (a *answer) addZeros() {
	for i, c := range a.plan.Columns {
		upTo := time.Time{}
		if c.Expr != nil && !c.Ratio() {
			upTo = a.upTo(i)
		}
		last := upTo.Format("2006-01-02")
		for _, row := range a.rows {
			if cell := &row.Cells[i]; cell.State == belvedere.Expected && !upTo.IsZero() && row.Keys[0].Code <= last {
				*cell = belvedere.Cell{Covered: cell.Covered, Expected: cell.Expected}
			}
		}
	}
}

// upTo is the last day up to which nothing written means that nothing happened: the last one
// received of a flow from the schools of the answer, the last one counted of distinct persons.
// A stock has none: its state of other days is not known.
func (a *answer) upTo(i int) time.Time {
	var upTo time.Time
	for at, name := range a.plan.Columns[i].Datasets {
		var last time.Time
		switch a.r.model.Dataset(name).Kind {
		case belvedere.Flow:
			last = a.lastReceived(a.coverage(&a.plan.Columns[i], name))
		case belvedere.Distinct:
			last = a.lastCounted(i)
		}
		if at == 0 || last.Before(upTo) {
			upTo = last
		}
	}
	return upTo
}

func (a *answer) lastReceived(cover *coverage) time.Time {
	var last time.Time
	if cover == nil {
		return last
	}
	for u, got := range cover.schools {
		if got.last.After(last) && a.takes(u, a.directory.Find(u)) {
			last = got.last
		}
	}
	return last
}

func (a *answer) lastCounted(i int) time.Time {
	last := ""
	for _, row := range a.rows {
		if row.Cells[i].State == belvedere.Value {
			last = max(last, row.Keys[0].Code)
		}
	}
	day, _ := belvedere.ParseDate(last)
	return day
}

// naturalOrder compares two lines dimension by dimension.
func (a *answer) naturalOrder() func(x, y *belvedere.ResultRow) int {
	ranks := make([]map[string]int, len(a.plan.Dims))
	for i, d := range a.plan.Dims {
		if list := a.r.listOf(d); list != nil {
			codes := list.All()
			ranks[i] = map[string]int{"": len(codes)}
			for at, c := range codes {
				ranks[i][c.Code] = at
				if _, seen := ranks[i][c.Group]; d.Groups && !seen {
					ranks[i][c.Group] = at
				}
			}
		}
	}
	folded := map[string]string{}
	name := func(k belvedere.Key) string {
		if s := a.directory.Find(belvedere.UAI(k.Code)); s != nil {
			return s.sortKey
		}
		f, ok := folded[k.Label]
		if !ok {
			f = words.Fold(k.Label)
			folded[k.Label] = f
		}
		return f
	}
	return func(x, y *belvedere.ResultRow) int {
		for i, d := range a.plan.Dims {
			kx, ky := x.Keys[i], y.Keys[i]
			var c int
			switch {
			case d.Kind == semantic.KindTime:
				c = cmp.Compare(kx.Code, ky.Code)
			case ranks[i] != nil:
				c = cmp.Compare(ranks[i][kx.Code], ranks[i][ky.Code])
			default:
				c = cmp.Or(cmp.Compare(name(kx), name(ky)), cmp.Compare(kx.Code, ky.Code))
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
}

// receipt hashes what makes a result before it is known where it stands; seal makes the whole
// receipt of it. Results are kept by this hash for the next who asks the same.
func receipt(q belvedere.Query, definitions string, edition int, rights, edits, rules string) belvedere.Receipt {
	q.Edition = edition
	text, err := json.Marshal(struct {
		Query       belvedere.Query
		Labels      [][2]string
		Definitions string
		Rights      string
		Edits       string `json:",omitempty"`
		Rules       string `json:",omitempty"`
		Program     string
	}{q, labelsOf(q), definitions, rights, edits, rules, belvedere.Version})
	if err != nil {
		return belvedere.Receipt{}
	}
	sum := sha256.Sum256(text)
	return belvedere.Receipt{Hash: hex.EncodeToString(sum[:]), Definitions: definitions, Release: rules}
}
