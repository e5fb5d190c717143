package pages

import (
	"net/url"
	lists "slices"
	"strings"

	"belvedere/internal/procedure"
	"belvedere/internal/web/parts"
)

// RequestsToDo is the queue of who decides.
type RequestsToDo struct {
	Requests
	Query     procedure.Query
	Which     []parts.Option // procedures
	Steps     []parts.Option
	Chosen    []string // files ticked, when something was wrong
	Reason    string
	Errors    parts.FieldErrors
	Outcomes  []procedure.Outcome
	Succeeded int
}

// filtered tells whether a filter leaves files out.
func (p RequestsToDo) filtered() bool {
	return p.Query.Text != "" || p.Query.Procedure != "" || p.Query.Step != "" || p.Query.Late
}

// sorted is the address of the queue sorted by a column; a second time from its end.
func (p RequestsToDo) sorted(by procedure.Order) string {
	values := url.Values{}
	for name, value := range map[string]string{"q": p.Query.Text, "procedure": p.Query.Procedure, "etape": p.Query.Step} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if p.Query.Late {
		values.Set("retard", "oui")
	}
	if p.order() == by {
		by = "-" + by
	}
	values.Set("tri", string(by))
	return "/demandes/a-traiter?" + values.Encode()
}

// order is the one in which the queue is, which begins with the most urgent.
func (p RequestsToDo) order() procedure.Order {
	if p.Query.Order == "" {
		return procedure.ByDue
	}
	return p.Query.Order
}

// direction is what a column tells of its order: "ascending", "descending", "".
func (p RequestsToDo) direction(by procedure.Order) string {
	switch p.order() {
	case by:
		return "ascending"
	case "-" + by:
		return "descending"
	}
	return "none"
}

func (p RequestsToDo) arrow(by procedure.Order) string {
	return map[string]string{"ascending": " ▲", "descending": " ▼"}[p.direction(by)]
}

// together tells whether some file may be decided with others.
func (p RequestsToDo) together() bool {
	return lists.ContainsFunc(p.Others, func(v *procedure.View) bool { return !v.Alone && len(v.Actions()) > 1 })
}

// ticks tells whether a file may be chosen with others.
func (p RequestsToDo) ticks(v *procedure.View) bool {
	return p.together() && len(p.Others) > 1 && !v.Alone && len(v.Actions()) > 1
}

// votes tells whether some file may be voted for.
func (p RequestsToDo) votes() bool {
	return lists.ContainsFunc(p.Others, func(v *procedure.View) bool { return v.Procedure.Public })
}

func (p RequestsToDo) ticked(v *procedure.View) bool {
	return lists.Contains(p.Chosen, tick(v))
}

// tick names a file and the version of it that was seen.
func tick(v *procedure.View) string { return number64(v.ID) + ":" + number64(v.Version) }

// summary is what a file asks for, in one line.
func summary(v *procedure.View) string { return strings.Join(v.Summary(), ", ") }
