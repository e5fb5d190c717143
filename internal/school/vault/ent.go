package vault

import "cmp"

// Tables by which people are put into an ENT by hand are the last resort: they know names, classes
// and, at best, identifiers of their own.

func (c *consolidation) entEleves() error {
	return c.rows("ent_eleve", []string{"rang", "id", "nom", "prenom", "naissance", "classe"}, func(r SourceRow) error {
		c.pupilsIn = append(c.pupilsIn, &pupilIn{ref: place(r.Import, r.Text(0)), ent: r.Text(1), last: r.Text(2), first: r.Text(3), birth: readDay(r.Text(4)),
			divisions: splitList(r.Text(5)), level: levelOfDivision(r.Text(5), ""), line: r.Line, origID: r.Import})
		return nil
	})
}

func (c *consolidation) entGuardians() (list []*guardianIn, err error) {
	by := map[string]*guardianIn{}
	err = c.rows("ent_responsable", []string{"rang", "id", "nom", "prenom", "telephone", "telephone_travail", "courriel", "adresse", "code_postal", "ville", "pays"},
		func(r SourceRow) error {
			g := &guardianIn{ref: place(r.Import, r.Text(0)), ent: r.Text(1), last: r.Text(2), first: r.Text(3), home: r.Text(4), work: r.Text(5), mail: r.Text(6),
				address: address{[4]string{r.Text(7)}, r.Text(8), r.Text(9), r.Text(10)}}
			by[g.ref] = g
			list = append(list, g)
			return nil
		})
	if err != nil {
		return nil, err
	}
	children, byID := c.childrenByName(), map[string]int64{}
	for _, p := range c.pupilsIn {
		if p.ent != "" {
			byID[p.ent] = p.id
		}
	}
	err = c.rows("ent_lien", []string{"responsable_rang", "enfant_id", "enfant_nom", "enfant_prenom"}, func(r SourceRow) error {
		g := by[place(r.Import, r.Text(0))]
		pupil := cmp.Or(byID[r.Text(1)], children[nameKey(r.Text(2), r.Text(3))])
		if g == nil || pupil == 0 {
			return c.note("lien_orphelin", who{}, cmp.Or(r.Text(2)+" "+r.Text(3), r.Text(1)), "Un enfant nommé par un responsable n’est pas parmi les élèves, ou deux élèves portent son nom.")
		}
		g.links = append(g.links, linkIn{pupil: pupil, rank: 1})
		return nil
	})
	return list, err
}

func (c *consolidation) entStaff() (list []*staffIn, err error) {
	functions := map[string]string{"enseignant": "ENS", "personnel": "", "invite": ""}
	err = c.rows("ent_personnel", []string{"profil", "id", "nom", "prenom", "naissance"}, func(r SourceRow) error {
		if r.Text(0) == "invite" {
			return nil // a guest is not of the staff
		}
		list = append(list, &staffIn{ent: r.Text(1), last: r.Text(2), first: r.Text(3), birth: readDay(r.Text(4)), function: functions[r.Text(0)],
			source: c.kinds["ent_personnel"].source, line: r.Line})
		return nil
	})
	return list, err
}

// childrenByName finds pupils by folded names; 0 when two bear the same.
func (c *consolidation) childrenByName() map[string]int64 {
	children := map[string]int64{}
	for _, p := range c.pupilsIn {
		for _, last := range distinct(p.last, p.usage) {
			k := nameKey(last, p.first)
			if id, twice := children[k]; twice && id != p.id {
				children[k] = 0
			} else {
				children[k] = p.id
			}
		}
	}
	return children
}
