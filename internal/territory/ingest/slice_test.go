package ingest

import (
	"strings"
	"testing"
	"time"

	"belvedere"
)

func TestAnnouncedCovers(t *testing.T) {
	day := func(y int, m time.Month, d int) slice {
		return slice{school: "0350017D", span: belvedere.ByDay, first: belvedere.Date(y, m, d)}
	}
	month := slice{school: "0350017D", span: belvedere.ByMonth, first: belvedere.Date(2025, 11, 1)}
	year := slice{school: "0350017D", span: belvedere.ByYear, first: belvedere.Date(2025, 9, 1)}
	register := slice{school: "0350017D", origin: "fichier"}
	for _, c := range []struct {
		announced string
		slice     slice
		want      bool
	}{
		{"0350017D", day(2025, 11, 30), true},
		{"0350017D", register, true},
		{"0350001L", day(2025, 11, 30), false},
		{"0350017D/2025-11-30", day(2025, 11, 30), true},
		{"0350017D/2025-11-30", day(2025, 11, 29), false},
		{"0350017D/2025-11-30", month, false},
		{"0350017D/2025-11", month, true},
		{"0350017D/2025-11", day(2025, 11, 1), true},
		{"0350017D/2025-11", day(2025, 12, 1), false},
		{"0350017D/2025-11", year, false},
		{"0350017D/2025", year, true},
		{"0350017D/2025-2026", year, true},
		{"0350017D/2025", day(2026, 8, 31), true},
		{"0350017D/2025", day(2026, 9, 1), false},
		{"0350017D/2025", day(2025, 8, 31), false},
		{"0350017D/2025-11", register, true},
	} {
		a, err := parseAnnounced(c.announced)
		if err != nil || a.covers(&c.slice) != c.want {
			t.Errorf("%s covers %s: %v, %v", c.announced, &c.slice, a.covers(&c.slice), err)
		}
	}
}

// What a sender may write is read in one way only, or refused with a message.
func FuzzAnnounced(f *testing.F) {
	for _, s := range []string{"0350017D", "0350017d/2025", "0350017D/2025-11", "0350017D/2025-02-29", "0350017D/", "/2025", "0350017D/2011-12", "0350017D/2025-26", "é/\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAnnounced(text)
		if err != nil {
			if belvedere.KindOf(err) != belvedere.Invalid || belvedere.Message(err) == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		b, err := parseAnnounced(a.String())
		if err != nil || a != b {
			t.Errorf("%q is %v, then %v, %v", text, a, b, err)
		}
	})
}

func FuzzDisplayName(f *testing.F) {
	for _, s := range []string{"a.csv", `C:\x\é.csv`, "../../etc/passwd", "a\u202etxt.exe", "\xff", "a\x00b", strings.Repeat("é", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := displayName(name)
		if strings.ContainsAny(got, "/\\\x00\n\u202e") || len([]rune(got)) > 201 || strings.ToValidUTF8(got, "") != got {
			t.Errorf("%q is shown as %q", name, got)
		}
	})
}

func TestPlaces(t *testing.T) {
	for _, c := range [][3]int64{{0, 1, 0}, {0, 1 << 39, 4000}, {255, 25_000_000, 1}} {
		member, line := unpackPlace(packPlace(int(c[0]), c[1], int(c[2])))
		if int64(member) != c[0] || line != c[1] {
			t.Errorf("%v is %d, %d", c, member, line)
		}
	}
	if packPlace(0, 7, 1) >= packPlace(0, 7, 2) || packPlace(0, 7, 9) >= packPlace(0, 8, 0) || packPlace(0, 9, 0) >= packPlace(1, 1, 0) {
		t.Error("places do not sort as the file reads")
	}
}
