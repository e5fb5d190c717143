package vault

import (
	"cmp"
	"slices"
)

// structures writes divisions and groups of the first source that has them: STS owns them,
// SIECLE receives them, timetables copy them, and pupils at least name theirs.
func (c *consolidation) structures() error {
	if err := c.clear("division", "division_mef", "groupe", "groupe_division", "groupe_mef"); err != nil {
		return err
	}
	var err error
	switch c.first("sts_division", "siecle_division", "edt_cours", "udt_cours") {
	case "sts_division":
		err = c.declared("sts")
	case "siecle_division":
		err = c.declared("siecle")
	case "edt_cours":
		err = c.divisionsOfEDT()
	case "udt_cours":
		err = c.divisionsOfUDT()
	}
	if err != nil {
		return err
	}
	var one int
	if found, err := c.tx.Get("SELECT 1 FROM division WHERE annee = ? LIMIT 1", []any{c.year}, &one); err != nil || found {
		return err
	}
	return c.divisionsOfPupils()
}

const (
	putDivision = "INSERT INTO division (annee, code, cle, libelle, effectif_prevu, effectif_calcule, source, ligne) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
	putGroup    = "INSERT INTO groupe (annee, code, cle, libelle, effectif_prevu, effectif_calcule, effectif_max, source, ligne) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)

// declared copies the structures of STS or SIECLE.
func (c *consolidation) declared(source string) error {
	err := c.rows(source+"_division", []string{"code|code_structure", "libelle_long|libelle", "effectif_prevu", "effectif_calcule"}, func(r SourceRow) error {
		return c.exec(putDivision, c.year, r.Text(0), Code(r.Text(0)), r.Text(1), whole(r.Text(2)), whole(r.Text(3)), source, r.Line)
	})
	if err != nil {
		return err
	}
	err = c.rows(source+"_division_mef", []string{"division|code_structure", "mef|code_mef", "effectif_prevu", "effectif_calcule"}, func(r SourceRow) error {
		return c.exec("INSERT INTO division_mef (annee, division, mef, effectif_prevu, effectif_calcule) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			c.year, r.Text(0), r.Text(1), whole(r.Text(2)), whole(r.Text(3)))
	})
	if err != nil {
		return err
	}
	err = c.rows(source+"_groupe", []string{"code|code_structure", "libelle_long|libelle", "effectif_prevu", "effectif_calcule", "effectif_max_edt"}, func(r SourceRow) error {
		return c.exec(putGroup, c.year, r.Text(0), Code(r.Text(0)), r.Text(1), whole(r.Text(2)), whole(r.Text(3)), whole(r.Text(4)), source, r.Line)
	})
	if err != nil {
		return err
	}
	err = c.rows(source+"_groupe_division", []string{"groupe|code_structure", "division|code_division"}, func(r SourceRow) error {
		return c.exec("INSERT INTO groupe_division (annee, groupe, division) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, r.Text(0), r.Text(1))
	})
	if err != nil {
		return err
	}
	return c.rows(source+"_groupe_mef", []string{"groupe|code_structure", "mef|code_mef"}, func(r SourceRow) error {
		return c.exec("INSERT INTO groupe_mef (annee, groupe, mef) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, r.Text(0), r.Text(1))
	})
}

// addDivision and addGroup write structures that have a name only.
func (c *consolidation) addDivision(code, source string, line int64) error {
	if code == "" {
		return nil
	}
	return c.exec(putDivision, c.year, code, Code(code), code, nil, nil, source, line)
}

func (c *consolidation) addGroup(code, division, source string, line int64) error {
	if code == "" {
		return nil
	}
	if err := c.exec(putGroup, c.year, code, Code(code), code, nil, nil, nil, source, line); err != nil || division == "" {
		return err
	}
	return c.exec("INSERT INTO groupe_division (annee, groupe, division) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, code, division)
}

func (c *consolidation) divisionsOfEDT() error {
	err := c.rows("edt_cours_classe", []string{"type", "nom", "classe"}, func(r SourceRow) error {
		if r.Text(0) == "classe" {
			return c.addDivision(r.Text(1), "edt", r.Line)
		}
		return c.addDivision(r.Text(2), "edt", r.Line)
	})
	if err != nil {
		return err
	}
	return c.rows("edt_cours_classe", []string{"type", "nom", "classe"}, func(r SourceRow) error {
		if r.Text(0) == "classe" {
			return nil
		}
		return c.addGroup(r.Text(1), r.Text(2), "edt", r.Line)
	})
}

func (c *consolidation) divisionsOfUDT() error {
	return c.rows("udt_cours", []string{"division", "groupe"}, func(r SourceRow) error {
		if err := c.addDivision(r.Text(0), "udt", r.Line); err != nil {
			return err
		}
		return c.addGroup(r.Text(1), r.Text(0), "udt", r.Line)
	})
}

// divisionsOfPupils is for sources that have no structures of their own.
func (c *consolidation) divisionsOfPupils() error {
	kind := c.pupilKind()
	for _, p := range c.pupilsIn {
		for _, d := range p.divisions {
			if err := c.addDivision(d, c.kinds[kind].source, p.line); err != nil {
				return err
			}
			if p.mef == "" {
				continue
			}
			if err := c.exec("INSERT INTO division_mef (annee, division, mef) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, d, p.mef); err != nil {
				return err
			}
		}
		for _, g := range p.groups {
			if err := c.addGroup(g, p.division(), c.kinds[kind].source, p.line); err != nil {
				return err
			}
		}
	}
	return nil
}

// levelsOfDivisions gives each division the level that its formations share, else the one that
// most of its pupils have, else the one that its name tells.
func (c *consolidation) levelsOfDivisions() error {
	levels := map[string][]string{}
	err := c.pairs("SELECT division, mef FROM division_mef WHERE annee = ? ORDER BY division, mef", func(division, mef string) {
		l := cmp.Or(c.levels[mef], Level(mef, "", ""))
		if l != "" && !slices.Contains(levels[division], l) {
			levels[division] = append(levels[division], l)
		}
	})
	if err != nil {
		return err
	}
	most := map[string]string{}
	err = c.pairs("SELECT division, niveau FROM scolarite WHERE annee = ? AND scolarise = 1 AND niveau <> '' GROUP BY division, niveau ORDER BY division, count(*), niveau DESC",
		func(division, level string) { most[division] = level }) // the last has most
	if err != nil {
		return err
	}
	names := map[string]string{}
	if err := c.pairs("SELECT code, libelle FROM division WHERE annee = ?", func(code, label string) { names[code] = label }); err != nil {
		return err
	}
	for code, label := range names {
		level := most[code]
		if list := levels[code]; len(list) == 1 {
			level = list[0]
		}
		if level == "" {
			level = levelOfDivision(code, label)
		}
		if err := c.exec("UPDATE division SET niveau = ? WHERE annee = ? AND code = ?", level, c.year, code); err != nil {
			return err
		}
	}
	return nil
}

// pairs hands the two texts of each row of a query about the year.
func (c *consolidation) pairs(query string, f func(a, b string)) error {
	return c.tx.Each(query, []any{c.year}, func(scan func(...any) error) error {
		var a, b string
		if err := scan(&a, &b); err != nil {
			return err
		}
		f(a, b)
		return nil
	})
}

// levelOfDivision reads "6EME A" or, failing that, "6A" and "6B2": in a collège the figure is the level.
func levelOfDivision(code, label string) string {
	if l := levelOfLabel(label); l != "" {
		return l
	}
	if l := levelOfLabel(code); l != "" {
		return l
	}
	c := Code(code)
	if len(c) >= 2 && c[0] >= '3' && c[0] <= '6' && c[1] >= 'A' && c[1] <= 'Z' {
		return string(c[0]) + "eme"
	}
	return ""
}
