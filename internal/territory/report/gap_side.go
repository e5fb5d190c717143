package report

import (
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/gap"
)

// Names of lines that are no line: the total over all of them, and their sum as a reader adds
// what is shown.
const (
	wholeLine = "ensemble"
	sumLine   = "somme"
	emptyCode = "vide" // the code of rows without detail, which is empty
)

// A GapSide is one of the two figures.
type GapSide struct {
	Ask     GapSideAsk
	Result  *belvedere.Result // that the figure stands in, nil for a number
	Address string            // of the page that shows it, "" when none does
	Receipt string
	Column  belvedere.ResultColumn
	Line    string // as Ask.Line names it, "ensemble" for the total
	Cell    belvedere.Cell
	Figure  gap.Figure
	Words   string // "Élèves, Public, année 2025-2026, édition 6"

	Typed    *big.Rat // a number, nil for a figure of the console
	Percent  bool     // the number was typed with %
	Decimals int      // as shown

	perimeter *belvedere.Filter // schools that the first holder of a receipt saw, nil for all
	changes   []string          // what differs since a receipt was made, and no factor says

	// Shown = Exact + Rounding, and of a sum of lines Exact = the total + Held.
	Shown, Exact, Rounding, Held *big.Rat
}

// A GapChoice is a line or a column that a side may be read at.
type GapChoice struct{ Code, Label string }

var (
	receiptText = regexp.MustCompile(`^[0-9A-Z]{4}(-[0-9A-Z]{4})+$`)
	placeText   = regexp.MustCompile(`[\s#&](ligne|colonne)=`)
)

// side reads one of the two figures.
func (b *gapBuilder) side(ask GapSideAsk) (*GapSide, error) {
	ask.place()
	s := &GapSide{Ask: ask, Held: new(big.Rat), Rounding: new(big.Rat)}
	var err error
	text := ask.Text
	value, decimals, percent, number := gap.Parse(text)
	switch {
	case text == "" && len(b.common.Indicators) == 0:
		return nil, belvedere.Errorf(belvedere.Invalid, "il manque%s: donnez un reçu, une question, l’adresse d’une page ou un nombre", belvedere.NoBreak)
	case number:
		s.Typed, s.Shown, s.Exact, s.Decimals, s.Percent, s.Words = value, value, value, decimals, percent, "nombre donné"
		return s, nil
	case receiptText.MatchString(strings.ToUpper(text)) && ReadCode(text) != "":
		s.Result, err = b.receiptResult(s, text)
	case strings.HasPrefix(text, "/"):
		s.Result, err = b.pageResult(s, text)
	default:
		s.Result, err = b.askResult(text)
	}
	if err != nil {
		return nil, err
	}
	if s.Result.Edition.Number == 0 {
		return nil, belvedere.Errorf(belvedere.NotFound, "rien n’est encore publié")
	}
	s.Receipt = s.Result.Receipt.Code
	return s, b.read(s)
}

// place takes the line and the column that a text names itself: "… ligne=0350017D colonne=eleves".
func (a *GapSideAsk) place() {
	a.Text = strings.TrimSpace(a.Text)
	at := placeText.FindStringIndex(a.Text)
	if at == nil {
		return
	}
	rest := a.Text[at[0]+1:]
	a.Text = strings.TrimSpace(a.Text[:at[0]])
	for rest != "" {
		one, more := rest, ""
		if next := placeText.FindStringIndex(rest); next != nil {
			one, more = rest[:next[0]], rest[next[0]+1:]
		}
		name, value, _ := strings.Cut(one, "=")
		if text, err := url.QueryUnescape(strings.ReplaceAll(value, "+", "%2B")); err == nil {
			value = text
		}
		if value = strings.TrimSpace(value); name == "ligne" {
			a.Line = value
		} else {
			a.Column = value
		}
		rest = more
	}
}

// receiptResult makes the result of a receipt again, with the rights of the viewer. What its first
// holder saw of fewer schools is asked of those among them that the viewer may see.
func (b *gapBuilder) receiptResult(s *GapSide, code string) (*belvedere.Result, error) {
	p, err := b.r.Replay(b.ctx, b.viewer, code)
	if err != nil {
		return nil, err
	}
	s.Address = p.Frozen
	c, err := b.r.root().recorded(b.ctx, code)
	if err != nil {
		return nil, err
	}
	if was := c.rights.scope(); was.Fingerprint != b.viewer.Scope.Fingerprint && !was.AllSchools {
		s.perimeter = b.perimeterOf(was)
	}
	for _, change := range p.Changes {
		if change.Moves && !(s.perimeter != nil && change.Kind == ChangeRights) {
			s.changes = append(s.changes, change.Text)
		}
	}
	return p.Result, nil
}

