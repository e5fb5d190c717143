package notice

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/watch"
)

// An AlertForm is an alert as typed.
type AlertForm struct {
	Label     string
	Indicator string // code
	Rate      bool
	Filters   []string // "type=college"
	School    string   // UAI: of one school; "" for all that the filters keep
	Each      bool     // one judgement per school
	Period    string
	Rule      string
	Side      string
	Amount    string
	Percent   bool
	Against   string
	Rhythm    string
}

// rule is the rule of an alert.
func rule(a registry.Alert) watch.Rule {
	amount, _ := strconv.ParseFloat(a.Amount, 64)
	return watch.Rule{Kind: watch.Kind(a.Rule), Side: watch.Side(a.Side), Amount: amount, Percent: a.Percent, Against: a.Against}
}

// Alerts are those of an account, all of them for account 0.
func (s *Service) Alerts(ctx context.Context, account int64) ([]registry.Alert, error) {
	return s.Registry.ListAlerts(ctx, account)
}

// CreateAlert sets an alert of the viewer's own. admin.Flaws when the form is wrong.
func (s *Service) CreateAlert(ctx context.Context, viewer belvedere.Viewer, f AlertForm) (a registry.Alert, err error) {
	defer belvedere.Wrap(&err, "CreateAlert(%s)", f.Label)
	ind, err := s.indicator(ctx, viewer, f.Indicator)
	if err != nil {
		return a, err
	}
	if ind != nil && strings.HasPrefix(f.Indicator, belvedere.FormulaPrefix) {
		f.Rate = ind.Value == nil // a formula has one side
	}
	a, flaws := s.checkAlert(f, ind)
	if len(flaws) > 0 {
		return a, flaws
	}
	a.Account, a.Created = viewer.ID, s.Now().UTC()
	if viewer.ID == 0 {
		return a, belvedere.Errorf(belvedere.Forbidden, "Une alerte appartient à un compte.")
	}
	if reports := s.Reports(); reports != nil {
		if _, err := s.measure(ctx, reports, viewer, a, 0, nil); err != nil {
			if belvedere.KindOf(err) == belvedere.Internal {
				return a, err
			}
			return a, admin.Flaws{{Field: "indicateur", Message: belvedere.Message(err)}}
		}
	}
	return s.Registry.CreateAlert(ctx, a)
}

// indicator is what an alert watches: an indicator of the catalogue, or a formula that the viewer may
// use; nil when there is no such.
func (s *Service) indicator(ctx context.Context, viewer belvedere.Viewer, code string) (*belvedere.Indicator, error) {
	if !strings.HasPrefix(code, belvedere.FormulaPrefix) {
		return s.model().Indicator(code), nil
	}
	if s.Formula == nil {
		return nil, nil
	}
	ind, err := s.Formula(ctx, viewer, code)
	if belvedere.KindOf(err) == belvedere.NotFound || belvedere.KindOf(err) == belvedere.Invalid {
		return nil, nil
	}
	return ind, err
}

// Watched names what an alert watches, as its account may use it; its code when it is gone.
func (s *Service) Watched(ctx context.Context, a registry.Alert) string {
	ind, err := s.indicator(ctx, belvedere.Viewer{ID: a.Account, Kind: belvedere.AccountViewer}, a.Indicator)
	switch {
	case err != nil || ind == nil:
		return a.Indicator
	case a.Rate && ind.Rate != nil && ind.Rate.Label != "":
		return ind.Rate.Label
	}
	return ind.Label
}

// checkAlert reads a form.
func (s *Service) checkAlert(f AlertForm, ind *belvedere.Indicator) (a registry.Alert, flaws admin.Flaws) {
	add := func(field, text string) { flaws = append(flaws, admin.Flaw{Field: field, Message: typeset(text)}) }
	a = registry.Alert{Indicator: f.Indicator, Rate: f.Rate, Each: f.Each && f.School == "", Period: belvedere.PeriodKind(f.Period),
		Rule: f.Rule, Side: f.Side, Percent: f.Percent, Against: belvedere.Compare(f.Against), Rhythm: f.Rhythm}
	switch {
	case ind == nil || len(ind.Members) > 0:
		add("indicateur", "Choisissez un indicateur de la liste.")
	case f.Rate && ind.Rate == nil:
		add("mode", "Cet indicateur n’a pas de taux : suivez sa valeur.")
	case !f.Rate && ind.Value == nil:
		add("mode", "Cet indicateur n’a qu’un taux : suivez son taux.")
	}
	if a.Period == "" {
		a.Period = belvedere.ThisYear
	}
	if a.Period.Label() == string(a.Period) || a.Period == belvedere.FreeRange {
		add("periode", "Choisissez une période de la liste.")
	}
	if amount, ok := watch.ParseAmount(f.Amount); ok {
		a.Amount = strconv.FormatFloat(amount, 'f', -1, 64)
	} else if a.Rule != string(watch.Unusual) {
		add("valeur", "Écrivez un nombre : 1200 ou 12,5.")
	}
	if why := rule(a).Check(); why != "" {
		add("regle", why)
	}
	if a.Rule == string(watch.Unusual) && len(flaws) == 0 {
		if why := s.unfit(ind, a.Period); why != "" {
			add("periode", why)
		}
	}
	if !watch.Rhythm(a.Rhythm).Known() {
		add("rythme", "Choisissez un rythme de la liste.")
	}
	a.Filters = filters(f, add)
	a.Label = strings.TrimSpace(f.Label)
	if a.Label == "" && ind != nil {
		a.Label = ind.Label
	}
	if len([]rune(a.Label)) > 120 || strings.ContainsAny(a.Label, "\r\n\t\x00") {
		add("nom", "Le nom compte au plus 120 caractères, sur une ligne.")
	}
	return a, flaws
}

