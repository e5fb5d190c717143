package mapping

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/words"
)

// Seen is what a column looks like.
type Seen struct {
	Header   string
	Shape    Shape
	Share    float64 // of its values that have this shape, 0 to 1
	Format   string  // of dates: how they are written; two formats are joined by « ou »
	Values   []string
	Filled   int // values of the sample that are there
	Total    int // rows of the sample
	Distinct int
	Repeats  bool    // some values come several times
	Negative bool    // some numbers are negative
	Comma    bool    // decimals are parted by a comma
	Least    float64 // of numbers
	Most     float64
	Average  string   // why its numbers should not be added, "" when they may be: « taux », « indice »…
	Identity Identity // of a person, "" for none
	Why      string   // in French: what the identity was seen by
}

// mostValues is how many values of a column are kept to be shown.
const mostValues = 200

// LookAll looks at each column of a table.
func LookAll(headers []string, rows [][]string) []Seen {
	out := make([]Seen, len(headers))
	column := make([]string, len(rows))
	for i, h := range headers {
		for j, r := range rows {
			column[j] = ""
			if i < len(r) {
				column[j] = r[i]
			}
		}
		out[i] = Look(h, column)
	}
	return out
}

// Look says what a column looks like by its header and a sample of its values.
func Look(header string, values []string) Seen {
	s := Seen{Header: header, Total: len(values)}
	c := census{seen: &s, known: map[string]int{}, formats: map[string]int{}, identities: map[Identity]int{}}
	for _, v := range values {
		c.add(v)
	}
	s.Distinct = len(c.known)
	s.Repeats = s.Filled > s.Distinct
	c.decide(newName(header))
	s.Average = average(header)
	c.identify()
	return s
}

// A census counts what the values of a column are.
type census struct {
	seen       *Seen
	known      map[string]int
	formats    map[string]int
	identities map[Identity]int

	uai, commune, round, departement, instant, day, month, year, span, integer, number int
}

func (c *census) add(v string) {
	if Nothing(v) {
		return
	}
	v = strings.TrimSpace(v)
	s := c.seen
	s.Filled++
	if c.known[v]++; c.known[v] == 1 && len(s.Values) < mostValues {
		s.Values = append(s.Values, v)
	}
	if _, err := belvedere.ParseUAI(v); err == nil {
		c.uai++
	}
	if isCommune(v) {
		c.commune++
		if v[3:] == "00" || v[4] == '0' {
			c.round++
		}
	}
	if isDepartement(v) {
		c.departement++
	}
	if y, two, ok := parseYear(v); ok && (two || y >= 1990 && y <= 2060) {
		c.year++
		if two {
			c.span++
		}
	}
	c.moment(v)
	c.count(v)
	if id := IdentityOf(v); id != "" {
		c.identities[id]++
	}
}

func (c *census) moment(v string) {
	if parseMonth(v) {
		c.month++
	}
	if _, format, ok := ParseDay(v); ok {
		c.day++
		c.formats[format]++
	} else if t, ok := parseInstant(v); ok {
		c.instant++
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			c.day++
			c.formats["2025-11-30 00:00:00"]++
		}
	}
}

func (c *census) count(v string) {
	f, comma, ok := ParseNumber(v)
	if !ok {
		return
	}
	s := c.seen
	if c.number++; c.number == 1 {
		s.Least, s.Most = f, f
	}
	s.Least, s.Most = min(s.Least, f), max(s.Most, f)
	s.Negative = s.Negative || f < 0
	s.Comma = s.Comma || comma
	if f == float64(int64(f)) {
		c.integer++
	}
}

// enough is the share of the values that must have a shape: files have their mistakes.
const enough = 0.9

