package export

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// provenance is what makes a table traceable, as names and values in the order of reading.
func provenance(t Table) []belvedere.Attribute {
	h, r := t.Heading, t.Result
	var out []belvedere.Attribute
	add := func(name, value string) {
		if value != "" {
			out = append(out, belvedere.Attribute{Name: name, Value: clean(value)})
		}
	}
	add("Titre", h.Title)
	add("Sélection", h.Selection)
	add("Période", h.Period)
	add("Territoire", h.Territory)
	for _, f := range h.Filters {
		add("Filtre : "+clean(f.Name), f.Value)
	}
	if h.Rates {
		add("Affichage", "taux")
	}
	add("Couverture", coverageText(r.Coverage))
	add("Établissements attendus sans données", missing(r.Coverage))
	if n := len(r.Coverage.Unlisted); n > 0 {
		add("Établissements hors du répertoire", joinUAI(r.Coverage.Unlisted))
	}
	for _, n := range r.Notes {
		add("À savoir", n)
	}
	add("Édition", editionText(r.Edition))
	add("Reçu", r.Receipt.Code)
	add("Rejouer ce résultat", address(t))
	add("Empreinte", r.Receipt.Hash)
	add("Version des définitions", r.Receipt.Definitions)
	add("Règles du secret", r.Receipt.Release)
	add("Sources", h.Credit)
	add("Produit le", moment(h.At))
	return out
}

// address is where the receipt of a table is replayed, with the name of the console when it has one.
func address(t Table) string {
	if a := t.Result.Receipt.Address(); a != "" {
		return t.Heading.Site + a
	}
	return ""
}

// coverageText is "87/96 établissements, à jour au 14/11/2025", "" when nothing is known.
func coverageText(c belvedere.Coverage) string {
	if c.Expected == 0 && c.Received == 0 && c.UpTo.IsZero() {
		return ""
	}
	s := strconv.Itoa(c.Received) + "/" + strconv.Itoa(c.Expected) + " établissements"
	if c.Expected < 2 {
		s = strconv.Itoa(c.Received) + "/" + strconv.Itoa(c.Expected) + " établissement"
	}
	if !c.UpTo.IsZero() {
		s += ", à jour au " + belvedere.ShortDate(c.UpTo)
	}
	return s
}

// missing names the expected schools without data, the first thirty of them.
func missing(c belvedere.Coverage) string {
	const most = 30
	var names []string
	for i, k := range c.Missing {
		if i == most {
			names = append(names, "et "+strconv.Itoa(len(c.Missing)-most)+" autres")
			break
		}
		names = append(names, orElse(k.Label, k.Code))
	}
	return strings.Join(names, ", ")
}

func joinUAI(all []belvedere.UAI) string {
	var names []string
	for _, u := range all {
		names = append(names, string(u))
	}
	return strings.Join(names, ", ")
}

// editionText is "n° 12 du 14/11/2025", "" before the first edition.
func editionText(e belvedere.Edition) string {
	if e.Number == 0 {
		return ""
	}
	s := "n°" + belvedere.NoBreak + strconv.Itoa(e.Number)
	if !e.Published.IsZero() {
		s += " du " + belvedere.ShortDate(e.Published)
	}
	if e.Label != "" {
		s += " (" + clean(e.Label) + ")"
	}
	return s
}

// moment is "22/11/2026 à 09 h 05", in the time zone that the time bears.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return belvedere.ShortDate(t) + " à " + t.Format("15") + belvedere.NoBreak + "h" + belvedere.NoBreak + t.Format("04")
}

// A meaning is a line of the legend.
type meaning struct{ Sign, Text string }

