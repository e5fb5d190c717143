package procedure

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// The acts of a file, as events keep them.
const (
	ActFile     = "depot"
	ActComplete = "complement"
	ActApprove  = "approbation"
	ActRefuse   = "refus"
	ActReturn   = "a_completer"
	ActOpinion  = "avis"
	ActBack     = "reprise"
	ActWithdraw = "retrait"
	ActLapse    = "echeance"
	ActRemind   = "rappel"
	ActReassign = "reaffectation"
	ActDrop     = "classement"
	ActSilence  = "silence"
)

// Whose turn it is after an event: what the two clocks run by.
const (
	HeldByApplicant = "demandeur"
	HeldByAuthority = "service"
)

// A Submission is what an applicant sends: a draft to keep, a file to open, or what completes one.
type Submission struct {
	ID        int64 // 0: a new one
	Version   int64
	Procedure string // of a new one
	Values    map[string][]string
	File      bool // file it, or send it again; else keep it as a draft
	Reason    string
}

// Submit keeps or files a request. Flaws when it is to be filed and something is wrong with it.
func (s *Service) Submit(ctx context.Context, v belvedere.Viewer, in Submission) (_ registry.Request, err error) {
	defer belvedere.Wrap(&err, "Submit(%s, %d)", in.Procedure, in.ID)
	if v.Kind != belvedere.AccountViewer || v.ID == 0 {
		return registry.Request{}, belvedere.Errorf(belvedere.Forbidden, "Une demande se dépose avec un compte.")
	}
	if in.ID != 0 {
		return s.again(ctx, v, in)
	}
	p, err := s.current(ctx, in.Procedure)
	if err != nil {
		return registry.Request{}, err
	}
	now := s.Now().UTC()
	r := registry.Request{Procedure: p.Code, Revision: p.Revision, Account: v.ID, Name: v.Name, State: registry.RequestDraft, Created: now}
	return s.put(ctx, v, &stage{r: r, p: p}, in, ActFile)
}

// again is Submit for a file that exists: a draft, or one that was sent back to be completed.
func (s *Service) again(ctx context.Context, v belvedere.Viewer, in Submission) (registry.Request, error) {
	st, err := s.stage(ctx, in.ID)
	switch {
	case err != nil:
		return st.r, err
	case st.r.Account != v.ID:
		return st.r, s.unseen(ctx, v, &st, "Seule la personne qui a fait la demande la modifie.")
	}
	st.r.Version = in.Version
	switch st.r.State {
	case registry.RequestDraft: // filed under the declaration of the day
		if st.p, err = s.current(ctx, st.r.Procedure); err != nil {
			return st.r, err
		}
		st.r.Revision = st.p.Revision
		return s.put(ctx, v, &st, in, ActFile)
	case registry.RequestToComplete:
		if !in.File { // what was approved must not change unseen
			return st.r, belvedere.Errorf(belvedere.Invalid, "Cette demande est à compléter"+belvedere.NoBreak+": renvoyez-la, ou laissez-la comme elle est.")
		}
		return s.put(ctx, v, &st, in, ActComplete)
	}
	return st.r, belvedere.Errorf(belvedere.Conflict, "Cette demande est %s"+belvedere.NoBreak+": elle ne se modifie plus.", st.r.State.Label())
}

// unseen refuses what is not allowed, in the words of what does not exist when the file is not even shown.
func (s *Service) unseen(ctx context.Context, v belvedere.Viewer, st *stage, why string) error {
	if !s.mayRead(ctx, v, st) {
		return belvedere.Errorf(belvedere.NotFound, "Cette demande n’existe pas, ou plus.")
	}
	return belvedere.Errorf(belvedere.Forbidden, "%s", why)
}

// put keeps what was typed and, when it is filed, checks it and hands it on.
func (s *Service) put(ctx context.Context, v belvedere.Viewer, st *stage, in Submission, act string) (registry.Request, error) {
	if st.standIns == nil {
		if err := s.seats(ctx, st); err != nil {
			return st.r, err
		}
	}
	if act == ActFile {
		if open, says := s.Opening(st.p); in.File && !open {
			return st.r, belvedere.Errorf(belvedere.Conflict, "%s Gardez la demande en brouillon.", says)
		}
		if err := s.bounded(ctx, st.r, in.File); err != nil {
			return st.r, err
		}
	}
	before := st.asked()
	values, flaws, err := s.readForm(ctx, st, in.Values, in.File)
	if err != nil {
		return st.r, err
	}
	if !in.File {
		st.r.Asked, st.r.Title = values.text(), title(st.p, values)
		return s.Registry.MoveRequest(ctx, registry.RequestMove{Request: st.r})
	}
	if len(flaws) > 0 {
		return st.r, flaws
	}
	reason, err := wording(in.Reason, "Le motif", false)
	if err != nil {
		return st.r, err
	}
	changed := st.p.changes(before, values)
	st.r.Asked, st.r.Title = values.text(), title(st.p, values)
	now := s.Now().UTC()
	e := registry.RequestEvent{At: now, Account: v.ID, Name: v.Name, Act: act, Before: st.r.State, Step: st.r.Step, Reason: reason}
	next := st.p.Steps[0]
	switch {
	case act == ActFile:
		st.r.Filed = now
	case len(changed) == 0: // nothing was approved that is not so still
		next = nil
	default:
		e.Changes = changesText(changed)
		st.r.Own = "" // what the authority had put beside answered what was asked before
	}
	st.r.State = registry.RequestFiled
	if next == nil {
		st.r.State = registry.RequestExamined
		s.stay(st, st.step(), now)
	} else if err := s.advance(ctx, st, next, now, nil, nil); err != nil {
		return st.r, err
	}
	return s.move(ctx, st, e, nil, nil)
}

