package demo

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
)

func zone(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func write(t testing.TB, last time.Time) []File {
	t.Helper()
	files, err := Write(context.Background(), t.TempDir(), Options{Seed: 35, LastDay: last, Zone: zone(t)})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// shared is one département that the tests read and none changes.
var shared struct {
	once  sync.Once
	dir   string
	files []File
	err   error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.dir != "" {
		os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// written are the files of the shared département, of which lastDay is the last day.
func written(t testing.TB) []File {
	t.Helper()
	z := zone(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "demo-test-"); shared.err == nil {
			shared.files, shared.err = Write(context.Background(), shared.dir, Options{Seed: 35, LastDay: lastDay, Zone: z})
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.files
}

// read calls each with the header and the fields of every line of a file.
func read(t testing.TB, f File, each func(row map[string]string)) {
	t.Helper()
	file, err := os.Open(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(f.Path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	scan := bufio.NewScanner(in)
	var head []string
	for scan.Scan() {
		cells := strings.Split(scan.Text(), ";")
		if head == nil {
			head = cells
			continue
		}
		if len(cells) != len(head) {
			t.Fatalf("%s: %d cells, want %d: %s", f.Name(), len(cells), len(head), scan.Text())
		}
		row := make(map[string]string, len(head))
		for i, h := range head {
			row[h] = cells[i]
		}
		each(row)
	}
	if scan.Err() != nil {
		t.Fatal(scan.Err())
	}
}

func number(t testing.TB, s string) int {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var lastDay = belvedere.Date(2026, time.April, 12) // the days of 23 and 25 hours are both among the last thirteen months

func TestSameSeedSameBytes(t *testing.T) {
	sum := func(files []File) map[string]string {
		out := map[string]string{}
		for _, f := range files {
			text, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			h := sha256.Sum256(text)
			out[f.Name()] = hex.EncodeToString(h[:])
		}
		return out
	}
	a, b := sum(written(t)), sum(write(t, lastDay))
	if len(a) < 50 {
		t.Errorf("only %d files", len(a))
	}
	for name, h := range a {
		if b[name] != h {
			t.Errorf("%s differs", name)
		}
	}
}

func TestFiguresHoldTogether(t *testing.T) {
	files := written(t)
	pupils, banded := map[string]int{}, map[string]int{}
	latest, hours, rows := 0, map[string]map[string]bool{}, 0
	for _, f := range files {
		read(t, f, func(row map[string]string) {
			if _, err := belvedere.ParseUAI(row["etablissement"]); err != nil || !strings.HasPrefix(row["etablissement"], "999") {
				t.Fatalf("%s: %v", f.Name(), err)
			}
			switch f.Dataset {
			case "effectifs":
				n := number(t, row["eleves"])
				pupils[row["etablissement"]+row["jour"]+row["niveau"]] += n
				if row["jour"] == "2025-10-01" {
					latest += n
				}
				for _, m := range []string{"demi_pensionnaires", "internes", "hors_secteur", "transports", "segpa", "ulis"} {
					if number(t, row[m]) > n {
						t.Fatalf("%s over the pupils: %v", m, row)
					}
				}
			case "assiduite_tranches":
				if row["evenement"] == "absence" {
					banded[row["etablissement"]+row["jour"]+row["niveau"]] += number(t, row["eleves"])
				}
			case "connexions":
				rows++
				if d := row["heure"][:10]; d == "2025-10-26" || d == "2026-03-29" || d == "2026-03-30" {
					if hours[d] == nil {
						hours[d] = map[string]bool{}
					}
					hours[d][row["heure"]] = true
				}
			case "pedagogie":
				if number(t, row["devoirs_notes"])+number(t, row["evaluations_competences"]) != number(t, row["evaluations"]) || number(t, row["travaux_a_rendre"]) > number(t, row["travaux"]) || number(t, row["corriges"]) > number(t, row["copies"]) {
					t.Fatalf("parts over their whole: %v", row)
				}
			}
		})
	}
	for k, n := range banded {
		if n != pupils[k] {
			t.Fatalf("bands of %s hold %d pupils of %d", k, n, pupils[k])
		}
	}
	if latest < 25_000 || latest > 35_000 {
		t.Errorf("%d pupils in the last year, want about 30,000", latest)
	}
	if rows < 1_000_000 || rows > 6_000_000 {
		t.Errorf("%d hourly rows", rows)
	}
	t.Logf("%d hourly rows, %d pupils, hours: %d, %d, %d", rows, latest, len(hours["2025-10-26"]), len(hours["2026-03-29"]), len(hours["2026-03-30"]))
	if len(hours["2025-10-26"]) != 25 || len(hours["2026-03-29"]) != 23 || len(hours["2026-03-30"]) != 24 {
		t.Errorf("hours of the days when the clock changes: %d, %d, then %d", len(hours["2025-10-26"]), len(hours["2026-03-29"]), len(hours["2026-03-30"]))
	}
}

// TestPersonsAreBounded compares each whole with its parts: never more than their sum, never
// less than the largest.
func TestPersonsAreBounded(t *testing.T) {
	for _, f := range written(t) {
		if f.Dataset != "individus" {
			continue
		}
		counts := map[string]map[string]int{}
		read(t, f, func(row map[string]string) {
			k := row["etablissement"] + row["periode"] + row["debut"] + row["profil"] + row["ent"]
			if counts[k] == nil {
				counts[k] = map[string]int{}
			}
			counts[k][row["support"]] = number(t, row["individus"])
		})
		for k, c := range counts {
			if _, detailed := c["web"]; detailed && (c["net"] > c["web"]+c["web_mobile"]+c["application"] || c["net"] < max(c["web"], c["web_mobile"], c["application"])) {
				t.Fatalf("%s %s: %v", f.Name(), k, c)
			}
			if c["ensemble"] < c["net"] || c["net"] < c["mobile"] {
				t.Fatalf("%s %s: %v", f.Name(), k, c)
			}
		}
	}
}

func TestCalendar(t *testing.T) {
	if got := easter(2026); !got.Equal(belvedere.Date(2026, time.April, 5)) {
		t.Errorf("Easter 2026 is %v", got)
	}
	for day, want := range map[string]kindOfDay{"2025-10-20": off, "2026-05-14": off, "2026-05-15": off, "2026-02-09": off, "2026-02-24": schoolDay, "2026-04-07": off, "2022-12-19": off, "2025-11-11": off, "2025-11-12": wednesday, "2025-11-13": schoolDay, "2025-11-15": saturday, "2025-11-16": sunday, "2026-07-20": off} {
		d, err := belvedere.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := dayKind(d); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

// TestOfficialHolidays compares the rules with the calendars published for zone A.
func TestOfficialHolidays(t *testing.T) {
	for _, c := range [][2]string{
		{"2023-10-21", "2023-11-05"}, {"2023-12-23", "2024-01-07"}, {"2024-02-17", "2024-03-03"}, {"2024-04-13", "2024-04-28"},
		{"2024-10-19", "2024-11-03"}, {"2024-12-21", "2025-01-05"}, {"2025-02-22", "2025-03-09"}, {"2025-04-19", "2025-05-04"},
		{"2025-10-18", "2025-11-02"}, {"2025-12-20", "2026-01-04"}, {"2026-02-07", "2026-02-22"}, {"2026-04-04", "2026-04-19"},
		{"2024-07-06", "2024-08-31"}, {"2025-07-05", "2025-08-31"}, {"2026-07-04", "2026-08-31"},
	} {
		first, _ := belvedere.ParseDate(c[0])
		last, _ := belvedere.ParseDate(c[1])
		if holiday(first.AddDate(0, 0, -1)) || !holiday(first) || !holiday(last) || holiday(last.AddDate(0, 0, 1)) {
			t.Errorf("the holidays from %s to %s are not those of the rules", c[0], c[1])
		}
	}
	for zone, want := range []string{"2027-02-13", "2027-02-20", "2027-02-06"} {
		if got := winterHoliday(2027, zone).Format("2006-01-02"); got != want {
			t.Errorf("winter 2027 of zone %d begins on %s, want %s", zone, got, want)
		}
	}
}
