package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Groups is the list of groups of schools.
type Groups struct {
	Frame parts.Frame
	List  []admin.GroupView
	Done  string
	Label func(rule, value string) string // how people read a value
}

// values are those of the rule of a group, the first few.
func (p Groups) values(g admin.GroupView) string {
	const most = 5
	var out []string
	for _, v := range g.Values {
		if len(out) == most {
			out = append(out, "…")
			break
		}
		out = append(out, p.Label(g.Rule, v))
	}
	return strings.Join(out, ", ")
}

// A Group is the form of one, new or not.
type Group struct {
	Frame   parts.Frame
	Group   admin.GroupView // ID 0: new
	Title   string
	Action  string
	Form    admin.GroupForm
	Errors  parts.FieldErrors
	Rules   []GroupRule
	Picker  Picker
	Preview []admin.School
	Shown   bool // Preview is worth showing
	Done    string
}

// A GroupRule is a rule with its values to tick, or to type when they are many.
type GroupRule struct {
	admin.Rule
	Boxes []ValueBox
	Typed string
	Error string
}

// A ValueBox is a value of a rule to tick.
type ValueBox struct {
	Value, Label string
	Schools      int
	Checked      bool
}

// mostPreviewed bounds the schools of a group that the page names.
const mostPreviewed = 300

func (p Group) previewed() []admin.School { return p.Preview[:min(len(p.Preview), mostPreviewed)] }

func (p Group) previewTitle() string {
	return belvedere.Plural(len(p.Preview), "établissement dans ce groupe", "établissements dans ce groupe")
}

func groupAddress(id int64) string { return "/administration/groupes/" + strconv.FormatInt(id, 10) }
