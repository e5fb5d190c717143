package vault

import (
	"cmp"
	"strings"
)

// aafEleves reads the pupils of the academy's directory, in the classes of this school.
func (c *consolidation) aafEleves() error {
	ours, err := c.tx.ownStructures(c.year)
	if err != nil {
		return err
	}
	err = c.rows("aaf_eleve", []string{"jointure", "ine", "eleve_id", "naissance", "nom_patro", "nom", "prenom", "regime", "transport", "statut", "mef",
		"libelle_mef|niv_formation|niveau", "entree", "sortie"}, func(r SourceRow) error {
		p := &pupilIn{ref: r.Text(0), join: r.Text(0), ines: distinct(r.Text(1)), eleveID: r.Text(2), birth: readDay(r.Text(3)),
			last: cmp.Or(r.Text(4), r.Text(5)), first: r.Text(6), regime: r.Text(7), transport: truth(r.Text(8)), status: statusOf(r.Text(9)),
			mef: r.Text(10), label: r.Text(11), enters: readDay(r.Text(12)), leaves: readDay(r.Text(13)), line: r.Line, origID: r.Import}
		if p.last != r.Text(5) {
			p.usage = r.Text(5)
		}
		c.pupilsIn = append(c.pupilsIn, p)
		return nil
	})
	if err != nil {
		return err
	}
	by := c.byRef()
	err = c.rows("aaf_eleve_classe", []string{"jointure", "structure", "classe"}, func(r SourceRow) error {
		if p := by[r.Text(0)]; p != nil && ours[r.Text(1)] {
			p.divisions = append(p.divisions, r.Text(2))
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.rows("aaf_eleve_groupe", []string{"jointure", "structure", "groupe"}, func(r SourceRow) error {
		if p := by[r.Text(0)]; p != nil && ours[r.Text(1)] {
			p.groups = append(p.groups, r.Text(2))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.rows("aaf_eleve_enseignement", []string{"jointure", "rang", "code"}, func(r SourceRow) error {
		if p := by[r.Text(0)]; p != nil && r.Text(2) != "" {
			p.options = append(p.options, optionIn{number(r.Text(1)), r.Text(2), ""})
		}
		return nil
	})
}

func statusOf(word string) string {
	switch Fold(word) {
	case "SCOLAIRE":
		return "ST"
	case "APPRENTI":
		return "AP"
	}
	return word
}

func (c *consolidation) aafGuardians() (list []*guardianIn, err error) {
	by := map[string]*guardianIn{}
	err = c.rows("aaf_responsable", []string{"jointure", "civilite", "nom_patro", "nom", "prenom", "tel_domicile", "tel_portable", "telephone", "mel", "sms",
		"adresse", "code_postal", "ville", "pays"}, func(r SourceRow) error {
		g := &guardianIn{ref: r.Text(0), join: r.Text(0), civility: civility(r.Text(1)), last: cmp.Or(r.Text(2), r.Text(3)), first: r.Text(4),
			home: r.Text(5), mobile: r.Text(6), work: r.Text(7), mail: r.Text(8), sms: truth(r.Text(9)),
			address: address{postcode: r.Text(11), town: r.Text(12), nation: r.Text(13)}}
		if g.last != r.Text(3) {
			g.usage = r.Text(3)
		}
		for i, line := range strings.SplitN(r.Text(10), "$", len(g.address.lines)) {
			g.address.lines[i] = strings.TrimSpace(line)
		}
		by[g.ref] = g
		list = append(list, g)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.rows("aaf_lien", []string{"jointure", "personne", "parente", "legal", "paiement|financier", "contact"}, func(r SourceRow) error {
		pupil, g := c.people[r.Text(0)], by[r.Text(1)]
		if pupil == 0 || g == nil {
			return c.note("lien_orphelin", who{}, r.Text(0)+" / "+r.Text(1), "Un lien de responsabilité nomme un élève ou une personne absents des fichiers.")
		}
		// Ranks 1 and 2 were legal both, 0 was not (formats.md 3).
		rank := 3
		if l := r.Text(3); l == "1" || l == "2" {
			rank = 1
		}
		g.links = append(g.links, linkIn{pupil: pupil, kinship: kinship(r.Text(2)), rank: rank, pays: truth(r.Text(4)), contact: truth(r.Text(5))})
		return nil
	})
	return list, err
}

func (c *consolidation) aafStaff() (list []*staffIn, err error) {
	ours, err := c.tx.ownStructures(c.year)
	if err != nil {
		return nil, err
	}
	functions, here := map[string]string{}, map[string]bool{} // the one held here, else the first
	err = c.rows("aaf_personnel_fonction", []string{"jointure", "structure", "code"}, func(r SourceRow) error {
		id, code, own := r.Text(0), r.Text(2), ours[r.Text(1)]
		if code != "" && code != "-" && (functions[id] == "" || own && !here[id]) {
			functions[id], here[id] = code, own
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.rows("aaf_personnel", []string{"jointure", "civilite", "nom_patro", "nom", "prenom", "naissance", "mel", "sts_id"}, func(r SourceRow) error {
		s := &staffIn{join: r.Text(0), civility: civility(r.Text(1)), last: r.Text(2), usage: r.Text(3), first: r.Text(4), birth: readDay(r.Text(5)),
			mail: r.Text(6), number: r.Text(7), function: functions[r.Text(0)], source: "aaf", line: r.Line}
		if s.number != "" {
			s.kind = "epp"
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// aafHeadTeachers writes the head teachers that the directory names, when it is where staff come from.
func (c *consolidation) aafHeadTeachers(list []*staffIn) error {
	ours, err := c.tx.ownStructures(c.year)
	if err != nil {
		return err
	}
	by := map[string]int64{}
	for _, s := range list {
		by[s.join] = s.id
	}
	return c.rows("aaf_personnel_classe", []string{"jointure", "type", "structure", "nom", "principal"}, func(r SourceRow) error {
		id := by[r.Text(0)]
		if id == 0 || !ours[r.Text(2)] {
			return nil
		}
		c.staff.teaching[id] = true
		if truth(r.Text(4)) != 1 {
			return nil
		}
		division, _ := c.resolve(sortDivision, "aaf", r.Text(3))
		return c.headTeacher(division, id)
	})
}
