package pages

import (
	"strconv"
	"strings"
	"time"

	"belvedere/internal/notice"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Alerts is what one's alerts found, and the alerts.
type Alerts struct {
	Frame  parts.Frame
	Done   string
	Zone   *time.Location
	Unseen bool // only what is not acknowledged
	Events []notice.EventLine
	Total  int
	Pages  []parts.Link
	List   []AlertRow
}

// An AlertRow is an alert in words.
type AlertRow struct {
	registry.Alert
	Indicator, Rule, Rhythm, Where, Period string
}

// AlertEdit is the form of a new alert.
type AlertEdit struct {
	Frame                               parts.Frame
	Form                                notice.AlertForm
	Errors                              parts.FieldErrors
	Indicators, Types, Periods, Rhythms []parts.Option
	Type                                string
	Others                              []string // filters that no field shows
}

// Sendings are the schedules and what came of them.
type Sendings struct {
	Frame      parts.Frame
	Done       string
	Zone       *time.Location
	Admin, All bool
	List       []SendingRow
	Log        []notice.Sending
	Total      int
	Pages      []parts.Link
}

// A SendingRow is a schedule in words.
type SendingRow struct {
	registry.Schedule
	Rhythm, Page, To string
	Manages, Refused bool
}

// SendingEdit is the form of a new schedule.
type SendingEdit struct {
	Frame    parts.Frame
	Form     notice.ScheduleForm
	Errors   parts.FieldErrors
	Admin    bool
	Others   bool // for others than oneself
	Rhythms  []parts.Option
	Known    []parts.Option // pages
	PageName string
	Groups   []GroupBox // Schools counts the accounts
}

// SendingStop asks what to stop.
type SendingStop struct {
	Frame parts.Frame
	Row   SendingRow
}

func alertAddress(id int64) string   { return "/alertes/" + strconv.FormatInt(id, 10) }
func sendingAddress(id int64) string { return "/envois/" + strconv.FormatInt(id, 10) }

func rateMode(f notice.AlertForm) string {
	if f.Rate {
		return "taux"
	}
	return "valeur"
}

func alertPlace(f notice.AlertForm) string {
	if f.Each {
		return "chaque"
	}
	return "ensemble"
}

func alertUnit(f notice.AlertForm) string {
	if f.Percent {
		return "pourcent"
	}
	return "unites"
}

func forWhom(others bool) string {
	if others {
		return "autres"
	}
	return "moi"
}

func formatOptions() (out []parts.Option) {
	for _, f := range notice.Formats {
		out = append(out, parts.Option{Value: f, Label: strings.ToUpper(f)})
	}
	return out
}

// sentClass marks what did not arrive.
func sentClass(s notice.Sending) string {
	switch s.Say {
	case "envoyé":
		return "state-word"
	case "en cours":
		return "state-word running"
	}
	return "state-word refused"
}

func kilobytes(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(max(n/1000, 1), 10) + "\u00a0ko"
}

func nothingFound(unseen bool) string {
	if unseen {
		return "Rien de nouveau à voir."
	}
	return "Aucune alerte n’a encore rien signalé."
}
