package report

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// A Replay is a receipt answered again: by the definitions and the edition that it names, with the
// rights of who asks today.
type Replay struct {
	Receipt registry.Receipt
	Title   string   // of the result when it was made; that of the question when it is not the same
	Page    string   // address of the page where it stood, live; "" for a query
	Frozen  string   // the same page as of the edition
	Schools []string // that the question names, none when it names none
	Heading belvedere.Heading
	Result  *belvedere.Result
	Same    bool     // the same bytes as when the receipt was made
	Changes []Change // what differs since then; those that Moves explain why the result is not the same
	Now     belvedere.Edition
	Meaning []Redefinition // indicators whose definition has changed since
}

// A Change is one thing that is no longer as the receipt names it.
type Change struct {
	Kind    ChangeKind
	Text    string
	Details []string
	Moves   bool // it bears on this result
}

// A ChangeKind is what has changed.
type ChangeKind string

// The kinds of change.
const (
	ChangeRights      ChangeKind = "droits"
	ChangeAgreement   ChangeKind = "convention"
	ChangeCorrection  ChangeKind = "correction"
	ChangeDefinitions ChangeKind = "definitions"
	ChangeRelease     ChangeKind = "secret"
	ChangeProgram     ChangeKind = "programme"
	ChangeWarehouse   ChangeKind = "entrepot"
	ChangeReceipt     ChangeKind = "recu" // the receipt itself was altered
)

// A Redefinition is an indicator whose definition is not that of today.
type Redefinition struct {
	Code   string
	Label  string
	Fields []FieldChange
	Gone   bool // it is no longer declared
}

// A FieldChange is one part of a definition, old and new.
type FieldChange struct{ Name, Old, New string }

// noReceipt is what answers an unknown code and one of which the asker may see nothing, in the
// same words.
func noReceipt() error {
	return belvedere.Errorf(belvedere.NotFound, "Aucun reçu ne porte ce code parmi ceux que vos droits ouvrent.")
}

// Replay answers a receipt again for a viewer. NotFound is the answer for a code that nobody bears
// and for a receipt of which the viewer may see nothing.
func (r *Reporter) Replay(ctx context.Context, viewer belvedere.Viewer, typed string) (_ *Replay, err error) {
	r = r.root()
	c, err := r.recorded(ctx, typed)
	if err != nil {
		return nil, err
	}
	sees, err := c.seesSomething(ctx, viewer)
	if err != nil {
		return nil, err
	}
	if !sees && !c.isOf(viewer) { // before anything is computed: its time tells nothing
		return nil, noReceipt()
	}
	out, err := c.answer(ctx, viewer)
	if err != nil {
		return nil, err
	}
	same := digest(out) == c.Digest
	if !sees && !same { // who was shown nothing but words may read them again, and no more
		return nil, noReceipt()
	}
	p := &Replay{Receipt: c.Receipt, Result: out, Same: same, Title: c.standing.Heading.Title, Heading: c.standing.Heading, Page: c.standing.Page}
	p.Meaning = c.redefinitions()
	if p.Now, err = r.Edition(ctx, 0); err != nil {
		return nil, err
	}
	if p.Changes, err = c.changes(ctx, viewer, p); err != nil {
		return nil, err
	}
	if same {
		out.Receipt = c.given(r.zone)
	} else {
		shown, whole := c.shownQuery(sightOf(viewer.Scope))
		p.Heading = c.by.QueryHeading(ctx, viewer, shown)
		if c.standing.Page != "" { // a page has its title from the catalogue, whoever reads it
			p.Heading.Title, p.Heading.Rates = p.Title, c.standing.Heading.Rates
			p.Heading.FileStem = slug(p.Title + " " + p.Heading.Selection)
		}
		p.Title = p.Heading.Title
		if !whole {
			p.Page = ""
		}
		if err := c.by.seal(ctx, viewer, true, []sealing{{result: out, heading: p.Heading, details: c.question.Details}}); err != nil {
			return nil, err
		}
	}
	p.Schools = schoolsNamed(c.question.Query)
	p.Frozen = frozen(p.Page, c.Edition)
	return p, nil
}

// shownQuery is the question without the schools that a viewer does not see; whole tells that none
// is missing.
func (c *record) shownQuery(sees sight) (q belvedere.Query, whole bool) {
	q = c.question.Query
	q.Edition, whole = c.Edition, true
	q.Where = slices.Clone(q.Where)
	for i, f := range q.Where {
		if f.Dim != "etablissement" {
			continue
		}
		q.Where[i].Values = slices.DeleteFunc(slices.Clone(f.Values), func(u string) bool { return !sees.opens(belvedere.UAI(u)) })
		whole = whole && len(q.Where[i].Values) == len(f.Values)
	}
	return q, whole
}

// schoolsNamed are the schools that a question is limited to.
func schoolsNamed(q belvedere.Query) []string {
	for _, f := range q.Where {
		if f.Dim == "etablissement" && !f.Not {
			return f.Values
		}
	}
	return nil
}

// frozen is the address of a page as of an edition.
func frozen(page string, edition int) string {
	if page == "" {
		return ""
	}
	join := "?"
	if strings.Contains(page, "?") {
		join = "&"
	}
	return page + join + "edition=" + strconv.Itoa(edition)
}

// A record is a receipt with its parts read.
type record struct {
	registry.Receipt
	r        *Reporter // of today's definitions
	by       *Reporter // of the catalogue that the receipt names, when it can still be read
	lost     error     // why it cannot
	question question
	standing standing
	rights   rightsPart
	edits    []editPart
	altered  bool // its parts no longer have its hash
}

