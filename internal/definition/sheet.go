package definition

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// A Sheet is all that is said of an indicator.
type Sheet struct {
	Indicator *belvedere.Indicator
	Model     *belvedere.Model
	Owner     registry.Owner
	May       May
	Today     int                 // number of the version in force today
	Proposals []registry.Proposal // to decide and refused, newest first
	Questions []registry.Question // newest first
}

// Sheet gathers what is said of an indicator.
func (s *Service) Sheet(ctx context.Context, v belvedere.Viewer, code string) (_ *Sheet, err error) {
	defer belvedere.Wrap(&err, "Sheet(%s)", code)
	out := &Sheet{}
	if out.Indicator, out.Model, err = s.Indicator(ctx, code); err != nil {
		return nil, err
	}
	now := s.Now()
	out.Today = out.Indicator.VersionOn(belvedere.Date(now.Year(), now.Month(), now.Day()))
	if out.May, out.Owner, err = s.rightsOf(ctx, v, code); err != nil {
		return nil, err
	}
	list, _, err := s.Registry.ListProposals(ctx, registry.ProposalFilter{Indicator: code}, registry.Page{})
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.State != registry.Accepted {
			out.Proposals = append(out.Proposals, p)
		}
	}
	out.Questions, _, err = s.Registry.ListQuestions(ctx, registry.QuestionFilter{Indicator: code}, registry.Page{Limit: 200})
	return out, err
}

// The forms of definitions as programs read them.
type (
	jsonDefinition struct {
		Code      string         `json:"code"`
		Number    int            `json:"n,omitempty"`
		Label     string         `json:"intitule"`
		Formula   string         `json:"formule"`
		Idea      string         `json:"idee,omitempty"`
		Owner     string         `json:"responsable,omitempty"`
		Today     int            `json:"en_vigueur"`
		Versions  []jsonVersion  `json:"versions"`
		Proposals []jsonProposal `json:"propositions"`
		Questions []jsonQuestion `json:"questions"`
	}
	jsonVersion struct {
		Number   int    `json:"numero"`
		Text     string `json:"definition"`
		Note     string `json:"note,omitempty"`
		Value    string `json:"valeur,omitempty"`
		Num      string `json:"numerateur,omitempty"`
		Den      string `json:"denominateur,omitempty"`
		Formula  string `json:"formule"`
		From     string `json:"du,omitempty"`
		To       string `json:"au,omitempty"` // last day
		Author   string `json:"auteur,omitempty"`
		Reason   string `json:"motif,omitempty"`
		Proposal int64  `json:"proposition,omitempty"`
	}
	jsonProposal struct {
		ID        int64       `json:"id"`
		Indicator string      `json:"indicateur"`
		State     string      `json:"etat"`
		From      string      `json:"effet"`
		Text      string      `json:"definition,omitempty"`
		Note      string      `json:"note,omitempty"`
		Value     string      `json:"valeur,omitempty"`
		Num       string      `json:"numerateur,omitempty"`
		Den       string      `json:"denominateur,omitempty"`
		Reason    string      `json:"motif"`
		By        string      `json:"par"`
		At        string      `json:"le"`
		Decision  string      `json:"decision,omitempty"`
		DecidedBy string      `json:"decide_par,omitempty"`
		Decided   string      `json:"decide_le,omitempty"`
		Summary   string      `json:"resume,omitempty"`
		Impact    *jsonImpact `json:"effet_sur_les_chiffres,omitempty"`
	}
	jsonQuestion struct {
		ID     int64  `json:"id"`
		Text   string `json:"question"`
		At     string `json:"le"`
		Answer string `json:"reponse,omitempty"`
		By     string `json:"repondu_par,omitempty"`
	}
	jsonImpact struct {
		Edition int         `json:"edition"`
		Words   string      `json:"resume"`
		Sides   []jsonSide  `json:"cotes"`
		Places  []jsonPlace `json:"blocs"`
	}
	jsonSide struct {
		Label   string     `json:"intitule"`
		Rate    bool       `json:"taux"`
		Moved   int        `json:"chiffres_qui_bougent"`
		Figures int        `json:"chiffres"`
		Years   []jsonYear `json:"annees"`
		Schools []jsonMove `json:"etablissements"`
	}
	jsonYear struct {
		Year   string   `json:"annee"`
		Before jsonCell `json:"avant"`
		After  jsonCell `json:"apres"`
		New    jsonCell `json:"partout_nouvelle"`
	}
	jsonMove struct {
		School string   `json:"etablissement"`
		Year   string   `json:"annee"`
		Before jsonCell `json:"avant"`
		After  jsonCell `json:"apres"`
	}
	jsonCell struct {
		Value *float64 `json:"valeur"`
		State string   `json:"etat"`
	}
	jsonPlace struct {
		Page    string `json:"page"`
		Address string `json:"adresse"`
		Block   string `json:"bloc"`
		Figures int    `json:"chiffres"`
		Moved   int    `json:"chiffres_qui_bougent"`
		Most    string `json:"plus_grand_ecart,omitempty"`
	}
)

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func instantOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *Sheet) json() jsonDefinition {
	ind := s.Indicator
	out := jsonDefinition{Code: ind.Code, Number: ind.Number, Label: ind.Label, Formula: Formula(s.Model, ind), Idea: ind.Idea, Owner: s.Owner.Name, Today: s.Today,
		Versions: []jsonVersion{}, Proposals: []jsonProposal{}, Questions: []jsonQuestion{}}
	for _, d := range ind.Definitions() {
		v := jsonVersion{Number: d.Number, Text: d.Text, Note: d.Note, Value: semantic.Text(d.Value), Formula: Formula(s.Model, ind.Version(d.Number)),
			From: dayOf(d.From), Author: d.Author, Reason: d.Reason, Proposal: d.Proposal}
		if d.Rate != nil {
			v.Num, v.Den = semantic.Text(d.Rate.Num), semantic.Text(d.Rate.Den)
		}
		if !d.To.IsZero() {
			v.To = dayOf(d.To.AddDate(0, 0, -1))
		}
		out.Versions = append(out.Versions, v)
	}
	for _, p := range s.Proposals {
		out.Proposals = append(out.Proposals, proposalJSON(p, nil))
	}
	for _, q := range s.Questions {
		out.Questions = append(out.Questions, jsonQuestion{q.ID, q.Text, instantOf(q.At), q.Answer, q.AnsweredBy})
	}
	return out
}

