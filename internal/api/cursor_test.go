package api

import (
	"net/url"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// FuzzCursor: no text is taken for a cursor that it is not, and what is taken is within its bounds.
func FuzzCursor(f *testing.F) {
	good := cursor{Edition: 3, Offset: 10, Limit: 5, Ask: askOf(url.Values{"indicateurs": {"eleves"}})}.String()
	for _, s := range []string{"", good, good + "A", "e30", "eyJlIjotMX0", "eyJlIjoxZTMwfQ", "%%%", "null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			if belvedere.KindOf(err) != belvedere.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if c.Offset <= 0 || c.Limit <= 0 || c.Offset+c.Limit < 0 || c.Edition < 0 || len(c.Ask) != 16 {
			t.Fatalf("%q gives %+v", text, c)
		}
		if again, err := parseCursor(c.String()); err != nil || again != c {
			t.Fatalf("%+v does not come back: %+v, %v", c, again, err)
		}
	})
}

// TestCursorOfOneQuestion: a cursor goes on the question that it came from, in any format, and no other.
func TestCursorOfOneQuestion(t *testing.T) {
	asked := url.Values{"indicateurs": {"eleves"}, "par": {"etablissement"}, "limite": {"5"}, "format": {"json"}}
	text := cursor{Edition: 3, Offset: 5, Limit: 5, Ask: askOf(asked)}.String()
	same := url.Values{"indicateurs": {"eleves"}, "par": {"etablissement"}, "curseur": {text}, "format": {"csv"}}
	var ask report.Ask
	if err := paged(same, &ask); err != nil || ask.Edition != 3 || ask.Offset != 5 || ask.Limit != 5 {
		t.Errorf("%+v, %v", ask, err)
	}
	same.Set("indicateurs", "classes")
	if err := paged(same, &ask); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("of another question: %v", err)
	}
}
