package vault

import "strings"

// rooms writes the rooms that the timetable gives back to STS. Those that lessons name are added
// by lessons.
func (c *consolidation) rooms() error {
	if err := c.clear("salle"); err != nil {
		return err
	}
	return c.rows("empsts_salle", []string{"code", "groupe_salle", "localisation"}, func(r SourceRow) error {
		c.learn(sortRoom, r.Text(0), r.Text(0))
		return c.exec("INSERT INTO salle (annee, code, cle, groupe_salle, localisation, source) VALUES (?, ?, ?, ?, ?, 'sts') ON CONFLICT DO NOTHING",
			c.year, r.Text(0), Code(r.Text(0)), r.Text(1), r.Text(2))
	})
}

// lessons writes the timetable.
func (c *consolidation) lessons() error {
	if err := c.subjectLabels(); err != nil {
		return err
	}
	list, err := c.gatherLessons()
	if err != nil {
		return err
	}
	if err := c.rhythms(list); err != nil {
		return err
	}
	if err := c.writeLessons(list); err != nil {
		return err
	}
	for id := range c.staff.teaching {
		if err := c.exec("UPDATE affectation SET enseignant = 1, categorie = CASE WHEN fonction = '' THEN 'enseignants' ELSE categorie END WHERE annee = ? AND personnel = ?", c.year, id); err != nil {
			return err
		}
	}
	return c.groupsOfTimetable()
}

// subjectLabels finds subjects by their label, when only one bears it.
func (c *consolidation) subjectLabels() error {
	return c.tx.Each("SELECT code, libelle_court, libelle FROM matiere WHERE annee = ? ORDER BY code", []any{c.year}, func(scan func(...any) error) error {
		var code, short, long string
		err := scan(&code, &short, &long)
		for _, label := range distinct(Fold(short), Fold(long)) {
			if other, twice := c.labels[label]; twice && other != code {
				c.labels[label] = ""
			} else {
				c.labels[label] = code
			}
		}
		return err
	})
}

// weekly tells the words by which timetables say "each week".
func weekly(code string) bool {
	switch Code(code) {
	case "", "H", "HEBDO", "HEBDOMADAIRE", "TOUTES", "T", "S", "1":
		return true
	}
	return false
}

// rhythms writes the alternations that emp_sts declares, and those that lessons name.
func (c *consolidation) rhythms(list []*lessonIn) error {
	if err := c.clear("alternance", "alternance_semaine"); err != nil {
		return err
	}
	put := "INSERT INTO alternance (annee, code, libelle, toutes, source) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
	err := c.rows("empsts_alternance", []string{"code", "libelle_long|libelle_court"}, func(r SourceRow) error {
		return c.exec(put, c.year, r.Text(0), r.Text(1), weekly(r.Text(0)), "sts")
	})
	if err != nil {
		return err
	}
	err = c.rows("empsts_alternance_semaine", []string{"alternance", "date_debut"}, func(r SourceRow) error {
		monday := mondayOf(r.Text(1))
		if monday == "" {
			return nil
		}
		return c.exec("INSERT INTO alternance_semaine (annee, alternance, lundi) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, r.Text(0), monday)
	})
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.rhythm == "" || c.noted["alternance|"+l.rhythm] {
			continue
		}
		c.noted["alternance|"+l.rhythm] = true
		if err := c.exec(put, c.year, l.rhythm, l.rhythm, weekly(l.rhythm), l.source); err != nil {
			return err
		}
	}
	return c.chosenRhythms()
}

