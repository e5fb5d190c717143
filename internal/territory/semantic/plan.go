package semantic

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// A Plan is a query with the rights of the viewer joined to it: a tree that sql.go writes as
// text. It can only be made by NewPlan, so that no answer forgets the scope.
type Plan struct {
	Query   belvedere.Query
	Dims    []Dim
	Columns []PlanColumn
	Sources []*Source
	Total   bool
	// Territory is true when the sources hold no school: all schools are added together and
	// the number of schools behind a cell comes from the coverage.
	Territory bool
	Empty     bool // nothing is left to ask the engine
	// Whole is the same question without lines, whose figures are the totals. It is set where
	// lines cut the rows of a school: a ratio pairs schools there, not their parts; and where a
	// part that no row has would leave nothing to say zero of.
	Whole   *Plan
	hoisted bool // a condition on the dimension of the lines stands in a source
	model   *belvedere.Model
	grain   string // table in which its sources meet
}

// A Dim is a dimension of the lines.
type Dim struct {
	Name   string
	Kind   DimKind
	Dim    *belvedere.Dimension // for KindCode
	Groups bool                 // lines by the groups of its codes, not by the codes
}

// DimKind says where the values of a dimension stand.
type DimKind int

// The kinds of dimension.
const (
	KindSchool    DimKind = iota // the school
	KindAttribute                // attribute of the school's record
	KindTime                     // annee, mois, jour, heure
	KindCode                     // dimension of the datasets
)

// A PlanColumn is a column as it will be answered: by an expression over atoms, or by a state
// that holds for all its cells and the reason in one sentence.
type PlanColumn struct {
	belvedere.QueryColumn
	Indicator *belvedere.Indicator
	Expr      planExpr // nil when State decides
	State     belvedere.State
	Why       string
	Datasets  []string
	// Withheld is set when only some of the viewer's schools, or none, share the indicator: cells
	// of the other schools are "non communiqué". Shared are those that do, of the viewer's.
	Withheld bool
	Shared   map[belvedere.UAI]bool
	Parted   bool // the viewer's rights open the widget for some schools alone
	// Limits are the members to which the viewer's rights limit the column, one set for each right; nil
	// for none. Mixed is set when for some schools it holds more than for others.
	Limits   [][]belvedere.Within
	Mixed    bool
	openings []opening
	// Sharing tells columns apart by the schools that share them: those of one number hold figures
	// of the same schools. It is 0 where nothing is withheld.
	Sharing int
	// Guarded asks the answer for the two sides of the ratio after its value and schools: the release
	// engine judges them apart. A formula adds what Extras says.
	Guarded bool
}

// A Source is one SELECT over one table of a dataset: the rows of the viewer's schools, the
// period and the filters, added up per school and line.
type Source struct {
	Name    string // "s1"
	Dataset *belvedere.Dataset
	Table   table
	Atoms   []*Atom
	Conds   []Cond
	Part    []Cond // what all atoms want of a row; lines by a code need one such row
	Last    bool   // stock: only the last observation of each school
	Comment string
	Edition *int // when the source is read as of another edition than the question: that of its release
	key     string
	byMonth bool // the last observation is taken in each month, not in each school year
}

// An Atom is one sum of a measure over part of the rows of a source.
type Atom struct {
	Name    string // "a1"
	Measure string
	Where   []Cond
	Guard   []string // optional dimensions that must be filled somewhere for 0 to be a value
	Judged  bool     // the release protects it
	key     string
}

// A Cond is a condition on a column, its values bound as parameters.
type Cond struct {
	Column string
	Op     string // "=", "<>", "<", "<=", ">", ">=", "IN", "NOT IN"
	Type   belvedere.ColumnType
	Values []any
	// Record makes it a condition on the school's record: the rows of schools whose attribute fits.
	// With "<>" those of schools without the attribute fit too.
	Record bool
	// Any makes it a choice: rows that meet all conditions of one of the lists fit, and none meets two.
	Any [][]Cond
	// id stands for the values in the key of a source: lists of a viewer's schools are long, and
	// the same for many columns.
	id string
}

// Ratio tells whether the column divides by something that varies.
func (c PlanColumn) Ratio() bool { return c.Expr != nil && ratioInside(c.Expr) }

// planExpr is an expression over atoms: constAtom, atomRef or binary.
type planExpr interface{ planExpr() }

type (
	constant float64
	atomRef  struct{ atom *Atom }
	binary   struct {
		op   byte
		l, r planExpr
	}
)

func (constant) planExpr() {}
func (atomRef) planExpr()  {}
func (binary) planExpr()   {}

// Attributes of the school's record that lines and filters may name.
var recordAttributes = map[string]string{
	"type": "type", "secteur": "secteur", "commune": "commune",
	"departement": "departement", "academie": "academie",
}