// filters are those of the form, the school among them.
func filters(f AlertForm, add func(field, text string)) []string {
	var out []string
	for _, one := range f.Filters {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	if f.School != "" {
		u, err := belvedere.ParseUAI(f.School)
		if err != nil {
			add("etablissement", "Établissement : "+err.Error()+".")
		}
		out = append(out, "etablissement="+string(u))
	}
	for _, one := range out {
		for _, dim := range []string{"annee", "mois", "jour", "du", "au", "periode", "heure"} {
			if strings.HasPrefix(one, dim+"=") {
				add("filtres", "Une alerte suit la période qui court : elle ne se fixe pas à une date.")
			}
		}
	}
	if len(out) > 20 {
		add("filtres", "Vingt filtres au plus.")
	}
	return out
}

// unfit says why the history of an indicator cannot tell what is usual over a period: what runs
// is not like what is over.
func (s *Service) unfit(ind *belvedere.Indicator, p belvedere.PeriodKind) string {
	if p == belvedere.LastDay || p == belvedere.LastMonth {
		return ""
	}
	if p == belvedere.LastYear {
		return "Un écart inhabituel se juge sur le dernier jour, le mois dernier, ou un état de l’année en cours."
	}
	refs := ind.Measures(false)
	if ind.Rate != nil {
		refs = append(refs, belvedere.MeasuresOf(ind.Rate.Num)...)
	}
	for _, name := range belvedere.DatasetsOf(refs) {
		if d := s.model().Dataset(name); d != nil && d.Kind != belvedere.Stock {
			return "Cet indicateur s’accumule : une période en cours ne se compare pas à des périodes finies. Choisissez le dernier jour ou le mois dernier."
		}
	}
	return ""
}

// own finds an alert of the viewer; those of others do not exist for him or her.
func (s *Service) own(ctx context.Context, viewer belvedere.Viewer, id int64) (registry.Alert, error) {
	a, err := s.Registry.Alert(ctx, id)
	if err == nil && a.Account != viewer.ID && viewer.Kind != belvedere.Operator {
		err = belvedere.Errorf(belvedere.NotFound, "Cette alerte n’existe pas, ou plus.")
	}
	return a, err
}

// PauseAlert suspends an alert of the viewer, or lets it go on.
func (s *Service) PauseAlert(ctx context.Context, viewer belvedere.Viewer, id int64, paused bool) (registry.Alert, error) {
	a, err := s.own(ctx, viewer, id)
	if err != nil {
		return a, err
	}
	return a, s.Registry.PauseAlert(ctx, id, paused)
}

// DeleteAlert removes an alert of the viewer with its history.
func (s *Service) DeleteAlert(ctx context.Context, viewer belvedere.Viewer, id int64) (registry.Alert, error) {
	a, err := s.own(ctx, viewer, id)
	if err != nil {
		return a, err
	}
	return a, s.Registry.DeleteAlert(ctx, id)
}

// See acknowledges events of the viewer, all of them when ids is nil.
func (s *Service) See(ctx context.Context, viewer belvedere.Viewer, ids []int64) (int, error) {
	return s.Registry.SeeEvents(ctx, viewer.ID, ids, s.Now().UTC())
}

// RunAlerts judges the alerts that are due, each with the rights that its account has now, then
// sends to each account one mail with all that is new.
func (s *Service) RunAlerts(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "RunAlerts")
	list, err := s.Registry.ListAlerts(ctx, 0)
	if err != nil || len(list) == 0 {
		return err
	}
	reports := s.Reports()
	edition, err := reports.Edition(ctx, 0)
	if err != nil || edition.Number == 0 {
		return err
	}
	var accounts []int64
	for _, a := range list {
		if !slices.Contains(accounts, a.Account) {
			accounts = append(accounts, a.Account)
		}
		if a.Paused {
			continue
		}
		for _, slot := range watch.Rhythm(a.Rhythm).Slots(s.Now(), s.Zone, edition, a.Created) {
			if err := s.judge(ctx, reports, a, slot, edition); err != nil {
				return err
			}
		}
	}
	for _, account := range accounts {
		if err := s.digest(ctx, reports, account); err != nil {
			return err
		}
	}
	return nil
}