// writeLessons keeps the ids of lessons that are the same as before: roll calls refer to them.
func (c *consolidation) writeLessons(list []*lessonIn) error {
	kept := map[string][]int64{}
	err := c.tx.Each("SELECT id, cle FROM cours WHERE annee = ? ORDER BY id", []any{c.year}, func(scan func(...any) error) error {
		var id int64
		var key string
		err := scan(&id, &key)
		kept[key] = append(kept[key], id)
		return err
	})
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		for _, t := range []string{"cours_division", "cours_groupe", "cours_enseignant", "cours_salle"} {
			if err := c.exec("DELETE FROM "+t+" WHERE cours IN (SELECT id FROM cours WHERE annee = ?)", c.year); err != nil {
				return err
			}
		}
	}
	for _, l := range list {
		key := l.key()
		var id int64
		if ids := kept[key]; len(ids) > 0 {
			id, kept[key] = ids[0], ids[1:]
		}
		if err := c.writeLesson(l, key, id); err != nil {
			return err
		}
	}
	for _, ids := range kept {
		for _, id := range ids {
			if err := c.exec("DELETE FROM cours WHERE id = ?", id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *consolidation) writeLesson(l *lessonIn, key string, id int64) (err error) {
	args := []any{l.number, l.day, l.start, l.length, l.subject, l.label, l.rhythm, l.mode, l.together, l.headcount, key, l.source, l.line}
	if id == 0 {
		id, err = c.tx.Insert(`INSERT INTO cours (numero, jour, debut, duree, matiere, libelle, alternance, modalite, co_ens, effectif, cle, source, ligne, annee)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, c.year)...)
	} else {
		err = c.exec(`UPDATE cours SET numero = ?, jour = ?, debut = ?, duree = ?, matiere = ?, libelle = ?, alternance = ?, modalite = ?, co_ens = ?,
			effectif = ?, cle = ?, source = ?, ligne = ? WHERE id = ?`, append(args, id)...)
	}
	if err != nil {
		return err
	}
	for _, d := range l.divisions {
		if err := c.exec("INSERT INTO cours_division (cours, division) VALUES (?, ?) ON CONFLICT DO NOTHING", id, d); err != nil {
			return err
		}
	}
	for _, g := range l.groups {
		if err := c.exec("INSERT INTO cours_groupe (cours, groupe) VALUES (?, ?) ON CONFLICT DO NOTHING", id, g); err != nil {
			return err
		}
	}
	for _, p := range l.teachers {
		if err := c.exec("INSERT INTO cours_enseignant (cours, personnel) VALUES (?, ?) ON CONFLICT DO NOTHING", id, p); err != nil {
			return err
		}
	}
	for _, r := range l.rooms {
		room, err := c.room(l.source, r)
		if err != nil {
			return err
		}
		if err := c.exec("INSERT INTO cours_salle (cours, salle) VALUES (?, ?) ON CONFLICT DO NOTHING", id, room); err != nil {
			return err
		}
	}
	return nil
}

// room is the code of a room, which is made when nobody declared it.
func (c *consolidation) room(source, name string) (string, error) {
	code, known := c.resolve(sortRoom, source, name)
	if known {
		return code, nil
	}
	c.learn(sortRoom, name, name)
	return name, c.exec("INSERT INTO salle (annee, code, cle, source) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", c.year, name, Code(name), source)
}

// groupsOfTimetable gives the groups that the timetable alone knows the pupils that it says they have.
func (c *consolidation) groupsOfTimetable() error {
	if kind := c.pupilKind(); kind == "" || kind == "edt_eleve" {
		return nil
	}
	by := map[string]*pupilIn{}
	for _, p := range c.pupilsIn {
		for _, ine := range p.ines {
			by["ine="+ine] = p
		}
		by[p.key()] = p
	}
	found := map[string]*pupilIn{}
	err := c.rows("edt_eleve", []string{"rang", "ine", "nom", "prenom", "naissance"}, func(r SourceRow) error {
		p := by[nameKey(r.Text(2), r.Text(3))+"|"+readDay(r.Text(4))]
		if p == nil && r.Text(1) != "" {
			p = by["ine="+r.Text(1)]
		}
		if p != nil {
			found[place(r.Import, r.Text(0))] = p
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.rows("edt_eleve_groupe", []string{"eleve_rang", "nom", "classe"}, func(r SourceRow) error {
		p := found[place(r.Import, r.Text(0))]
		if p == nil {
			return nil
		}
		group, known := c.resolve(sortGroup, "edt", r.Text(1))
		if !known {
			group, known = c.resolve(sortGroup, "edt", strings.TrimSpace(r.Text(2)+" "+r.Text(1)))
		}
		if !known {
			return nil
		}
		return c.exec(`INSERT INTO eleve_groupe (annee, eleve, groupe, source) SELECT ?, ?, code, 'edt' FROM groupe WHERE annee = ? AND code = ? AND source IN ('edt', 'udt')
			ON CONFLICT DO NOTHING`, c.year, p.id, c.year, group)
	})
}
