package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// mostNamed bounds the schools that a change names; the others are counted.
const mostNamed = 20

// changes are what differs between what a receipt names and what answers it today. Those that
// explain why the result is not the same are told apart by answering once more under the rights
// that the receipt names: what is shown of that answer is one bit, whether it is the same.
func (c *record) changes(ctx context.Context, viewer belvedere.Viewer, p *Replay) ([]Change, error) {
	var out []Change
	rights, err := c.rightsChanges(ctx, viewer)
	if err != nil {
		return nil, err
	}
	byRights := false
	if !p.Same && viewer.Scope.Fingerprint != c.rights.Fingerprint {
		if byRights, err = c.sameUnderItsRights(ctx); err != nil {
			return nil, err
		}
		if len(rights) == 0 {
			rights = []Change{{Kind: ChangeRights, Text: "Ce reçu a été établi avec d’autres droits que les vôtres."}}
		}
	}
	for i := range rights {
		rights[i].Moves = !p.Same
	}
	others, err := c.otherChanges(ctx, viewer, p.Result.Receipt.Release, p.Same || byRights)
	if err != nil {
		return nil, err
	}
	out = append(rights, others...)
	if !p.Same && !slices.ContainsFunc(out, func(x Change) bool { return x.Moves }) {
		out = append(out, unexplained())
	}
	return out, nil
}

// unexplained is what is left when nothing that a receipt names has changed.
func unexplained() Change {
	return Change{Kind: ChangeWarehouse, Moves: true,
		Text: "Rien de ce que nomme le reçu n’a changé\u00a0: l’entrepôt a été reconstruit autrement, ou une livraison a été altérée. Prévenez l’administrateur."}
}

// sameUnderItsRights tells whether the rights that a receipt names still give its result.
func (c *record) sameUnderItsRights(ctx context.Context) (bool, error) {
	out, err := c.answer(ctx, belvedere.Viewer{Kind: belvedere.Operator, Scope: c.rights.scope()})
	if err != nil {
		return false, err
	}
	return digest(out) == c.Digest, nil
}

// otherChanges are those that do not depend on who asks. Still tells that they bear on nothing.
func (c *record) otherChanges(ctx context.Context, viewer belvedere.Viewer, rules string, still bool) ([]Change, error) {
	var out []Change
	if c.altered {
		out = append(out, Change{Kind: ChangeReceipt, Text: "Le reçu a été modifié dans le registre\u00a0: ce qu’il nomme n’a plus son empreinte.", Moves: !still})
	}
	edits, err := c.editChanges(ctx, viewer)
	if err != nil {
		return nil, err
	}
	out = append(out, edits...)
	if c.lost != nil {
		out = append(out, Change{Kind: ChangeDefinitions, Text: "Les définitions de l’époque (version " + c.Definitions + ") ne peuvent plus répondre\u00a0: celles d’aujourd’hui répondent à leur place.",
			Details: []string{belvedere.Message(c.lost)}})
	}
	if c.Rules != rules {
		out = append(out, Change{Kind: ChangeRelease, Text: "Les règles du secret statistique ont changé.",
			Details: []string{"À l’époque\u00a0: " + orNone(c.Rules), "Aujourd’hui\u00a0: " + orNone(rules)}})
	}
	if c.Program != belvedere.Version {
		out = append(out, Change{Kind: ChangeProgram, Text: "Le programme a changé\u00a0: version " + c.Program + " à l’époque, " + belvedere.Version + " aujourd’hui."})
	}
	for i := range out {
		out[i].Moves = !still
	}
	return out, nil
}

func orNone(s string) string {
	if s == "" {
		return "aucune"
	}
	return s
}

// rightsChanges compare what the receipt's first holder could see with what the viewer sees today,
// as far as the question goes. A school is named only to who may know of it.
func (c *record) rightsChanges(ctx context.Context, viewer belvedere.Viewer) ([]Change, error) {
	was, now := c.rights.scope(), viewer.Scope
	if was.Fingerprint == now.Fingerprint {
		return nil, nil
	}
	directory, err := c.r.Directory(ctx, c.Edition)
	if err != nil {
		return nil, err
	}
	d := &difference{record: c, directory: directory, was: was, now: now, own: c.isOf(viewer), then: sightOf(was), today: sightOf(now)}
	d.widgets()
	d.schools()
	d.shares()
	return d.out, d.agreements(ctx)
}