// judge takes a slot of an alert with what was found in it. Who is not told anything is not
// judged for either.
func (s *Service) judge(ctx context.Context, reports Reports, a registry.Alert, slot string, edition belvedere.Edition) error {
	_, total, err := s.Registry.ListRuns(ctx, registry.RunFilter{Kind: registry.RunAlert, Number: a.ID, Account: a.Account, Slot: slot}, registry.Page{Limit: 1})
	if err != nil || total > 0 {
		return err
	}
	j := registry.Judgement{Alert: a.ID, Account: a.Account, Label: a.Label, Slot: slot, At: s.Now().UTC(), Edition: edition.Number}
	_, viewer, why, err := s.reader(ctx, a.Account)
	if err != nil {
		return err
	}
	if why != "" {
		j.Detail = string(why)
	} else if m, err := s.measure(ctx, reports, viewer, a, edition.Number, nil); err != nil {
		if ctx.Err() != nil {
			return err
		}
		j.Detail = belvedere.Message(err)
	} else {
		j.From, j.To = m.period.From, m.period.To
		for _, line := range m.lines {
			switch rule(a).Judge(line.measure) {
			case watch.Alarm:
				j.Alarmed = append(j.Alarmed, line.code)
			case watch.Calm:
				j.Calm = append(j.Calm, line.code)
			}
		}
	}
	_, err = s.Registry.JudgeAlert(ctx, j)
	return err
}

// digest sends one mail with the events of an account that no mail told, at most once an hour.
// Their figures are computed anew, with the rights that the account has now.
func (s *Service) digest(ctx context.Context, reports Reports, id int64) error {
	_, waiting, err := s.Registry.ListEvents(ctx, registry.EventFilter{Account: id, Untold: true}, registry.Page{Limit: 1})
	if err != nil || waiting == 0 {
		return err
	}
	account, viewer, why, err := s.reader(ctx, id)
	if err != nil || why != "" {
		return err
	}
	slot := s.Now().In(s.Zone).Format("2006-01-02T15")
	events, err := s.Registry.TakeEvents(ctx, id, slot, s.Now().UTC())
	if err != nil || len(events) == 0 {
		return err
	}
	run := registry.WatchRun{Kind: registry.RunDigest, Slot: slot, Account: id}
	lines, err := s.lines(ctx, reports, viewer, events)
	if err != nil {
		return s.ended(ctx, run, failed, belvedere.Message(err))
	}
	lines = slices.DeleteFunc(lines, func(l EventLine) bool { return l.Hidden })
	if len(lines) == 0 {
		return s.ended(ctx, run, string(nothingOpen), "")
	}
	var schools []string
	for _, l := range lines {
		if l.Event.Line != "" {
			schools = append(schools, l.Event.Line)
		}
	}
	if err := s.Unchanged(ctx, viewer); err != nil {
		return s.ended(ctx, run, failed, belvedere.Message(err))
	}
	if err := s.keep(ctx, viewer, "consultation", "/alertes", belvedere.Plural(len(lines), "constat", "constats"), schools); err != nil {
		return s.ended(ctx, run, failed, belvedere.Message(err))
	}
	return s.post(ctx, run, s.Console(ctx).AlertDigest(person(account), mailLines(lines)))
}

// typeset puts the spaces of French typography.
func typeset(s string) string {
	return strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";", " %", belvedere.NarrowSpace+"%").Replace(s)
}

// AlertObject is how the journal names an alert.
func AlertObject(a registry.Alert) string { return fmt.Sprintf("alerte %d (%s)", a.ID, a.Label) }

// ask is the question of an alert.
func ask(a registry.Alert) report.Ask {
	q := report.Ask{Indicators: []string{a.Indicator}, Where: append(slices.Clone(a.Filters), "periode="+string(a.Period)), Rates: a.Rate}
	if a.Each {
		q.By = []string{"etablissement"}
	}
	if a.Rule == string(watch.Change) {
		q.Compare = string(a.Against)
	}
	return q
}
