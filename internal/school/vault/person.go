package vault

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// A Person is someone of this school, whatever the year.
type Person struct {
	Sort  string // Pupil, Guardian or Staff
	ID    int64
	Last  string
	First string
	Birth string // date, "" when unknown
	Years []belvedere.SchoolYear

	lasts       []string // all names that he bears
	identifiers map[string][]string
}

// Name is "FERRY Jade".
func (p Person) Name() string { return strings.TrimSpace(p.Last + " " + p.First) }

// heldIn is where each sort of people is kept: the table of who they are, and what names them.
var heldIn = map[string]struct{ table, columns, years string }{
	Pupil:    {"eleve", "nom, prenom, naissance, nom_usage", "SELECT annee FROM scolarite WHERE eleve = ? ORDER BY annee"},
	Guardian: {"personne", "nom, prenom, '', nom_usage", "SELECT DISTINCT annee FROM lien WHERE personne = ? ORDER BY annee"},
	Staff:    {"personnel", "nom, prenom, naissance, nom_patronymique", "SELECT annee FROM affectation WHERE personnel = ? ORDER BY annee"},
}

// Locate finds people by parts of their names, in any order, or by an identifier that they bear
// or bore (INE, ELEVE_ID, PERSONNE_ID, identifier of an account…).
func (v *Vault) Locate(ctx context.Context, query string) (found []Person, err error) {
	defer belvedere.Wrap(&err, "vault.Locate(%s)", v.uai)
	words := strings.Fields(Fold(query))
	if len(words) == 0 {
		return nil, nil
	}
	err = v.Read(ctx, func(tx *Tx) error {
		for _, sort := range []string{Pupil, Guardian, Staff} {
			ids, err := tx.matches(sort, strings.TrimSpace(query), words)
			if err != nil {
				return err
			}
			for _, id := range ids {
				p, err := tx.person(sort, id)
				if err != nil {
					return err
				}
				found = append(found, p)
			}
		}
		for _, sort := range dossierSorts {
			ids, err := tx.dossierMatches(sort, strings.TrimSpace(query), words)
			if err != nil {
				return err
			}
			for _, id := range ids {
				p, err := tx.dossierPerson(sort, id)
				if err != nil {
					return err
				}
				found = append(found, p)
			}
		}
		return nil
	})
	return found, err
}