// A difference gathers the changes of rights.
type difference struct {
	*record
	directory   *Directory
	was, now    belvedere.Scope
	then, today sight
	own         bool                   // the viewer is who first got the receipt
	moved       map[belvedere.UAI]bool // schools that began or ceased to share
	out         []Change
}

// wording speaks to the holder of what ceased, to another reader of what is not theirs.
func (d *difference) wording(holder, other string) string {
	if d.own {
		return holder
	}
	return other
}

func (d *difference) widgets() {
	var lost, gained []string
	seen := map[string]bool{}
	for _, ind := range d.sources() {
		if seen[ind.Widget] {
			continue
		}
		seen[ind.Widget] = true
		switch then, now := d.was.Sees(ind.Widget), d.now.Sees(ind.Widget); {
		case then && !now:
			lost = append(lost, d.widget(ind.Widget))
		case now && !then:
			gained = append(gained, d.widget(ind.Widget))
		}
	}
	if len(lost) > 0 {
		d.out = append(d.out, Change{Kind: ChangeRights, Text: d.wording("Ces rubriques ne vous sont plus ouvertes.", "Ces rubriques ne vous sont pas ouvertes."), Details: lost})
	}
	if len(gained) > 0 {
		d.out = append(d.out, Change{Kind: ChangeRights, Text: d.wording("Ces rubriques vous sont ouvertes depuis.", "Ces rubriques vous sont ouvertes, et ne l’étaient pas à la personne pour qui il a été établi."), Details: gained})
	}
}

// widget names a right as forms do.
func (d *difference) widget(code string) string {
	for _, w := range d.by.model.Widgets {
		if w.Code == code {
			return w.Menu + " > " + w.Label
		}
	}
	return code
}

// sources are the declared indicators of the question: formulas stand for those that they read.
func (c *record) sources() []*belvedere.Indicator {
	var out []*belvedere.Indicator
	for _, ind := range c.indicators() {
		out = append(out, ind.Sources()...)
	}
	return out
}

// indicators are those of the question, each once, as they answer.
func (c *record) indicators() []*belvedere.Indicator {
	var out []*belvedere.Indicator
	for _, q := range c.question.Query.Columns {
		if ind := c.by.indicatorOf(q); ind != nil && !slices.Contains(out, ind) {
			out = append(out, ind)
		}
	}
	return out
}

// asked are the schools that the question is about.
func (d *difference) asked() []belvedere.UAI {
	var out []belvedere.UAI
	for _, u := range d.directory.known {
		if fits(u, d.directory.Find(u), d.question.Query.Where) {
			out = append(out, u)
		}
	}
	return out
}

func (d *difference) schools() {
	var lost, gained []belvedere.UAI
	for _, u := range d.asked() {
		switch then, now := d.then.opens(u), d.today.opens(u); {
		case then && !now:
			lost = append(lost, u)
		case now && !then:
			gained = append(gained, u)
		}
	}
	if len(lost) > 0 {
		d.out = append(d.out, Change{Kind: ChangeRights, Text: d.wording("Des établissements ne vous sont plus ouverts.", "Ce reçu a été établi sur un périmètre plus large que le vôtre."), Details: d.names(lost)})
	}
	if len(gained) > 0 {
		d.out = append(d.out, Change{Kind: ChangeRights, Text: d.wording("Des établissements vous sont ouverts depuis.", "Vos droits ouvrent des établissements que ce reçu ne comptait pas."), Details: d.names(gained)})
	}
}

// names are the schools that the viewer may know of: those that are open today, and to who first
// got the receipt those that were. The others are not even counted.
func (d *difference) names(list []belvedere.UAI) []string {
	var out []string
	rest := 0
	for _, u := range list {
		if !d.own && !d.today.opens(u) {
			continue
		}
		if len(out) == mostNamed {
			rest++
			continue
		}
		out = append(out, d.directory.nameOf(u).Label+" ("+string(u)+")")
	}
	if rest > 0 {
		out = append(out, "et "+belvedere.Plural(rest, "autre", "autres"))
	}
	return out
}