// perimeterOf limits a question to the schools that a scope opened and the viewer's opens too, nil
// where these are all that the viewer's opens.
func (b *gapBuilder) perimeterOf(was belvedere.Scope) *belvedere.Filter {
	mine := sightOf(b.viewer.Scope)
	f := belvedere.Filter{Dim: "etablissement"}
	for _, u := range was.Schools {
		if mine.opens(u) {
			f.Values = append(f.Values, string(u))
		}
	}
	then := sightOf(was)
	if !slices.ContainsFunc(b.dir.known, func(u belvedere.UAI) bool { return mine.opens(u) && !then.opens(u) }) {
		return nil
	}
	return &f
}

// pageResult is what a page shows at an address.
func (b *gapBuilder) pageResult(s *GapSide, address string) (*belvedere.Result, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" {
		return nil, belvedere.Errorf(belvedere.Invalid, "l’adresse de la page est mal formée")
	}
	view, err := b.r.PageAt(b.ctx, b.viewer, u)
	if err != nil {
		return nil, err
	}
	s.Address = u.RequestURI()
	result := view.Result
	if block := u.Query().Get("bloc"); block != "" {
		n, err := strconv.Atoi(block)
		if err != nil || n < 1 || n > len(view.Blocks) {
			return nil, belvedere.Errorf(belvedere.NotFound, "cette page n’a pas de tableau ni de graphique à ce rang")
		}
		result = view.Blocks[n-1].result()
	}
	if result == nil {
		return nil, belvedere.Errorf(belvedere.NotFound, "cette page n’a pas encore de chiffre à comparer")
	}
	return result, nil
}

// result is that of the table or the chart of a block, nil when it has neither.
func (v BlockView) result() *belvedere.Result {
	switch {
	case v.Table != nil:
		return v.Table.Result
	case v.Chart != nil:
		return v.Chart.Result
	}
	return nil
}

// askResult answers a question in the words of the command line: indicators first, then filters.
func (b *gapBuilder) askResult(text string) (*belvedere.Result, error) {
	ask, err := parseWords(text, b.common)
	if err != nil {
		return nil, err
	}
	q, err := b.r.Build(b.ctx, ask)
	if err != nil {
		return nil, err
	}
	b.view.Asked++
	result, _, err := b.r.Receipted(b.ctx, b.viewer, q)
	return result, err
}

// parseWords reads "eleves annee=2025 secteur=public edition=6" over what both sides have in
// common: an own filter takes the place of a common one on the same dimension.
func parseWords(text string, common Ask) (Ask, error) {
	ask := Ask{Indicators: common.Indicators, By: common.By, Rates: common.Rates, Edition: common.Edition, Total: true}
	var own, indicators []string
	for _, word := range strings.Fields(text) {
		name, value, filter := strings.Cut(word, "=")
		switch {
		case strings.Contains(name, "[") || !filter && len(own) == 0:
			indicators = append(indicators, SplitIndicators(word)...)
		case !filter:
			own[len(own)-1] += " " + word // a value with a space: commune=Saint Malo
		case name == "edition":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return ask, belvedere.Errorf(belvedere.Invalid, "edition%s: %q doit être un entier à partir de 1", belvedere.NoBreak, value)
			}
			ask.Edition = n
		case name == "taux":
			ask.Rates = value == "oui" || value == "1"
		case name == "par":
			ask.By = strings.Split(value, ",")
		default:
			own = append(own, word)
		}
	}
	if len(indicators) > 0 {
		ask.Indicators = indicators
	}
	if len(ask.Indicators) == 0 {
		return ask, belvedere.Errorf(belvedere.Invalid, "%q ne nomme aucun indicateur", text)
	}
	ask.Where = own
	for _, one := range common.Where {
		if !slices.ContainsFunc(own, func(o string) bool { return overrides(o, one) }) {
			ask.Where = append(ask.Where, one)
		}
	}
	return ask, nil
}

// overrides tells whether a filter takes the place of another: the same dimension, or any two of
// time, which a question says once.
func overrides(own, common string) bool {
	name := func(text string) string {
		dim, _, _ := strings.Cut(text, "=")
		if dim = strings.TrimSuffix(strings.TrimSpace(dim), "!"); slices.Contains([]string{"annee", "mois", "jour", "du", "au", "periode"}, dim) {
			return "temps"
		}
		return dim
	}
	return name(own) == name(common)
}
