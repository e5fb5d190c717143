package bench

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// hours of a school day, and how busy each is of 100.
var hourWeights = [24]uint64{3, 2, 1, 1, 1, 3, 14, 38, 60, 58, 55, 50, 52, 56, 52, 50, 58, 64, 62, 56, 50, 40, 22, 10}

// hourly writes the connections of one month in the published format and says how many rows.
// Schools follow each other, then the hours, as an application would export them.
func hourly(w io.Writer, list []school, zone *time.Location, from, to time.Time, share uint64) (rows int) {
	buf := append(make([]byte, 0, 1<<17), "etablissement;heure;profil;support;ent;connexions\n"...)
	combos := connectionCombinations(false)
	tails := make([]string, len(combos))
	for i, c := range combos {
		tails[i] = ";" + strings.Join(c, ";") + ";"
	}
	first := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, zone)
	end := time.Date(to.Year(), to.Month(), to.Day(), 0, 0, 0, 0, zone)
	for _, s := range list {
		for at := first; at.Before(end); at = at.Add(time.Hour) {
			weight := hourWeights[at.Hour()]
			if d := at.Weekday(); d == time.Saturday || d == time.Sunday || at.Month() == time.July || at.Month() == time.August {
				weight /= 3
			}
			seed := mix(uint64(s.number)<<32 ^ uint64(at.Unix()))
			for i := range combos {
				seed = mix(seed + uint64(i))
				if seed%10_000 >= weight*share {
					continue
				}
				buf = append(buf, s.uai...)
				buf = append(buf, ';')
				buf = at.AppendFormat(buf, time.RFC3339)
				buf = append(buf, tails[i]...)
				buf = strconv.AppendUint(buf, 1+seed>>40%uint64(s.size/4), 10)
				buf = append(buf, '\n')
				rows++
			}
			if len(buf) > 1<<16 {
				w.Write(buf)
				buf = buf[:0]
			}
		}
	}
	w.Write(buf)
	return rows
}

// table writes a dataset of all schools over school years in the published format.
func table(w io.Writer, d *belvedere.Dataset, list []school, years []belvedere.SchoolYear) (rows int) {
	out := bufio.NewWriterSize(w, 1<<16)
	defer out.Flush()
	header := []string{"etablissement", string(d.Time)}
	if d.Time == belvedere.ByPeriod {
		header = append(header, "debut")
	}
	for _, dim := range d.Dimensions {
		header = append(header, dim.Name)
	}
	for _, m := range d.Measures {
		header = append(header, m.Name)
	}
	fmt.Fprintln(out, strings.Join(header, ";"))
	for _, year := range years {
		for _, at := range moments(d, year, year == years[len(years)-1]) {
			for _, s := range list {
				for _, c := range combinations(d, s.kind, false) {
					out.WriteString(string(s.uai) + ";" + at)
					for _, code := range c {
						out.WriteString(";" + code)
					}
					for _, m := range d.Measures {
						out.WriteString(";" + strconv.Itoa(amount(s, year, c, m.Name)))
					}
					out.WriteByte('\n')
					rows++
				}
			}
		}
	}
	return rows
}

// amount is a plausible number, the same each time: it grows a little with the years.
func amount(s school, year belvedere.SchoolYear, c combination, measure string) int {
	seed := mix(uint64(s.number) ^ mixText(strings.Join(c, ",")+measure))
	return int(seed%uint64(s.size/8+4)) + int(year)%100/4
}

// moments are the times of a dataset in a school year, as files write them. Distinct persons are
// counted by day in the last year only, as sources keep them.
func moments(d *belvedere.Dataset, year belvedere.SchoolYear, last bool) (out []string) {
	switch d.Time {
	case belvedere.ByYear:
		return []string{strconv.Itoa(int(year))}
	case belvedere.ByDay:
		return []string{belvedere.Date(int(year), 10, 1).Format(time.DateOnly), belvedere.Date(int(year)+1, 3, 1).Format(time.DateOnly)}
	case belvedere.ByMonth:
		for m := range 12 {
			out = append(out, year.First().AddDate(0, m, 0).Format("2006-01"))
		}
		return out
	}
	out = append(out, "annee;"+year.First().Format(time.DateOnly))
	for m := range 12 {
		out = append(out, "mois;"+year.First().AddDate(0, m, 0).Format(time.DateOnly))
	}
	for day := year.First(); last && day.Before(year.End()); day = day.AddDate(0, 0, 1) {
		out = append(out, "jour;"+day.Format(time.DateOnly))
	}
	return out
}

// zipped streams what write produces, compressed as senders of large files do.
func zipped(write func(io.Writer)) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is valid
		write(z)
		z.Close()
		w.Close()
	}()
	return r
}
