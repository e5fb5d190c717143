package vault

import (
	"cmp"
)

// writePupil writes who a pupil is, and the identifiers that he bears.
func (c *consolidation) writePupil(p *pupilIn, kind string) (err error) {
	args := append([]any{p.last, p.first, p.second, p.usage, p.birth, p.sex, p.ine(), p.mail}, p.address.args()...)
	args = append(args, p.key(), c.kinds[kind].source, c.at)
	if p.id == 0 {
		p.id, err = c.tx.Insert(`INSERT INTO eleve (nom, prenom, prenom2, nom_usage, naissance, sexe, ine, mel,
			adresse1, adresse2, adresse3, adresse4, code_postal, commune, pays, cle, source, vu, cree)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, c.at)...)
	} else if c.latest() {
		err = c.exec(`UPDATE eleve SET nom = ?, prenom = ?, prenom2 = ?, nom_usage = ?, naissance = ?, sexe = ?, ine = ?, mel = ?,
			adresse1 = ?, adresse2 = ?, adresse3 = ?, adresse4 = ?, code_postal = ?, commune = ?, pays = ?, cle = ?, source = ?, vu = ? WHERE id = ?`,
			append(args, p.id)...)
	}
	if err != nil {
		return err
	}
	w := who{Pupil, p.id}
	if err := c.identify(w, "ine", p.ines...); err != nil {
		return err
	}
	for sort, value := range map[string]string{"eleve_id": p.eleveID, "elenoet": p.elenoet, "aaf": p.join, "ent": p.ent} {
		if value != "" {
			if err := c.identify(w, sort, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// latest tells whether the year is the last one that has pupils: an older one, imported again,
// does not bring back old names and addresses.
func (c *consolidation) latest() bool {
	if c.last == nil {
		var year int
		_, err := c.tx.Get("SELECT ifnull(max(annee), 0) FROM scolarite", nil, &year)
		last := err == nil && c.year >= year
		c.last = &last
	}
	return *c.last
}

// writeSchooling writes the year of each pupil and what happened since the last import.
func (c *consolidation) writeSchooling(kind string) error {
	before := map[int64]schooling{}
	err := c.tx.Each("SELECT eleve, division, sortie, present FROM scolarite WHERE annee = ?", []any{c.year}, func(scan func(...any) error) error {
		var id int64
		var s schooling
		err := scan(&id, &s.division, &s.exit, &s.present)
		before[id] = s
		return err
	})
	if err != nil {
		return err
	}
	day := c.seenOn(kind)
	here := map[int64]bool{}
	for _, p := range c.pupilsIn {
		if here[p.id] {
			continue
		}
		here[p.id] = true
		if err := c.writeYear(p, kind); err != nil {
			return err
		}
		then, was := before[p.id]
		if err := c.passages(p.id, then, was, schooling{p.division(), p.leaves, true}, cmp.Or(p.enters, day), day); err != nil {
			return err
		}
	}
	for id, then := range before {
		if here[id] || !then.present {
			continue
		}
		if err := c.exec("UPDATE scolarite SET present = 0, scolarise = 0 WHERE annee = ? AND eleve = ?", c.year, id); err != nil {
			return err
		}
		if err := c.passages(id, then, true, schooling{then.division, then.exit, false}, day, day); err != nil {
			return err
		}
	}
	return nil
}

// passages notes what happened to a pupil; enters is the date of an arrival, day that of the file.
func (c *consolidation) passages(id int64, then schooling, was bool, now schooling, enters, day string) error {
	add := func(sort, from, to, on string) error {
		return c.exec("INSERT INTO passage (annee, eleve, sorte, de_division, a_division, le, vu, import) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			c.year, id, sort, from, to, on, c.at, c.kinds[c.pupilKind()].id)
	}
	switch sort := passage(then, was, now); sort {
	case "":
		return nil
	case Arrival:
		if err := add(sort, "", now.division, enters); err != nil || now.exit == "" {
			return err
		}
		return add(Departure, now.division, "", now.exit)
	case Departure:
		return add(sort, then.division, "", now.exit)
	default:
		return add(sort, then.division, now.division, day)
	}
}

func (p *pupilIn) division() string {
	if len(p.divisions) == 0 {
		return ""
	}
	return p.divisions[0]
}

// enrolled is the official rule (SFD 10.2): a formation, a division and no exit date. A source that
// knows no formations counts by division.
func (p *pupilIn) enrolled(kind string) bool {
	formation := p.mef != "" || kind != "siecle_eleve" && kind != "aaf_eleve"
	return formation && p.division() != "" && p.leaves == ""
}

func (c *consolidation) writeYear(p *pupilIn, kind string) error {
	return c.exec(`INSERT INTO scolarite (annee, eleve, eleve_id, elenoet, mef, niveau, division, divisions, regime, pension, statut,
			doublement, transport, entree, sortie, motif, provenance, present, scolarise, source, ligne, import)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
		ON CONFLICT (annee, eleve) DO UPDATE SET eleve_id = excluded.eleve_id, elenoet = excluded.elenoet, mef = excluded.mef, niveau = excluded.niveau,
			division = excluded.division, divisions = excluded.divisions, regime = excluded.regime, pension = excluded.pension, statut = excluded.statut,
			doublement = excluded.doublement, transport = excluded.transport, entree = excluded.entree, sortie = excluded.sortie,
			motif = excluded.motif, provenance = excluded.provenance, present = 1, scolarise = excluded.scolarise, source = excluded.source,
			ligne = excluded.ligne, import = excluded.import`,
		c.year, p.id, p.eleveID, p.elenoet, p.mef, p.level, p.division(), len(p.divisions), p.regime, pension(p.regime), p.status,
		p.repeats, p.transport, p.enters, p.leaves, p.reason, p.origin, p.enrolled(kind), c.kinds[kind].source, p.line, p.origID)
}

// belongings writes options and groups.
func (c *consolidation) belongings(kind string) error {
	if err := c.clear("eleve_option", "eleve_groupe"); err != nil {
		return err
	}
	for _, p := range c.pupilsIn {
		for i, o := range p.options {
			if o.rank == 0 {
				o.rank = 100 + i
			}
			if err := c.exec("INSERT INTO eleve_option (annee, eleve, rang, matiere, modalite) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				c.year, p.id, o.rank, o.subject, o.mode); err != nil {
				return err
			}
		}
		for _, g := range p.groups {
			if err := c.exec("INSERT INTO eleve_groupe (annee, eleve, groupe, source) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
				c.year, p.id, g, c.kinds[kind].source); err != nil {
				return err
			}
		}
	}
	return nil
}
