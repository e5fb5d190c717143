package governance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// RulesPath is the page of the written rules.
const RulesPath = "/gouvernance/regles"

// RulePath is the page of one.
func RulePath(id int64) string { return fmt.Sprintf("%s/%d", RulesPath, id) }

// Audiences besides the holders of a duty ("duty:scolarite").
const (
	Everyone    = "tous"
	InSchools   = "etablissements"
	InTerritory = "collectivite"
	holdersOf   = "responsabilite:"
)

// An Audience is whom a rule concerns.
type Audience struct{ Code, Label string }

// Audiences are those that a rule may have.
func (s *Service) Audiences(ctx context.Context) ([]Audience, error) {
	duties, err := s.Duties(ctx)
	return audiences(duties), err
}

func audiences(duties []registry.Duty) []Audience {
	out := []Audience{
		{Everyone, "Tout le monde"}, {InSchools, "Personnes des établissements"}, {InTerritory, "Personnes de la collectivité"},
		{string(belvedere.Author), "Auteurs de requêtes"}, {string(belvedere.Extractor), "Extracteurs"}, {string(belvedere.DataOfficer), "Responsables des données"},
	}
	for _, d := range duties {
		out = append(out, Audience{holdersOf + d.Code, "Responsabilité " + d.Label})
	}
	return out
}

// concerned are the active accounts of an audience, by name.
func (s *Service) concerned(ctx context.Context, audience string) (out []registry.Account, err error) {
	var of func(registry.Account) bool
	switch duty, held := strings.CutPrefix(audience, holdersOf); {
	case held:
		holdings, err := s.Registry.Holdings(ctx)
		if err != nil {
			return nil, err
		}
		of = func(a registry.Account) bool {
			return slices.ContainsFunc(holdings, func(h registry.Holding) bool { return h.Account == a.ID && h.Duty == duty && h.Holds(s.today()) })
		}
	case audience == Everyone:
		of = func(registry.Account) bool { return true }
	case audience == InSchools:
		of = func(a registry.Account) bool { return a.Place == registry.InSchool }
	case audience == InTerritory:
		of = func(a registry.Account) bool { return a.Place == registry.InTerritory }
	default:
		capable, err := s.capable(ctx, belvedere.Capability(audience))
		if err != nil {
			return nil, err
		}
		of = func(a registry.Account) bool { return capable[a.ID] }
	}
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	for _, a := range people {
		if of(a) {
			out = append(out, a)
		}
	}
	return out, err
}

// capable are the accounts with a grant of a capability in force.
func (s *Service) capable(ctx context.Context, c belvedere.Capability) (map[int64]bool, error) {
	out := map[int64]bool{}
	grants, _, err := s.Registry.ListGrants(ctx, registry.GrantFilter{Live: s.Now()}, registry.Page{})
	for _, g := range grants {
		if g.Capability == c && g.Holds(s.Now()) {
			out[g.Account] = true
		}
	}
	return out, err
}

// A RuleForm is what is said of a rule, as typed.
type RuleForm struct {
	ID       int64
	Title    string
	Duty     string
	Audience string
	Asked    bool
	Text     string // of the next version; "" writes none
	Reason   string
	After    int  // number of the version that the writer read
	Force    bool // put the version in force at once
}

// Write adds a rule or a version of one.
func (s *Service) Write(ctx context.Context, v belvedere.Viewer, f RuleForm) (r registry.WrittenRule, err error) {
	defer belvedere.Wrap(&err, "Write(%d)", f.ID)
	if _, err := s.duty(ctx, f.Duty); err != nil {
		return r, err
	}
	if f.ID != 0 { // who answers for it today, not for what it would become
		if r, err = s.Registry.WrittenRule(ctx, f.ID); err != nil {
			return r, err
		}
		if err := s.answers(ctx, v, r.Duty, ""); err != nil {
			return r, err
		}
	}
	if err := s.answers(ctx, v, f.Duty, ""); err != nil {
		return r, err
	}
	known, err := s.Audiences(ctx)
	if err != nil {
		return r, err
	}
	if !slices.ContainsFunc(known, func(a Audience) bool { return a.Code == f.Audience }) {
		return r, belvedere.Errorf(belvedere.Invalid, "Choisissez à qui la règle s’adresse.")
	}
	text, reason := tidyText(f.Text), strings.TrimSpace(f.Reason)
	if f.ID == 0 && text == "" {
		return r, belvedere.Errorf(belvedere.Invalid, "Le texte de la règle est vide.")
	}
	if text != "" && reason == "" {
		return r, belvedere.Errorf(belvedere.Invalid, "Une version dit son motif\u00a0: l’histoire de la règle le garde.")
	}
	if len([]rune(text)) > registry.MostRuleText {
		return r, belvedere.Errorf(belvedere.Invalid, "Le texte compte plus de %s caractères.", belvedere.FormatNumber(registry.MostRuleText, 0))
	}
	r.ID, r.Title, r.Duty, r.Audience, r.Asked = f.ID, strings.TrimSpace(f.Title), f.Duty, f.Audience, f.Asked
	if r, err = s.Registry.PutWrittenRule(ctx, r); err != nil || text == "" {
		return r, err
	}
	version, err := s.Registry.AddRuleVersion(ctx, registry.RuleVersion{Rule: r.ID, Text: text, Reason: reason, Author: v.Login, At: s.Now().UTC()}, f.After)
	if err != nil {
		return r, err
	}
	if f.Force {
		if err := s.Registry.ForceRule(ctx, r.ID, version.Number, v.Login, s.Now().UTC()); err != nil {
			return r, err
		}
	}
	return s.Registry.WrittenRule(ctx, r.ID)
}

