package pseudonym

import (
	"context"
	"iter"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// A Source hands rows of persons; a dossier.Service is one.
type Source interface {
	Kinds() dossier.Kinds
	Within(k *dossier.Kind, sets [][]belvedere.Within) ([][]dossier.Filter, error)
	Select(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r dossier.Request) iter.Seq2[dossier.Row, error]
	Count(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r dossier.Request) (dossier.Size, error)
}

// Config is what a Service needs; Source is required.
type Config struct {
	Source Source
	Now    func() time.Time
	Zone   *time.Location
	Chunk  int // rows held in memory at once, 0 for 100,000
}

// A Service makes the rows of extracts. It is safe for concurrent use.
type Service struct{ Config }

// New makes a service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Chunk == 0 {
		c.Chunk = 100_000
	}
	return &Service{c}
}

// An Order says which rows of which persons.
type Order struct {
	School  belvedere.UAI     `json:"etablissement"`
	Kind    string            `json:"sorte"`
	Columns []string          `json:"colonnes"`
	Where   []dossier.Filter  `json:"filtres,omitempty"`
	Coarse  map[string]Coarse `json:"finesse,omitempty"`   // of columns that do not leave in their usual way
	Names   bool              `json:"identites,omitempty"` // columns that name persons may be among them
}

// Level is what the order asks of a grant.
func (o Order) Level() belvedere.Level {
	if o.Names {
		return belvedere.Identities
	}
	return belvedere.Pseudonyms
}

// May tells whether someone may have such rows of a school: its staff alone, signed in with a second factor, with a
// grant in force that says so. The operator of the machine has no grant, hence no extract.
func May(who belvedere.Viewer, school belvedere.UAI, level belvedere.Level) (belvedere.Grant, error) {
	grant, ok := who.Detail(school, level)
	switch {
	case !slices.Contains(who.Scope.Own, school):
		return grant, belvedere.Errorf(belvedere.Forbidden, "Les lignes de personnes d’un établissement ne sont extraites que par ceux qui y travaillent.")
	case !ok && level == belvedere.Identities:
		return grant, belvedere.Errorf(belvedere.Forbidden, "Extraire des colonnes qui nomment des personnes demande une habilitation de niveau «\u00a0identités\u00a0» en cours pour cet établissement.")
	case !ok:
		return grant, belvedere.Errorf(belvedere.Forbidden, "Extraire des lignes de personnes demande une habilitation de niveau «\u00a0personnes\u00a0» en cours pour cet établissement.")
	case !who.Strong:
		return grant, belvedere.Errorf(belvedere.Forbidden, "Extraire des lignes de personnes demande une connexion avec un second facteur.")
	}
	return grant, nil
}

// A Column is one that an order may ask for.
type Column struct {
	Name, Label, Doc string
	Class            string   // in words
	Ways             []Coarse // the one by default first, where nobody is named
	Named            []Coarse // the same in an order that may name persons
	Names            bool     // asks for a grant of identities
	Token            bool     // leaves as a pseudonym of its own
	Filter           bool     // takes filters
	Date             bool     // of a day, a month or a year, as Grain says
	Grain            belvedere.TimeGrain
	Codes            []belvedere.Code
}

// A Kind is a sort of rows that an order may ask for.
type Kind struct {
	Name, Label, Doc string
	People           bool
	Columns          []Column
}