// shares compares, indicator by indicator, the schools that shared it and those that do, among
// those open both times.
func (d *difference) shares() {
	type pair struct{ lost, gained string }
	words := map[pair][]string{}
	lists := map[pair][2][]belvedere.UAI{}
	d.moved = map[belvedere.UAI]bool{}
	var order []pair
	for _, ind := range d.indicators() {
		lost, gained := d.sharesOf(ind)
		key := pair{fmt.Sprint(lost), fmt.Sprint(gained)}
		if len(lost)+len(gained) == 0 {
			continue
		}
		if words[key] == nil {
			order = append(order, key)
		}
		words[key] = append(words[key], "«\u00a0"+ind.Label+"\u00a0»")
		lists[key] = [2][]belvedere.UAI{lost, gained}
		for _, u := range append(lost[:len(lost):len(lost)], gained...) {
			d.moved[u] = true
		}
	}
	for _, key := range order {
		what := strings.Join(words[key], ", ")
		if lost := lists[key][0]; len(lost) > 0 {
			d.out = append(d.out, Change{Kind: ChangeAgreement, Text: "Ces établissements ne partagent plus " + what + ".", Details: d.names(lost)})
		}
		if gained := lists[key][1]; len(gained) > 0 {
			d.out = append(d.out, Change{Kind: ChangeAgreement, Text: "Ces établissements partagent depuis " + what + ".", Details: d.names(gained)})
		}
	}
}

func (d *difference) sharesOf(ind *belvedere.Indicator) (lost, gained []belvedere.UAI) {
	was, now := d.was, d.now
	was.Known, now.Known = d.directory.known, d.directory.known
	then, allThen := was.Shared(ind)
	today, allToday := now.Shared(ind)
	for _, u := range d.asked() {
		if !d.then.opens(u) || !d.today.opens(u) {
			continue
		}
		_, before := slices.BinarySearch(then, u)
		_, after := slices.BinarySearch(today, u)
		switch before, after = before || allThen, after || allToday; {
		case before && !after:
			lost = append(lost, u)
		case after && !before:
			gained = append(gained, u)
		}
	}
	return lost, gained
}

// agreements says what became of the agreements behind what moved.
func (d *difference) agreements(ctx context.Context) error {
	if len(d.moved) == 0 {
		return nil
	}
	then, today := map[int64]belvedere.AgreementRef{}, map[int64]belvedere.AgreementRef{}
	for _, a := range d.was.Agreements {
		then[a.ID] = a
	}
	for _, a := range d.now.Agreements {
		today[a.ID] = a
	}
	var details []string
	for _, id := range slices.Sorted(maps.Keys(bothOf(then, today))) {
		before, was := then[id]
		after, is := today[id]
		ref := after
		if was {
			ref = before
		}
		if was && is && before == after || ref.School != "" && !d.moved[ref.School] {
			continue
		}
		text, err := d.fate(ctx, ref, was, is)
		if err != nil {
			return err
		}
		details = append(details, text)
	}
	if len(details) > 0 {
		d.out = append(d.out, Change{Kind: ChangeAgreement, Text: "Des conventions ont changé.", Details: details})
	}
	return nil
}

func bothOf[K comparable, V any](a, b map[K]V) map[K]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// fate is what became of an agreement: "Convention n° 12 de Collège X : retirée le 12/11/2026".
func (d *difference) fate(ctx context.Context, ref belvedere.AgreementRef, was, is bool) (string, error) {
	name := "Convention n°\u00a0" + strconv.FormatInt(ref.ID, 10) + ", collective"
	if ref.School != "" {
		name = "Convention n°\u00a0" + strconv.FormatInt(ref.ID, 10) + " de " + d.directory.nameOf(ref.School).Label + " (" + string(ref.School) + ")"
	}
	a, err := d.r.registry.Agreement(ctx, ref.ID)
	what := ""
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound:
		what = "supprimée"
	case err != nil:
		return "", err
	case !was:
		what = "en vigueur depuis"
	case !a.Revoked.IsZero():
		what = "retirée le " + belvedere.ShortDate(a.Revoked.In(d.r.zone))
	case !is && !a.To.IsZero():
		what = "terminée le " + belvedere.ShortDate(a.To.AddDate(0, 0, -1))
	default:
		what = "modifiée depuis (version " + strconv.FormatInt(ref.Version, 10) + " à l’époque, " + strconv.FormatInt(a.Version, 10) + " aujourd’hui)"
	}
	return name + "\u00a0: " + what, nil
}

