package connlog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/source/connlog"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, connlog.Formats()) }

func TestLogs(t *testing.T) {
	tests := []struct {
		name, text, marks string
		want              []string
	}{
		{"CSV", "Horodatage;Identifiant;Profil;Support;Via ENT\n2026-09-14 08:12:03;lea.colin;Élève;Application mobile;oui\n2026-09-14T08:13:00+02:00;m.dupre;Professeur;navigateur;0\n", "",
			[]string{"2026-09-14T08:12:03|lea.colin|eleves|application|oui|∅", "2026-09-14T06:13:00Z|m.dupre|enseignants|web|non|∅"}},
		{"NDJSON", `{"time":1789366323,"user":"a","profile":"parent","device":"mobile","via":true}` + "\n" + `{"time":"1789366323123","user":"b","profile":null,"device":"","via":false}` + "\n", "",
			[]string{"2026-09-14T06:12:03Z|a|responsables|web_mobile|oui|∅", "2026-09-14T06:12:03Z|b|∅|∅|non|∅"}},
		{"date and hour apart", "date;heure;login;profil\n14/09/2026;8h05;a;CPE\n", "", []string{"2026-09-14T08:05:00|a|vie_scolaire|∅|∅|∅"}},
		{"hour alone", "heure;utilisateur;profil\n2026-09-14 08:05;a;AESH\n", "", []string{"2026-09-14T08:05:00|a|accompagnants|∅|∅|∅"}},
		{"a later row tells the order", "date;login;ent\n03/04/2026 08:00;a;\n04/23/2026 09:00;b;\n", "", []string{"2026-03-04T08:00:00|a|∅|∅|∅|∅", "2026-04-23T09:00:00|b|∅|∅|∅|∅"}},
		{"nothing tells the order", "date;login;ent\n03/04/2026 08:00;a;\n05/06/26, 09:00:07;b;\n", "date_ambigue@2", []string{"2026-04-03T08:00:00|a|∅|∅|∅|∅", "2026-06-05T09:00:07|b|∅|∅|∅|∅"}},
		{"English hours", "date;login;ent\n3/4/26, 1:09 PM;a;\n3/4/26, 12:09 AM;b;\n", "date_ambigue@2", []string{"2026-03-04T13:09:00|a|∅|∅|∅|∅", "2026-03-04T00:09:00|b|∅|∅|∅|∅"}},
		{"both orders are one", "date;login;ent\n03/03/2026 08:00;a;\n", "", []string{"2026-03-03T08:00:00|a|∅|∅|∅|∅"}},
		{"no such day", "date;login;ent\n31/04/2026 08:00;a;\n23/23/2026 08:00;a;\n31/03/2026 08:00;b;\n", "date_illisible@2 date_illisible@3", []string{"2026-03-31T08:00:00|b|∅|∅|∅|∅"}},
		{"unreadable", "date;login;ent\nhier;a;\n2026-09-14;a;\n12;a;\n2026-09-14 08:00;;\n", "date_illisible@2 date_illisible@3 date_illisible@4 sans_utilisateur@5", nil},
		{"unknown words are told once", "date;login;profil;support;ent\n2026-09-14 08:00;a;martien;minitel;peut-être\n2026-09-14 08:00;b;martien;minitel;peut-être\n",
			"profil_inconnu@2 support_inconnu@2 ent_inconnu@2", []string{"2026-09-14T08:00:00|a|∅|∅|∅|∅", "2026-09-14T08:00:00|b|∅|∅|∅|∅"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := recordtest.Detect(connlog.Formats(), []byte(tt.text)); !slices.Equal(got, []string{"journal"}) {
				t.Errorf("recognised as %v", got)
			}
			r := recordtest.Read(t, connlog.Formats(), "journal", []byte(tt.text))
			if diff := cmp.Diff(tt.want, r.Rows("connexion")); r.Err != nil || diff != "" || r.Marks() != tt.marks {
				t.Errorf("%v, faults %q, want %q, rows (-want +got):\n%s", r.Err, r.Marks(), tt.marks, diff)
			}
		})
	}
}

