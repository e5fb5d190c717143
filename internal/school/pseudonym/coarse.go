package pseudonym

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// A Coarse is how a column is made coarser.
type Coarse string

// The ways. As it is, a value is the one of the file.
const (
	AsItIs  Coarse = ""
	Year    Coarse = "annee"   // of a date
	Month   Coarse = "mois"    // of a date
	AgeBand Coarse = "tranche" // of a date of birth: five years, on the day of the extract
	Rare    Coarse = "rares"   // codes and texts of fewer than five persons become "autre"
	Rounded Coarse = "arrondi" // of a number: two digits
)

// Label is a way in words.
func (c Coarse) Label() string {
	switch c {
	case Year:
		return "année seule"
	case Month:
		return "mois"
	case AgeBand:
		return "tranche d’âge de cinq ans"
	case Rare:
		return "valeurs rares regroupées"
	case Rounded:
		return "arrondi à deux chiffres"
	}
	return "telle quelle"
}

// rareUnder is the number of persons under which a value is rare.
const rareUnder = 5

// other is what rare values become.
const other = "autre"

// ways are those that a column may leave in, the one by default first. None: it may not leave at all.
func ways(c *dossier.Column, names bool) []Coarse {
	switch {
	case c.Class == dossier.Person:
		if names {
			return []Coarse{AsItIs}
		}
	case c.Class == dossier.Identity && c.Grain != "":
		if names {
			return []Coarse{AsItIs, Year, AgeBand}
		}
		return []Coarse{Year, AgeBand}
	case c.Class == dossier.Identity || c.Class == dossier.Sensitive:
		if names {
			return []Coarse{AsItIs}
		}
	case c.Class == dossier.Date && c.Grain == belvedere.ByDay:
		return []Coarse{Month, AsItIs, Year}
	case c.Class == dossier.Date && c.Grain == belvedere.ByMonth:
		return []Coarse{AsItIs, Year}
	case c.Class == dossier.Code:
		return []Coarse{AsItIs, Rare}
	case c.Class == dossier.Text && !names: // nobody can tell that a free text names nobody
		return []Coarse{Rare}
	case c.Class == dossier.Number:
		return []Coarse{AsItIs, Rounded}
	default:
		return []Coarse{AsItIs}
	}
	return nil
}

// A cellMaker makes the value that leaves of the value that was read.
type cellMaker struct {
	column *dossier.Column
	coarse Coarse
	token  bool // the value is a key: it leaves as a pseudonym of its own
	namer  Namer
	today  time.Time
	rare   map[string]bool // the values that become other
}

// kind is the type of the column that leaves.
func (m *cellMaker) kind() belvedere.ColumnType {
	switch c := m.column; {
	case m.coarse == AgeBand || m.coarse == Month:
		return belvedere.Text
	case m.coarse == Year || c.Class == dossier.Date && c.Grain == belvedere.ByYear:
		return belvedere.Int64
	case (c.Class == dossier.Date || c.Class == dossier.Identity) && c.Grain == belvedere.ByDay:
		return belvedere.DateOnly
	case c.Class == dossier.Number && (c.Decimal || m.coarse == Rounded):
		return belvedere.Float64
	case c.Class == dossier.Number:
		return belvedere.Int64
	}
	return belvedere.Text
}

// cell makes one value: nil where the file says nothing.
func (m *cellMaker) cell(v any) any {
	text, _ := v.(string)
	if n, ok := v.(float64); ok {
		return m.number(n)
	}
	switch {
	case text == "":
		return nil
	case m.token:
		return m.namer.Code("colonne "+m.column.Name, text)
	case m.rare[text]:
		return other
	case m.coarse == Month:
		return text[:min(len(text), 7)]
	case m.coarse == AgeBand:
		return m.band(text)
	}
	switch m.kind() {
	case belvedere.Int64:
		year, err := strconv.ParseInt(text[:min(len(text), 4)], 10, 64)
		if err != nil {
			return nil
		}
		return year
	case belvedere.DateOnly:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil
		}
		return day
	}
	return text
}

func (m *cellMaker) number(n float64) any {
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return nil
	case m.coarse == Rounded:
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 2, 64), 64)
		return rounded
	case m.kind() == belvedere.Int64 && n == math.Trunc(n) && math.Abs(n) < 1<<53:
		return int64(n)
	case m.kind() == belvedere.Int64:
		return int64(math.Round(n))
	}
	return n
}

// band is the age on the day of the extract, by five years: "20-24".
func (m *cellMaker) band(text string) any {
	born, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return nil
	}
	age := m.today.Year() - born.Year()
	if m.today.AddDate(-age, 0, 0).Before(born) { // the birthday of this year is to come
		age--
	}
	if age < 0 || age > 120 {
		return nil
	}
	low := age / 5 * 5
	return strconv.Itoa(low) + "-" + strconv.Itoa(low+4)
}

// keyText tells a text of the key of a kind, as the number of a contract: it names a row in any extract.
func keyText(k *dossier.Kind, c *dossier.Column) bool {
	return c.Class == dossier.Text && slices.Contains(k.Key, c.Name)
}

// headed is the label of a column as it leaves.
func (m *cellMaker) headed() string {
	switch {
	case m.token:
		return m.column.Label + " (pseudonyme)"
	case m.coarse != AsItIs && m.coarse != Rare:
		return m.column.Label + " (" + strings.ToLower(m.coarse.Label()) + ")"
	}
	return m.column.Label
}
