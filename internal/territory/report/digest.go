package report

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash"
	"math"
	"time"

	"belvedere"
)

// digest hashes all of a result that a reader may see, in one form of bytes: the cells with their
// states, extremes and reasons, lines and columns with their words, totals, coverage, notes, and
// the edition. Two results of one digest give the same files. The hash alone is kept: no figure
// can be read from it.
func digest(r *belvedere.Result) string {
	d := &digester{sum: sha256.New()}
	d.texts("resultat/1", r.Edition.Label)
	d.numbers(int64(r.Edition.Number), int64(r.RowCount))
	d.times(r.Edition.Published, r.Query.Period.From, r.Query.Period.To)
	d.texts(string(r.Query.Period.Kind))
	d.numbers(int64(len(r.Dims)))
	for _, dim := range r.Dims {
		d.texts(dim.Name, dim.Label)
	}
	d.numbers(int64(len(r.Columns)))
	for i := range r.Columns {
		d.column(&r.Columns[i])
	}
	d.numbers(int64(len(r.Rows)))
	for i := range r.Rows {
		d.row(&r.Rows[i])
	}
	d.flags(r.Total != nil)
	if r.Total != nil {
		d.row(r.Total)
	}
	d.coverage(r.Coverage)
	d.numbers(int64(len(r.Notes)))
	d.texts(r.Notes...)
	if r.Limit != "" { // without a limit, digests kept before there were any stay the same
		d.texts(r.Limit)
	}
	d.compared(r.Compared)
	d.numbers(int64(len(r.Breaks)))
	for _, b := range r.Breaks {
		d.texts(b.Indicator, b.Label, b.Line, b.Reason)
		d.numbers(int64(b.Version))
		d.times(b.From)
	}
	if len(r.Perimeters) > 0 {
		d.json(r.Perimeters)
	}
	d.flush()
	return hex.EncodeToString(d.sum.Sum(nil))
}

// A digester writes values that cannot be taken for one another.
type digester struct {
	sum hash.Hash
	buf []byte
}

func (d *digester) flush() {
	d.sum.Write(d.buf)
	d.buf = d.buf[:0]
}

func (d *digester) texts(list ...string) {
	for _, s := range list {
		d.buf = append(binary.AppendUvarint(d.buf, uint64(len(s))), s...)
	}
	if len(d.buf) > 1<<13 {
		d.flush()
	}
}

func (d *digester) numbers(list ...int64) {
	for _, n := range list {
		d.buf = binary.AppendVarint(d.buf, n)
	}
}

func (d *digester) flags(list ...bool) {
	for _, on := range list {
		n := byte(0)
		if on {
			n = 1
		}
		d.buf = append(d.buf, n)
	}
}

func (d *digester) times(list ...time.Time) {
	for _, t := range list {
		n := int64(0)
		if !t.IsZero() {
			n = t.UnixMicro()
		}
		d.numbers(n)
	}
}

// json writes what has few members and many fields.
func (d *digester) json(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte(err.Error())
	}
	d.texts(string(text))
}

func (d *digester) compared(c *belvedere.Comparison) {
	d.flags(c != nil)
	if c == nil {
		return
	}
	d.texts(string(c.With))
	d.numbers(int64(len(c.Periods)))
	for _, p := range c.Periods {
		d.texts(string(p.Kind))
		d.times(p.From, p.To)
	}
	d.numbers(int64(len(c.Rows)))
	for _, gaps := range append(c.Rows[:len(c.Rows):len(c.Rows)], c.Total) {
		d.numbers(int64(len(gaps)))
		for i := range gaps {
			d.cell(&gaps[i].Other)
			d.flags(gaps[i].Fair)
			d.number(gaps[i].Change, gaps[i].Fair)
			d.buf = append(d.buf, byte(gaps[i].State))
			d.texts(gaps[i].Why)
		}
	}
}

func (d *digester) column(c *belvedere.ResultColumn) {
	d.texts(c.Key, c.Indicator, c.Label, c.Group, c.Unit)
	d.flags(c.Rate, c.Percent, c.NoExtreme)
	if c.Share { // results without it keep the hash that they had before there was one
		d.texts("part")
	}
	if c.Share {
		d.texts("part")
	}
	if c.Formula != nil {
		d.json(c.Formula)
	}
	d.numbers(int64(c.Decimals), int64(c.Number), int64(c.Version), int64(len(c.Where)))
	for _, f := range c.Where {
		d.texts(f.Dim)
		d.flags(f.Not)
		d.numbers(int64(len(f.Values)))
		d.texts(f.Values...)
	}
}

func (d *digester) row(r *belvedere.ResultRow) {
	d.numbers(int64(len(r.Keys)))
	for _, k := range r.Keys {
		d.key(k)
	}
	for i := range r.Cells {
		d.cell(&r.Cells[i])
	}
	d.texts(r.Note)
	if r.Level > 0 {
		d.numbers(int64(r.Level))
	}
}

func (d *digester) cell(c *belvedere.Cell) {
	d.buf = append(d.buf, byte(c.State), byte(c.Extreme))
	d.number(c.Value, c.State.Shown())
	d.numbers(int64(c.Covered), int64(c.Expected))
	d.texts(c.Why)
}

// number writes a figure that is shown; one that is withheld leaves no trace, not even in a hash.
func (d *digester) number(v float64, shown bool) {
	if !shown {
		v = 0
	}
	d.buf = binary.LittleEndian.AppendUint64(d.buf, math.Float64bits(v+0)) // one zero
}

func (d *digester) key(k belvedere.Key) {
	d.texts(k.Code, k.Label)
	d.numbers(int64(len(k.Detail)))
	for _, a := range k.Detail {
		d.texts(a.Name, a.Value)
	}
}

func (d *digester) coverage(c belvedere.Coverage) {
	d.numbers(int64(c.Received), int64(c.Expected), int64(len(c.Missing)), int64(len(c.Withheld)), int64(len(c.Unlisted)))
	for _, k := range c.Missing {
		d.key(k)
	}
	for _, k := range c.Withheld {
		d.key(k)
	}
	for _, u := range c.Unlisted {
		d.texts(string(u))
	}
	d.times(c.UpTo)
}