// move writes what a file has become with what brought it there, and tells those whose turn it is.
func (s *Service) move(ctx context.Context, st *stage, e registry.RequestEvent, g *registry.Grant, approvals []registry.Approval) (registry.Request, error) {
	e.After, e.Next, e.Holder = st.r.State, st.r.Step, s.holder(st)
	r, err := s.Registry.MoveRequest(ctx, registry.RequestMove{Request: st.r, Event: e, Grant: g, Approvals: approvals})
	if err != nil {
		return r, err
	}
	st.r, st.events = r, append(st.events, e)
	s.tell(ctx, st, e)
	return r, nil
}

// holder is whose turn a file is.
func (s *Service) holder(st *stage) string {
	step := st.step()
	switch {
	case st.r.State == registry.RequestToComplete:
		return HeldByApplicant
	case step == nil || step.Kind == WaitStep:
		return ""
	case step.Actor.Role == "demandeur":
		return HeldByApplicant
	}
	return HeldByAuthority
}

// stay puts a file at a step, whose deadline begins.
func (s *Service) stay(st *stage, step *Step, now time.Time) {
	st.r.Since, st.r.Due, st.r.Step = now, time.Time{}, ""
	if step == nil {
		return
	}
	if st.r.Step = step.Name; step.Days > 0 {
		st.r.Due = now.AddDate(0, 0, step.Days)
	}
}

// advance leads a file on from a step to the next one that waits for somebody or something, past those
// whose guard is closed. An effect on the way is made of what counts, for those who approved it.
func (s *Service) advance(ctx context.Context, st *stage, from *Step, now time.Time, approvals []registry.Approval, effect func(*Step) error) error {
	at := slices.Index(st.p.Steps, from)
	v := st.effective()
	for _, step := range st.p.Steps[at+1:] {
		if step.when != nil && !step.when.holds(v) {
			continue
		}
		if step.Kind != EffectStep {
			s.stay(st, step, now)
			return nil
		}
		if effect == nil {
			return belvedere.Errorf(belvedere.Internal, "La procédure « %s » donnerait quelque chose que personne n’approuve.", st.p.Code)
		}
		if err := effect(step); err != nil {
			return err
		}
	}
	s.stay(st, nil, now)
	st.r.Ended = now
	return nil
}

// readForm reads what an applicant typed. Flaws are all that keeps it from being filed; what cannot
// even be kept in a draft is left out.
func (s *Service) readForm(ctx context.Context, st *stage, typed map[string][]string, strict bool) (Values, Flaws, error) {
	out := Values{}
	var flaws Flaws
	for _, f := range st.p.at("") {
		values, flaw := f.read(typed[f.Name], st.today)
		if flaw == "" {
			var err error
			if values, flaw, err = s.known(ctx, st, f, values); err != nil {
				return nil, nil, err
			}
		}
		if flaw != "" {
			flaws = append(flaws, Flaw{f.Name, french(f.Label + " : " + flaw + ".")})
		}
		if flaw == "" || !strict && f.Type == TextField && len(values) > 0 {
			if out[f.Name] = values; len(values) == 0 {
				delete(out, f.Name)
			}
		}
	}
	out = st.p.seen(out)
	flaws = slices.DeleteFunc(flaws, func(x Flaw) bool { return !st.p.Field(x.Field).Visible(out) })
	return out, append(flaws, st.p.lacks("", out)...), nil
}

// lacks are the answers that are missing at a step, and the checks that fail.
func (p *Procedure) lacks(step string, v Values) (flaws Flaws) {
	for _, f := range p.at(step) {
		if f.Needed(v) && len(v[f.Name]) == 0 {
			flaws = append(flaws, Flaw{f.Name, french(f.Label + " : répondez à cette question.")})
		}
	}
	if step != "" {
		return flaws
	}
	for _, c := range p.Checks {
		if c.when.holds(v) {
			flaws = append(flaws, Flaw{c.Field, french(c.Message)})
		}
	}
	return flaws
}

// known checks an answer against what it may name: registers and accounts.
func (s *Service) known(ctx context.Context, st *stage, f *Field, values []string) ([]string, string, error) {
	switch {
	case f.Type == PersonField:
		return s.person(ctx, st, f, values)
	case f.Type != ReferField || len(values) == 0:
		return values, "", nil
	case f.All && slices.Contains(values, Everything):
		return []string{Everything}, "", nil
	}
	options, err := s.Choices(ctx, f.Of)
	if err != nil {
		return nil, "", err
	}
	for _, v := range values {
		if !slices.ContainsFunc(options, func(o Option) bool { return o.Code == v }) {
			return nil, "« " + short(v) + " » n’existe pas", nil
		}
	}
	return values, "", nil
}