// Force puts a version in force: whoever read another is asked again.
func (s *Service) Force(ctx context.Context, v belvedere.Viewer, id int64, version int) (r registry.WrittenRule, err error) {
	defer belvedere.Wrap(&err, "Force(%d, %d)", id, version)
	if r, err = s.ruled(ctx, v, id); err != nil {
		return r, err
	}
	return r, s.Registry.ForceRule(ctx, id, version, v.Login, s.Now().UTC())
}

// Repeal ends a rule.
func (s *Service) Repeal(ctx context.Context, v belvedere.Viewer, id int64, reason string) (r registry.WrittenRule, err error) {
	defer belvedere.Wrap(&err, "Repeal(%d)", id)
	if r, err = s.ruled(ctx, v, id); err != nil {
		return r, err
	}
	return r, s.Registry.RepealRule(ctx, id, strings.TrimSpace(reason), v.Login, s.Now().UTC())
}

// ruled finds a rule that a viewer answers for.
func (s *Service) ruled(ctx context.Context, v belvedere.Viewer, id int64) (registry.WrittenRule, error) {
	r, err := s.Registry.WrittenRule(ctx, id)
	if err == nil {
		err = s.answers(ctx, v, r.Duty, "")
	}
	return r, err
}

// Acknowledge notes that a viewer read the version in force.
func (s *Service) Acknowledge(ctx context.Context, v belvedere.Viewer, id int64, version int) (err error) {
	defer belvedere.Wrap(&err, "Acknowledge(%d, %d)", id, version)
	if v.Kind != belvedere.AccountViewer || v.ID == 0 {
		return belvedere.Errorf(belvedere.Forbidden, "Une personne qui s’est identifiée dit qu’elle a lu une règle.")
	}
	return s.Registry.Acknowledge(ctx, id, version, v.ID, s.Now().UTC())
}

// A RuleLine is a rule in the list.
type RuleLine struct {
	registry.WrittenRule
	DutyLabel string
	Audience  string // in words
	ToRead    bool   // the viewer is asked to read the version in force, and has not
	Concerned int    // who is asked to, for those who answer for it
	Read      int
	Acts      bool
}

// Rules lists the rules that a viewer may read: drafts are for those who answer for them.
func (s *Service) Rules(ctx context.Context, v belvedere.Viewer) (out []RuleLine, err error) {
	defer belvedere.Wrap(&err, "Rules")
	list, err := s.Registry.WrittenRules(ctx)
	if err != nil {
		return nil, err
	}
	g, err := s.ground(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		sheet, err := s.line(ctx, g, r)
		if err != nil {
			return nil, err
		}
		if r.State() == registry.RuleDraft && !sheet.Acts {
			continue
		}
		out = append(out, sheet)
	}
	rank := map[registry.RuleState]int{registry.RuleInForce: 0, registry.RuleDraft: 1, registry.RuleRepealed: 2}
	slices.SortStableFunc(out, func(a, b RuleLine) int { return cmp.Compare(rank[a.State()], rank[b.State()]) })
	return out, nil
}

func (s *Service) line(ctx context.Context, g ground, r registry.WrittenRule) (RuleLine, error) {
	l := RuleLine{WrittenRule: r, Acts: g.acts(r.Duty, ""), DutyLabel: g.label(r.Duty), Audience: r.Audience}
	for _, a := range audiences(g.duties) {
		if a.Code == r.Audience {
			l.Audience = a.Label
		}
	}
	if !r.Asked || r.State() != registry.RuleInForce {
		return l, nil
	}
	waiting, read, err := s.readers(ctx, r)
	l.Concerned, l.Read = len(waiting)+len(read), len(read)
	l.ToRead = slices.ContainsFunc(waiting, func(a registry.Account) bool { return a.ID == g.viewer.ID })
	return l, err
}

// A Reader is someone who read the version in force.
type Reader struct {
	Account registry.Account
	At      time.Time
}

