package procedure

import (
	"context"
	"math"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/declaration"
)

// An Example is the acceptance test of a request: a figure that the answer must find.
type Example struct {
	Indicator string // field that names the indicator
	Delivered string // field, filled in later, that names the one that answers; it wins
	Where     string // field of the filters: "annee=2025 etablissement=0350017D"
	Value     string // field of the expected figure
}

// Figure is what the infocentre says of an example today, with the rights of who asks.
type Figure struct {
	Value float64
	Text  string // as tables show it, or the word of its state
	Known bool   // a value, and not « en attente » or « secret »
}

// Figures asks for one figure.
type Figures func(ctx context.Context, viewer belvedere.Viewer, indicator string, where []string) (Figure, error)

// example reads the acceptance test of a declaration.
func (d *declared) example(n declaration.Node) {
	if !n.Set() {
		return
	}
	keys := n.Fields("indicator", "delivered", "where", "value")
	e := &Example{n.Word(keys, "indicator", true), n.Word(keys, "delivered", false), n.Word(keys, "where", true), n.Word(keys, "value", true)}
	for key, want := range map[string]struct {
		field string
		kind  FieldType
	}{"indicator": {e.Indicator, ReferField}, "delivered": {e.Delivered, ReferField}, "where": {e.Where, TextField}, "value": {e.Value, NumberField}} {
		if f := d.p.Field(want.field); want.field != "" && (f == nil || f.Type != want.kind) {
			keys[key].Fault("«\u00a0%s\u00a0» n’est pas un champ de type %s", want.field, want.kind)
		}
	}
	d.p.Example = e
}

// A Trial is an example put to the test.
type Trial struct {
	Asked   bool   // the file has an example
	Waits   string // why it cannot be tried yet, "" when it was
	Found   bool
	Text    string // one sentence
	Queried string // the question, as the command line asks it
}

// Try asks for the figure of an example, with the rights of who looks.
func (s *Service) Try(ctx context.Context, viewer belvedere.Viewer, p *Procedure, v Values) (t Trial) {
	e := p.Example
	if e == nil || v.One(e.Value) == "" {
		return t
	}
	t.Asked = true
	code := v.One(e.Delivered)
	if code == "" {
		code = v.One(e.Indicator)
	}
	switch {
	case code == "":
		t.Waits = "Aucun indicateur n’y répond encore\u00a0: le chiffre sera cherché quand il sera livré."
	case s.Figures == nil:
		t.Waits = "Les chiffres ne sont pas à la portée de cette commande\u00a0: la page de la demande les cherche."
	}
	if t.Waits != "" {
		return t
	}
	where := strings.Fields(v.One(e.Where))
	t.Queried = "belvedere query --indicators " + code
	for _, w := range where {
		t.Queried += " --where '" + w + "'"
	}
	got, err := s.Figures(ctx, viewer, code, where)
	if err != nil {
		t.Text = "La question n’a pas de réponse\u00a0: " + belvedere.Message(err)
		return t
	}
	want, _ := strconv.ParseFloat(v.One(e.Value), 64)
	_, decimals, _ := strings.Cut(v.One(e.Value), ".")
	unit := math.Pow(10, -float64(len(decimals)))
	if t.Found = got.Known && math.Abs(got.Value-want) <= unit/2+1e-9; t.Found {
		t.Text = "Le chiffre d’exemple est retrouvé\u00a0: " + got.Text + "."
	} else {
		t.Text = "Le chiffre d’exemple n’est pas retrouvé\u00a0: " + got.Text + " à la place de " + decimal(v.One(e.Value)) + "."
	}
	return t
}

// decimal writes a kept number as French readers do.
func decimal(s string) string {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	_, decimals, _ := strings.Cut(s, ".")
	return belvedere.FormatNumber(n, len(decimals))
}
