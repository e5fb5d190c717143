package tally

import (
	"strings"
	"time"
)

// pupils counts by the official rule: who is in the last file, with a formation, a division and
// no date of exit. A boarder takes his meals as such: half-boarders are those of regime 2, not
// those who eat elsewhere (6), and a boarder who sleeps out (4) is in neither.
func (r *reading) pupils(s *sheet) error {
	const where = " FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.annee = ? AND s.scolarise = 1"
	var meals, sector, bus int64
	if _, err := r.tx.Get("SELECT count(nullif(pension, '')), count(hors_secteur), count(transport)"+where, []any{int(r.year)}, &meals, &sector, &bus); err != nil {
		return err
	}
	return r.tx.Each(`SELECT s.niveau, e.sexe, count(*), sum(s.pension = 'demi_pension'), sum(s.pension = 'internat'),
		coalesce(sum(s.hors_secteur), 0), coalesce(sum(s.transport), 0)`+where+" GROUP BY 1, 2", []any{int(r.year)}, func(scan func(...any) error) error {
		var level, sex string
		var all, half, boarders, out, riders int64
		if err := scan(&level, &sex, &all, &half, &boarders, &out, &riders); err != nil {
			return err
		}
		var segpa, ulis int64
		if strings.HasSuffix(level, "_segpa") {
			segpa = all
		}
		if strings.HasPrefix(level, "ulis") {
			ulis = all
		}
		return s.add(r.today, []string{level, sex}, count(all), when(meals > 0, count(half)), when(meals > 0, count(boarders)),
			when(sector > 0, count(out)), when(bus > 0, count(riders)), count(segpa), count(ulis))
	})
}

// classes counts divisions that have a pupil; while no file of pupils came, those of the structures.
func (r *reading) classes(s *sheet) error {
	query := `SELECT coalesce(d.niveau, ''), count(*) FROM (SELECT DISTINCT division FROM scolarite WHERE annee = ?1 AND scolarise = 1) p
		LEFT JOIN division d ON d.annee = ?1 AND d.code = p.division GROUP BY 1`
	var pupils int64
	if _, err := r.tx.Get("SELECT count(*) FROM scolarite WHERE annee = ?", []any{int(r.year)}, &pupils); err != nil {
		return err
	}
	if pupils == 0 {
		query = "SELECT niveau, count(*) FROM division WHERE annee = ?1 GROUP BY 1"
	}
	return r.tx.Each(query, []any{int(r.year)}, func(scan func(...any) error) error {
		var level string
		var n int64
		if err := scan(&level, &n); err != nil {
			return err
		}
		return s.add(r.today, []string{level}, count(n))
	})
}

// adults counts each member of staff once, by category, and on a line of their own teachers and
// legal guardians.
func (r *reading) adults(s *sheet) error {
	teachers, staff := figure{}, false
	err := r.tx.Each("SELECT categorie, count(*) FROM affectation WHERE annee = ? GROUP BY 1", []any{int(r.year)}, func(scan func(...any) error) error {
		var category string
		var n int64
		if err := scan(&category, &n); err != nil {
			return err
		}
		staff = true
		switch category {
		case "enseignants":
			teachers = count(n)
			return nil
		case "vie_scolaire", "administratifs", "accompagnants":
		default:
			category = "autres"
		}
		return s.add(r.today, []string{category}, count(n), figure{}, figure{})
	})
	if err != nil {
		return err
	}
	if staff && !teachers.known {
		teachers = count(0)
	}
	guardians, err := r.guardians()
	if err != nil || !teachers.known && !guardians.known {
		return err
	}
	return s.add(r.today, []string{""}, figure{}, teachers, guardians)
}

// guardians counts those who answer in law for a pupil of the school; who stands twice in the
// files, and was said to be one, counts once. Files without the level of a link give legal
// guardians alone.
func (r *reading) guardians() (figure, error) {
	var levels, links int64
	if _, err := r.tx.Get("SELECT count(*), coalesce(sum(niveau > 0), 0) FROM lien WHERE annee = ?", []any{int(r.year)}, &links, &levels); err != nil || links == 0 {
		return figure{}, err
	}
	root := map[int64]int64{}
	err := r.tx.Each(`SELECT DISTINCT l.personne FROM lien l JOIN scolarite s ON s.annee = l.annee AND s.eleve = l.eleve
		WHERE l.annee = ? AND s.scolarise = 1 AND (l.niveau = 1 OR ? = 0)`, []any{int(r.year), levels}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		root[id] = id
		return err
	})
	if err != nil {
		return figure{}, err
	}
	find := func(id int64) int64 {
		for root[id] != id {
			id = root[id]
		}
		return id
	}
	n := int64(len(root))
	err = r.tx.Each("SELECT a, b FROM doublon WHERE etat = 'fusionne'", nil, func(scan func(...any) error) error {
		var a, b int64
		if err := scan(&a, &b); err != nil {
			return err
		}
		if root[a] == 0 || root[b] == 0 {
			return nil
		}
		if a, b = find(a), find(b); a != b {
			root[b] = a
			n--
		}
		return nil
	})
	return count(n), err
}

// accounts counts those that their owner opened. A profile of which all accounts wait is zero.
func (r *reading) accounts(s *sheet) error {
	if r.over() {
		return nil // accounts have no year: they say nothing of one that has ended
	}
	return r.tx.Each(`SELECT c.profil, coalesce(e.sexe, ''), sum(c.etat = 'ouvert') FROM compte c
		LEFT JOIN eleve e ON c.qui = 'eleve' AND c.profil = 'eleves' AND e.id = c.qui_id GROUP BY 1, 2`, nil, func(scan func(...any) error) error {
		var profile, sex string
		var n int64
		if err := scan(&profile, &sex, &n); err != nil {
			return err
		}
		return s.add(r.today, []string{profile, sex}, count(n))
	})
}

// over tells whether the year has ended.
func (r *reading) over() bool {
	v := r.tx.Vault()
	now := v.Now().In(v.Zone())
	return !time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC).Before(r.year.End())
}
