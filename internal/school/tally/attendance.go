package tally

import (
	"time"
)

// noon parts the half-days: a lesson that begins before it is of the morning.
const noon = 13 * 60

// attendance gives, by month and level, the half-days of absence, those that were due, and the
// lates. A month without any roll call, absence or late is not told: it is unknown, not zero.
// What was due needs the timetable and the calendar; it goes up to the last day that has ended,
// as does the rest of the month.
func (r *reading) attendance(s *sheet) error {
	months, err := r.called()
	if err != nil || len(months) == 0 {
		return err
	}
	absent, err := r.byMonth("demi_journee")
	if err != nil {
		return err
	}
	late, err := r.byMonth("retard")
	if err != nil {
		return err
	}
	due, known, err := r.due(months)
	if err != nil {
		return err
	}
	levels, err := r.levels()
	if err != nil {
		return err
	}
	for m := range months {
		for level := range levels {
			k := monthLevel{m, level}
			if err := s.add(m, []string{level}, count(absent[k]), when(known, amount(due[k])), count(late[k])); err != nil {
				return err
			}
		}
	}
	return nil
}

type monthLevel struct {
	month time.Time
	level string
}

// called are the months of which someone called a roll or noted an absence or a late.
func (r *reading) called() (map[time.Time]bool, error) {
	months := map[time.Time]bool{}
	err := r.tx.Each(`SELECT DISTINCT substr(jour, 1, 7) || '-01' FROM (SELECT jour FROM appel WHERE annee = ?1
		UNION SELECT jour FROM demi_journee WHERE annee = ?1 UNION SELECT jour FROM retard WHERE annee = ?1) WHERE jour < ?2`,
		[]any{int(r.year), r.ended()}, func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			d, err := time.Parse(time.DateOnly, text)
			months[d] = true
			return err
		})
	return months, err
}

// levels are those of the pupils of the year.
func (r *reading) levels() (map[string]bool, error) {
	levels := map[string]bool{}
	err := r.tx.Each("SELECT DISTINCT niveau FROM scolarite WHERE annee = ?", []any{int(r.year)}, func(scan func(...any) error) error {
		var level string
		err := scan(&level)
		levels[level] = true
		return err
	})
	return levels, err
}

// byMonth counts the rows of a table of events by month and level of the pupil.
func (r *reading) byMonth(table string) (map[monthLevel]int64, error) {
	counts := map[monthLevel]int64{}
	err := r.tx.Each("SELECT substr(t.jour, 1, 7) || '-01', s.niveau, count(*) FROM "+table+` t JOIN scolarite s ON s.annee = t.annee AND s.eleve = t.eleve
		WHERE t.annee = ? AND t.jour < ? GROUP BY 1, 2`, []any{int(r.year), r.ended()}, func(scan func(...any) error) error {
		var text, level string
		var n int64
		if err := scan(&text, &level, &n); err != nil {
			return err
		}
		d, err := time.Parse(time.DateOnly, text)
		counts[monthLevel{d, level}] = n
		return err
	})
	return counts, err
}

// due is the half-days when the division of a pupil has a lesson, over the pupils who were there
// that day. It is not known without lessons or calendar.
func (r *reading) due(months map[time.Time]bool) (due map[monthLevel]float64, known bool, err error) {
	days, err := r.calendar()
	if err != nil || !days.known {
		return nil, false, err
	}
	t, err := r.timetable()
	if err != nil || len(t.lessons) == 0 {
		return nil, false, err
	}
	due = map[monthLevel]float64{}
	last, err := time.Parse(time.DateOnly, r.ended())
	if err != nil {
		return nil, false, err
	}
	var open []time.Time
	halves := map[time.Time]map[string]float64{} // by day and division
	for m := range months {
		for _, d := range days.days(m, last.AddDate(0, 0, -1)) {
			open, halves[d] = append(open, d), t.halves(d)
		}
	}
	err = r.tx.Each("SELECT niveau, division, entree, sortie FROM scolarite WHERE annee = ? AND division <> '' AND mef <> '' AND (present = 1 OR sortie <> '')", []any{int(r.year)},
		func(scan func(...any) error) error {
			var level, division, from, to string
			if err := scan(&level, &division, &from, &to); err != nil {
				return err
			}
			for _, d := range open {
				if day := d.Format(time.DateOnly); from <= day && (to == "" || day < to) {
					due[monthLevel{month(d), level}] += halves[d][division]
				}
			}
			return nil
		})
	return due, true, err
}

// halves are the half-days of lessons of each division on a day.
func (t *timetable) halves(day time.Time) map[string]float64 {
	shares := map[string]*[2]float64{}
	for _, l := range t.lessons {
		share := t.share(l, day)
		if l.day != weekday(day) || share == 0 {
			continue
		}
		half := 0
		if l.start >= noon {
			half = 1
		}
		for _, division := range l.divisions {
			if shares[division] == nil {
				shares[division] = &[2]float64{}
			}
			shares[division][half] = min(1, shares[division][half]+share)
		}
	}
	out := map[string]float64{}
	for division, h := range shares {
		out[division] = h[0] + h[1]
	}
	return out
}

// bands of events, by the least number of each.
var bands = []struct {
	code  string
	least int64
}{{"0", 0}, {"1_4", 1}, {"5_9", 5}, {"10_19", 10}, {"20_plus", 20}}

func bandOf(n int64) string {
	code := ""
	for _, b := range bands {
		if n >= b.least {
			code = b.code
		}
	}
	return code
}

// attendanceBands puts each pupil of the school in the band of his half-days of absence and in
// that of his lates since the beginning of the year; nobody is left out, so that they add up to
// the pupils. Until someone calls a roll, nothing is known of them.
func (r *reading) attendanceBands(s *sheet) error {
	months, err := r.called()
	if err != nil || len(months) == 0 {
		return err
	}
	for _, event := range []struct{ code, table string }{{"absence", "demi_journee"}, {"retard", "retard"}} {
		pupils := map[[2]string]int64{}
		err := r.tx.Each("SELECT s.niveau, (SELECT count(*) FROM "+event.table+` t WHERE t.eleve = s.eleve AND t.annee = s.annee AND t.jour < ?2)
			FROM scolarite s WHERE s.annee = ?1 AND s.scolarise = 1`, []any{int(r.year), r.ended()}, func(scan func(...any) error) error {
			var level string
			var n int64
			err := scan(&level, &n)
			pupils[[2]string{level, bandOf(n)}]++
			return err
		})
		if err != nil {
			return err
		}
		for k, n := range pupils {
			if err := s.add(r.today, []string{event.code, k[0], k[1]}, count(n)); err != nil {
				return err
			}
		}
	}
	return nil
}