// For are the columns that an order may ask for, with the ways that it may take them in.
func (k Kind) For(names bool) []Column {
	var out []Column
	for _, c := range k.Columns {
		if names {
			c.Ways = c.Named
		}
		if len(c.Ways) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Declared are the columns of a kind, whoever asks: their names, never what rows hold.
func (s *Service) Declared(kind string) (list []Column) {
	k := s.Source.Kinds().Kind(kind)
	if k == nil {
		return nil
	}
	for i := range k.Columns {
		c := &k.Columns[i]
		one := Column{Name: c.Name, Label: c.Label, Doc: c.Doc, Class: c.Class.Label()}
		if c.List != nil {
			one.Codes = c.List.Codes
		}
		list = append(list, one)
	}
	return list
}

// Kinds are what a holder of a grant may ask for, at the level that he or she has for a school. The columns that
// the level does not open are not among them.
func (s *Service) Kinds(who belvedere.Viewer, school belvedere.UAI) (list []Kind, level belvedere.Level) {
	level = belvedere.Identities
	if _, err := May(who, school, level); err != nil {
		level = belvedere.Pseudonyms
		if _, err := May(who, school, level); err != nil {
			return nil, belvedere.Totals
		}
	}
	for _, k := range s.Source.Kinds() {
		if _, err := s.Source.Within(k, who.RowLimits(school, level)); err != nil {
			continue // rights that are limited to members open no row of it
		}
		out := Kind{Name: k.Name, Label: k.Label, Doc: k.Doc, People: k.Space != ""}
		for i := range k.Columns {
			c := &k.Columns[i]
			plain, named := ways(c, false), []Coarse(nil)
			if level == belvedere.Identities {
				named = ways(c, true)
			}
			if plain == nil && named == nil {
				continue
			}
			one := Column{Name: c.Name, Label: c.Label, Doc: c.Doc, Class: c.Class.Label(), Ways: plain, Named: named, Names: plain == nil, Token: keyText(k, c),
				Filter: c.Class == dossier.Code || c.Class == dossier.Date || c.Class == dossier.Number, Date: c.Class == dossier.Date, Grain: c.Grain}
			if c.List != nil {
				one.Codes = c.List.Codes
			}
			out.Columns = append(out.Columns, one)
		}
		list = append(list, out)
	}
	return list, level
}

// A plan is an order that was checked.
type plan struct {
	order   Order
	kind    *dossier.Kind
	makers  []*cellMaker
	request dossier.Request
}

// Check tells what is wrong with an order for someone, before any row is read. What it says depends on the order
// and on the rights alone, never on what rows hold.
func (s *Service) Check(who belvedere.Viewer, o Order) error {
	_, err := s.plan(who, o, Namer{})
	return err
}

func (s *Service) plan(who belvedere.Viewer, o Order, namer Namer) (*plan, error) {
	if _, err := May(who, o.School, o.Level()); err != nil {
		return nil, err
	}
	k := s.Source.Kinds().Kind(o.Kind)
	if k == nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "Choisissez une sorte de lignes de la liste.")
	}
	p := &plan{order: o, kind: k, request: dossier.Request{Kind: k.Name, Level: o.Level()}}
	var err error
	if p.request.Any, err = s.Source.Within(k, who.RowLimits(o.School, o.Level())); err != nil {
		return nil, err
	}
	if len(o.Columns) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Choisissez au moins une colonne.")
	}
	today := s.Now().In(s.Zone)
	for i, name := range o.Columns {
		c := k.Column(name)
		var open []Coarse
		if c != nil {
			open = ways(c, o.Names)
		}
		// The same words whether the column exists or not, and whatever it holds.
		if open == nil || slices.Contains(o.Columns[:i], name) {
			return nil, belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» n’est pas de celles que cet extrait peut prendre.", name)
		}
		m := &cellMaker{column: c, coarse: open[0], token: keyText(k, c) && !o.Names, namer: namer, today: today}
		if way, chosen := o.Coarse[name]; chosen {
			if !slices.Contains(open, way) {
				return nil, belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» ne peut pas être prise ainsi.", c.Label)
			}
			m.coarse = way
		}
		p.makers = append(p.makers, m)
		p.request.Columns = append(p.request.Columns, name)
	}
	return p, p.filter()
}

// A FilterFault says what is wrong with the filter on a column.
type FilterFault struct {
	Column string
	Cause  error
}

func (f *FilterFault) Error() string { return f.Cause.Error() }
func (f *FilterFault) Unwrap() error { return f.Cause }

// filter checks the filters: on columns that name nobody alone, at every level. A filter on a name would answer
// for each name whether it is there.
func (p *plan) filter() error {
	if len(p.order.Where) > 30 {
		return belvedere.Errorf(belvedere.Invalid, "Trente filtres au plus.")
	}
	for _, f := range p.order.Where {
		c := p.kind.Column(f.Column)
		if c == nil || c.Class != dossier.Code && c.Class != dossier.Date && c.Class != dossier.Number {
			return &FilterFault{f.Column, belvedere.Errorf(belvedere.Invalid, "On ne filtre pas sur la colonne «\u00a0%s\u00a0».", f.Column)}
		}
		if err := f.Check(p.kind); err != nil {
			return &FilterFault{f.Column, err}
		}
	}
	p.request.Where = p.order.Where
	return nil
}

// machine reads for a plan whose rights were checked: years of birth are made of a column that only a grant of
// identities opens as it is.
var machine = belvedere.Viewer{Kind: belvedere.Operator}

// rows reads those of a plan.
func (s *Service) rows(ctx context.Context, p *plan) iter.Seq2[dossier.Row, error] {
	return s.Source.Select(ctx, machine, p.order.School, p.counted())
}

// counted asks for the number of the rows of a plan.
func (p *plan) counted() dossier.Request {
	r := p.request
	r.Level = belvedere.Identities
	return r
}

// Count tells how many rows and persons an order would give.
func (s *Service) Count(ctx context.Context, who belvedere.Viewer, o Order) (rows, people int64, err error) {
	p, err := s.plan(who, o, Namer{})
	if err != nil {
		return 0, 0, err
	}
	n, err := s.Source.Count(ctx, machine, o.School, p.counted())
	return n.Rows, n.People, err
}