// TestGuessProvedWrong: a log whose order was guessed and that contradicts it later is refused
// as a whole, since what was read of it may be wrong.
func TestGuessProvedWrong(t *testing.T) {
	text := "date;login;ent\n" + strings.Repeat("03/04/2026 08:00;a;\n", 20_000) + "04/23/2026 08:00;a;\n"
	r := recordtest.From(t, connlog.Formats(), "journal", strings.NewReader(text))
	if belvedere.KindOf(r.Err) != belvedere.Invalid || !strings.Contains(r.Err.Error(), "20002") || r.Marks() != "date_ambigue@2" {
		t.Errorf("%v, faults %s", r.Err, r.Marks())
	}
}

func TestMoodleReport(t *testing.T) {
	data := recordtest.Sample(t, "moodle/example_platform_logs.csv")
	if got := recordtest.Detect(connlog.Formats(), data); !slices.Equal(got, []string{"moodle_journal"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, connlog.Formats(), "moodle_journal", data)
	want := []string{"2023-01-23T12:09:00|moodle:58|∅|web|∅|User 58", "2023-01-23T11:56:00|moodle:287|∅|web|∅|User 287"}
	if diff := cmp.Diff(want, r.Rows("connexion")); r.Err != nil || diff != "" || r.Marks() != "" {
		t.Errorf("%v, faults %s, rows (-want +got):\n%s", r.Err, r.Marks(), diff)
	}
}

// TestMoodleInFrench: headers follow the language, descriptions do not.
func TestMoodleInFrench(t *testing.T) {
	text := "Heure,Nom complet de l'utilisateur,Utilisateur touché,Contexte de l'événement,Composant,Nom de l'événement,Description,Origine,Adresse IP\n"
	for _, at := range []string{"08:00", "08:20", "08:51", "08:52"} {
		text += fmt.Sprintf("\"13/09/26, %s\",Léa Colin,-,Cours,Système,Cours consulté,The user with id '7' viewed the course with id '1'.,ws,10.0.0.1\n", at)
	}
	r := recordtest.Read(t, connlog.Formats(), "moodle_journal", []byte(text))
	want := []string{"2026-09-13T08:00:00|moodle:7|∅|application|∅|Léa Colin", "2026-09-13T08:51:00|moodle:7|∅|application|∅|Léa Colin"}
	if diff := cmp.Diff(want, r.Rows("connexion")); r.Err != nil || diff != "" {
		t.Errorf("%v, rows (-want +got):\n%s", r.Err, diff)
	}
}

func TestMoodleStore(t *testing.T) {
	data := recordtest.Sample(t, "moodle/example_database_data.csv")
	if got := recordtest.Detect(connlog.Formats(), data); !slices.Equal(got, []string{"moodle_logstore"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, connlog.Formats(), "moodle_logstore", data)
	if got := r.Rows("connexion"); r.Err != nil || !slices.Equal(got, []string{"2020-12-01T18:05:39Z|moodle:2|∅|∅|∅|∅"}) {
		t.Errorf("%v: %q", r.Err, got)
	}
}

// TestNoLogs: the other extracts of Moodle, and tables of other formats, are no logs.
func TestNoLogs(t *testing.T) {
	for _, name := range []string{"moodle/example_admin_role.csv", "moodle/example_course_dates.csv", "moodle/example_course_shortnames.csv", "moodle/example_deleted_users.csv",
		"moodle/example_manager_role.csv", "moodle/example_non_editing_teacher_role.csv", "moodle/example_student_role.csv", "moodle/example_teacher_role.csv",
		"onde_1d/CSVExtraction-eleves.csv", "ent_csv/directory_CSV_Enseignants.csv", "constructed/EXP_COURS_utf16.csv"} {
		if got := recordtest.Detect(connlog.Formats(), recordtest.Sample(t, name)); got != nil {
			t.Errorf("%s is recognised as %v", name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, connlog.Formats(), "date;login;profil\n03/04/2026 08:00;a;prof\n", "{\"time\":1789366323,\"user\":\"a\",\"ent\":\"oui\"}\n",
		"Time,User full name,Event context,Event name,Description\n\"23/01/23, 12:09 PM\",a,b,c,The user with id '58' viewed\n", "userid,courseid,timecreated\n2,0,1606845939\n")
}
