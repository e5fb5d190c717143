package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// The limits of a group.
const (
	mostGroupName   = 80
	mostGroupValues = 500
	mostGroupList   = 20_000 // schools of a group by list
)

// A GroupForm is what an administrator fills in about a group.
type GroupForm struct {
	Version int64
	Name    string
	Rule    string
	Values  []string // of a rule by attribute
	Schools []string // UAIs of a list
}

// FormOfGroup is the form of a group as it is kept.
func FormOfGroup(g registry.Group) GroupForm {
	f := GroupForm{Version: g.Version, Name: g.Name, Rule: g.Rule, Values: slices.Clone(g.Values)}
	for _, s := range g.Schools {
		f.Schools = append(f.Schools, string(s))
	}
	return f
}

// GroupObject is how the journal names a group.
func GroupObject(g registry.Group) string { return fmt.Sprintf("groupe %d (%s)", g.ID, g.Name) }

// Preview gives the schools that a group (id 0: a new one) would hold today.
func (g *Groups) Preview(ctx context.Context, id int64, f GroupForm) (_ []School, err error) {
	defer belvedere.Wrap(&err, "Preview(%d)", id)
	base := registry.Group{}
	if id != 0 {
		view, err := g.Group(ctx, id)
		if err != nil {
			return nil, err
		}
		base = view.Group
	}
	group, schools, err := g.checked(ctx, base, f)
	if err != nil {
		return nil, err
	}
	return holding(group, schools, forRights(schools)), nil
}

// Put creates a group (id 0) or changes one. Conflict when someone else has changed it since the
// form was read, or when its name is taken; Flaws when the form is wrong.
func (g *Groups) Put(ctx context.Context, id int64, f GroupForm) (before, after registry.Group, err error) {
	defer belvedere.Wrap(&err, "Put(%d)", id)
	if id != 0 {
		view, err := g.Group(ctx, id)
		if err != nil {
			return before, after, err
		}
		if before = view.Group; before.Version != f.Version {
			return before, after, belvedere.Errorf(belvedere.Conflict,
				"Quelqu’un d’autre a modifié le groupe %s entre-temps\u00a0: rien n’a été enregistré. Rechargez la page, puis recommencez.", before.Name)
		}
	}
	after, _, err = g.checked(ctx, before, f)
	if err != nil {
		return before, after, err
	}
	after, err = g.Registry.PutGroup(ctx, after)
	return before, after, err
}

// Delete removes a group, from all accounts too: their people lose its schools at once.
func (g *Groups) Delete(ctx context.Context, id, version int64) (_ registry.Group, err error) {
	defer belvedere.Wrap(&err, "Delete(%d)", id)
	view, err := g.Group(ctx, id)
	if err != nil {
		return registry.Group{}, err
	}
	return view.Group, g.Registry.DeleteGroup(ctx, id, version)
}

// checked is a group with what a form says of it, and the register that it was checked against.
func (g *Groups) checked(ctx context.Context, base registry.Group, f GroupForm) (registry.Group, []School, error) {
	schools, err := g.Schools.Schools(ctx)
	if err != nil {
		return base, nil, err
	}
	others, err := g.Registry.ListGroups(ctx)
	if err != nil {
		return base, nil, err
	}
	var flaws Flaws
	out := registry.Group{ID: base.ID, Version: base.Version, Rule: f.Rule}
	out.Name = flaws.groupName(f.Name, base.ID, others)
	switch _, ok := ruleOf(f.Rule); {
	case !ok:
		flaws.add("regle", "Choisissez ce qui réunit les établissements du groupe.")
	case f.Rule == ListRule:
		out.Schools = flaws.groupSchools(f.Schools, base.Schools, schools)
	default:
		out.Values = flaws.groupValues(f.Rule, f.Values)
	}
	return out, schools, flaws.orNil()
}

func (f *Flaws) groupName(typed string, id int64, others []registry.Group) string {
	before := len(*f)
	name := writtenText(f.text("nom", "Le nom", typed, mostGroupName))
	switch {
	case len(*f) > before:
	case name == "":
		f.add("nom", "Le nom manque : écrivez celui que la liste montrera.")
	case strings.ContainsAny(name, "|;") || strings.ContainsAny(name[:1], "=+-@'"):
		f.add("nom", "Le nom ne peut contenir ni | ni point-virgule, ni commencer par un signe : il s’écrit dans des fichiers CSV.")
	case slices.ContainsFunc(others, func(o registry.Group) bool { return o.ID != id && words.Fold(o.Name) == words.Fold(name) }):
		f.add("nom", "Un autre groupe s’appelle déjà %s.", quoted(name))
	}
	return name
}

func (f *Flaws) groupSchools(typed []string, had []belvedere.UAI, schools []School) []belvedere.UAI {
	if len(typed) > mostGroupList {
		f.add("etablissement", "Une liste compte au plus %s établissements : choisissez une règle.", belvedere.FormatNumber(mostGroupList, 0))
		return nil
	}
	k := &known{schools: make(map[belvedere.UAI]string, len(schools))}
	for _, s := range schools {
		k.schools[s.UAI] = s.Name
	}
	before := len(*f)
	out := f.uais(typed, had, k)
	if len(out) == 0 && len(*f) == before {
		f.add("etablissement", "Choisissez au moins un établissement.")
	}
	return out
}

// groupValues reads the values of a rule; the empty ones fall.
func (f *Flaws) groupValues(rule string, typed []string) []string {
	field := "valeurs_" + rule
	var out []string
	seen := map[string]bool{}
	for _, t := range typed {
		before := len(*f)
		t = writtenText(f.text(field, "Une valeur", t, mostText))
		if len(*f) > before {
			return nil
		}
		if t == "" || seen[words.Fold(t)] {
			continue
		}
		if rule == "code_postal" && !postcodePrefix(t) {
			f.add(field, "%s n’est pas le début d’un code postal : écrivez de un à cinq chiffres.", quoted(t))
			continue
		}
		seen[words.Fold(t)] = true
		out = append(out, t)
	}
	switch {
	case len(out) > mostGroupValues:
		f.add(field, "Une règle compte au plus %d valeurs.", mostGroupValues)
	case len(out) == 0:
		f.add(field, "Choisissez au moins une valeur.")
	}
	slices.Sort(out)
	return out
}

func postcodePrefix(s string) bool {
	return len(s) <= 5 && !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsDigit(r) })
}

// SayGroupChange says in one line what changed in a group, for the journal.
func SayGroupChange(before, after registry.Group) string {
	say := func(g registry.Group) string {
		if g.Rule == ListRule {
			return belvedere.Plural(len(g.Schools), "établissement", "établissements")
		}
		return g.Rule + " " + sayList(g.Values, g.Values)
	}
	var list []Difference
	if before.Name != after.Name {
		list = append(list, Difference{"Nom", orNothing(before.Name), orNothing(after.Name)})
	}
	if before.Rule != after.Rule || !slices.Equal(before.Values, after.Values) || !slices.Equal(before.Schools, after.Schools) {
		from := "(rien)"
		if before.ID != 0 {
			from = say(before)
		}
		list = append(list, Difference{"Établissements", from, say(after)})
	}
	return sayChanges(list)
}
