package directory

import (
	"cmp"
	"slices"
	"strings"

	"belvedere/internal/school/rule"
)

// alreadyOpen stands in place of a code.
const alreadyOpen = "compte déjà ouvert"

// access is the access of someone; account is 0 when it was opened and is not to be reset.
func (r *register) access(p *person, again bool) Access {
	a := r.accounts[p.who]
	out := Access{Name: p.called(), Login: a.login, who: p.who}
	if a.state != Opened || again {
		out.account = a.id
	}
	return out
}

func (r *register) pupilLetters(f PrintForm) (list []Letter) {
	for _, p := range r.pupils {
		if f.Division != "" && p.division != f.Division || f.Person != 0 && p.id != f.Person {
			continue
		}
		a := r.access(&p.person, f.Again || f.Person != 0)
		if a.account == 0 {
			continue
		}
		list = append(list, Letter{Division: p.division, Pupil: p.called(), Sender: r.school.sender(), To: []string{p.called()}, Access: []Access{a}, pupil: p.id,
			values: map[string]string{"destinataire": p.first, "eleve": p.called(), "eleves": r.listed([]int64{p.id}), "division": p.division}})
	}
	return list
}

// householdLetters makes one letter for each household, handed to its first pupil in the order of
// divisions and names, whatever the division of the others: no household gets two.
func (r *register) householdLetters(f PrintForm) (list []Letter) {
	order := map[int64]int{}
	for i, p := range r.pupils {
		order[p.id] = i
	}
	for _, h := range r.households {
		l, ok := r.household(h, f, order)
		if ok && (f.Division == "" || l.Division == f.Division) {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b Letter) int { return cmp.Compare(order[a.pupil], order[b.pupil]) })
	return list
}

func (r *register) household(h rule.Household, f PrintForm, order map[int64]int) (l Letter, ok bool) {
	pupils := slices.DeleteFunc(slices.Clone(h.Pupils), func(id int64) bool { return r.pupil[id] == nil })
	if len(pupils) == 0 {
		return l, false
	}
	slices.SortFunc(pupils, func(a, b int64) int { return cmp.Compare(order[a], order[b]) })
	hand := r.pupil[pupils[0]]
	l = Letter{Division: hand.division, Pupil: hand.called(), Sender: r.school.sender(), pupil: hand.id}
	var place, names []string
	owed, asked := false, f.Person == 0
	for _, m := range h.Members {
		g := r.guardian[r.chosen[m.Person]]
		if g == nil {
			continue
		}
		a := r.access(&g.person, f.Again || f.Person == g.id)
		owed, asked = owed || a.account != 0, asked || f.Person == g.id
		l.Access = append(l.Access, a)
		names = append(names, g.addressed())
		for _, id := range append([]int64{m.Person}, m.Others...) {
			if o := r.guardian[id]; len(place) == 0 && o != nil {
				place = o.place()
			}
		}
	}
	l.To = append(names, place...)
	l.values = map[string]string{"destinataire": strings.Join(names, ", "), "eleve": hand.called(), "eleves": r.listed(pupils), "division": hand.division}
	return l, owed && asked
}

func (r *register) staffLetters(f PrintForm) (list []Letter) {
	for _, m := range r.staff {
		if f.Division != "" && !slices.Contains(r.divisionsOf(m.who), f.Division) || f.Person != 0 && m.id != f.Person {
			continue
		}
		a := r.access(&m.person, f.Again || f.Person != 0)
		if a.account == 0 {
			continue
		}
		list = append(list, Letter{Sender: r.school.sender(), To: []string{m.addressed()}, Access: []Access{a},
			values: map[string]string{"destinataire": m.addressed(), "eleve": "", "eleves": "", "division": ""}})
	}
	return list
}

// listed names pupils with their divisions: "FERRY Jade (6A), FERRY Tom (4B)".
func (r *roster) listed(ids []int64) string {
	var names []string
	for _, id := range ids {
		p := r.pupil[id]
		name := p.called()
		if p.division != "" {
			name += " (" + p.division + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// sender is the head of a letter.
func (c card) sender() []string {
	lines := []string{c.title()}
	for _, l := range []string{c.address, strings.TrimSpace(c.postcode + " " + c.town)} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// example is a letter to nobody.
func (r *roster) example(profile string) Letter {
	l := Letter{Division: "6A", Pupil: "EXEMPLE Camille", Sender: r.school.sender(),
		values: map[string]string{"destinataire": "Mme EXEMPLE Dominique", "eleve": "EXEMPLE Camille", "eleves": "EXEMPLE Camille (6A), EXEMPLE Noa (4B)", "division": "6A"}}
	access := func(name, login string) Access { return Access{Name: name, Login: login, Code: "XXXX-XXXX-XXXX"} }
	switch profile {
	case Pupils:
		l.To, l.Access = []string{"EXEMPLE Camille"}, []Access{access("EXEMPLE Camille", "camille.exemple")}
		l.values["destinataire"] = "Camille"
	case Guardians:
		l.To = []string{"Mme EXEMPLE Dominique", "M. EXEMPLE Claude", "1 RUE DE L’EXEMPLE", "99000 EXEMPLE"}
		l.values["destinataire"] = "Mme EXEMPLE Dominique, M. EXEMPLE Claude"
		l.Access = []Access{access("EXEMPLE Dominique", "dominique.exemple"), access("EXEMPLE Claude", "claude.exemple")}
	case Staff:
		l.Division, l.Pupil = "", ""
		l.To, l.Access = []string{"Mme EXEMPLE Dominique"}, []Access{access("EXEMPLE Dominique", "dominique.exemple")}
	}
	return l
}

// tag is what letters are sorted by when they are handed out.
func (l Letter) tag() string {
	switch {
	case l.pupil == 0 && l.Pupil == "":
		return strings.Join(l.To[:1], "")
	case l.Division == "":
		return "Sans division · " + l.Pupil
	}
	return l.Division + " · " + l.Pupil
}
