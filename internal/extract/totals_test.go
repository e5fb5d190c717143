package extract_test

import (
	"strings"
	"testing"

	"belvedere"
)

// A few lines of totals tell their extract, without its code, in another order and without most columns; those of
// another extract of the same figures tell the other. No figure is altered for it.
func TestTraceTotals(t *testing.T) {
	h := newHouse(t)
	v := h.staff(t, "Roux", belvedere.Totals)
	x := figures()
	x.Format = "csv"
	var copies []string
	for range 2 {
		e := h.made(t, v, x)
		text := members(t, h.taken(t, v, e.ID))[".csv"]
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if len(lines) != 4 || !strings.HasSuffix(lines[0], ",repere") || !strings.Contains(lines[1], "L1,Licence L1,100,valeur,") || strings.Contains(text, e.Code) {
			t.Fatalf("%q", lines)
		}
		cut := func(line string) string { return line[:3] + line[strings.LastIndex(line, ","):] }
		copied := cut(lines[3]) + "\n" + cut(lines[1])
		copies = append(copies, copied)
		found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, strings.NewReader(copied))
		if err != nil || len(found) != 1 || found[0].Extract.ID != e.ID || !found[0].Sure() || found[0].Code || found[0].Marks != 2 {
			t.Errorf("%+v, %v", found, err)
		}
	}
	if copies[0] == copies[1] {
		t.Error("two extracts have the same marks")
	}
}