// matches are the ids of those of a sort who answer to a query.
func (t *Tx) matches(sort, query string, words []string) (ids []int64, err error) {
	held := heldIn[sort]
	err = t.Each("SELECT id, nom || ' ' || prenom || ' ' || "+strings.Split(held.columns, ", ")[3]+
		", EXISTS (SELECT 1 FROM identifiant i WHERE i.qui = ?1 AND i.qui_id = t.id AND i.valeur = ?2) OR EXISTS (SELECT 1 FROM compte c WHERE c.qui = ?1 AND c.qui_id = t.id AND c.identifiant = ?2)"+
		" FROM "+held.table+" t ORDER BY cle, id", []any{sort, query}, func(scan func(...any) error) error {
		var id int64
		var names string
		var borne bool
		if err := scan(&id, &names, &borne); err != nil {
			return err
		}
		folded, all := " "+Fold(names), true
		for _, w := range words {
			all = all && strings.Contains(folded, " "+w)
		}
		if all || borne {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// person reads who someone is. One who is not there is NotFound.
func (t *Tx) person(sort string, id int64) (Person, error) {
	if slices.Contains(dossierSorts, sort) {
		return t.dossierPerson(sort, id)
	}
	p := Person{Sort: sort, ID: id, identifiers: map[string][]string{}}
	held, ok := heldIn[sort]
	if !ok {
		return p, belvedere.Errorf(belvedere.Invalid, "« %s » n’est pas une sorte de personne\u00a0: eleve, personne, personnel, etudiant, agent ou usager.", sort)
	}
	var other string
	found, err := t.Get("SELECT "+held.columns+" FROM "+held.table+" WHERE id = ?", []any{id}, &p.Last, &p.First, &p.Birth, &other)
	if err != nil {
		return p, err
	}
	if !found {
		return p, belvedere.Errorf(belvedere.NotFound, "Le coffre de l’établissement %s ne connaît pas cette personne (%s %d).", t.v.uai, sort, id)
	}
	p.lasts = distinct(p.Last, other)
	if err := t.Each(held.years, []any{id}, func(scan func(...any) error) error {
		var year int
		err := scan(&year)
		p.Years = append(p.Years, belvedere.SchoolYear(year))
		return err
	}); err != nil {
		return p, err
	}
	err = t.Each("SELECT sorte, valeur FROM identifiant WHERE qui = ? AND qui_id = ?", []any{sort, id}, func(scan func(...any) error) error {
		var kind, value string
		err := scan(&kind, &value)
		p.identifiers[kind] = append(p.identifiers[kind], value)
		return err
	})
	return p, err
}

// A holding is rows of a table that are about someone: those that the condition finds, in which ?1
// is the local id and ?2, if it is there, the sort.
type holding struct {
	table, condition string
	// keep leaves the row when the person is erased, without the column.
	keep string
}

// args are those of the condition.
func (h holding) args(sort string, id int64) []any {
	if strings.Contains(h.condition, "?2") {
		return []any{id, sort}
	}
	return []any{id}
}

var byAnyone = []holding{
	{"identifiant", "qui = ?2 AND qui_id = ?1", ""},
	{"connexion", "qui = ?2 AND qui_id = ?1", ""},
	{"lettre", "qui = ?2 AND qui_id = ?1", ""},
	{"code_activation", "compte IN (SELECT id FROM compte WHERE qui = ?2 AND qui_id = ?1)", ""},
	{"compte", "qui = ?2 AND qui_id = ?1", ""},
	{"constat_vie", "constat IN (SELECT id FROM constat WHERE qui = ?2 AND qui_id = ?1 OR avec = ?2 AND avec_id = ?1)", ""},
	{"constat", "qui = ?2 AND qui_id = ?1 OR avec = ?2 AND avec_id = ?1", ""},
	{"note", "qui = ?2 AND qui_id = ?1", ""},
	{"annuaire_fiche", "qui = ?2 AND qui_id = ?1", "qui_id"}, // the other ENT must still be told that she goes
}

// holdings are all rows about someone but those of sources, the one that says who he is last.
var holdings = map[string][]holding{
	Pupil: append([]holding{
		{"scolarite", "eleve = ?1", ""}, {"eleve_option", "eleve = ?1", ""}, {"eleve_groupe", "eleve = ?1", ""},
		{"passage", "eleve = ?1", ""}, {"lien", "eleve = ?1", ""}, {"appel_eleve", "eleve = ?1", ""}, {"appel_correction", "eleve = ?1", ""},
		{"absence", "eleve = ?1", ""}, {"demi_journee", "eleve = ?1", ""}, {"retard", "eleve = ?1", ""},
		{"lettre", "eleve = ?1", ""},
	}, append(byAnyone[:len(byAnyone):len(byAnyone)], holding{"eleve", "id = ?1", ""})...),
	Guardian: append([]holding{
		{"lien", "personne = ?1", ""}, {"doublon", "(a = ?1 OR b = ?1)", ""},
	}, append(byAnyone[:len(byAnyone):len(byAnyone)], holding{"personne", "id = ?1", ""})...),
	Staff: append([]holding{
		{"affectation", "personnel = ?1", ""}, {"discipline", "personnel = ?1", ""}, {"prof_principal", "personnel = ?1", ""},
		{"service_enseignant", "personnel = ?1", ""}, {"cours_enseignant", "personnel = ?1", ""},
		{"appel", "personnel = ?1", "personnel"}, {"deplacement", "personnel = ?1", "personnel"},
		{"rapprochement", "sorte = 'enseignant' AND cible = CAST(?1 AS TEXT)", ""},
	}, append(byAnyone[:len(byAnyone):len(byAnyone)], holding{"personnel", "id = ?1", ""})...),
}

// bears tells whether one of the identifiers of a sort is that value.
func (p Person) bears(sort, value string) bool {
	for _, v := range p.identifiers[sort] {
		if v == value {
			return true
		}
	}
	return false
}

// named tells whether a text is about someone: it has his names, or one of his longer identifiers.
func (p Person) named(text string) bool {
	if text == "" {
		return false
	}
	folded := " " + Fold(text) + " "
	for _, last := range p.lasts {
		if l, f := Fold(last), Fold(p.First); l != "" && f != "" && strings.Contains(folded, " "+l+" ") && strings.Contains(folded, " "+f+" ") {
			return true
		}
	}
	for _, list := range p.identifiers {
		for _, v := range list {
			if len(v) >= 6 && strings.Contains(folded, " "+Fold(v)+" ") {
				return true
			}
		}
	}
	return strings.Contains(text, p.Sort+"="+strconv.FormatInt(p.ID, 10))
}
