package parts

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// A Reason is a panel that says why a cell shows no value.
type Reason struct {
	ID        string
	Word      string // "secret"
	Verdict   string // one sentence
	Gates     []Gate
	State     belvedere.State
	Indicator string // the first that is withheld for it, "" when none is
}

// A Gate is one of the rules that a figure passes before it is shown.
type Gate struct {
	Title   string
	Word    string // "accordé", "décide", "sans effet"
	Text    string
	Decides bool
}

// rule is the page that names the rule for this reader, "" when there is none.
func (r Reason) rule(path string) string {
	if path == "" || r.Indicator == "" {
		return ""
	}
	return path + "?indicateur=" + url.QueryEscape(r.Indicator)
}

type reasonKey struct {
	state belvedere.State
	why   string
	only  bool
}

// mostReasons bounds the panels of one table: with more sentences than that, further cells of a
// state share the general panel of it.
const mostReasons = 60

// reason gives the index of the panel of a cell without a value, making it when it is new.
func (g *Grid) reason(c *belvedere.Cell, only bool) int {
	key := reasonKey{c.State, c.Why, only && c.State == belvedere.NotShared}
	if i, ok := g.lookup[key]; ok {
		return i
	}
	if len(g.Reasons) >= mostReasons {
		key.why = ""
		if i, ok := g.lookup[key]; ok {
			return i
		}
	}
	i := len(g.Reasons)
	g.lookup[key] = i
	g.Reasons = append(g.Reasons, newReason("pourquoi-"+g.ID+"-"+strconv.Itoa(i+1), key))
	return i
}

func newReason(id string, key reasonKey) Reason {
	verdict := key.why
	if verdict == "" {
		verdict = defaultWhy(key.state)
	}
	return Reason{ID: id, Word: key.state.Word(), Verdict: sentence(verdict), Gates: gatesOf(key), State: key.state}
}

// sentence starts with a capital and ends with a point.
func sentence(s string) string {
	s = Capital(French(s))
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// clause is a sentence fit to follow a comma: no capital (save for an acronym or a code), no point.
func clause(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(French(s)), ".")
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if unicode.IsLower(next) || next == ' ' || next == '’' {
		return string(unicode.ToLower(r)) + s[n:]
	}
	return s
}

func defaultWhy(s belvedere.State) string {
	switch s {
	case belvedere.Expected:
		return "Rien n’a encore été reçu pour cette ligne et cette période"
	case belvedere.NotShared:
		return "Ce chiffre n’est pas communiqué à la collectivité"
	case belvedere.Secret:
		return "Ce chiffre est couvert par le secret statistique"
	case belvedere.NotAvailable:
		return "Ce chiffre n’était pas relevé à cette période ou à ce niveau de détail"
	}
	return "Ce chiffre n’a pas de sens pour cette ligne"
}

// Texts of the gates when they let a figure pass.
var (
	rightsGate = Gate{Title: "Vos droits", Word: "accordé", Text: "La rubrique et l’établissement font partie de ce que vous pouvez consulter."}
	agreedGate = Gate{Title: "Convention", Word: "accordé", Text: "L’établissement partage cet indicateur avec la collectivité."}
	openGate   = Gate{Title: "Destinataires de l’indicateur", Word: "accordé", Text: "La collectivité fait partie des destinataires."}
	secretGate = Gate{Title: "Règles de diffusion", Word: "accordé", Text: "Le chiffre ne permet de reconnaître personne."}
)

// gatesOf lists the gates in the order in which they are passed and marks the one that decides.
// The gates after it were not reached.
func gatesOf(key reasonKey) []Gate {
	decides := func(title, text string) Gate {
		return Gate{Title: title, Word: "décide", Text: text, Decides: true}
	}
	idle := func(g Gate, text string) Gate { return Gate{Title: g.Title, Word: "non examiné", Text: text} }
	switch key.state {
	case belvedere.Secret:
		return []Gate{rightsGate, agreedGate, openGate,
			decides(secretGate.Title, "Trop peu de personnes sont concernées, ou la cellule permettrait d’en retrouver une autre par différence.")}
	case belvedere.NotShared:
		if key.only {
			return []Gate{
				decides(openGate.Title, "L’annexe réserve cet indicateur aux établissements, sauf si leur convention l’étend nommément à la collectivité."),
				idle(secretGate, "Les destinataires ont déjà décidé.")}
		}
		return []Gate{
			decides("Vos droits et la convention", "Le chiffre demande un droit sur la rubrique et sur l’établissement, et une convention en vigueur."),
			idle(openGate, "La décision est déjà prise."), idle(secretGate, "La décision est déjà prise.")}
	}
	return []Gate{rightsGate, agreedGate, openGate,
		decides("Livraison", "Aucun fichier reçu ne contient encore ce chiffre.")}
}

// next is what the reader can do about a cell without a value.
func (g *Grid) next(r Reason) []Link {
	definitions := Link{Label: "Lire les définitions et les destinataires", Address: "/indicateurs"}
	if r.State == belvedere.Expected && g.Manages {
		return []Link{{Label: "Voir les livraisons reçues", Address: "/livraisons"}, definitions}
	}
	return []Link{definitions}
}