func proposalJSON(p registry.Proposal, i *Impact) jsonProposal {
	out := jsonProposal{ID: p.ID, Indicator: p.Indicator, State: string(p.State), From: dayOf(p.From), Text: p.Text, Note: p.Note, Value: p.Value, Num: p.Num, Den: p.Den,
		Reason: p.Reason, By: p.By, At: instantOf(p.At), Decision: p.Decision, DecidedBy: p.DecidedBy, Decided: instantOf(p.Decided), Summary: p.Impact}
	if i != nil {
		one := i.json()
		out.Impact = &one
	}
	return out
}

func (i *Impact) json() jsonImpact {
	out := jsonImpact{Edition: i.Edition.Number, Words: i.Words(), Sides: []jsonSide{}, Places: []jsonPlace{}}
	cell := func(c belvedere.Cell) jsonCell {
		one := jsonCell{State: c.State.Code()}
		if c.State.Shown() {
			one.Value = &c.Value
		}
		return one
	}
	for _, s := range i.Sides {
		side := jsonSide{Label: s.Column.Label, Rate: s.Column.Rate, Moved: s.Moved, Figures: s.Figures, Years: []jsonYear{}, Schools: []jsonMove{}}
		for _, y := range s.Years {
			side.Years = append(side.Years, jsonYear{y.Year.Code, cell(y.Before), cell(y.After), cell(y.New)})
		}
		for _, m := range s.Schools {
			side.Schools = append(side.Schools, jsonMove{m.School.Code, m.Year.Code, cell(m.Before), cell(m.After)})
		}
		out.Sides = append(out.Sides, side)
	}
	for _, p := range i.Places {
		out.Places = append(out.Places, jsonPlace(p))
	}
	return out
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// WriteSheet writes a sheet for programs.
func WriteSheet(w io.Writer, s *Sheet) error { return encode(w, s.json()) }

// WriteList writes the indicators that have several versions, an owner, or a proposal to decide, or
// all of them.
func (s *Service) WriteList(ctx context.Context, w io.Writer, v belvedere.Viewer, all bool) error {
	list, err := s.List(ctx, v, all)
	if err != nil {
		return err
	}
	out := make([]jsonDefinition, 0, len(list))
	for _, one := range list {
		out = append(out, one.json())
	}
	return encode(w, map[string]any{"definitions": out})
}

// WriteProposal writes a proposal with what it moves, when that is known.
func WriteProposal(w io.Writer, p registry.Proposal, i *Impact) error {
	return encode(w, proposalJSON(p, i))
}

// List gives the sheets of the indicators about which something was decided, proposed or asked, or of all.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, all bool) ([]*Sheet, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	owners, err := s.Registry.Owners(ctx)
	if err != nil {
		return nil, err
	}
	proposals, _, err := s.Registry.ListProposals(ctx, registry.ProposalFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	questions, _, err := s.Registry.ListQuestions(ctx, registry.QuestionFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	now, out := s.Now(), []*Sheet(nil)
	for _, ind := range m.Indicators {
		one := &Sheet{Indicator: ind, Model: m, Owner: owners[ind.Code], May: s.May(v, owners[ind.Code]), Today: ind.VersionOn(belvedere.Date(now.Year(), now.Month(), now.Day()))}
		for _, p := range proposals {
			if p.Indicator == ind.Code && p.State != registry.Accepted {
				one.Proposals = append(one.Proposals, p)
			}
		}
		for _, q := range questions {
			if q.Indicator == ind.Code {
				one.Questions = append(one.Questions, q)
			}
		}
		if all || len(ind.History) > 0 || one.Owner.Name != "" || len(one.Proposals)+len(one.Questions) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}
