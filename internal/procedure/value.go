package procedure

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// Values are answers by name of field, in the form in which they are kept: dates as 2027-01-31,
// decimals with a point, amounts in cents, choices by code, people by the number of their account.
type Values map[string][]string

// One is the answer to a field that has one, "" for none.
func (v Values) One(field string) string {
	if len(v[field]) == 0 {
		return ""
	}
	return v[field][0]
}

// over is v with what another says in its place.
func (v Values) over(own Values) Values {
	out := Values{}
	for name, values := range v {
		out[name] = values
	}
	for name, values := range own {
		out[name] = values
	}
	return out
}

// seen keeps the answers of the fields that are asked, as answers stand.
func (p *Procedure) seen(v Values) Values {
	out := v.over(nil)
	for range p.Fields { // hiding one may hide another
		before := len(out)
		for name := range out {
			if f := p.Field(name); f == nil || !f.Visible(out) {
				delete(out, name)
			}
		}
		if len(out) == before {
			break
		}
	}
	return out
}

func (v Values) text() string {
	if len(v) == 0 {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts always have a JSON form
	}
	return string(b)
}

func valuesOf(text string) Values {
	out := Values{}
	if text != "" {
		json.Unmarshal([]byte(text), &out) //nolint:errcheck // written by text; what is damaged reads as nothing
	}
	return out
}

// A Change is a field whose answer changed.
type Change struct {
	Field  string   `json:"field"`
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
}

// changes lists what differs, in the order of the fields.
func (p *Procedure) changes(before, after Values) (out []Change) {
	for _, f := range p.Fields {
		if !slices.Equal(before[f.Name], after[f.Name]) {
			out = append(out, Change{f.Name, before[f.Name], after[f.Name]})
		}
	}
	return out
}

// longestText is the most characters of a text without bound of its own.
const longestText = 2000

// read turns what was typed in a field into what is kept; flaw says in French what is wrong with it.
func (f *Field) read(typed []string, today time.Time) (out []string, flaw string) {
	var given []string
	for _, t := range typed {
		if t = strings.TrimSpace(strings.ReplaceAll(t, "\r\n", "\n")); t != "" {
			given = append(given, t)
		}
	}
	if len(given) == 0 {
		return nil, ""
	}
	if !f.Many && f.Type != PeriodField {
		given = given[:1]
	}
	if len(given) > 5000 {
		return nil, "trop de valeurs sont données"
	}
	switch f.Type {
	case TextField:
		return given, f.textFlaw(given[0])
	case NumberField:
		return f.number(given[0])
	case MoneyField:
		return f.money(given[0])
	case DateField:
		return f.date(given[0], today)
	case PeriodField:
		return f.period(given)
	case YesNoField:
		if given[0] != "oui" && given[0] != "non" {
			return nil, "répondez par oui ou non"
		}
		return given, ""
	case ChoiceField:
		for _, g := range given {
			if _, ok := f.Option(g); !ok {
				return nil, "choisissez parmi les réponses proposées"
			}
		}
	}
	slices.Sort(given)
	return slices.Compact(given), ""
}

func (f *Field) textFlaw(s string) string {
	most := f.Most
	if most == 0 {
		most = longestText
	}
	switch {
	case utf8.RuneCountInString(s) > most:
		return fmt.Sprintf("le texte compte plus de %d caractères", most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control))
	}):
		return "le texte contient un caractère invisible"
	case f.Lines <= 1 && strings.Contains(s, "\n"):
		return "le texte tient sur une ligne"
	case f.Link && !safeLink(s):
		return "une adresse commence par / (une page d’ici) ou par https://, sans espace"
	}
	return ""
}

// safeLink tells whether an address leads to a page, of this console or by https, and nowhere else.
func safeLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && !strings.ContainsAny(s, " \\<>\"'") &&
		(u.Scheme == "" && u.Host == "" && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") || u.Scheme == "https" && u.Host != "")
}

var unspaced = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", ",", ".")

// number reads a decimal, with at most the decimals of the field.
func (f *Field) number(s string) ([]string, string) {
	s = unspaced.Replace(s)
	n, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 40 || strings.ContainsAny(s, "/eEpPxX_") {
		return nil, "un nombre est attendu"
	}
	if _, decimals, _ := strings.Cut(s, "."); len(strings.TrimRight(decimals, "0")) > f.Scale {
		if f.Scale == 0 {
			return nil, "un nombre entier est attendu"
		}
		return nil, fmt.Sprintf("au plus %d décimales sont attendues", f.Scale)
	}
	for _, bound := range []struct {
		text string
		sign int
		say  string
	}{{f.Min, -1, "au moins"}, {f.Max, 1, "au plus"}} {
		if limit, ok := new(big.Rat).SetString(bound.text); ok && n.Cmp(limit) == bound.sign {
			return nil, "le nombre doit être " + bound.say + " " + bound.text
		}
	}
	return []string{n.FloatString(f.Scale)}, ""
}

// money reads euros and keeps cents.
func (f *Field) money(s string) ([]string, string) {
	euros := *f
	euros.Scale = 2
	out, flaw := euros.number(s)
	if flaw != "" {
		return nil, flaw
	}
	return []string{strings.TrimPrefix(strings.ReplaceAll(out[0], ".", ""), "+")}, ""
}

func readDate(s string) (time.Time, string) {
	day, err := belvedere.ParseDate(s)
	if err != nil {
		return day, "une date s’écrit 2027-01-31 ou 31/01/2027"
	}
	return day, ""
}

func (f *Field) date(s string, today time.Time) ([]string, string) {
	day, flaw := readDate(s)
	switch {
	case flaw != "":
		return nil, flaw
	case f.Future && !day.After(today):
		return nil, "ce jour est passé\u00a0: choisissez-en un à venir"
	case f.Within > 0 && day.After(today.AddDate(0, f.Within, 0)):
		return nil, "ce jour est trop lointain\u00a0: le " + belvedere.ShortDate(today.AddDate(0, f.Within, 0)) + " au plus tard"
	}
	return []string{day.Format(time.DateOnly)}, ""
}

func (f *Field) period(given []string) ([]string, string) {
	if len(given) != 2 {
		return nil, "une période a un premier et un dernier jour"
	}
	first, flaw := readDate(given[0])
	last, other := readDate(given[1])
	switch {
	case flaw+other != "":
		return nil, "une date s’écrit 2027-01-31 ou 31/01/2027"
	case last.Before(first):
		return nil, "la période finit avant d’avoir commencé"
	}
	return []string{first.Format(time.DateOnly), last.Format(time.DateOnly)}, ""
}

// reduces tells whether what the authority puts beside an answer is not more than it.
func (f *Field) reduces(asked, own []string) bool {
	if slices.Equal(asked, own) {
		return true
	}
	if len(asked) == 0 || len(own) == 0 { // nothing means those of the account, which may be more
		return false
	}
	switch f.Type {
	case ChoiceField:
		if !f.Ordered {
			return own[0] == f.Options[0].Code
		}
		rank := func(code string) int {
			return slices.IndexFunc(f.Options, func(o Option) bool { return o.Code == code })
		}
		return rank(own[0]) >= 0 && rank(own[0]) <= rank(asked[0])
	case ReferField:
		return slices.Contains(asked, Everything) || !slices.ContainsFunc(own, func(o string) bool { return !slices.Contains(asked, o) })
	case DateField:
		return own[0] <= asked[0]
	case YesNoField:
		return own[0] == "non"
	case NumberField, MoneyField:
		a, _ := strconv.ParseFloat(asked[0], 64)
		o, _ := strconv.ParseFloat(own[0], 64)
		return o <= a
	}
	return false
}
