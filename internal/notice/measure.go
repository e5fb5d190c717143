package notice

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/watch"
)

// A measured alert: the figure of each line, as one viewer sees it.
type measured struct {
	column belvedere.ResultColumn
	period belvedere.Period
	lines  []measuredLine
}

type measuredLine struct {
	code, name string // UAI and name; "" and "Ensemble"
	measure    watch.Measure
}

// measure asks what an alert watches in the name of a viewer, as of an edition (0: the current
// one), over the running period or a given one.
func (s *Service) measure(ctx context.Context, reports Reports, viewer belvedere.Viewer, a registry.Alert, edition int, over *belvedere.Period) (*measured, error) {
	question := ask(a)
	question.Edition, question.For = edition, viewer
	q, err := reports.Build(ctx, question)
	if err != nil {
		return nil, err
	}
	if over != nil {
		q.Period = *over
	}
	r, err := reports.Query(ctx, viewer, q)
	if err != nil {
		return nil, err
	}
	if len(r.Columns) != 1 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Une alerte suit un seul indicateur.")
	}
	m := &measured{column: r.Columns[0], period: q.Period}
	scale := 1.0
	if m.column.Percent {
		scale = 100
	}
	one := slices.ContainsFunc(a.Filters, func(f string) bool { return strings.HasPrefix(f, "etablissement=") && !strings.ContainsAny(f, ",|") })
	for i, row := range r.Rows {
		line := measuredLine{name: "Ensemble", measure: watch.Measure{Now: row.Cells[0], Scale: scale, OneSchool: a.Each || one}}
		if a.Each {
			line.code, line.name = row.Keys[0].Code, row.Keys[0].Label
		}
		if r.Compared != nil {
			line.measure.Gap = &r.Compared.Rows[i][0]
		}
		m.lines = append(m.lines, line)
	}
	if a.Rule == string(watch.Unusual) {
		return m, s.history(ctx, reports, viewer, q, m)
	}
	return m, nil
}

// Windows of the past that tells what is usual.
const (
	pastMonths = 24
	pastWeeks  = 12
	pastYears  = 10
)

// history asks the same figure over the periods before: months, school years, or the same day of
// the weeks before.
func (s *Service) history(ctx context.Context, reports Reports, viewer belvedere.Viewer, q belvedere.Query, m *measured) error {
	p, dim := q.Period, "mois"
	past := belvedere.Period{Kind: belvedere.FreeRange, From: p.From.AddDate(0, -pastMonths, 0), To: p.From}
	switch {
	case p.From.AddDate(0, 0, 1).Equal(p.To):
		dim, past.From = "jour", p.From.AddDate(0, 0, -7*pastWeeks)
	case p.WholeYear():
		dim, past.From = "annee", p.From.AddDate(-pastYears, 0, 0)
	}
	q.By, q.Period, q.Compare = append(slices.Clone(q.By), dim), past, ""
	r, err := reports.Query(ctx, viewer, q)
	if err != nil {
		return err
	}
	byLine := map[string][]belvedere.Cell{}
	for _, row := range r.Rows {
		code := ""
		if len(row.Keys) > 1 {
			code = row.Keys[0].Code
		}
		if dim == "jour" && !sameWeekday(row.Keys[len(row.Keys)-1].Code, p.From) {
			continue
		}
		byLine[code] = append(byLine[code], row.Cells[0])
	}
	for i := range m.lines {
		m.lines[i].measure.History = byLine[m.lines[i].code]
	}
	return nil
}

func sameWeekday(code string, d time.Time) bool {
	t, err := time.Parse(time.DateOnly, code)
	return err == nil && t.Weekday() == d.Weekday()
}

// An EventLine is an event as its reader sees it now.
type EventLine struct {
	Event  registry.AlertEvent
	Alert  string
	Where  string
	Text   string
	When   string
	Hidden bool // the reader's rights no longer open the figure: no text
}

// Events are the events of the viewer, newest first, with the figures that he or she may see now.
func (s *Service) Events(ctx context.Context, viewer belvedere.Viewer, unseen bool, p registry.Page) ([]EventLine, int, error) {
	events, total, err := s.Registry.ListEvents(ctx, registry.EventFilter{Account: viewer.ID, Unseen: unseen}, p)
	if err != nil || len(events) == 0 || s.Reports() == nil {
		return nil, total, err
	}
	lines, err := s.lines(ctx, s.Reports(), viewer, events)
	return lines, total, err
}