// person checks that an answer is an active account, and no other than the manager declared.
func (s *Service) person(ctx context.Context, st *stage, f *Field, values []string) ([]string, string, error) {
	declared := false
	if f.Prefill == "responsable" {
		managers, err := s.Registry.Managers(ctx)
		if err != nil {
			return nil, "", err
		}
		if m := managers[st.r.Account]; m != 0 {
			values, declared = []string{strconv.FormatInt(m, 10)}, true
		}
	}
	if len(values) == 0 {
		return nil, "", nil
	}
	id, err := strconv.ParseInt(values[0], 10, 64)
	a := registry.Account{}
	if err == nil {
		if a, err = s.Registry.Account(ctx, id); err != nil && belvedere.KindOf(err) != belvedere.NotFound {
			return nil, "", err
		}
	} else if a, err = s.Registry.AccountByLogin(ctx, values[0]); err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return nil, "", err
	}
	by, err := s.Registry.Account(ctx, st.r.Account)
	if err != nil {
		return nil, "", err
	}
	switch {
	case a.ID == 0 || a.State != registry.Active || f.Step == "" && !declared && !Knows(by, a):
		return nil, "choisissez une personne qui a un compte actif", nil
	case a.ID == st.r.Account:
		return nil, "ce ne peut être vous-même", nil
	}
	return []string{strconv.FormatInt(a.ID, 10)}, "", nil
}

// Knows tells whom someone may name in a form: the people of the territory, and those of the own schools. Who works
// in other schools is not told.
func Knows(by, other registry.Account) bool {
	return other.Place == registry.InTerritory || slices.ContainsFunc(other.Schools, func(u belvedere.UAI) bool { return slices.Contains(by.Schools, u) })
}

// title is the first line of the field that names a file.
func title(p *Procedure, v Values) string {
	line, _, _ := strings.Cut(v.One(p.Title), "\n")
	if r := []rune(line); len(r) > 150 {
		line = string(r[:150])
	}
	return line
}

// mostReason is the most characters of a reason.
const mostReason = 1000

// wording checks what someone wrote beside an act.
func wording(text, name string, required bool) (string, error) {
	f := Field{Type: TextField, Lines: 5, Most: mostReason}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" && required {
		return "", Flaws{{"motif", french(name + " manque : la personne le lira.")}}
	}
	if flaw := f.textFlaw(text); flaw != "" {
		return "", Flaws{{"motif", french(name + " : " + flaw + ".")}}
	}
	return text, nil
}

func changesText(list []Change) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts always have a JSON form
	}
	return string(b)
}

// french puts the spaces of French typography before double punctuation.
func french(s string) string { return typography.Replace(s) }

var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";", " ?", belvedere.NarrowSpace+"?",
	" »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)

// Withdraw ends a file at the wish of who filed it; a draft is forgotten.
func (s *Service) Withdraw(ctx context.Context, v belvedere.Viewer, id int64, reason string) (_ registry.Request, err error) {
	defer belvedere.Wrap(&err, "Withdraw(%d)", id)
	st, err := s.stage(ctx, id)
	switch {
	case err != nil:
		return st.r, err
	case st.r.Account != v.ID || v.ID == 0:
		return st.r, s.unseen(ctx, v, &st, "Seule la personne qui a fait la demande la retire.")
	case st.r.State == registry.RequestDraft:
		return st.r, s.Registry.DeleteDraft(ctx, id)
	case st.r.Step == "" || st.step().Kind == WaitStep:
		return st.r, belvedere.Errorf(belvedere.Conflict, "Cette demande est %s"+belvedere.NoBreak+": elle ne se retire plus.", st.r.State.Label())
	}
	if reason, err = wording(reason, "Le motif", false); err != nil {
		return st.r, err
	}
	now := s.Now().UTC()
	e := registry.RequestEvent{At: now, Account: v.ID, Name: v.Name, Act: ActWithdraw, Before: st.r.State, Step: st.r.Step, Reason: reason}
	s.stay(&st, nil, now)
	st.r.State, st.r.Ended = registry.RequestWithdrawn, now
	return s.move(ctx, &st, e, nil, nil)
}

// Vote says that someone wants what a public file asks for, or no longer.
func (s *Service) Vote(ctx context.Context, v belvedere.Viewer, id int64, wanted bool) (err error) {
	defer belvedere.Wrap(&err, "Vote(%d)", id)
	st, err := s.stage(ctx, id)
	switch {
	case err != nil:
		return err
	case !s.mayRead(ctx, v, &st) || v.ID == 0:
		return s.unseen(ctx, v, &st, "On vote avec un compte.")
	case !st.p.Public || st.r.Step == "":
		return belvedere.Errorf(belvedere.Conflict, "Cette demande ne se vote pas, ou plus.")
	}
	return s.Registry.Vote(ctx, id, v.ID, wanted, s.Now().UTC())
}
