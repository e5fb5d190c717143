package vault

import (
	"fmt"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
)

// connectionKind is the kind of rows that go to the table connexion instead of one of their own:
// logs are long, and name people on each line.
const connectionKind = "connexion"

// A connectionLog puts the rows of a log into connexion, with people instead of identifiers.
type connectionLog struct {
	tx       *Tx
	id       int64
	people   map[string]who // by UserHash
	profiles map[who]string // of those whose log does not say it
	fields   [6]int
	kind     *record.Kind
}

// who is a person of this school.
type who struct {
	sort string
	id   int64
}

// The sorts of people.
const (
	Pupil    = "eleve"
	Guardian = "personne"
	Staff    = "personnel"
	outsider = "externe"
)

func (l *connectionLog) begin(tx *Tx, id int64) (err error) {
	l.tx, l.id = tx, id
	if l.people, err = tx.users(); err != nil {
		return err
	}
	l.profiles, err = tx.profiles()
	return err
}

// profiles are those of people, as codes of the catalogue.
func (t *Tx) profiles() (map[who]string, error) {
	profiles := map[who]string{}
	err := t.Each(`SELECT 'eleve', id, 'eleves' FROM eleve UNION ALL SELECT 'personne', id, 'responsables' FROM personne
		UNION ALL SELECT 'personnel', personnel, max(categorie) FROM affectation GROUP BY personnel`, nil, func(scan func(...any) error) error {
		var w who
		var profile string
		err := scan(&w.sort, &w.id, &profile)
		profiles[w] = profile
		return err
	})
	return profiles, err
}

// users are those that a log may name: by identifier, by mail, by name when nobody shares it.
func (t *Tx) users() (map[string]who, error) {
	users := map[string]who{}
	shared := map[string]bool{}
	add := func(name, sort string, id int64) {
		if name == "" {
			return
		}
		h, w := t.v.UserHash(name), who{sort, id}
		if old, ok := users[h]; ok && old != w {
			shared[h] = true
		}
		users[h] = w
	}
	for _, q := range []string{
		"SELECT prenom || ' ' || nom, nom || ' ' || prenom, mel, '', 'eleve', id FROM eleve",
		"SELECT prenom || ' ' || nom, nom || ' ' || prenom, mel, '', 'personne', id FROM personne",
		"SELECT prenom || ' ' || nom, nom || ' ' || prenom, mel, '', 'personnel', id FROM personnel",
		"SELECT '', '', '', valeur, qui, qui_id FROM identifiant WHERE sorte IN ('ine', 'aaf')",
	} {
		err := t.Each(q, nil, func(scan func(...any) error) error {
			var first, last, mail, identifier, sort string
			var id int64
			err := scan(&first, &last, &mail, &identifier, &sort, &id)
			for _, n := range []string{strings.TrimSpace(first), strings.TrimSpace(last), mail, identifier} {
				add(n, sort, id)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for h := range shared {
		delete(users, h)
	}
	// Identifiers of accounts are the school's own: they go before any likeness.
	err := t.Each("SELECT identifiant, qui, qui_id FROM compte", nil, func(scan func(...any) error) error {
		var name string
		var w who
		err := scan(&name, &w.sort, &w.id)
		users[t.v.UserHash(name)] = w
		return err
	})
	return users, err
}

// add puts one row. One without a readable time was reported by its reader.
func (l *connectionLog) add(r record.Record) error {
	if l.kind != r.Kind {
		l.kind = r.Kind
		for i, f := range []string{"instant", "utilisateur", "profil", "support", "ent", "nom"} {
			l.fields[i] = r.Kind.Index(f)
			if l.fields[i] < 0 && f != "nom" {
				return fmt.Errorf("kind %q has no field %q", r.Kind.Name, f)
			}
		}
	}
	instant, ok := readInstant(r.Values[l.fields[0]].Text, l.tx.v.zone)
	if !ok {
		return nil
	}
	hash := l.tx.v.UserHash(r.Values[l.fields[1]].Text)
	w, known := l.people[hash]
	if at := l.fields[5]; !known && at >= 0 && r.Values[at].Text != "" {
		w, known = l.people[l.tx.v.UserHash(r.Values[at].Text)]
	}
	profile := r.Values[l.fields[2]].Text
	if profile == "" {
		profile = l.profiles[w]
	}
	local := instant.In(l.tx.v.zone)
	var id any
	if known {
		id = w.id
	} else {
		w.sort = outsider
	}
	_, err := l.tx.Exec(`INSERT INTO connexion (annee, instant, jour, heure, qui, qui_id, usager, profil, support, ent, import)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		int(belvedere.SchoolYearOf(local)), Micros(instant), Day(local), local.Hour(), w.sort, id, hash,
		profile, r.Values[l.fields[3]].Text, truth(r.Values[l.fields[4]].Text), l.id)
	return err
}

// readInstant reads a time as readers of logs give it: with its offset, else local to the school.
func readInstant(s string, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// truth reads what files write for yes and no; nil when they say neither.
func truth(s string) any {
	switch strings.ToLower(s) {
	case "1", "o", "oui", "true", "vrai", "y", "yes":
		return 1
	case "0", "n", "non", "false", "faux", "no":
		return 0
	}
	return nil
}

// ResolveConnections gives the connections of users who were nobody's the person that they are
// of since: after accounts were made. It returns how many it named.
func (t *Tx) ResolveConnections() (named int64, err error) {
	users, err := t.users()
	if err != nil {
		return 0, err
	}
	var unknown []string
	err = t.Each("SELECT DISTINCT usager FROM connexion WHERE qui = 'externe'", nil, func(scan func(...any) error) error {
		var hash string
		err := scan(&hash)
		unknown = append(unknown, hash)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, hash := range unknown {
		if w, ok := users[hash]; ok {
			n, err := t.Exec("UPDATE connexion SET qui = ?, qui_id = ? WHERE usager = ? AND qui = 'externe'", w.sort, w.id, hash)
			if err != nil {
				return named, err
			}
			named += n
		}
	}
	return named, nil
}