var timeDims = []string{"annee", "mois", "jour", "heure"}

// NewPlan checks a query against the model and joins the scope. Errors are Invalid and name
// what the query got wrong; a column that the scope withholds is not an error but a state.
func NewPlan(m *belvedere.Model, q belvedere.Query, scope belvedere.Scope) (*Plan, error) {
	p, err := newPlan(m, q, scope, &builder{prefix: "s"}, "grain")
	if err != nil || !p.Total || p.Territory && !p.hoisted || p.Empty || !p.cutsSchools() {
		return p, err
	}
	q.By, q.Total = nil, false
	p.Whole, err = newPlan(m, q, scope, &builder{prefix: "t", needSchools: !p.Territory}, "grain_ensemble")
	return p, err
}

// cutsSchools tells whether a school may have several lines.
func (p *Plan) cutsSchools() bool {
	return slices.ContainsFunc(p.Dims, func(d Dim) bool { return d.Kind == KindCode || d.Kind == KindTime })
}

func newPlan(m *belvedere.Model, q belvedere.Query, scope belvedere.Scope, b *builder, grain string) (*Plan, error) {
	p := &Plan{Query: q, Total: q.Total, model: m, grain: grain}
	if !q.Period.From.Before(q.Period.To) {
		return nil, belvedere.Errorf(belvedere.Invalid, "la période est vide")
	}
	if len(q.Columns) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "aucun indicateur n’est demandé")
	}
	if err := p.resolveDims(q.By); err != nil {
		return nil, err
	}
	if err := p.checkFilters(q.Where, scope); err != nil {
		return nil, err
	}
	b.plan, b.scope = p, scope
	b.needSchools = b.needSchools || b.mustSeeSchools()
	if err := b.columns(); err != nil {
		return nil, err
	}
	whole := 0
	for _, s := range p.Sources {
		if !s.Table.schools {
			whole++
		}
	}
	if whole > 0 && whole < len(p.Sources) { // one line of the answer cannot mix both forms
		b.needSchools, p.Sources, p.Columns = true, nil, nil
		if err := b.columns(); err != nil {
			return nil, err
		}
		whole = 0
	}
	p.Territory = whole > 0
	p.Empty = len(p.Sources) == 0
	p.hoist()
	return p, nil
}

// hoist moves conditions that all atoms of a source share to the source: those on the dimension
// of the lines, so that lines by a code hold the codes of that part only, and the totals of
// distinct persons. The others stay in the atoms, where a school that delivered everything but
// that part counts zero; a line that has no row of the part is left out.
func (p *Plan) hoist() {
	for _, s := range p.Sources {
		for _, c := range slices.Clone(s.Atoms[0].Where) {
			if slices.ContainsFunc(s.Atoms, func(a *Atom) bool { return !slices.ContainsFunc(a.Where, c.same) }) {
				continue
			}
			line := slices.ContainsFunc(p.Dims, func(d Dim) bool { return d.Kind == KindCode && c.reads(d.Name) })
			if !line && !c.total(s.Dataset) {
				s.Part = append(s.Part, c)
				continue
			}
			s.Conds = append(s.Conds, c)
			p.hoisted = p.hoisted || line
			for _, a := range s.Atoms {
				a.Where = slices.DeleteFunc(a.Where, c.same)
			}
		}
	}
}

// byParts tells whether lines by a code depend on the part of the rows that is asked.
func (p *Plan) byParts() bool {
	return slices.ContainsFunc(p.Dims, func(d Dim) bool { return d.Kind == KindCode }) &&
		slices.ContainsFunc(p.Sources, func(s *Source) bool { return len(s.Part) > 0 })
}

// prune drops the sums that no column takes: those of a column that was refused half-way.
func (p *Plan) prune() {
	used := map[*Atom]bool{}
	for _, c := range p.Columns {
		for _, a := range atoms(c.Expr) {
			used[a] = true
		}
	}
	for _, s := range p.Sources {
		s.Atoms = slices.DeleteFunc(s.Atoms, func(a *Atom) bool { return !used[a] })
	}
	p.Sources = slices.DeleteFunc(p.Sources, func(s *Source) bool { return len(s.Atoms) == 0 })
}

// atoms are those of an expression, in order.
func atoms(e planExpr) []*Atom {
	switch e := e.(type) {
	case atomRef:
		return []*Atom{e.atom}
	case binary:
		return append(atoms(e.l), atoms(e.r)...)
	}
	return nil
}

// same compares two conditions by what they say.
func (c Cond) same(o Cond) bool {
	if c.Any != nil || o.Any != nil {
		return c.id == o.id && c.Any != nil && o.Any != nil
	}
	return c.Column == o.Column && c.Op == o.Op && c.Record == o.Record && slices.Equal(c.Values, o.Values)
}