// recorded reads a receipt by its code, as people type it.
func (r *Reporter) recorded(ctx context.Context, typed string) (*record, error) {
	code := ReadCode(typed)
	if code == "" {
		return nil, noReceipt()
	}
	kept, err := r.registry.Receipt(ctx, code)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return nil, noReceipt()
	} else if err != nil {
		return nil, err
	}
	return r.record(ctx, kept)
}

// record reads the parts of a receipt and checks that they are those that it names.
func (r *Reporter) record(ctx context.Context, kept registry.Receipt) (_ *record, err error) {
	defer belvedere.Wrap(&err, "record(%s)", kept.Code)
	c := &record{Receipt: kept}
	if c.r, err = r.live(ctx); err != nil {
		return nil, err
	}
	names := []string{kept.Question, kept.Heading, kept.Rights}
	if kept.Edits != "" {
		names = append(names, kept.Edits)
	}
	parts, err := r.registry.ReceiptParts(ctx, names...)
	if err != nil {
		return nil, err
	}
	asked, err1 := readPart(parts, kept.Question, &c.question)
	stands, err2 := readPart(parts, kept.Heading, &c.standing)
	_, err3 := readPart(parts, kept.Rights, &c.rights)
	var err4 error
	if kept.Edits != "" {
		_, err4 = readPart(parts, kept.Edits, &c.edits)
	}
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, belvedere.WrapError(belvedere.Unavailable, err, "Le reçu %s est abîmé dans le registre.", kept.Code)
	}
	named := kept
	named.Rights, named.Edits = strings.TrimPrefix(kept.Rights, "d-"), strings.TrimPrefix(kept.Edits, "c-")
	c.altered = hashOf(named, asked, stands) != kept.Hash || c.rights.Fingerprint != named.Rights
	for i := range c.question.Query.Columns {
		if i < len(c.question.Labels) {
			c.question.Query.Columns[i].Label, c.question.Query.Columns[i].Group = c.question.Labels[i][0], c.question.Labels[i][1]
		}
	}
	c.by = c.r
	if c.r.model.Version == kept.Definitions {
		return c, nil
	}
	model, err := r.ModelAt(ctx, kept.Definitions)
	switch {
	case err == nil:
		c.by = r.As(model)
	case belvedere.KindOf(err) == belvedere.Internal:
		return nil, err
	default:
		c.lost = err
	}
	return c, nil
}

// isOf tells whether a viewer is the one who first got the receipt.
func (c *record) isOf(v belvedere.Viewer) bool {
	return c.Login != "" && c.Login == v.Login && c.Account == v.ID
}

// given is the receipt as its result bore it.
func (c *record) given(zone *time.Location) belvedere.Receipt {
	return belvedere.Receipt{Code: c.Code, Hash: c.Hash, Definitions: c.Definitions, Release: c.Rules, At: c.At.In(zone)}
}

// answer asks the question of the receipt again. When the old definitions cannot answer any
// longer, today's do.
func (c *record) answer(ctx context.Context, viewer belvedere.Viewer) (*belvedere.Result, error) {
	q := c.question.Query
	q.Edition = c.Edition
	q.Columns = slices.Clone(q.Columns)
	out, err := c.by.Query(ctx, viewer, q)
	if err != nil && c.by != c.r && ctx.Err() == nil {
		if again, e := c.r.Query(ctx, viewer, q); e == nil {
			c.lost, c.by = err, c.r
			out, err = again, nil
		}
	}
	if err != nil {
		if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.NotFound {
			err = belvedere.WrapError(belvedere.Unavailable, err, "Ce reçu ne peut plus être rejoué\u00a0: %s.", strings.TrimSuffix(belvedere.Message(err), "."))
		}
		return nil, err
	}
	if c.question.Details != nil {
		keepDetail(out, c.question.Details)
	}
	return c.underItsNames(ctx, viewer, q, out)
}

// underItsNames is the answer under the names that members of open lists had when the receipt was made, where
// that gives its bytes; the answer as it is otherwise.
func (c *record) underItsNames(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query, out *belvedere.Result) (*belvedere.Result, error) {
	if c.lost != nil || digest(out) == c.Digest {
		return out, nil
	}
	by, err := c.r.namedAt(ctx, c.Receipt)
	if by == nil || err != nil {
		return out, err
	}
	was, err := by.Query(ctx, viewer, q)
	if err != nil {
		return out, ctx.Err()
	}
	if c.question.Details != nil {
		keepDetail(was, c.question.Details)
	}
	if digest(was) == c.Digest {
		c.by, out = by, was
	}
	return out, nil
}

// seesSomething tells whether the rights of a viewer, with the agreements of today, open the figure
// of at least one school in one column.
func (c *record) seesSomething(ctx context.Context, viewer belvedere.Viewer) (bool, error) {
	directory, err := c.by.Directory(ctx, c.Edition)
	if err != nil {
		return false, err
	}
	plan, err := c.by.plan(c.question.Query, viewer.Scope, directory)
	if err != nil {
		return false, err
	}
	sees := sightOf(viewer.Scope)
	var open []belvedere.UAI
	for _, u := range directory.known {
		if sees.opens(u) && fits(u, directory.Find(u), c.question.Query.Where) {
			open = append(open, u)
		}
	}
	return slices.ContainsFunc(plan.Columns, func(col semantic.PlanColumn) bool {
		if col.Expr == nil && col.State == belvedere.NotShared {
			return false
		}
		return slices.ContainsFunc(open, func(u belvedere.UAI) bool { return !col.Withheld || col.Shared[u] })
	}), nil
}
