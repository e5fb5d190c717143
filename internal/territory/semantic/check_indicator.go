package semantic

import (
	"regexp"
	"slices"
	"strconv"

	"belvedere"
)

var sinceShape = regexp.MustCompile(`^(19|20|21)\d\d(-(19|20|21)\d\d)?$`)

const (
	schoolsAlone = "Établissements seuls" // recipients that withhold from the territory, as printed
	openToAll    = "aucun"                // widget of an own indicator that needs no right
)

// checkIndicators reads all themes, then lets details inherit from the indicator of the annex
// that they belong to, which may stand in another file.
func (d *declarations) checkIndicators() {
	seen, numbers := nameSet{}, map[int]*belvedere.Indicator{}
	for _, w := range d.themes {
		theme := d.theme(w)
		for i := range w.Indicators {
			wi := &w.Indicators[i]
			ind := d.indicator(wi, theme, seen)
			if ind.Annexed {
				if first := numbers[ind.Number]; first != nil {
					d.fault(wi.Number.at, "le numéro %d de l’annexe est déjà celui de %s", ind.Number, quote(first.Code))
				}
				numbers[ind.Number] = ind
			}
			d.model.Indicators = append(d.model.Indicators, ind)
			d.indicators[ind] = wi
		}
	}
	for _, ind := range d.model.Indicators {
		if wi := d.indicators[ind]; wi.Of.set {
			d.inherit(wi, ind, numbers[ind.Of])
		}
	}
	for _, ind := range d.model.Indicators {
		d.checkReference(d.indicators[ind], ind)
		d.checkHistory(d.indicators[ind], ind)
	}
}

// theme gives the code of a theme; a later file may add to a theme without its label.
func (d *declarations) theme(w *wireTheme) string {
	code := d.required(w.Theme, w.At, "theme")
	if w.Theme.s != "" && !nameShape.MatchString(w.Theme.s) {
		d.fault(w.Theme.at, "le nom %s n’est pas admis", quote(w.Theme.s))
	}
	for _, t := range d.model.Themes {
		if t.Code == code {
			if w.Label.set && w.Label.s != t.Label {
				d.fault(w.Label.at, "le thème %s s’appelle déjà %s", quote(code), quote(t.Label))
			}
			return code
		}
	}
	d.model.Themes = append(d.model.Themes, belvedere.Theme{Code: code, Label: d.required(w.Label, w.At, "label")})
	return code
}

func (d *declarations) indicator(w *wireIndicator, theme string, seen nameSet) *belvedere.Indicator {
	ind := &belvedere.Indicator{
		Code: d.name(w.Code, w.At, "code", nameShape, seen), Theme: theme, Widget: "", Label: d.required(w.Label, w.At, "label"),
		Short: w.Short.s, Definition: w.Definition.s, Unit1: w.Unit1.s, Unit2: w.Unit2.s, Since: w.Since.s,
		Recipients: w.Recipients.s, LegalBasis: w.Basis.s, Unit: w.Unit.s, Decimals: d.integer(w.Decimals, "decimals", 0, 4, 0),
		Applicable: w.Applicable.s, Secrecy: w.Secrecy.s, WhyNoRate: w.WhyNoRate.s, BetterIsLow: w.BetterIsLow.on,
		Annexed: w.Number.set, Number: d.integer(w.Number, "n", 1, 9999, 0), Of: d.integer(w.Of, "of", 1, 9999, 0),
	}
	if w.Widget.s != openToAll {
		ind.Widget = d.widget(w.Widget)
	}
	if ind.Short == "" {
		ind.Short = ind.Label
	}
	if w.Secrecy.set {
		d.oneOf(w.Secrecy, w.At, "secrecy", "aucun", "5", "10")
	}
	d.origin(w, ind)
	d.value(w, ind)
	d.rate(w, ind)
	d.since(w, ind)
	ind.SchoolOnly = ind.Recipients == schoolsAlone
	if w.Applicable.set && !d.isAttribute(w.Applicable.s) {
		d.fault(w.Applicable.at, "%s n’est pas un attribut des établissements", quote(w.Applicable.s))
	}
	return ind
}

// origin checks what an indicator must say for itself: all of the annex, little for a detail,
// and for a deployment's own indicator the right that opens it.
func (d *declarations) origin(w *wireIndicator, ind *belvedere.Indicator) {
	switch {
	case w.Number.set && w.Of.set:
		d.fault(w.Of.at, "un indicateur a un numéro (n) ou est le détail d’un autre (of)")
	case w.Of.set:
		return
	}
	if w.Number.set && w.At.file != nil && w.At.file.own {
		d.fault(w.Number.at, "les numéros de l’annexe sont réservés au catalogue livré\u00a0: retirez n, ou donnez of")
	}
	d.required(w.Definition, w.At, "definition")
	d.required(w.Since, w.At, "since")
	d.required(w.Recipients, w.At, "recipients")
	d.required(w.Basis, w.At, "basis")
	if !w.Number.set {
		if !w.Widget.set {
			d.fault(w.At, "la clé «\u00a0widget\u00a0» manque\u00a0: le droit qui ouvre l’indicateur, ou %s", openToAll)
		}
		return
	}
	unit1 := d.oneOf(w.Unit1, w.At, "unit1", "Nombre", "Taux", "---")
	unit2 := d.oneOf(w.Unit2, w.At, "unit2", "Nombre", "Taux", "---")
	if len(w.Members) == 0 && unit2 == "Taux" && w.Rate == nil {
		d.fault(w.Unit2.at, "l’annexe annonce un taux\u00a0: la clé «\u00a0rate\u00a0» manque")
	}
	if len(w.Members) == 0 && unit1 == "Nombre" && !w.Value.set {
		d.fault(w.Unit1.at, "l’annexe annonce un nombre\u00a0: la clé «\u00a0value\u00a0» manque")
	}
}

