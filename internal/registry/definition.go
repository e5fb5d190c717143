package registry

import (
	"context"
	"time"
	"unicode/utf8"

	"belvedere"
)

// Definitions keeps what is decided here about what indicators mean: proposed versions and their
// fate, who answers for an indicator, and what readers ask about it.
type Definitions interface {
	// DefinitionsVersion changes whenever a version is accepted: a model made from the accepted ones
	// may be kept as long as it stands.
	DefinitionsVersion(ctx context.Context) (int64, error)

	// ListProposals gives those that pass the filter, newest first, and how many there are.
	ListProposals(ctx context.Context, f ProposalFilter, p Page) ([]Proposal, int, error)
	Proposal(ctx context.Context, id int64) (Proposal, error)
	// AddProposal keeps a new one, in state Proposed. Its texts are checked by who understands them.
	AddProposal(ctx context.Context, p Proposal) (Proposal, error)
	// DecideProposal accepts or refuses one: Conflict when it is decided already, and when a version
	// accepted meanwhile takes effect on the same day or later.
	DecideProposal(ctx context.Context, d Decision) (Proposal, error)

	// Owners gives who answers for each indicator that has someone.
	Owners(ctx context.Context) (map[string]Owner, error)
	// PutOwner names someone, or nobody when the owner has neither account nor name.
	PutOwner(ctx context.Context, o Owner) error

	// ListQuestions gives those that pass the filter, newest first, and how many there are.
	ListQuestions(ctx context.Context, f QuestionFilter, p Page) ([]Question, int, error)
	Question(ctx context.Context, id int64) (Question, error)
	AskQuestion(ctx context.Context, q Question) (Question, error)
	// AnswerQuestion keeps the answer in place of one given before.
	AnswerQuestion(ctx context.Context, id int64, answer, by string, at time.Time) (Question, error)
}

// A ProposalState is the fate of a proposal.
type ProposalState string

// The states of a proposal.
const (
	Proposed ProposalState = "proposee"
	Accepted ProposalState = "acceptee"
	Rejected ProposalState = "refusee"
)

// Label is the state as pages show it.
func (s ProposalState) Label() string {
	switch s {
	case Proposed:
		return "à décider"
	case Accepted:
		return "acceptée"
	case Rejected:
		return "refusée"
	}
	return string(s)
}

// A Proposal is a new version of the definition of an indicator. What it leaves empty stays as it was.
type Proposal struct {
	ID        int64
	Indicator string
	State     ProposalState
	From      time.Time // date of effect, a calendar date
	Text      string    // definition in words
	Note      string
	Value     string // expressions, as declarations write them
	RateLabel string
	Num       string
	NumLabel  string
	Den       string
	DenLabel  string
	Reason    string
	By        string // who proposed it
	At        time.Time

	Decision  string // reason of who decided
	DecidedBy string
	Decided   time.Time
	Impact    string // what was shown to who decided, in words
}

// A Decision ends a proposal.
type Decision struct {
	ID     int64
	State  ProposalState // Accepted or Rejected
	Reason string
	By     string
	At     time.Time
	Impact string
}

// A ProposalFilter keeps the proposals that meet all that it says.
type ProposalFilter struct {
	Indicator string
	State     ProposalState
}

// An Owner answers for an indicator: a person with an account, or a function.
type Owner struct {
	Indicator string
	Account   int64  // 0: a function
	Name      string // as pages show it
	By        string
	At        time.Time
}

// A Question is what a reader asks about an indicator, and the answer.
type Question struct {
	ID         int64
	Indicator  string
	Text       string
	By         string // identifiant of who asks
	At         time.Time
	Answer     string // "" as long as there is none
	AnsweredBy string
	Answered   time.Time
}

// A QuestionFilter keeps the questions that meet all that it says.
type QuestionFilter struct {
	Indicator string
	Open      bool      // without answer
	Before    time.Time // asked before
	Text      string    // part of question or answer
}

// mostDefinition bounds each text about definitions, in characters.
const mostDefinition = 2000

// checkDefinitionTexts bounds texts and refuses what cannot be read.
func checkDefinitionTexts(texts ...string) error {
	for _, s := range texts {
		if n := utf8.RuneCountInString(s); n > mostDefinition {
			return belvedere.Errorf(belvedere.Invalid, "Le texte compte %d caractères, et %d au plus sont admis.", n, mostDefinition)
		}
	}
	return nil
}

// check says in French what is wrong with a proposal.
func (p *Proposal) check() error {
	switch {
	case key(p.Indicator) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une proposition nomme son indicateur.")
	case p.From.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "Une proposition dit sa date d’effet.")
	case key(p.Reason) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une proposition dit son motif.")
	}
	return checkDefinitionTexts(p.Text, p.Note, p.Value, p.RateLabel, p.Num, p.NumLabel, p.Den, p.DenLabel, p.Reason)
}

// check says in French what is wrong with a decision.
func (d Decision) check() error {
	switch {
	case d.State != Accepted && d.State != Rejected:
		return belvedere.Errorf(belvedere.Invalid, "Une proposition est acceptée ou refusée.")
	case key(d.Reason) == "":
		return belvedere.Errorf(belvedere.Invalid, "Dites pourquoi vous acceptez ou refusez\u00a0: l’histoire de la définition le garde.")
	}
	return checkDefinitionTexts(d.Reason)
}

// check says in French what is wrong with a question.
func (q Question) check() error {
	if key(q.Indicator) == "" || key(q.Text) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Une question porte sur un indicateur, et n’est pas vide.")
	}
	return checkDefinitionTexts(q.Text)
}
