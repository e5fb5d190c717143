package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Agreement is the form of a convention, new or kept.
type Agreement struct {
	Frame    parts.Frame
	Title    string
	Action   string               // address of the form
	Line     *admin.AgreementLine // the kept one, nil for a new one
	CanErase bool                 // it was never in force
	Form     admin.AgreementForm
	Basis    string // choice of the list, otherBasis for another
	Errors   parts.FieldErrors
	Trouble  string          // said instead of saving: someone else was first
	Proposal *admin.Proposal // what saving would do, once it was checked
	Schools  []admin.School  // proposed to who types a UAI; none when they are too many
	Model    *belvedere.Model
}

// AgreementQuestion asks before a convention is withdrawn or deleted.
type AgreementQuestion struct {
	Frame  parts.Frame
	Line   admin.AgreementLine
	Facts  []string
	Delete bool
}

// OtherBasis is the choice of the list for a basis that it does not hold.
const OtherBasis = "autre"

func (p Agreement) scope() string {
	if p.Form.Collective {
		return "tous"
	}
	return "un"
}

func (p Agreement) bases() []parts.Option {
	out := []parts.Option{{Value: "", Label: "Choisir"}}
	for _, b := range admin.Bases {
		out = append(out, parts.Option{Value: b, Label: b})
	}
	return append(out, parts.Option{Value: OtherBasis, Label: "Autre, à préciser"})
}

func (p Agreement) otherBasis() string {
	if p.Basis == OtherBasis {
		return p.Form.Basis
	}
	return ""
}

// members are the indicators of a theme that may be shared one by one.
func (p Agreement) members(theme string) (out []*belvedere.Indicator) {
	for _, ind := range p.Model.Indicators {
		if ind.Annexed && !ind.SchoolOnly && ind.Theme == theme {
			out = append(out, ind)
		}
	}
	return out
}

// kept are the indicators that the annex keeps for schools.
func (p Agreement) kept() (out []*belvedere.Indicator) {
	for _, ind := range p.Model.Indicators {
		if ind.Annexed && ind.SchoolOnly {
			out = append(out, ind)
		}
	}
	return out
}

func chosenNumber(list []string, n int) bool { return isAmong(list, strconv.Itoa(n)) }

func isAmong(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

func (p Agreement) saveLabel() string {
	if p.Line == nil {
		return "Créer la convention"
	}
	return "Enregistrer"
}

// begins says from when what is proposed counts.
func begins(p *admin.Proposal) string {
	switch p.State {
	case admin.InForce:
		return "Elle vaut dès l’enregistrement, sur toutes les pages, tous les fichiers et toutes les éditions."
	case admin.Coming:
		return "Elle vaudra à partir du " + belvedere.DayMonthYear(p.Agreement.From) + " ; d’ici là, elle ne partage rien."
	}
	return "Ses dates sont passées : elle ne partage rien aujourd’hui."
}

// effect says what a proposal opens, in a sentence.
func effect(s admin.Shares) string {
	out := "Cette convention partage " + belvedere.Plural(len(s.Shared), "indicateur", "indicateurs") + " de l’annexe sur " + strconv.Itoa(s.Of)
	if n := len(s.Extended); n > 0 {
		out += ", et étend les destinataires de " + belvedere.Plural(n, "indicateur réservé", "indicateurs réservés") + " à l’établissement"
	}
	return out + "."
}

func labelsOf(list []*belvedere.Indicator) string {
	out := make([]string, len(list))
	for i, ind := range list {
		out[i] = strconv.Itoa(ind.Number) + " " + ind.Label
	}
	return strings.Join(out, ", ")
}

// faultID ties a group of boxes to its fault.
func faultID(errors parts.FieldErrors, field string) string {
	if errors.Of(field) == "" {
		return ""
	}
	return "champ-" + field + "-erreur"
}