func (d *declarations) value(w *wireIndicator, ind *belvedere.Indicator) {
	if len(w.Members) > 0 {
		if w.Value.set {
			d.fault(w.Value.at, "un référentiel (members) n’a pas de valeur")
		}
		if w.Rate != nil {
			d.fault(w.Rate.At, "un référentiel (members) n’a pas de taux")
		}
		return
	}
	if !w.Value.set {
		if w.Rate == nil {
			d.fault(w.At, "la clé «\u00a0value\u00a0» manque (ou «\u00a0rate\u00a0» seul, ou «\u00a0members\u00a0» pour un référentiel)")
		}
		return
	}
	d.required(w.Unit, w.At, "unit")
	ind.Value = d.expression(w.Value, false)
}

func (d *declarations) rate(w *wireIndicator, ind *belvedere.Indicator) {
	if w.Rate != nil {
		ind.Rate = d.readRate(w.Rate)
	}
}

func (d *declarations) readRate(r *wireRate) *belvedere.Rate {
	otherwise := 2
	if r.Percent.on {
		otherwise = 1
	}
	out := &belvedere.Rate{
		Label: d.required(r.Label, r.At, "label"), Percent: r.Percent.on, Decimals: d.integer(r.Decimals, "decimals", 0, 4, otherwise),
		NumLabel: d.required(r.NumLabel, r.At, "num_label"), DenLabel: d.required(r.DenLabel, r.At, "den_label"),
	}
	if d.required(r.Num, r.At, "num") != "" {
		out.Num = d.expression(r.Num, true)
	}
	if d.required(r.Den, r.At, "den") != "" {
		out.Den = d.expression(r.Den, true)
	}
	return out
}

func (d *declarations) since(w *wireIndicator, ind *belvedere.Indicator) {
	if !w.Since.set {
		return
	}
	if !sinceShape.MatchString(w.Since.s) {
		d.fault(w.Since.at, "since est un millésime (2010) ou une suite de millésimes (2010-2014)")
		return
	}
	year, _ := strconv.Atoi(w.Since.s[:4])
	ind.SinceYear = belvedere.SchoolYear(year)
}

// inherit completes a detail with what its indicator of the annex says. The right and the
// recipients are the first to inherit: a detail never shows what its whole keeps.
func (d *declarations) inherit(w *wireIndicator, ind, whole *belvedere.Indicator) {
	if whole == nil {
		d.fault(w.Of.at, "aucun indicateur n’a le numéro %d de l’annexe", ind.Of)
		return
	}
	for _, one := range []struct{ at, to, from *string }{
		{&w.Since.s, &ind.Since, &whole.Since}, {&w.Basis.s, &ind.LegalBasis, &whole.LegalBasis},
		{&w.Recipients.s, &ind.Recipients, &whole.Recipients}, {&w.Definition.s, &ind.Definition, &whole.Definition},
		{&w.Secrecy.s, &ind.Secrecy, &whole.Secrecy}, {&w.Applicable.s, &ind.Applicable, &whole.Applicable},
		{&w.Widget.s, &ind.Widget, &whole.Widget},
	} {
		if *one.at == "" {
			*one.to = *one.from
		}
	}
	ind.Theme = whole.Theme
	if !w.Since.set {
		ind.SinceYear = whole.SinceYear
	}
	ind.SchoolOnly = ind.Recipients == schoolsAlone
	if whole.SchoolOnly && !ind.SchoolOnly {
		d.fault(w.Recipients.at, "l’indicateur %d est gardé pour les établissements\u00a0: son détail l’est aussi", ind.Of)
	}
	if whole.Widget != "" && ind.Widget == "" {
		d.fault(w.Widget.at, "l’indicateur %d demande un droit : son détail aussi", ind.Of)
	}
	if w.Since.set && ind.SinceYear < whole.SinceYear {
		d.fault(w.Since.at, "un détail n’est pas plus ancien que l’indicateur %d", ind.Of)
	}
}

// checkReference checks the members of a référentiel and gives the secrecy class its default.
func (d *declarations) checkReference(w *wireIndicator, ind *belvedere.Indicator) {
	if ind.Secrecy == "" {
		ind.Secrecy = "aucun"
	}
	for _, m := range w.Members {
		member := d.findIndicator(m.s)
		switch {
		case member == nil:
			d.fault(m.at, "l’indicateur %s est inconnu%s", quote(m.s), orNear(m.s, d.indicatorCodes()))
		case len(d.indicators[member].Members) > 0:
			d.fault(m.at, "%s est lui-même un référentiel", quote(m.s))
		case slices.Contains(ind.Members, m.s):
			d.fault(m.at, "%s est donné deux fois", quote(m.s))
		}
		ind.Members = append(ind.Members, m.s)
	}
	for _, b := range w.By {
		if len(w.Members) == 0 {
			d.fault(b.at, "by ne va qu’avec members")
		}
		if !d.isLine(b.s) && !d.isDimension(b.s) {
			d.fault(b.at, "la dimension %s est inconnue", quote(b.s))
		}
		ind.By = append(ind.By, b.s)
	}
}

func (d *declarations) findIndicator(code string) *belvedere.Indicator {
	for _, i := range d.model.Indicators {
		if i.Code == code {
			return i
		}
	}
	return nil
}

func (d *declarations) indicatorCodes() []string {
	var out []string
	for _, i := range d.model.Indicators {
		out = append(out, i.Code)
	}
	return out
}
