package rule

import (
	"cmp"
	"context"
	"slices"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Household is who receives one letter: guardians under one roof who share a pupil. Parents who
// live apart, or whose addresses are unknown, are two households.
type Household struct {
	Members []Member // mother and father in the order of their ids
	Pupils  []int64  // for whom any of them answers by law
}

// A Member is one adult of a household, once duplicates are merged.
type Member struct {
	Person int64   // the one of his records to write to
	Others []int64 // his further records
	Pupils []int64 // for whom he answers by law
}

// Households groups the guardians of a year for mailing: those who answer by law (level 1), or,
// for a pupil who has none, those in charge, or himself. Certain duplicates and those that people
// merged are one; those marked distinct never are.
func Households(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (list []Household, err error) {
	defer belvedere.Wrap(&err, "rule.Households(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		list, err = HouseholdsIn(tx, year)
		return err
	})
	return list, err
}

// HouseholdsIn is Households inside a transaction.
func HouseholdsIn(tx *vault.Tx, year belvedere.SchoolYear) ([]Household, error) {
	one, err := mergedPersons(tx)
	if err != nil {
		return nil, err
	}
	answers, err := answering(tx, year, one)
	if err != nil {
		return nil, err
	}
	addresses := map[int64]string{}
	records := map[int64][]int64{} // merged person → his records, the best to write to first
	err = tx.Each("SELECT id, cle_adresse FROM personne ORDER BY present DESC, cle_adresse = '', id", nil, func(scan func(...any) error) error {
		var id int64
		var address string
		if err := scan(&id, &address); err != nil {
			return err
		}
		who := one.find(id)
		records[who] = append(records[who], id)
		if addresses[who] == "" {
			addresses[who] = address
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return assemble(answers, addresses, records), nil
}

// assemble joins members who share a pupil and an address.
func assemble(answers map[int64][]int64, addresses map[int64]string, records map[int64][]int64) (list []Household) {
	roofs := union{}
	first := map[string]int64{} // pupil and address → first member
	for _, who := range sortedIDs(answers) {
		for _, pupil := range answers[who] {
			if addresses[who] == "" {
				continue
			}
			k := itoa(pupil) + "|" + addresses[who]
			if o, ok := first[k]; ok {
				roofs.join(o, who)
			} else {
				first[k] = who
			}
		}
	}
	at := map[int64]int{}
	for _, who := range sortedIDs(answers) {
		roof := roofs.find(who)
		i, ok := at[roof]
		if !ok {
			i, at[roof] = len(list), len(list)
			list = append(list, Household{})
		}
		mine := records[who]
		list[i].Members = append(list[i].Members, Member{Person: mine[0], Others: mine[1:], Pupils: answers[who]})
		list[i].Pupils = append(list[i].Pupils, answers[who]...)
	}
	for i := range list {
		slices.Sort(list[i].Pupils)
		list[i].Pupils = slices.Compact(list[i].Pupils)
	}
	return list
}

// answering gives, for each merged person, the pupils of the year that he answers for.
func answering(tx *vault.Tx, year belvedere.SchoolYear, one union) (map[int64][]int64, error) {
	type answer struct {
		who   int64
		level int
	}
	pupils := map[int64][]answer{}
	err := tx.Each(`SELECT l.eleve, l.personne, CASE WHEN l.parente = '70' THEN 1 ELSE l.niveau END FROM lien l
		JOIN scolarite s ON s.annee = l.annee AND s.eleve = l.eleve AND s.present = 1 AND s.sortie = ''
		WHERE l.annee = ? ORDER BY l.eleve, l.personne`, []any{int(year)}, func(scan func(...any) error) error {
		var pupil int64
		var a answer
		err := scan(&pupil, &a.who, &a.level)
		pupils[pupil] = append(pupils[pupil], a)
		return err
	})
	if err != nil {
		return nil, err
	}
	answers := map[int64][]int64{}
	for _, pupil := range sortedIDs(pupils) {
		best := 0
		for _, level := range []int{1, 2, 0} { // 0: the source does not tell
			if best == 0 && slices.ContainsFunc(pupils[pupil], func(a answer) bool { return a.level == level }) {
				best = cmp.Or(level, -1)
			}
		}
		for _, a := range pupils[pupil] {
			if a.level != max(best, 0) || best == 0 {
				continue // contacts receive nothing
			}
			if who := one.find(a.who); !slices.Contains(answers[who], pupil) {
				answers[who] = append(answers[who], pupil)
			}
		}
	}
	return answers, nil
}

// mergedPersons tells which guardians are one. A pair marked distinct keeps apart what two other
// pairs would join.
func mergedPersons(tx *vault.Tx) (union, error) {
	one, apart := union{}, map[[2]int64]bool{}
	type pair struct{ a, b int64 }
	var joins []pair
	err := tx.Each("SELECT a, b, certitude, etat FROM doublon ORDER BY a, b", nil, func(scan func(...any) error) error {
		var p pair
		var c Certainty
		var s PairState
		if err := scan(&p.a, &p.b, &c, &s); err != nil {
			return err
		}
		switch {
		case s == PairDistinct:
			apart[[2]int64{p.a, p.b}] = true
		case s == PairMerged || c == Certain:
			joins = append(joins, p)
		}
		return nil
	})
	for _, p := range joins {
		if !one.keptApart(p.a, p.b, apart) {
			one.join(p.a, p.b)
		}
	}
	return one, err
}

// A union tells which ids are one: each points to another of its set, or to none.
type union map[int64]int64

func (u union) find(id int64) int64 {
	for u[id] != 0 {
		id = u[id]
	}
	return id
}

// join makes two sets one, named by its lowest id.
func (u union) join(a, b int64) {
	a, b = u.find(a), u.find(b)
	if a != b {
		u[max(a, b)] = min(a, b)
	}
}

// keptApart tells whether joining two sets would join a pair that must not be.
func (u union) keptApart(a, b int64, apart map[[2]int64]bool) bool {
	a, b = u.find(a), u.find(b)
	for p := range apart {
		x, y := u.find(p[0]), u.find(p[1])
		if x == a && y == b || x == b && y == a {
			return true
		}
	}
	return false
}

func sortedIDs[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