// decide gives the column its shape: values first, the words of the header where two shapes fit.
func (c *census) decide(n name) {
	s := c.seen
	if s.Filled == 0 {
		s.Shape = Empty
		return
	}
	says := func(list ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return slices.Contains(n.words, w) || n.joined == w })
	}
	all := func(count int) bool { return float64(count) >= enough*float64(s.Filled) }
	take := func(shape Shape, count int) {
		s.Shape, s.Share = shape, float64(count)/float64(s.Filled)
	}
	place := all(c.commune) && (all(c.integer) || c.commune > c.number)
	yearly := says("annee", "rentree", "session", "exercice", "millesime", "campagne", "scolaire", "universitaire")
	switch {
	case all(c.uai):
		take(UAI, c.uai)
	case place && says("postal", "codepostal"):
		take(Postcode, c.commune)
	case place && says("insee", "commune", "ville", "codgeo", "com", "depcom", "codecommune", "codeinsee", "geo"):
		take(Commune, c.commune)
	case all(c.year) && (all(c.span) || yearly || c.uniform(says)):
		take(Year, c.year)
	case all(c.day) && !(c.formats["20251130"] == c.day && !says("date", "jour")):
		take(Day, c.day)
		s.Format = joined(c.formats)
	case all(c.instant + c.day):
		take(Instant, c.instant+c.day)
	case all(c.month) && (!all(c.integer) || says("mois", "periode")):
		take(Month, c.month)
	case all(c.departement) && says("departement", "codedepartement"):
		take(Departement, c.departement)
	case place && s.Distinct > 1 && c.number > c.round*2 && c.padded():
		take(Commune, c.commune)
	case all(c.number) && all(c.integer):
		take(Integer, c.integer)
	case all(c.number):
		take(Decimal, c.number)
	case s.Filled >= 8 && s.Distinct*4 <= s.Filled || s.Distinct <= 12 && s.Repeats:
		take(Code, s.Filled)
	default:
		take(Text, s.Filled)
	}
}

// uniform tells whether numbers that might be years are: few different ones, with no word that counts.
func (c *census) uniform(says func(...string) bool) bool {
	return c.seen.Filled >= 2 && c.seen.Distinct <= 30 && c.seen.Distinct*2 <= c.seen.Filled && !says(counted...)
}

// padded tells whether some values begin with a zero, as no number does.
func (c *census) padded() bool {
	return slices.ContainsFunc(c.seen.Values, func(v string) bool { return v[0] == '0' || strings.ContainsAny(v, "AB") })
}

func joined(formats map[string]int) string {
	var list []string
	for f := range formats {
		list = append(list, f)
	}
	slices.Sort(list)
	return strings.Join(list, " ou ")
}

// averages are the words of headers whose numbers are means, shares or indices.
var averages = []string{"taux", "part", "pourcentage", "%", "moyenne", "moyen", "indice", "ips", "note", "ecart", "ratio", "mediane", "median", "rang", "va", "score", "prix", "tarif", "latitude",
	"longitude", "lat", "lon", "lng", "coordonnee", "densite", "superficiemoyenne", "age", "per"}

// average is the word of a header that says that its numbers should not be added.
func average(header string) string {
	n := newName(strings.ReplaceAll(header, "%", " % "))
	if slices.Contains(n.words, "nombre") {
		return ""
	}
	for _, w := range n.words {
		if slices.Contains(averages, w) {
			return w
		}
	}
	return ""
}

// identify says whether the column tells who a person is, by its header or by its values.
// namesPeople tells a header that is nothing but a word for a person.
func namesPeople(header string) bool {
	return slices.Contains(persons, singular(words.Fold(strings.TrimSpace(header))))
}

func (c *census) identify() {
	s := c.seen
	for id, n := range c.identities {
		if n >= 2 && n*3 >= s.Filled || n > 0 && n == s.Filled {
			if s.Shape == UAI || s.Shape == Day {
				continue
			}
			s.Identity, s.Why = id, fmt.Sprintf("%d des %d valeurs lues ont la forme «\u00a0%s\u00a0»", n, s.Filled, id)
			return
		}
	}
	id := byHeader(s.Header)
	if id == "" && s.Shape == Text && namesPeople(s.Header) {
		id = Name // « Intervenant » over texts that differ
	}
	// "ine" or "mail" above amounts of money or a yes and no is another word.
	if id == "" || s.Shape == UAI || id != PersonKey && id != Birth && id != NIR && id != INE && id != Phone && (s.Shape == Integer || s.Shape == Decimal) {
		return
	}
	s.Identity, s.Why = id, fmt.Sprintf("l’intitulé «\u00a0%s\u00a0» annonce\u00a0: %s", s.Header, id)
}
