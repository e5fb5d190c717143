package pages

import (
	"net/url"
	lists "slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Requests are lists of files.
type Requests struct {
	Frame      parts.Frame
	Tabs       []parts.Link
	Procedures []*procedure.Procedure
	Mine       []*procedure.View
	Others     []*procedure.View
	Search     string
	Done       string
	Zone       *time.Location
}

// RequestForm is the form of a file.
type RequestForm struct {
	Frame     parts.Frame
	Procedure *procedure.Procedure
	File      *procedure.View // nil: a new one
	Version   int64
	Open      bool   // it may be filed today
	Campaign  string // when it may, in words
	Action    string
	Values    map[string][]string
	Fields    []RequestField
	Reason    string
	Errors    parts.FieldErrors
}

// A RequestField is a field of a procedure as a form shows it.
type RequestField struct {
	*procedure.Field
	Prefix  string // of its name
	Values  []string
	Options []parts.Option // of a choice; of a reference or a person, nil when they are too many
	Fixed   bool           // may not be changed
	Error   string
}

// Below is the field as the authority puts less in its place: of what is asked alone.
func (f RequestField) Below(v *procedure.View) RequestField {
	f.Prefix = "accorde."
	asked := v.Asked[f.Name]
	if f.Type == procedure.ReferField && f.Many && !lists.Contains(asked, procedure.Everything) {
		f.Options = lists.DeleteFunc(lists.Clone(f.Options), func(o parts.Option) bool { return !lists.Contains(asked, o.Value) })
		less := *f.Field
		less.All = false
		f.Field = &less
	}
	if f.Type == procedure.ChoiceField && len(asked) > 0 {
		at := lists.IndexFunc(f.Options, func(o parts.Option) bool { return o.Value == asked[0] })
		less := []parts.Option{}
		for i, o := range f.Options {
			if i == at || i < at && (f.Ordered || i == 0) {
				less = append(less, o)
			}
		}
		f.Options = less
	}
	return f
}

// one is the answer to a field that has one.
func (f RequestField) one() string {
	if len(f.Values) == 0 {
		return ""
	}
	return f.Values[0]
}

func (f RequestField) at(i int) string {
	if i < len(f.Values) {
		return f.Values[i]
	}
	return ""
}

func (f RequestField) has(code string) bool { return lists.Contains(f.Values, code) }

// name is what the control is called.
func (f RequestField) name() string { return f.Prefix + f.Name }

// control is the field as the parts of forms draw it.
func (f RequestField) control() parts.Field {
	c := parts.Field{Name: f.name(), Label: f.Label, Hint: f.Hint, Value: f.one(), Error: f.Error, Required: f.Required, Lines: f.Lines, Most: f.Most, Options: f.Options, Autocomplete: "off"}
	switch f.Type {
	case procedure.DateField:
		c.Type = "date"
	case procedure.NumberField, procedure.MoneyField:
		if c.Mode = "decimal"; f.Unit != "" {
			c.Label += " (" + f.Unit + ")"
		}
		c.Value = strings.Replace(c.Value, ".", ",", 1)
	case procedure.YesNoField:
		c.Options = []parts.Option{{Value: "oui", Label: "Oui"}, {Value: "non", Label: "Non"}}
	case procedure.ReferField:
		c.Options = append([]parts.Option{{Label: "Aucun"}}, f.Options...)
	}
	return c
}

// typed is a long list as one types it.
func (f RequestField) typed() parts.Field {
	c := f.control()
	c.Options, c.Value, c.Most = nil, strings.Join(f.Values, " "), 0
	c.Hint = strings.TrimSpace(c.Hint + " Leurs codes, séparés par des espaces.")
	return c
}

// shownIf is the condition of a field as scripts read it.
func (f RequestField) shownIf() string {
	field, values := f.Shown()
	if field == "" {
		return ""
	}
	return f.Prefix + field + "=" + strings.Join(values, "|")
}

// RequestValues are the answers of a form: lists that were typed are parted.
func RequestValues(form url.Values) map[string][]string {
	out := map[string][]string{}
	for name, values := range form {
		if strings.HasPrefix(name, "accorde.") {
			continue
		}
		if long, ok := strings.CutPrefix(name, "liste."); ok {
			name = long
			values = codesOf(values)
		}
		out[name] = append(out[name], values...)
	}
	return out
}

// codesOf parts codes that were typed together.
func codesOf(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, " "), func(r rune) bool { return strings.ContainsRune(" ,;\n\r\t", r) })
}

// ReducedValues are what the authority puts in the place of what is asked: a field of boxes that has none
// ticked is there too.
func ReducedValues(form url.Values, v *procedure.View) map[string][]string {
	out := map[string][]string{}
	for _, f := range v.AskedFields() {
		if !f.Reduce || len(v.Asked[f.Name]) == 0 {
			continue
		}
		if values, ok := form["accorde."+f.Name]; ok {
			if out[f.Name] = values; f.Many {
				out[f.Name] = codesOf(values)
			}
		} else if f.Many && form.Has("accorde") {
			out[f.Name] = nil
		}
	}
	return out
}

// Request is the page of a file.
type Request struct {
	Frame     parts.Frame
	View      *procedure.View
	Fields    []RequestField // to fill in at the step
	Reduced   []RequestField // in the place of what is asked
	Values    map[string][]string
	Own       map[string][]string
	Reason    string
	Errors    parts.FieldErrors
	NewPerson string // in the place of who should decide
	NewReason string
	People    []parts.Option
	Broken    bool // its history is not what was written
	Done      string
	Zone      *time.Location
}

