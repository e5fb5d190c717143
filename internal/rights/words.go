package rights

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// name is a school as the register calls it, its UAI when it has no name.
func (x *explainer) name(u belvedere.UAI) string {
	for _, s := range x.in.Schools {
		if s.UAI == u && s.Name != "" {
			return s.Name
		}
	}
	return string(u)
}

// byGroup says which group opens the school, when it is not named for itself.
func (x *explainer) byGroup() string {
	a := x.in.Account
	if slices.Contains(a.Schools, x.q.School) {
		return ""
	}
	for _, g := range x.in.Groups {
		if slices.Contains(a.Groups, g.ID) && contains(Members(g, x.in.Schools), x.q.School) {
			return fmt.Sprintf(", par le groupe « %s »", g.Name)
		}
	}
	return ""
}

// widget is "Social > Discipline", or the menu alone where it has no parts.
func (x *explainer) widget(code string) string {
	for _, w := range x.in.Model.Widgets {
		if w.Code == code {
			if w.Menu == "" || w.Menu == w.Label {
				return w.Label
			}
			return w.Menu + " > " + w.Label
		}
	}
	return code
}

// called names an agreement at the start of a sentence, lower within one.
func (x *explainer) called(a registry.Agreement) string { return "L" + x.lower(a)[1:] }

func (x *explainer) lower(a registry.Agreement) string {
	if a.School == "" {
		return fmt.Sprintf("la convention collective n°"+belvedere.NoBreak+"%d", a.ID)
	}
	return fmt.Sprintf("la convention n°"+belvedere.NoBreak+"%d (%s)", a.ID, x.name(a.School))
}

// basis writes a legal basis after « au titre ».
func basis(s string) string {
	s = strings.TrimSpace(s)
	switch words.Fold(s) {
	case "consentement":
		return "du consentement"
	case "coresponsabilite", "mission d interet public", "obligation legale":
		if strings.HasPrefix(words.Fold(s), "o") {
			return "de l’" + s
		}
		return "de la " + s
	case "interet legitime":
		return "de l’" + s
	}
	return "de la base légale « " + s + " »"
}

// day is the calendar date of an instant in the territory.
func (x *explainer) day(at time.Time) string {
	if x.in.Zone != nil {
		at = at.In(x.in.Zone)
	}
	return belvedere.DayMonthYear(at)
}

// enumerate writes "a, b et c".
func enumerate(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " et " + list[len(list)-1]
}