// readers are those of the audience who have not read the version in force, and those who have.
func (s *Service) readers(ctx context.Context, r registry.WrittenRule) (waiting []registry.Account, read []Reader, err error) {
	people, err := s.concerned(ctx, r.Audience)
	if err != nil {
		return nil, nil, err
	}
	readings, err := s.Registry.Readings(ctx, r.ID)
	if err != nil {
		return nil, nil, err
	}
	at := map[int64]time.Time{}
	for _, one := range readings {
		if one.Version == r.InForce {
			at[one.Account] = one.At
		}
	}
	for _, a := range people {
		if when, done := at[a.ID]; done {
			read = append(read, Reader{a, when})
		} else {
			waiting = append(waiting, a)
		}
	}
	return waiting, read, nil
}

// A RuleSheet is all that is said of a rule.
type RuleSheet struct {
	RuleLine
	Versions []registry.RuleVersion // newest first; for who does not answer for it, without what is after the one in force
	Shown    registry.RuleVersion   // that whose text is shown
	Waiting  []registry.Account     // for those who answer for it
	Readers  []Reader
}

// Rule gathers what is said of a rule, with the text of a version (0: that in force, else the last).
func (s *Service) Rule(ctx context.Context, v belvedere.Viewer, id int64, version int) (out *RuleSheet, err error) {
	defer belvedere.Wrap(&err, "Rule(%d)", id)
	r, err := s.Registry.WrittenRule(ctx, id)
	if err != nil {
		return nil, err
	}
	out = &RuleSheet{}
	g, err := s.ground(ctx, v)
	if err != nil {
		return nil, err
	}
	if out.RuleLine, err = s.line(ctx, g, r); err != nil {
		return nil, err
	}
	if !out.Acts && r.InForce == 0 {
		return nil, belvedere.Errorf(belvedere.NotFound, "Cette règle n’existe pas, ou plus.")
	}
	if out.Versions, err = s.Registry.RuleVersions(ctx, id); err != nil {
		return nil, err
	}
	if !out.Acts {
		out.Versions = slices.DeleteFunc(out.Versions, func(one registry.RuleVersion) bool { return one.Number > r.InForce })
	}
	if version == 0 {
		version = cmp.Or(r.InForce, r.Last)
	}
	i := slices.IndexFunc(out.Versions, func(one registry.RuleVersion) bool { return one.Number == version })
	if i < 0 {
		return nil, belvedere.Errorf(belvedere.NotFound, "La règle n’a pas de version %d.", version)
	}
	out.Shown = out.Versions[i]
	if out.Acts && r.Asked && r.State() == registry.RuleInForce {
		out.Waiting, out.Readers, err = s.readers(ctx, r)
	}
	return out, err
}

// Version is one of a sheet.
func (r *RuleSheet) Version(number int) (registry.RuleVersion, error) {
	for _, v := range r.Versions {
		if v.Number == number {
			return v, nil
		}
	}
	return registry.RuleVersion{}, belvedere.Errorf(belvedere.NotFound, "La règle n’a pas de version %d.", number)
}

// ruleTitles are the titles of rules that can be named to all, by number.
func (s *Service) ruleTitles(ctx context.Context) (map[int64]string, error) {
	list, err := s.Registry.WrittenRules(ctx)
	out := map[int64]string{}
	for _, r := range list {
		if r.State() != registry.RuleDraft {
			out[r.ID] = r.Title
		}
	}
	return out, err
}

// mostReminders is how often someone is reminded to read a version; after that a person must ask.
const mostReminders = 6

// remindReaders writes to those who are asked to read: when a version comes into force, then at a rhythm.
func (s *Service) remindReaders(ctx context.Context) error {
	list, err := s.Registry.WrittenRules(ctx)
	if err != nil {
		return err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if !r.Asked || r.State() != registry.RuleInForce {
			continue
		}
		waiting, _, err := s.readers(ctx, r)
		if err != nil {
			return err
		}
		for _, a := range waiting {
			since := r.Forced
			if a.Created.After(since) { // who came later is not late
				since = a.Created
			}
			times := min(int(s.Now().Sub(since)/(24*time.Hour))/settings.Reminder, mostReminders)
			slot, what := fmt.Sprintf("version %d", r.InForce), "Une règle qui vous concerne est en vigueur. Lisez-la, puis dites-le au bas de sa page."
			if times > 0 {
				slot, what = fmt.Sprintf("version %d, rappel %d", r.InForce, times), "Vous n’avez pas encore dit avoir lu une règle qui vous concerne."
			}
			if _, err := s.tell(ctx, []registry.Account{a}, news{kind: registry.LetterRule, number: r.ID, slot: slot, GovernanceNews: mail.GovernanceNews{
				Subject: "à lire : " + r.Title, What: what, Label: "Lire la règle", Link: RulePath(r.ID),
				Facts: [][2]string{{"Règle", r.Title}, {"Version", fmt.Sprint(r.InForce)}, {"En vigueur depuis le", belvedere.DayMonthYear(r.Forced.In(s.Zone))}},
			}}); err != nil {
				return err
			}
		}
	}
	return nil
}
