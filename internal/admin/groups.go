package admin

import (
	"context"
	"maps"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
	"belvedere/internal/words"
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
	known := forRights(schools)
	out := make([]GroupView, len(groups))
	for i, one := range groups {
		rule, _ := ruleOf(one.Rule)
		out[i] = GroupView{Group: one, Label: rule.Label, Held: holding(one, schools, known), Accounts: uses[one.ID]}
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

// Held gives the schools that a group holds, sorted: those that rights open, nothing else.
func Held(g registry.Group, schools []School) []belvedere.UAI {
	return rights.Members(g, forRights(schools))
}

// forRights gives schools as rights know them.
func forRights(schools []School) []rights.School {
	out := make([]rights.School, len(schools))
	for i, s := range schools {
		out[i] = rights.School{UAI: s.UAI, Name: s.Name, Attributes: s.Attributes}
	}
	return out
}

// holding gives the schools that a group holds in the order of the register. One that is named
// and that the register does not know stands at the end under its UAI.
func holding(g registry.Group, schools []School, known []rights.School) []School {
	members := map[belvedere.UAI]bool{}
	for _, u := range rights.Members(g, known) {
		members[u] = true
	}
	var out []School
	for _, s := range schools {
		if members[s.UAI] {
			out = append(out, s)
			delete(members, s.UAI)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(members)) {
		out = append(out, School{UAI: u, Name: string(u)})
	}
	return out
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
			if v := s.Attributes[rule.Code]; words.Fold(v) != "" {
				key := words.Fold(v)
				if counts[key]++; counts[key] == 1 {
					first[key] = v
				}
			}
		}
		for key, n := range counts {
			out[rule.Code] = append(out[rule.Code], GroupChoice{first[key], n})
		}
		slices.SortFunc(out[rule.Code], func(a, b GroupChoice) int { return strings.Compare(words.Fold(a.Value), words.Fold(b.Value)) })
	}
	return out, nil
}
