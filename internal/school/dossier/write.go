package dossier

import (
	"slices"
	"strings"

	"belvedere"
)

// A writer puts the rows of one kind into its table, in the transaction of an import.
type writer struct {
	im     *importing
	k      *Kind
	space  string
	insert string
	args   []any
	at     map[string]int // place of a column in the values
	key    []int          // places of the columns of the slice
	seen   map[string]bool
	codes  map[string]string    // closed codes that were looked up: column + text → code
	opened map[string]bool      // open codes that were registered
	labels map[string]*labelled // by column, what the rows call the codes of open lists
	tally  KindReport
}

func newWriter(im *importing, k *Kind, space string) (*writer, error) {
	if err := ensure(im.tx, k); err != nil {
		return nil, err
	}
	w := &writer{im: im, k: k, space: space, args: make([]any, len(k.Columns)+2), at: map[string]int{}, seen: map[string]bool{}, codes: map[string]string{}, opened: map[string]bool{}, labels: map[string]*labelled{}}
	w.tally.Kind = k.Name
	names, marks := []string{"_import", "_ligne"}, "?, ?"
	for i, c := range k.Columns {
		w.at[c.Name] = i
		names = append(names, c.Name)
		marks += ", ?"
	}
	for _, name := range k.Slice {
		w.key = append(w.key, w.at[name])
	}
	w.insert = "INSERT INTO " + tableOf(k.Name) + " (" + strings.Join(names, ", ") + ") VALUES (" + marks + ") ON CONFLICT (" +
		strings.Join(k.keyColumns(), ", ") + ") DO " + w.onRepeat()
	return w, nil
}

// onRepeat is what a row whose key is there does.
func (w *writer) onRepeat() string {
	var sets []string
	for _, c := range w.k.Columns {
		switch {
		case slices.Contains(w.k.Key, c.Name) || slices.Contains(w.k.Slice, c.Name):
		case w.k.Repeat == RepeatSum && c.Class == Number:
			sets = append(sets, c.Name+" = CASE WHEN "+c.Name+" IS NULL THEN excluded."+c.Name+" ELSE "+c.Name+" + ifnull(excluded."+c.Name+", 0) END")
		case w.k.Repeat == RepeatLast:
			sets = append(sets, c.Name+" = excluded."+c.Name)
		}
	}
	if len(sets) == 0 {
		return "NOTHING"
	}
	return "UPDATE SET " + strings.Join(sets, ", ")
}

// row puts one row; what is wrong with it is a fault, not the end.
func (w *writer) row(at Place, cells []string) error {
	w.tally.Read++
	values := w.args[2:]
	for i := range w.k.Columns {
		c := &w.k.Columns[i]
		value, why := w.parse(c, cells[i])
		if why != "" {
			w.tally.Faulty++
			return w.im.fault(w.k, at, c, "valeur", why)
		}
		values[i] = value
	}
	if err := w.name(values); err != nil {
		return err
	}
	if err := w.replace(values); err != nil {
		return err
	}
	if p := w.k.PersonColumn(); p != nil {
		id, err := w.im.person(w.space, values[w.at[p.Name]].(string))
		if err != nil {
			return err
		}
		values[w.at[p.Name]] = id
	}
	w.args[0], w.args[1] = w.im.id, at.Line
	n, err := w.im.tx.Exec(w.insert, w.args...)
	if err != nil {
		return err
	}
	if n == 0 {
		w.tally.Faulty++
		return w.im.fault(w.k, at, nil, "cle", "une ligne a déjà la même clé ("+strings.Join(w.k.Key, ", ")+")\u00a0: la première est gardée")
	}
	w.tally.Kept++
	return w.members(values)
}

// parse is Column.parse, remembering the codes of closed lists.
func (w *writer) parse(c *Column, cell string) (any, string) {
	if c.List == nil {
		return c.parse(cell)
	}
	key := c.Name + "\x00" + cell
	if code, known := w.codes[key]; known {
		return code, ""
	}
	value, why := c.parse(cell)
	if code, ok := value.(string); ok && why == "" && len(w.codes) < mostRemembered {
		w.codes[key] = code
	}
	return value, why
}

// mostRemembered bounds what is remembered of a file.
const mostRemembered = 1 << 16

// replace removes what the vault held of the slice of a row, once for each slice.
func (w *writer) replace(values []any) error {
	parts := make([]any, len(w.key))
	names := make([]string, len(w.key))
	for i, at := range w.key {
		parts[i] = values[at]
		names[i], _ = values[at].(string)
	}
	name := strings.Join(names, " / ")
	if w.seen[name] {
		return nil
	}
	w.seen[name] = true
	if len(w.seen) > mostSlices {
		return belvedere.Errorf(belvedere.TooLarge, "Le fichier porte sur plus de %d tranches de «\u00a0%s\u00a0»\u00a0: une colonne de sa tranche (%s) est sans doute mal choisie.",
			mostSlices, w.k.Label, strings.Join(w.k.Slice, ", "))
	}
	n, err := w.im.tx.Exec("DELETE FROM "+tableOf(w.k.Name)+" WHERE "+strings.Join(w.k.Slice, " = ? AND ")+" = ?", parts...)
	if err != nil {
		return err
	}
	w.tally.Replaced += int64(n)
	if _, err := w.im.tx.Exec("UPDATE dossier_tranche SET remplace = ? WHERE genre = ? AND tranche = ? AND remplace IS NULL", w.im.id, w.k.Name, name); err != nil {
		return err
	}
	_, err = w.im.tx.Exec("INSERT INTO dossier_tranche (genre, tranche, import) VALUES (?, ?, ?)", w.k.Name, name, w.im.id)
	return err
}

// mostSlices bounds the slices of one file: ten years of a thousand courses, day by day.
const mostSlices = 1 << 20

// members registers the codes of open lists that a row brings.
func (w *writer) members(values []any) error {
	for i := range w.k.Columns {
		c := &w.k.Columns[i]
		code, _ := values[i].(string)
		if !c.Open() || code == "" || w.opened[c.Name+"\x00"+code] {
			continue
		}
		if len(w.opened) < mostRemembered {
			w.opened[c.Name+"\x00"+code] = true
		}
		n, err := w.im.tx.Exec("INSERT INTO dossier_code (genre, colonne, code, import) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", w.k.Name, c.Name, code, w.im.id)
		if err != nil {
			return err
		}
		if n > 0 && len(w.tally.NewCodes) < mostShown {
			w.tally.NewCodes = append(w.tally.NewCodes, Pair{c.Name, code})
		}
	}
	return nil
}

// mostShown is how many new codes a report names.
const mostShown = 200