// reads tells whether the condition bears on a column.
func (c Cond) reads(column string) bool {
	return c.Column == column || slices.ContainsFunc(c.Any, func(list []Cond) bool {
		return slices.ContainsFunc(list, func(o Cond) bool { return o.Column == column })
	})
}

// total tells whether the condition pins a dimension of distinct persons to its total.
func (c Cond) total(d *belvedere.Dataset) bool {
	dim := d.Dimension(c.Column)
	if dim == nil || dim.List == nil || c.Op != "=" && c.Op != "IN" || len(c.Values) != 1 {
		return false
	}
	code := dim.List.Find(fmt.Sprint(c.Values[0]))
	return code != nil && code.Total
}

// columns plans each column of the query in turn.
func (b *builder) columns() error {
	for _, c := range b.plan.Query.Columns {
		pc, err := b.column(c)
		if err != nil {
			return err
		}
		b.plan.Columns = append(b.plan.Columns, pc)
	}
	b.plan.prune()
	return nil
}

// resolveDims finds what each dimension of the lines is.
func (p *Plan) resolveDims(by []string) error {
	for i, name := range by {
		if slices.Contains(by[:i], name) {
			return belvedere.Errorf(belvedere.Invalid, "la dimension %q est demandée deux fois", name)
		}
		switch {
		case name == "etablissement":
			p.Dims = append(p.Dims, Dim{Name: name, Kind: KindSchool})
		case recordAttributes[name] != "":
			p.Dims = append(p.Dims, Dim{Name: name, Kind: KindAttribute})
		case slices.Contains(timeDims, name):
			p.Dims = append(p.Dims, Dim{Name: name, Kind: KindTime})
		default:
			base, groups := strings.CutSuffix(name, GroupSuffix)
			dim := p.findDim(base)
			if groups && slices.Contains(by, base) && slices.Index(by, base) < i {
				return belvedere.Errorf(belvedere.Invalid, "les groupes de %q se demandent avant ses codes", base)
			}
			if dim == nil || groups && !dim.Grouped() {
				return belvedere.Errorf(belvedere.Invalid, "la dimension %q est inconnue ; essayez %s", name, strings.Join(p.dimNames(), ", "))
			}
			p.Dims = append(p.Dims, Dim{Name: name, Kind: KindCode, Dim: dim, Groups: groups})
		}
	}
	return nil
}

// findDim looks a dimension up in all datasets; one name has one meaning in the catalogue.
func (p *Plan) findDim(name string) *belvedere.Dimension {
	for _, d := range p.model.Datasets {
		if dim := d.Dimension(name); dim != nil && d.Kind != belvedere.Register {
			return dim
		}
	}
	return nil
}

func (p *Plan) dimNames() []string {
	names := []string{"etablissement", "type", "secteur", "commune", "departement", "annee", "mois", "jour", "heure"}
	for _, d := range p.model.Datasets {
		for _, dim := range d.Dimensions {
			if d.Kind != belvedere.Register && !slices.Contains(names, dim.Name) {
				names = append(names, dim.Name)
			}
		}
	}
	return names
}

// checkFilters refuses filters on unknown dimensions and unknown codes. A member of an open list that the
// viewer's rights leave unnamed is unknown too: nobody learns here that it exists.
func (p *Plan) checkFilters(where []belvedere.Filter, scope belvedere.Scope) error {
	for _, f := range where {
		if f.Dim == "etablissement" {
			for _, v := range f.Values {
				if _, err := belvedere.ParseUAI(v); err != nil {
					return belvedere.Errorf(belvedere.Invalid, "%v", err)
				}
			}
			continue
		}
		if recordAttributes[f.Dim] != "" {
			continue
		}
		dim := p.findDim(f.Dim)
		if dim == nil {
			return belvedere.Errorf(belvedere.Invalid, "le filtre %q porte sur une dimension inconnue ; essayez %s", f.Dim, strings.Join(p.dimNames(), ", "))
		}
		for _, v := range f.Values {
			if !p.knownCode(f.Dim, v, scope) {
				return belvedere.Errorf(belvedere.Invalid, "%s : le code %q est inconnu", f.Dim, v)
			}
		}
	}
	return nil
}

// knownCode accepts a code or a group of the list of any dataset that has the dimension.
func (p *Plan) knownCode(name, code string, scope belvedere.Scope) bool {
	for _, d := range p.model.Datasets {
		dim := d.Dimension(name)
		if dim == nil || dim.List == nil {
			continue
		}
		if hasCode(dim.List, code, true) {
			return !dim.List.Open || code == "" || scope.Names(name, code)
		}
	}
	return code == ""
}

// String names a plan in logs.
func (p *Plan) String() string {
	return fmt.Sprintf("%d colonnes, %d sources, par %v", len(p.Columns), len(p.Sources), p.Query.By)
}