// editChanges are the corrections of schools and the contests that came or went, of schools that
// the viewer sees and the question is about.
func (c *record) editChanges(ctx context.Context, viewer belvedere.Viewer) ([]Change, error) {
	directory, err := c.r.Directory(ctx, c.Edition)
	if err != nil || "c-"+directory.edits == c.Edits || directory.edits == "" && c.Edits == "" {
		return nil, err
	}
	e, err := c.r.schoolEdits(ctx)
	if err != nil {
		return nil, err
	}
	sees := sightOf(viewer.Scope)
	then, now := editLines(c.edits), editLines(editParts(e))
	var details []string
	for _, u := range slices.Sorted(maps.Keys(bothOf(then, now))) {
		if slices.Equal(then[u], now[u]) || !sees.opens(u) || !c.takes(directory, u) {
			continue
		}
		details = append(details, directory.nameOf(u).Label+" ("+string(u)+")\u00a0: "+orNothing(then[u])+" à l’époque, "+orNothing(now[u])+" aujourd’hui")
	}
	text := "Des établissements ont été corrigés ou contestent d’autres chiffres."
	if len(details) == 0 { // of schools that the viewer does not see, or that the question leaves out
		return nil, nil
	}
	if len(details) > mostNamed {
		details = append(details[:mostNamed:mostNamed], "et "+belvedere.Plural(len(details)-mostNamed, "autre", "autres"))
	}
	return []Change{{Kind: ChangeCorrection, Text: text, Details: details}}, nil
}

// takes tells whether the question is about a school, as it is now or as it was delivered: a
// correction may move it in or out.
func (c *record) takes(directory *Directory, u belvedere.UAI) bool {
	for _, f := range c.question.Query.Where {
		if f.Dim == "etablissement" && contains(f.Values, string(u)) == f.Not {
			return false
		}
	}
	return directory.Find(u) != nil
}

// editLines are the corrections and contests of each school in words.
func editLines(parts []editPart) map[belvedere.UAI][]string {
	out := map[belvedere.UAI][]string{}
	for _, p := range parts {
		if p.Dataset != "" {
			out[p.School] = append(out[p.School], "contestation ("+p.Dataset+", "+p.Sum[:min(8, len(p.Sum))]+")")
			continue
		}
		out[p.School] = append(out[p.School], p.Fields...)
	}
	return out
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "rien"
	}
	return strings.Join(list, ", ")
}

// redefinitions compares the definitions of the question's indicators with those of today.
func (c *record) redefinitions() []Redefinition {
	if c.by == c.r {
		return nil
	}
	var out []Redefinition
	seen := map[string]bool{}
	for _, q := range c.question.Query.Columns {
		was, now := c.inForce(c.by.model, q), c.inForce(c.r.model, q)
		if was == nil || seen[was.Code] {
			continue
		}
		seen[was.Code] = true
		if now == nil {
			out = append(out, Redefinition{Code: was.Code, Label: was.Label, Gone: true})
			continue
		}
		x := Redefinition{Code: was.Code, Label: now.Label}
		then, today := definitionFields(was), definitionFields(now)
		for i := range then {
			if then[i].Old != today[i].Old {
				x.Fields = append(x.Fields, FieldChange{then[i].Name, then[i].Old, today[i].Old})
			}
		}
		if len(x.Fields) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// inForce is an indicator as a catalogue defines it for the period of the question.
func (c *record) inForce(m *belvedere.Model, q belvedere.QueryColumn) *belvedere.Indicator {
	ind := m.Indicator(q.Indicator)
	if ind == nil || len(ind.History) == 0 {
		return ind
	}
	if q.Version == 0 {
		q.Version = ind.VersionOn(c.question.Query.Period.To.AddDate(0, 0, -1))
	}
	return m.Column(q)
}

// definitionFields are the parts of a definition that a reader compares.
func definitionFields(ind *belvedere.Indicator) []FieldChange {
	out := []FieldChange{
		{Name: "Intitulé", Old: ind.Label}, {Name: "Définition", Old: ind.Definition}, {Name: "Calcul", Old: semantic.Text(ind.Value)},
		{Name: "Unité", Old: ind.Unit}, {Name: "Taux"}, {Name: "Calcul du taux"},
	}
	if ind.Rate != nil {
		out[4].Old, out[5].Old = ind.Rate.Label, semantic.Text(ind.Rate.Num)+" / "+semantic.Text(ind.Rate.Den)
	}
	return out
}
