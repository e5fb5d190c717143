package governance_test

import (
	"bufio"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

func TestBlocks(t *testing.T) {
	type span = governance.Span
	got := governance.Blocks("# Clore\r\n\r\nTous **closent** :\n- un, [ici](/gouvernance)\n- deux\n\n- autre\n1. a\n2. b\n[piège](javascript:alert(1)) ** seul")
	want := []governance.Block{
		{Kind: governance.Heading, Level: 1, Items: [][]span{{{Text: "Clore"}}}},
		{Kind: governance.Paragraph, Items: [][]span{{{Text: "Tous "}, {Text: "closent", Strong: true}, {Text: " :"}}}},
		{Kind: governance.List, Items: [][]span{{{Text: "un, "}, {Text: "ici", Link: "/gouvernance"}}, {{Text: "deux"}}}},
		{Kind: governance.List, Items: [][]span{{{Text: "autre"}}}},
		{Kind: governance.Numbered, Items: [][]span{{{Text: "a"}}, {{Text: "b"}}}},
		{Kind: governance.Paragraph, Items: [][]span{{{Text: "["}, {Text: "piège](javascript:alert(1)) *"}, {Text: "* seul"}}}},
	}
	for i := range want {
		if i >= len(got) || !same(got[i], want[i]) {
			t.Errorf("block %d: %+v, want %+v", i, got[min(i, len(got)-1)], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d blocks, want %d", len(got), len(want))
	}
}

// same compares blocks whatever the cuts within words of one kind.
func same(a, b governance.Block) bool {
	return a.Kind == b.Kind && a.Level == b.Level && reflect.DeepEqual(joined(a), joined(b))
}

func joined(b governance.Block) (out [][]governance.Span) {
	for _, item := range b.Items {
		var line []governance.Span
		for _, s := range item {
			if n := len(line) - 1; n >= 0 && line[n].Strong == s.Strong && line[n].Link == s.Link {
				line[n].Text += s.Text
			} else {
				line = append(line, s)
			}
		}
		out = append(out, line)
	}
	return out
}

func TestSafeLink(t *testing.T) {
	for link, want := range map[string]bool{
		"/gouvernance/regles/1": true, "https://www.example.org/a?b=c": true, "http://intranet": true,
		"javascript:alert(1)": false, "//evil.example": false, "data:text/html,x": false, "relative": false, "": false,
		"https://user:pw@evil.example": false, "/a b": false, `/"onclick=`: false, `/\evil.example`: false, "https:///x": false, "JavaScript:x": false,
	} {
		if governance.SafeLink(link) != want {
			t.Errorf("%q: want %v", link, want)
		}
	}
}

// FuzzBlocks: whatever is written, links are safe and no word is lost or made.
func FuzzBlocks(f *testing.F) {
	for _, s := range []string{"# a\n- b **c** [d](/e)", "**", "[", "1. x\n\n2. y", "[a](javascript:x)", "***a***", "\x00\xff\u202e"} {
		f.Add(s)
	}
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("#-*[]()0123456789. \t\n", r) || r <= ' ' || r == '\u0085' || r == '\u00a0' || r == '\ufffd' || r > 0x1000 {
				return -1
			}
			return r
		}, s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var shown strings.Builder
		for _, b := range governance.Blocks(s) {
			for _, item := range b.Items {
				for _, x := range item {
					if x.Link != "" && !governance.SafeLink(x.Link) {
						t.Errorf("unsafe link %q", x.Link)
					}
					shown.WriteString(x.Text)
					if x.Link != "" {
						shown.WriteString(x.Link)
					}
				}
			}
		}
		clean := strings.Map(func(r rune) rune {
			if r >= 0x7f && r < 0xa0 || r == 0x61c {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, ""))
		if letters(shown.String()) != letters(clean) {
			t.Errorf("%q shows %q", s, shown.String())
		}
	})
}

// TestDiff: the kept and removed lines are the first text, the kept and added ones the second, and what
// two texts have in common at both ends is kept.
func TestDiff(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var out []string
		for range random.IntN(12) {
			out = append(out, string(rune('a'+random.IntN(4))))
		}
		return strings.Join(out, "\n")
	}
	for range 2000 {
		a, b := text(), text()
		var before, after []string
		kept := 0
		for _, l := range governance.Diff(a, b) {
			if l.Change != governance.Added {
				before = append(before, l.Text)
			}
			if l.Change != governance.Removed {
				after = append(after, l.Text)
			}
			if l.Change == governance.Kept {
				kept++
			}
		}
		if strings.Join(before, "\n") != a || strings.Join(after, "\n") != b {
			t.Fatalf("%q to %q: %q, %q", a, b, before, after)
		}
		if best := common(split(a), split(b)); kept != best {
			t.Fatalf("%q to %q keeps %d lines of %d", a, b, kept, best)
		}
	}
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// common is the length of a longest common subsequence, by its definition.
func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			best[i+1][j+1] = max(best[i][j+1], best[i+1][j])
			if a[i] == b[j] {
				best[i+1][j+1] = max(best[i+1][j+1], best[i][j]+1)
			}
		}
	}
	return best[len(a)][len(b)]
}

// TestICS: lines of 75 bytes at most, cut between characters; joined again they are what was written.
func TestICS(t *testing.T) {
	e := governance.Event{
		Task:     registry.Task{ID: 7, Label: "Clôture ; éléments, communs \\ " + strings.Repeat("é", 90), Note: "Une ligne\nBEGIN:VEVENT", Remind: 7},
		TaskYear: registry.TaskYear{Task: 7, Year: 2026, Starts: belvedere.Date(2026, 12, 1), Ends: belvedere.Date(2026, 12, 31)}, DutyLabel: "Scolarité", Who: []string{"Léa PETIT"},
	}
	var out strings.Builder
	if err := governance.WriteICS(&out, []governance.Event{e}, "https://console.example", time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var unfolded []string
	lines := bufio.NewScanner(strings.NewReader(out.String()))
	for lines.Scan() {
		l := lines.Text()
		if len(l) > 75 || strings.ToValidUTF8(l, "") != l {
			t.Errorf("line of %d bytes %q", len(l), l)
		}
		if rest, ok := strings.CutPrefix(l, " "); ok {
			unfolded[len(unfolded)-1] += rest
		} else {
			unfolded = append(unfolded, l)
		}
	}
	for _, want := range []string{"UID:gouvernance-7-2026@belvedere", "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20270101", "TRIGGER:-P7D",
		`SUMMARY:Clôture \; éléments\, communs \\ ` + strings.Repeat("é", 90), `DESCRIPTION:Scolarité` + "\u00a0" + `: Léa PETIT\nUne ligne\nBEGIN:VEVENT`} {
		if !slices.Contains(unfolded, want) {
			t.Errorf("%q is not in\n%s", want, strings.Join(unfolded, "\n"))
		}
	}
	if n := strings.Count("\n"+out.String(), "\nBEGIN:VEVENT"); n != 1 {
		t.Errorf("%d events", n)
	}
	if strings.Count(out.String(), "\n") != strings.Count(out.String(), "\r\n") {
		t.Error("lines end by CRLF alone")
	}
}