// said is an answer on one line.
func (p Request) said(f *procedure.Field, values []string) string {
	if len(values) == 0 {
		return "–"
	}
	return strings.Join(p.View.Say(f, values), ", ")
}

// less tells whether the authority put something else in the place of an answer.
func (p Request) less(f *procedure.Field) bool {
	_, ok := p.View.Own[f.Name]
	return ok && f.Step == ""
}

// A requestPhase is a step as the page shows it.
type requestPhase struct{ class, label, status, note string }

// phases are the steps of a file, those that its guards leave out apart.
func (p Request) phases() (out []requestPhase) {
	v := p.View
	at := lists.IndexFunc(v.Procedure.Steps, func(s *procedure.Step) bool { return s.Name == v.Step })
	for i, s := range v.Procedure.Steps {
		if s.Kind == procedure.EffectStep {
			continue
		}
		ph := requestPhase{class: "phase todo", label: s.Label, status: "à venir"}
		if e := p.leaving(s.Name); e != nil || i == 0 && v.State != registry.RequestDraft {
			ph.class, ph.status = "phase done", "fait"
			if e != nil {
				ph.status, ph.note = actWord(e.Act), e.Name+", "+shortMoment(e.At.In(p.Zone))
			} else {
				ph.status, ph.note = "déposée", v.Name+", "+shortMoment(v.Filed.In(p.Zone))
			}
		}
		switch {
		case i == at:
			ph.class, ph.status, ph.note = "phase now", "en cours", "depuis le "+belvedere.ShortDate(v.Since.In(p.Zone))
			if v.State == registry.RequestToComplete {
				ph.status = "à compléter"
			}
		case ph.class == "phase todo" && (at > i || v.Step == "" && v.State != registry.RequestDraft):
			ph.status = "sans objet"
		}
		if e := p.leaving(s.Name); e != nil && e.Act == procedure.ActRefuse {
			ph.class = "phase stopped"
		}
		out = append(out, ph)
	}
	return out
}

// leaving is the last event by which a file left a step.
func (p Request) leaving(step string) *procedure.Event {
	for i := len(p.View.Events) - 1; i >= 0; i-- {
		e := &p.View.Events[i]
		if e.Step == step && e.Next != step && e.Act != procedure.ActReturn && e.Act != procedure.ActComplete {
			return e
		}
	}
	return nil
}

// actWords are the acts of a file as its history tells them.
var actWords = map[string]string{
	procedure.ActFile: "déposée", procedure.ActComplete: "complétée", procedure.ActApprove: "approuvée", procedure.ActRefuse: "refusée", procedure.ActReturn: "renvoyée à compléter",
	procedure.ActOpinion: "avis donné", procedure.ActBack: "reprise", procedure.ActWithdraw: "retirée", procedure.ActLapse: "échue", procedure.ActRemind: "rappel envoyé",
	procedure.ActReassign: "autre personne désignée", procedure.ActDrop: "classée sans suite", procedure.ActSilence: "réputée vérifiée",
}

func actWord(act string) string {
	if w, ok := actWords[act]; ok {
		return w
	}
	return act
}

// who is who did something, and for whom.
func who(e procedure.Event) string {
	name := e.Name
	if name == "" {
		name = "Belvédère"
		if e.Account != 0 {
			name = "–"
		}
	}
	if e.Deputy != "" {
		name += ", pour " + e.Deputy
	}
	return name
}

func requestStateClass(s registry.RequestState) string {
	switch s {
	case registry.RequestFiled, registry.RequestExamined, registry.RequestToComplete:
		return "state-word running"
	case registry.RequestRefused, registry.RequestWithdrawn, registry.RequestLapsed, registry.RequestDropped:
		return "state-word refused"
	}
	return "state-word"
}

// RequestDelays is how long procedures take.
type RequestDelays struct {
	Frame parts.Frame
	Tabs  []parts.Link
	List  []procedure.Delays
}

// GrantReviews are the campaigns of review.
type GrantReviews struct {
	Frame   parts.Frame
	Tabs    []parts.Link
	List    []procedure.ReviewView
	Widgets []belvedere.Widget
	Opens   bool
	Label   string
	LastDay string
	At      int64 // grant whose answer is to mend
	Errors  parts.FieldErrors
	Done    string
	Zone    *time.Location
}

func (p GrantReviews) opened(g registry.Grant) string { return admin.SayGrant(g.Grant, p.Widgets) }

func reviewAnswer(l procedure.ReviewLine) string {
	switch {
	case l.Decision == registry.ReviewConfirmed:
		return "confirmée par " + l.By
	case !l.Grant.Revoked.IsZero():
		return "retirée"
	}
	return "en attente"
}

// StandIn is who acts in the place of the reader.
type StandIn struct {
	Frame       parts.Frame
	Tabs        []parts.Link
	Now         string // who stands in, "" for nobody
	Login       string
	First, Last time.Time
	People      []parts.Option
	Manages     bool
	Managers    [][2]string // person, manager
	Errors      parts.FieldErrors
	Done        string
}

func standInDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// requestTitle is what a file is called.
func requestTitle(v *procedure.View) string {
	switch {
	case v.Title != "":
		return v.Title
	case !v.Purged.IsZero():
		return "Contenu effacé"
	}
	return "Sans titre"
}

// fixedLabel is the answer that may not be changed, in words.
func fixedLabel(f RequestField) string {
	for _, o := range f.Options {
		if o.Value == f.one() {
			return o.Label
		}
	}
	return f.one()
}

// listName tells a list that is typed from one that is ticked; the authority's own is parted by its codes.
func listName(f RequestField) string {
	if f.Prefix != "" {
		return f.name()
	}
	return "liste." + f.Name
}