// lines words events with the figures that a viewer may see now, as of their editions. Events of
// one judgement are asked together.
func (s *Service) lines(ctx context.Context, reports Reports, viewer belvedere.Viewer, events []registry.AlertEvent) ([]EventLine, error) {
	alerts, err := s.Registry.ListAlerts(ctx, viewer.ID)
	if err != nil {
		return nil, err
	}
	byID := map[int64]registry.Alert{}
	for _, a := range alerts {
		byID[a.ID] = a
	}
	type judgement struct {
		alert    int64
		edition  int
		from, to time.Time
	}
	known := map[judgement]*measured{}
	out := make([]EventLine, 0, len(events))
	for _, e := range events {
		a, ok := byID[e.Alert]
		if !ok {
			continue
		}
		key := judgement{e.Alert, e.Edition, e.From, e.To}
		m, asked := known[key]
		if !asked {
			// A question that is refused today (a definition that is gone) shows no figure.
			m, err = s.measure(ctx, reports, viewer, a, e.Edition, &belvedere.Period{Kind: belvedere.FreeRange, From: e.From, To: e.To})
			if err != nil && (ctx.Err() != nil || belvedere.KindOf(err) == belvedere.Internal) {
				return nil, err
			}
			known[key] = m
		}
		out = append(out, eventLine(e, a, m))
	}
	return out, nil
}

func eventLine(e registry.AlertEvent, a registry.Alert, m *measured) EventLine {
	line := EventLine{Event: e, Alert: a.Label, Where: "Ensemble", Hidden: true}
	if e.Line != "" {
		line.Where = e.Line
	}
	if m == nil {
		return line
	}
	line.When = report.PeriodWords(m.period)
	for _, l := range m.lines {
		if l.code != e.Line {
			continue
		}
		if line.Where = l.name; rule(a).Judge(l.measure) == watch.Silent {
			return line
		}
		line.Hidden, line.Text = false, finding(a, m.column, l.measure)
		return line
	}
	return line
}

// finding words a figure that met a rule. The measure is judged: its cell is shown.
func finding(a registry.Alert, col belvedere.ResultColumn, m watch.Measure) string {
	text := withUnit(col, m.Now.Value)
	r := rule(a)
	switch r.Kind {
	case watch.Threshold:
		return text + ", " + sideWord(r.Side) + " du seuil de " + amountText(col, r.Amount, false)
	case watch.Change:
		text += ", " + m.Gap.ChangeText(&col)
		if ratio := m.Gap.RatioText(&col); ratio != "" {
			text += " (" + ratio + ")"
		}
		return text + ", contre " + col.Format(m.Gap.Other.Value) + " " + r.Against.Before()
	}
	n, _ := m.Normal()
	scale := m.Scale
	return text + ", d’ordinaire entre " + col.Format((n.Middle-n.Reach)/scale) + " et " + col.Format((n.Middle+n.Reach)/scale) +
		" (médiane " + col.Format(n.Middle/scale) + " de " + belvedere.Plural(n.Points, "période", "périodes") + ")"
}

func withUnit(col belvedere.ResultColumn, v float64) string {
	text := col.Format(v)
	if !col.Percent && col.Unit != "" && col.Unit != "%" {
		text += belvedere.NoBreak + col.Unit
	}
	return text
}

func amountText(col belvedere.ResultColumn, amount float64, percent bool) string {
	if percent || col.Percent {
		return belvedere.FormatPercent(amount/100, 1)
	}
	decimals := col.Decimals
	if amount != float64(int64(amount)) {
		decimals = max(decimals, 1)
	}
	return belvedere.FormatNumber(amount, decimals)
}

func sideWord(s watch.Side) string {
	if s == watch.Under {
		return "au-dessous"
	}
	return "au-dessus"
}

// SayRule says in one line what an alert watches for.
func (s *Service) SayRule(a registry.Alert) string {
	var col belvedere.ResultColumn
	// A formula is named as its account may use it; nothing is read of a figure here.
	if ind, err := s.indicator(context.Background(), belvedere.Viewer{ID: a.Account, Kind: belvedere.AccountViewer}, a.Indicator); err == nil && ind != nil {
		col.Decimals, col.Percent = ind.Decimals, a.Rate && ind.Rate != nil && ind.Rate.Percent
		if a.Rate && ind.Rate != nil {
			col.Decimals = ind.Rate.Decimals
		}
	}
	r := rule(a)
	switch r.Kind {
	case watch.Threshold:
		return sideWord(r.Side) + " de " + amountText(col, r.Amount, false)
	case watch.Change:
		move := map[watch.Side]string{watch.Over: "hausse", watch.Under: "baisse", watch.Both: "hausse ou baisse"}[r.Side]
		amount := amountText(belvedere.ResultColumn{Decimals: col.Decimals}, r.Amount, r.Percent)
		if !r.Percent && col.Percent {
			amount += " points"
		}
		return move + " de plus de " + amount + " " + r.Against.Since()
	}
	return map[watch.Side]string{watch.Over: "plus haut", watch.Under: "plus bas", watch.Both: "loin"}[r.Side] + " que d’ordinaire"
}

func mailLines(lines []EventLine) []mail.AlertLine {
	out := make([]mail.AlertLine, len(lines))
	for i, l := range lines {
		out[i] = mail.AlertLine{Alert: l.Alert, Where: l.Where, Text: l.Text, When: l.When}
	}
	return out
}