// legend explains the marks that stand in the table, and only them.
func legend(r *belvedere.Result) []meaning {
	var state [8]bool
	var extreme [3]bool
	g := grid{result: r}
	_ = g.each(func(row *belvedere.ResultRow, total bool) error {
		for i := range r.Columns {
			c := cellAt(row, i)
			if _, ok := number(c); !ok && c.State.Shown() {
				c.State = belvedere.NotAvailable
			}
			state[c.State&7] = true
			if c.State == belvedere.Value && int(c.Extreme) < len(extreme) {
				extreme[c.Extreme] = true
			}
		}
		return nil
	})
	var out []meaning
	if extreme[belvedere.Maximum] {
		out = append(out, meaning{"▲", "maximum de la colonne"})
	}
	if extreme[belvedere.Minimum] {
		out = append(out, meaning{"▼", "minimum de la colonne"})
	}
	if state[belvedere.Partial] {
		out = append(out, meaning{"souligné de points", "valeur partielle : des établissements ou des jours attendus manquent"})
	}
	for _, m := range stateMeanings {
		if state[m.state&7] {
			out = append(out, meaning{m.state.Word(), m.text})
		}
	}
	return out
}

var stateMeanings = []struct {
	state belvedere.State
	text  string
}{
	{belvedere.Expected, "rien n’a encore été reçu"},
	{belvedere.NotShared, "l’établissement n’a pas accepté ce partage, ou il est le seul destinataire de cet indicateur"},
	{belvedere.Secret, "masqué par le secret statistique"},
	{belvedere.NotAvailable, "non disponible : avant le premier millésime, ou non compté à ce niveau de détail"},
	{belvedere.NotApplicable, "sans objet ici"},
}

// A definition explains a column.
type definition struct {
	Number     int
	Label      string
	Unit       string
	Rate       string // "Part des demi-pensionnaires : demi-pensionnaires / élèves"
	Text       string
	Recipients string
	LegalBasis string
	Since      string
}

// definitions explain the indicators of the columns, each once, in order of appearance.
func definitions(t Table) []definition {
	var out []definition
	seen := map[string]bool{}
	for i := range t.Result.Columns {
		c := &t.Result.Columns[i]
		if seen[c.Indicator] {
			continue
		}
		seen[c.Indicator] = true
		d := definition{Number: c.Number, Label: clean(orElse(c.Label, c.Key)), Unit: clean(c.Unit)}
		if t.Model != nil {
			if ind := t.Model.Indicator(c.Indicator); ind != nil {
				d.fill(t.Model, ind)
			}
			if !asRate(t.Result, c.Indicator) {
				d.Rate = ""
			}
		}
		out = append(out, d)
	}
	return out
}

// asRate tells whether a column shows the rate of an indicator.
func asRate(r *belvedere.Result, indicator string) bool {
	return slices.ContainsFunc(r.Columns, func(c belvedere.ResultColumn) bool { return c.Indicator == indicator && c.Rate })
}

// fill takes the words of the catalogue; a detail without definition takes that of its indicator.
func (d *definition) fill(m *belvedere.Model, ind *belvedere.Indicator) {
	d.Label, d.Unit = clean(orElse(ind.Label, d.Label)), clean(orElse(ind.Unit, d.Unit))
	d.Text, d.Recipients, d.LegalBasis, d.Since = clean(ind.Definition), clean(ind.Recipients), clean(ind.LegalBasis), clean(ind.Since)
	if d.Number == 0 {
		d.Number = max(ind.Number, ind.Of)
	}
	if r := ind.Rate; r != nil {
		d.Rate = clean(r.Label)
		if r.NumLabel != "" && r.DenLabel != "" {
			d.Rate += belvedere.NoBreak + ": " + clean(r.NumLabel) + " / " + clean(r.DenLabel)
		}
	}
	if ind.Number != 0 || ind.Of == 0 {
		return
	}
	for _, parent := range m.Indicators {
		if parent.Number == ind.Of {
			d.Text = orElse(d.Text, clean(parent.Definition))
			d.Recipients = orElse(d.Recipients, clean(parent.Recipients))
			d.LegalBasis = orElse(d.LegalBasis, clean(parent.LegalBasis))
			return
		}
	}
}

// reasons are the distinct sentences that say why cells show no value, at most twelve.
func reasons(r *belvedere.Result) []string {
	const most = 12
	var out []string
	seen := map[string]bool{}
	for i := range r.Rows {
		for _, c := range r.Rows[i].Cells {
			if c.Why == "" || c.State == belvedere.Value || seen[c.Why] {
				continue
			}
			seen[c.Why] = true
			if out = append(out, clean(c.Why)); len(out) == most {
				return out
			}
		}
	}
	return out
}
