package demo

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"belvedere"
)

// logMonths are the months of the year with a log: the running one and the two before.
func (c *campus) logMonths() []time.Time {
	var out []time.Time
	for i := 2; i >= 0; i-- {
		m := belvedere.Date(c.w.last.Year(), c.w.last.Month(), 1).AddDate(0, -i, 0)
		if belvedere.SchoolYearOf(m) == c.year {
			out = append(out, m)
		}
	}
	return out
}

// logName is the file of a month.
func (c *campus) logName(month time.Time) string {
	return fmt.Sprintf("connexions-%s-%s.csv", c.s.uai, month.Format("2006-01"))
}

// A connection is one line of a log.
type connection struct {
	second          int // of the hour
	user            string
	profile, medium string
	ent             string
}

// log writes the connections of a month, one by one: as many in each hour as are delivered.
func (c *campus) log(ctx context.Context, path string, month time.Time) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	out.WriteString("horodatage;utilisateur;profil;support;ent\n") // the first error stays in out
	users := c.users()
	for _, day := range c.w.daysOf(month) {
		if err = ctx.Err(); err != nil {
			break
		}
		c.logDay(out, day, users)
	}
	if e := out.Flush(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func (c *campus) logDay(out *bufio.Writer, day time.Time, users [][]string) {
	hours := c.w.hoursOfDay(day)
	r := c.random("log", day.Unix())
	lines := map[string][]connection{}
	c.w.eachHour(c.s, day, hours, func(profile int, h hour, way, n int) {
		w := profiles[profile].ways[way]
		for i := range n {
			lines[h.label] = append(lines[h.label], connection{(3600*i + r.IntN(3600)) / n, pick(r, users[profile]), profiles[profile].code, w.medium, w.ent})
		}
	})
	line := make([]byte, 0, 96)
	for _, h := range hours {
		list := lines[h.label]
		slices.SortStableFunc(list, func(a, b connection) int { return a.second - b.second })
		for _, l := range list {
			line = append(line[:0], h.label[:14]...) // 2026-11-25T08:
			line = append(line, byte('0'+l.second/600), byte('0'+l.second/60%10), ':', byte('0'+l.second%60/10), byte('0'+l.second%10))
			line = append(append(append(line, h.label[19:]...), ';'), l.user...)
			for _, v := range [...]string{l.profile, l.medium, l.ent} {
				line = append(append(line, ';'), v...)
			}
			out.Write(append(line, '\n'))
		}
	}
}

// users are the full names of those who connect, by profile: no two people of a school share one.
func (c *campus) users() [][]string {
	out := make([][]string, len(profiles))
	at := func(code string) int {
		return slices.IndexFunc(profiles, func(p profile) bool { return p.code == code })
	}
	for _, p := range c.present() {
		if !p.extra {
			out[at("eleves")] = append(out[at("eleves")], p.first+" "+p.last)
		}
	}
	for _, p := range c.persons {
		if !p.contact && !p.extra {
			out[at("responsables")] = append(out[at("responsables")], p.first+" "+p.last)
		}
	}
	for _, e := range c.staff {
		if i := at(e.profile); i >= 0 {
			out[i] = append(out[i], e.first+" "+e.last)
		}
	}
	r := c.random("users")
	for _, list := range out {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return out
}

// pick draws a user: the first ones connect more often than the last ones, and a few never do.
func pick(r *rand.Rand, users []string) string {
	return users[int(0.97*float64(len(users))*math.Pow(r.Float64(), 1.4))]
}
