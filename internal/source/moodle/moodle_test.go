package moodle_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/source/moodle"
	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/table"
)

var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}()

// opened gives the rows of a text, from its start each time.
func opened(text string) func() (table.Rows, error) {
	return func() (table.Rows, error) {
		a, err := table.Open(bytes.NewReader([]byte(text)), int64(len(text)), "f", table.Limits{})
		if err != nil {
			return nil, err
		}
		return a.Members[0].Rows(table.Options{Ragged: true})
	}
}

// actions reads a log into lines, with the rules of its faults at the end.
func actions(t testing.TB, text string) string {
	t.Helper()
	var b strings.Builder
	var faults []string
	err := moodle.Reader{Zone: paris}.Actions(opened(text), func(line int64, a moodle.Action) error {
		fmt.Fprintf(&b, "%d %s %s|%s|%s|%s\n", line, a.Day, a.User, a.Name, a.Course, a.Component)
		return nil
	}, func(f belvedere.Fault) error { faults = append(faults, f.Rule); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + strings.Join(faults, " ")
}

func TestReport(t *testing.T) {
	got := actions(t, string(recordtest.Sample(t, "moodle/example_platform_logs.csv")))
	if !strings.HasPrefix(got, "2 2023-01-23 58|User 58||Logs\n3 2023-01-23 58|User 58||System\n4 2023-01-23 58|User 58||System\n5 2023-01-23 |||System\n") {
		t.Errorf("%s", got)
	}
	french := "Heure,Nom complet de l'utilisateur,Utilisateur touché,Contexte de l'événement,Composant,Nom de l'événement,Description,Origine,Adresse IP\n" +
		"\"3/02/26, 08:10\",Jade F,-,Cours: Maths,Forum,Discussion vue,The user with id '7' has viewed the discussion in the course with id '42'.,web,\n" +
		"\"3/02/26, 08:10\",-,-,Cours: Maths,Système,Tâche,The user with id '-1' did it in the course with id '42'.,cli,\n"
	if got := actions(t, french); got != "2 2026-02-03 7|Jade F|42|Forum\nordre_des_dates" {
		t.Errorf("%s", got)
	}
	american := strings.ReplaceAll(french, "\"3/02/26, 08:10\",J", "\"2/13/26, 8:10 AM\",J")
	if got := actions(t, american); got != "2 2026-02-13 7|Jade F|42|Forum\n" {
		t.Errorf("%s", got)
	}
}

func TestStore(t *testing.T) {
	// 1606845939 is 1 December 2020 at 19:05 in Paris, and 1606863600 is the midnight after.
	got := actions(t, "id,userid,courseid,relateduserid,timecreated,origin\n1,2,0,\\N,1606845939,web\n2,0,24,2,1606863600,web\n3,5,24,\\N,1606863600,ws\n4,5,24,\\N,x,web\n5,5,1,\\N,1606863599,restore\n")
	if got != "2 2020-12-01 2|||\n3 2020-12-02 ||24|\n4 2020-12-02 5||24|\ninstant" {
		t.Errorf("%s", got)
	}
	if got := actions(t, string(recordtest.Sample(t, "moodle/example_database_data.csv"))); !strings.HasPrefix(got, "2 2020-12-01 2|||\n3 2020-12-01 2|||\n") {
		t.Errorf("%s", got)
	}
}

func TestCompanions(t *testing.T) {
	for name, want := range map[string]string{
		"example_student_role.csv": "24=89 24=90 24=91 36=105 36=108 36=277 81=15 81=99", "example_non_editing_teacher_role.csv": "24=177", "example_manager_role.csv": "=53 =87",
		"example_course_shortnames.csv": "24=Name course 24 36=Name course 36 81=Name course 81",
	} {
		rows, err := opened(string(recordtest.Sample(t, "moodle/"+name)))()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := moodle.Pairs(rows, func(c, o string) { got = append(got, c+"="+o) }); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// FuzzActions reads any bytes: no panic, days that are days, users that are numbers.
func FuzzActions(f *testing.F) {
	f.Add([]byte("Time,User full name,Event context,Component,Event name,Description,Origin\n\"23/01/23, 12:09\",U,C,S,E,The user with id '58' viewed,web\n"))
	f.Add([]byte("id,userid,courseid,timecreated\n1,2,0,1606845939\n2,\\N,,9999999999999\n"))
	f.Add([]byte("Heure;Nom complet;Contexte de l'événement;Nom de l'événement;Description\n13/13/13;;;;\n"))
	if sample, err := os.ReadFile("../../../../shared/samples/moodle/example_platform_logs.csv"); err == nil {
		f.Add(sample)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = moodle.Reader{Zone: paris}.Actions(opened(string(b)), func(line int64, a moodle.Action) error {
			if _, err := time.Parse(time.DateOnly, a.Day); err != nil || line < 1 || strings.Trim(a.User+a.Course, "0123456789") != "" {
				t.Fatalf("%d %+v", line, a)
			}
			return nil
		}, func(belvedere.Fault) error { return nil })
	})
}
