package admin

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"belvedere"
	"belvedere/internal/registry"
)

// Groups manages named sets of schools, so that 200 schools are not ticked one by one.
type Groups struct {
	Registry registry.Registry
	Schools  Directory
}

// A Rule is a way to say which schools a group holds.
type Rule struct {
	Code  string // as Group.Rule
	Label string // "Type d’établissement"
	Doc   string // what its values are
}

// ListRule is the rule of a group whose schools are named one by one.
const ListRule = "liste"

// Rules are the rules that a group may follow, in the order of the form.
func Rules() []Rule {
	return []Rule{
		{"type", "Type d’établissement", "collège, lycée, école…"},
		{"secteur", "Secteur", "public ou privé"},
		{"commune", "Commune", "le nom d’une ou de plusieurs communes"},
		{"departement", "Département", "un ou plusieurs départements"},
		{"academie", "Académie", "une ou plusieurs académies"},
		{"code_postal", "District, par code postal", "le début d’un ou de plusieurs codes postaux\u00a0: 35 pour un département, 352 pour un district"},
		{ListRule, "Liste d’établissements", "choisis un par un"},
	}
}

func ruleOf(code string) (Rule, bool) {
	for _, r := range Rules() {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

// A GroupView is a group with what it holds today.
type GroupView struct {
	registry.Group
	Label    string // of its rule
	Held     []School
	Accounts int // that have it
}

// List gives all groups by name.
func (g *Groups) List(ctx context.Context) (_ []GroupView, err error) {
	defer belvedere.Wrap(&err, "List")
	groups, err := g.Registry.ListGroups(ctx)
	if err != nil {
		return nil, err
	}
	schools, err := g.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	accounts, _, err := g.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	uses := map[int64]int{}
	for _, a := range accounts {
		for _, id := range a.Groups {
			uses[id]++
		}
	}
	out := make([]GroupView, len(groups))
	for i, one := range groups {
		rule, _ := ruleOf(one.Rule)
		out[i] = GroupView{Group: one, Label: rule.Label, Held: holding(one, schools), Accounts: uses[one.ID]}
	}
	return out, nil
}

// Group gives one. NotFound when there is none.
func (g *Groups) Group(ctx context.Context, id int64) (GroupView, error) {
	all, err := g.List(ctx)
	if err != nil {
		return GroupView{}, err
	}
	for _, one := range all {
		if one.ID == id {
			return one, nil
		}
	}
	return GroupView{}, errNowhere
}

// Held gives the schools that a group holds, sorted.
func Held(g registry.Group, schools []School) []belvedere.UAI {
	if g.Rule == ListRule {
		return slices.Clone(g.Schools)
	}
	var out []belvedere.UAI
	for _, s := range holding(g, schools) {
		out = append(out, s.UAI)
	}
	slices.Sort(out)
	return out
}

// holding gives the schools of the register that a group holds, in the order of the register. A
// school that is named one by one and that the register does not know stands under its UAI.
func holding(g registry.Group, schools []School) []School {
	var out []School
	if g.Rule == ListRule {
		named := make(map[belvedere.UAI]bool, len(g.Schools))
		for _, u := range g.Schools {
			named[u] = true
		}
		for _, s := range schools {
			if named[s.UAI] {
				out = append(out, s)
				delete(named, s.UAI)
			}
		}
		for _, u := range g.Schools {
			if named[u] {
				out = append(out, School{UAI: u, Name: string(u)})
			}
		}
		return out
	}
	values := make([]string, len(g.Values))
	for i, v := range g.Values {
		values[i] = folded(v)
	}
	for _, s := range schools {
		if ruleHolds(g.Rule, values, s) {
			out = append(out, s)
		}
	}
	return out
}

// ruleHolds tells whether an attribute of a school is among folded values.
func ruleHolds(rule string, values []string, s School) bool {
	if rule == "code_postal" {
		return slices.ContainsFunc(postcodes(s), func(code string) bool {
			return slices.ContainsFunc(values, func(prefix string) bool { return prefix != "" && strings.HasPrefix(code, prefix) })
		})
	}
	own := folded(s.Attributes[rule])
	return own != "" && slices.Contains(values, own)
}

// postcodes are those of a school, folded.
func postcodes(s School) []string {
	return strings.FieldsFunc(folded(s.Attributes["codes_postaux"]), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// A GroupChoice is a value that a rule may name, with how many schools have it.
type GroupChoice struct {
	Value   string
	Schools int
}

// Choices gives the values of the register that each rule may name, by rule. Postcodes, which
// are typed as prefixes, have none.
func (g *Groups) Choices(ctx context.Context) (_ map[string][]GroupChoice, err error) {
	defer belvedere.Wrap(&err, "Choices")
	schools, err := g.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]GroupChoice{}
	for _, rule := range Rules() {
		if rule.Code == ListRule || rule.Code == "code_postal" {
			continue
		}
		counts, first := map[string]int{}, map[string]string{}
		for _, s := range schools {
			if v := s.Attributes[rule.Code]; folded(v) != "" {
				key := folded(v)
				if counts[key]++; counts[key] == 1 {
					first[key] = v
				}
			}
		}
		for key, n := range counts {
			out[rule.Code] = append(out[rule.Code], GroupChoice{first[key], n})
		}
		slices.SortFunc(out[rule.Code], func(a, b GroupChoice) int { return strings.Compare(folded(a.Value), folded(b.Value)) })
	}
	return out, nil
}
