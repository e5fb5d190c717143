// Package procedure runs declared procedures: a form, who may file it, steps with actors and deadlines,
// and what its end does. Access requests and report requests are two declarations in catalog/procedures;
// adding a procedure is adding one and its test.
//
// It promises that a file keeps the revision under which it was filed; that each move is whole, told to
// those whose turn it is, and chained to the one before; that nobody decides his or her own request; and
// that no grant comes of a file which two distinct people did not approve as it is.
package procedure

import (
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// A Procedure is a declaration, checked.
type Procedure struct {
	Code     string
	Label    string
	Doc      string
	Revision int  // given by the registry
	Public   bool // its files are shown to everyone who signs in, and may be voted for
	Title    string
	Legal    []string
	Months   int // after the end of a file, before what is personal in it is forgotten
	Fields   []*Field
	Checks   []Check
	Steps    []*Step
	Example  *Example
	Campaign *Campaign // nil: it may be filed at any time
	Text     string    // the declaration itself
}

// A FieldType is what a field holds.
type FieldType string

// The types of fields so far.
const (
	TextField   FieldType = "texte"
	NumberField FieldType = "nombre"
	MoneyField  FieldType = "montant" // in euros; kept in cents
	DateField   FieldType = "date"
	PeriodField FieldType = "periode" // two dates
	ChoiceField FieldType = "choix"
	YesNoField  FieldType = "ouinon"
	ReferField  FieldType = "reference" // of a register: rubrique, etablissement, indicateur
	PersonField FieldType = "personne"  // an account
)

// A Field is one question of the form.
type Field struct {
	Name, Label, Hint string
	Type              FieldType
	Step              string // at which it is filled in; "" when the file is filed
	Lines, Most       int    // of a text
	Unit              string // of a number
	Scale             int    // decimals of a number
	Min, Max          string // of a number, decimal
	Within            int    // months from today that a date may lie ahead; 0: no bound
	Future            bool   // a date that is to come
	Options           []Option
	Ordered           bool   // options go from the least to the most
	Of                string // register of a reference
	Many, All         bool   // several; all of them, those to come included
	Required          bool
	Reduce            bool   // the authority may put less beside what is asked
	Internal          bool   // seen by the authority alone
	Link              bool   // a text that is the address of a page
	Prefill           string // "responsable": the manager declared for the account, who then cannot be changed
	visibleIf         *condition
	requiredIf        *condition
}

// An Option is a value that may be chosen.
type Option struct{ Code, Label string }

// Everything is the value of a reference that takes all, those to come included.
const Everything = "*"

// A Check refuses a form that meets a condition.
type Check struct {
	Field, Message string
	when           *condition
}

// A StepKind is what happens at a step.
type StepKind string

// The kinds of steps so far. Others join this list: lot, acte, execution.
const (
	FilingStep  StepKind = "saisie"
	ExamStep    StepKind = "examen" // instructs; may put less beside what is asked
	OpinionStep StepKind = "avis"   // says what he or she thinks, and stops nothing
	VisaStep    StepKind = "visa"   // approves or refuses
	WaitStep    StepKind = "attente"
	EffectStep  StepKind = "effet"
)

// A Step is a stage of a file.
type Step struct {
	Name, Label, Doc string
	Kind             StepKind
	Actor            Actor
	Days             int                   // deadline, 0: none
	Gives            registry.RequestState // state of the file once approved, "" to decide by the rest
	Back             string                // step to which a refusal leads back; "": it ends the file
	Effect           string                // "habilitation"
	With             map[string]string     // what the effect reads, by field
	Of               string                // what a wait follows: "habilitation"
	Words            map[string]string     // labels of the buttons, by act
	Silence          string                // what nobody saying anything amounts to: "approuver"; "": nothing
	when             *condition
	aloneIf          *condition
}

// An Actor says whose turn a step is: one of these.
type Actor struct {
	Role  string // "donnees", "dpo", "administrateur", "demandeur"
	Field string // a person named in the form
	Duty  string // who holds a duty of the governance
	Login string // one account
}

// alone tells whether a file is decided by itself at a step, as answers stand.
func (s *Step) alone(v Values) bool { return s == nil || s.aloneIf != nil && s.aloneIf.holds(v) }

// Field finds a field by name.
func (p *Procedure) Field(name string) *Field {
	for _, f := range p.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Step finds a step by name.
func (p *Procedure) Step(name string) *Step {
	for _, s := range p.Steps {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// StepLabel is a step as pages show it.
func (p *Procedure) StepLabel(name string) string {
	if s := p.Step(name); s != nil {
		return s.Label
	}
	return name
}

// at are the fields filled in at a step, "" for the filing.
func (p *Procedure) at(step string) (out []*Field) {
	for _, f := range p.Fields {
		if f.Step == step {
			out = append(out, f)
		}
	}
	return out
}

// gives tells whether the procedure gives something that two people must approve.
func (p *Procedure) gives() bool {
	return slices.ContainsFunc(p.Steps, func(s *Step) bool { return s.Kind == EffectStep })
}

// Option finds an option of a field by code.
func (f *Field) Option(code string) (Option, bool) {
	for _, o := range f.Options {
		if o.Code == code {
			return o, true
		}
	}
	return Option{}, false
}

// Visible tells whether a field is asked, as other answers stand.
func (f *Field) Visible(v Values) bool { return f.visibleIf == nil || f.visibleIf.holds(v) }

// Needed tells whether a field must be answered, as other answers stand.
func (f *Field) Needed(v Values) bool {
	return f.Visible(v) && (f.Required || f.requiredIf != nil && f.requiredIf.holds(v))
}

// Shown is the condition of a field in words of the declaration, "" for none: scripts hide and show by it.
func (f *Field) Shown() (field string, values []string) {
	if f.visibleIf != nil && f.visibleIf.op == "=" {
		return f.visibleIf.field, []string{f.visibleIf.text}
	}
	return "", nil
}

// capabilities are the choices of a form about access, as grants name them.
var capabilities = map[string]belvedere.Capability{
	"lecteur": "", string(belvedere.Author): belvedere.Author, string(belvedere.Extractor): belvedere.Extractor, string(belvedere.DataOfficer): belvedere.DataOfficer,
}
