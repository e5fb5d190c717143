package demo

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/territory/semantic"
)

// TestEveryLineIsDeclared reads every file as a delivery of its dataset is read: no line has a
// fault, no column is unknown, and no dataset nor measure of the catalogue is left without data.
func TestEveryLineIsDeclared(t *testing.T) {
	model, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]map[string]bool{}
	for _, f := range written(t) {
		if f.Dataset == "" {
			continue
		}
		if seen[f.Dataset] == nil {
			seen[f.Dataset] = map[string]bool{}
		}
		deliver(t, model, f, seen[f.Dataset])
	}
	for _, d := range model.Datasets {
		for _, m := range d.Measures {
			if !seen[d.Name][m.Name] && !(d.Name == "etablissements" && m.Name == "nature") {
				t.Errorf("no file holds %s.%s", d.Name, m.Name)
			}
		}
	}
}

// deliver maps the lines of a file to rows; filled gets the names of the columns that have a value.
func deliver(t *testing.T, model *belvedere.Model, f File, filled map[string]bool) {
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
	scan.Scan()
	header := strings.Split(scan.Text(), ";")
	target, err := form.Recognise(model, header)
	if err != nil || target.Code() != f.Dataset {
		t.Fatalf("%s: recognised as %q: %v", f.Name(), target.Code(), err)
	}
	mapper, err := form.NewMapper(target, model, header, zone(t))
	if err != nil {
		t.Fatal(err)
	}
	for line := int64(2); scan.Scan(); line++ {
		row := belvedere.SourceRow{Line: line, Fields: bytes.Split(scan.Bytes(), []byte(";"))}
		for i, v := range row.Fields {
			if len(v) > 0 {
				filled[header[i]] = true
			}
		}
		err := mapper.Map(row, func(form.Row) error { return nil }, func(fault belvedere.Fault) { t.Fatalf("%s: %v", f.Name(), fault) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if scan.Err() != nil {
		t.Fatal(scan.Err())
	}
}

// TestPersonsHaveAccountsAndConnections holds each count of persons under the accounts of the
// school and under its connections of the same days.
func TestPersonsHaveAccountsAndConnections(t *testing.T) {
	type key struct{ school, profile, start string }
	accounts, connections := map[[2]string]int{}, map[key]int{}
	day := ""
	files := written(t)
	for _, f := range files {
		switch f.Dataset {
		case "comptes":
			now := map[[2]string]int{}
			read(t, f, func(row map[string]string) {
				if row["jour"] != day {
					clear(now)
					day = row["jour"]
				}
				profile := row["profil"]
				if profile == "administratifs" || profile == "vie_scolaire" {
					profile = "personnels"
				}
				k := [2]string{row["etablissement"], profile}
				now[k] += number(t, row["comptes"])
				accounts[k] = max(accounts[k], now[k])
			})
		case "connexions":
			read(t, f, func(row map[string]string) {
				for _, start := range []string{row["heure"][:10], row["heure"][:7] + "-01m"} {
					connections[key{row["etablissement"], row["profil"], start}] += number(t, row["connexions"])
				}
			})
		}
	}
	checked := 0
	for _, f := range files {
		if f.Dataset != "individus" {
			continue
		}
		read(t, f, func(row map[string]string) {
			n, start := number(t, row["individus"]), row["debut"]
			if row["profil"] == "ensemble" || row["support"] != "ensemble" || row["ent"] != "ensemble" {
				return
			}
			checked++
			if most := accounts[[2]string{row["etablissement"], row["profil"]}]; n > most {
				t.Fatalf("%d persons of %d accounts: %v", n, most, row)
			}
			if row["periode"] == "mois" {
				start += "m"
			}
			if most := connections[key{row["etablissement"], row["profil"], start}]; row["periode"] != "annee" && n > most {
				t.Fatalf("%d persons made %d connections: %v", n, most, row)
			}
		})
	}
	if checked < 1000 {
		t.Errorf("only %d counts compared", checked)
	}
}

// TestStories finds in the files the schools whose story the pages must tell.
func TestStories(t *testing.T) {
	schools := map[string]map[string]string{}
	latest := map[string]string{}
	for _, f := range written(t) {
		read(t, f, func(row map[string]string) {
			switch f.Dataset {
			case "etablissements":
				schools[row["etablissement"]] = row
			case "assiduite":
				latest[row["etablissement"]] = max(latest[row["etablissement"]], row["mois"])
			}
		})
	}
	closed, merged, boarding, private, late := 0, map[string]int{}, 0, 0, 0
	for uai, s := range schools {
		switch {
		case s["devient"] != "":
			merged[s["devient"]]++
			if schools[s["devient"]] == nil {
				t.Errorf("%s becomes a school that does not exist", uai)
			}
		case s["fermeture"] != "":
			closed++
		case latest[uai] < "2026-03":
			late++
		}
		if s["internat"] == "oui" {
			boarding++
		}
		if s["secteur"] == "prive" {
			private++
		}
	}
	if len(schools) != 82 || closed != 1 || len(merged) != 1 || boarding < 5 || boarding > 40 || private < 5 || late < 2 {
		t.Errorf("%d schools, %d closed, mergers %v, %d with boarding, %d private, %d late", len(schools), closed, merged, boarding, private, late)
	}
}

func TestAnyLastDay(t *testing.T) {
	for _, day := range []time.Time{belvedere.Date(2025, 9, 1), belvedere.Date(2024, 2, 29), belvedere.Date(2025, 8, 31), belvedere.Date(2031, 1, 1)} {
		w := newWorld(t.TempDir(), Options{Seed: 35, LastDay: day, Zone: zone(t)})
		for _, step := range []func() error{w.pupils, w.accounts, w.bands} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		pupils := 0
		for _, f := range w.files {
			read(t, f, func(row map[string]string) {
				if row["jour"] > day.Format("2006-01-02") {
					t.Fatalf("%s holds the %s, after %s", f.Name(), row["jour"], day.Format("2006-01-02"))
				}
				if strings.Contains(f.Name(), belvedere.SchoolYearOf(day).String()) {
					pupils += number(t, row["eleves"])
				}
			})
		}
		if pupils == 0 {
			t.Errorf("%s: no pupil in the last year", day.Format("2006-01-02"))
		}
	}
}

func TestOptionsLeftOut(t *testing.T) {
	o, err := Options{}.complete()
	if err != nil || o.Zone.String() != "Europe/Paris" || !o.LastDay.Before(time.Now()) || o.LastDay.Before(time.Now().AddDate(0, 0, -3)) {
		t.Errorf("%+v, %v", o, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, t.TempDir(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("writing after the end gives %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		write(b, lastDay)
	}
}
