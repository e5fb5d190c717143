package pages

import (
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Schools is the register as administrators correct it.
type Schools struct {
	Frame  parts.Frame
	Done   string
	Search string
	Edited bool // only those that were corrected
	Views  []parts.Link
	List   []admin.SchoolLine // of this page
	Total  int
	Pages  []parts.Link
}

// SchoolEdit is the form that corrects a school.
type SchoolEdit struct {
	Frame   parts.Frame
	Done    string
	Line    admin.SchoolLine
	Form    admin.SchoolForm
	Errors  parts.FieldErrors
	Trouble string // said instead of saving: someone else was first
	At      string // when it was corrected
}

const schoolsPath = "/administration/etablissements"

func schoolAddress(l admin.SchoolLine) string { return schoolsPath + "/" + string(l.UAI) }

// corrections says in words what was corrected of a school.
func corrections(l admin.SchoolLine) string {
	var out []string
	if l.Edit.Postcodes != nil {
		out = append(out, "codes postaux")
	}
	if !l.Edit.Opened.IsZero() {
		out = append(out, "ouvert le "+belvedere.ShortDate(l.Edit.Opened))
	}
	if !l.Edit.Closed.IsZero() {
		out = append(out, "fermé le "+belvedere.ShortDate(l.Edit.Closed))
	}
	if l.Edit.MergedInto != "" {
		out = append(out, "devient "+string(l.Edit.MergedInto))
	}
	return strings.Join(out, ", ")
}

// delivered is what deliveries say of a date or a successor, as far as it is known: under a
// correction, the register shows the correction.
func (p SchoolEdit) delivered(attribute string) string {
	e := p.Line.Edit
	if attribute == "ouverture" && !e.Opened.IsZero() || attribute == "fermeture" && !e.Closed.IsZero() || attribute == "devient" && e.MergedInto != "" {
		return "selon les livraisons"
	}
	return either(p.Line.Attributes[attribute], "selon les livraisons")
}
