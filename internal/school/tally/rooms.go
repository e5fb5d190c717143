package tally

import (
	"math/bits"
	"time"
)

const minutesOfDay = 24 * 60

// rooms counts the rooms that files of the timetable name.
func (r *reading) rooms(s *sheet) error {
	var n int64
	if _, err := r.tx.Get("SELECT count(*) FROM salle WHERE annee = ?", []any{int(r.year)}, &n); err != nil || n == 0 {
		return err
	}
	return s.add(month(r.today), nil, count(n))
}

// roomHours sums, over the open days of each month that has begun, the hours when lessons hold
// the rooms and those when they could: while some lesson of the school takes place that day of
// the week. Two lessons in one room at one time hold it once. Without a calendar nothing is said.
func (r *reading) roomHours(s *sheet) error {
	days, err := r.calendar()
	if err != nil || !days.known {
		return err
	}
	t, err := r.timetable()
	if err != nil {
		return err
	}
	var rooms int64
	if _, err := r.tx.Get("SELECT count(*) FROM salle WHERE annee = ?", []any{int(r.year)}, &rooms); err != nil || rooms == 0 || len(t.lessons) == 0 {
		return err
	}
	opening := [8]minutes{}
	for _, l := range t.lessons {
		opening[l.day%8].add(l.start, l.end)
	}
	for m := month(days.first); !m.After(r.today); m = m.AddDate(0, 1, 0) {
		held, free := 0.0, 0.0
		for _, d := range days.days(m, days.last) {
			held += t.held(d)
			free += float64(rooms) * float64(opening[weekday(d)].len())
		}
		if free == 0 {
			continue
		}
		if err := s.add(m, nil, amount(held/60), amount(free/60)); err != nil {
			return err
		}
	}
	return nil
}

// held is the minutes of a day during which lessons hold rooms, over all rooms.
func (t *timetable) held(day time.Time) (total float64) {
	sure, perhaps := map[string]*minutes{}, map[[2]string]*minutes{}
	for _, l := range t.lessons {
		share := t.share(l, day)
		if l.day != weekday(day) || share == 0 {
			continue
		}
		for _, room := range l.rooms {
			if share == 1 {
				put(sure, room).add(l.start, l.end)
			} else {
				put(perhaps, [2]string{room, l.rhythm}).add(l.start, l.end)
			}
		}
	}
	for _, m := range sure {
		total += float64(m.len())
	}
	// Halves: beside what is held for sure, and never more than the time that they cover together.
	half, covered := map[string]float64{}, map[string]*minutes{}
	for k, m := range perhaps {
		if s := sure[k[0]]; s != nil {
			m.remove(s)
		}
		half[k[0]] += float64(m.len()) / 2
		put(covered, k[0]).join(m)
	}
	for room, m := range half {
		total += min(m, float64(covered[room].len()))
	}
	return total
}

func put[K comparable](in map[K]*minutes, key K) *minutes {
	if in[key] == nil {
		in[key] = &minutes{}
	}
	return in[key]
}

// minutes is a set of minutes of a day.
type minutes [(minutesOfDay + 63) / 64]uint64

func (m *minutes) add(from, to int) {
	for i := from; i < to; i++ {
		m[i/64] |= 1 << (i % 64)
	}
}

func (m *minutes) remove(other *minutes) {
	for i := range m {
		m[i] &^= other[i]
	}
}

func (m *minutes) join(other *minutes) {
	for i := range m {
		m[i] |= other[i]
	}
}

func (m *minutes) len() (n int) {
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}
