package connlog

import (
	"io"
	"regexp"
	"time"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

// Moodle notes each page, not each connection: a connection is what a user does after thirty
// minutes of silence, the measure of visits in use. Its user ids are its own: « moodle:58 ».

var moodleRaw = &record.Kind{Name: "moodle_brut", Fields: []string{"instant", "nom", "contexte", "composant", "evenement", "description", "origine", "utilisateur", "cours"}}

var moodleReport = &sheet.Layout{Kind: moodleRaw, Columns: []sheet.Column{
	{Field: "instant", Needed: true, Headers: []string{"Time", "Heure"}},
	{Field: "nom", Needed: true, Headers: []string{"User full name", "Nom complet de l'utilisateur", "Nom complet"}},
	{Field: "contexte", Needed: true, Headers: []string{"Event context", "Contexte de l'événement"}},
	{Field: "evenement", Needed: true, Headers: []string{"Event name", "Nom de l'événement"}},
	{Field: "description", Needed: true, Headers: []string{"Description"}},
	{Field: "origine", Headers: []string{"Origin", "Origine"}},
}}

var moodleStore = &sheet.Layout{Kind: moodleRaw, Columns: []sheet.Column{
	{Field: "utilisateur", Needed: true, Headers: []string{"userid"}},
	{Field: "cours", Needed: true, Headers: []string{"courseid"}},
	{Field: "instant", Needed: true, Headers: []string{"timecreated"}},
	{Field: "origine", Headers: []string{"origin"}},
}}

// actor finds who acts in a description, which Moodle writes in English whatever its language.
var actor = regexp.MustCompile(`\b[Uu]ser with id '(-?[0-9]{1,18})'`)

func readReport(in io.Reader, v record.Visitor) error {
	w := newWriter(v, "Moodle")
	w.keep = newVisits().begins
	err := sheet.Read(in, moodleReport, record.Head{Format: "moodle_journal", Source: source}, v, func(r *sheet.Row) error {
		m := actor.FindStringSubmatch(r.Record.Get("description").Text)
		if m == nil {
			return nil
		}
		name := r.Record.Get("nom").Text
		if name == "-" {
			name = ""
		}
		return moodle(w, r, m[1], name)
	})
	if err != nil {
		return err
	}
	return w.finish()
}

func readStore(in io.Reader, v record.Visitor) error {
	w := newWriter(v, "Moodle")
	w.keep = newVisits().begins
	err := sheet.Read(in, moodleStore, record.Head{Format: "moodle_logstore", Source: source}, v, func(r *sheet.Row) error {
		return moodle(w, r, r.Record.Get("utilisateur").Text, "")
	})
	if err != nil {
		return err
	}
	return w.finish()
}

// moodle puts an action, unless a guest, nobody or the server itself did it.
func moodle(w *writer, r *sheet.Row, user, name string) error {
	if user == "" || user == "0" || user[0] == '-' || user == `\N` {
		return nil
	}
	medium := ""
	switch r.Record.Get("origine").Text {
	case "cli", "restore":
		return nil
	case "web":
		medium = "web"
	case "ws":
		medium = "application"
	}
	return w.put(entry{line: r.Record.Line, when: r.Record.Get("instant").Text, user: "moodle:" + user, medium: medium, name: name})
}

// silence is what separates two visits of a user.
const silence = 30 * time.Minute

// mostUsers bounds the users of one log.
const mostUsers = 1 << 20

// visits remembers when each user acted last. A log may run forwards or backwards.
type visits struct{ last map[string]time.Time }

func newVisits() *visits { return &visits{map[string]time.Time{}} }

// begins tells whether an action opens a visit.
func (s *visits) begins(e entry, instant string) bool {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		if t, err = time.Parse(localLayout, instant); err != nil {
			return false
		}
	}
	before, known := s.last[e.user]
	if known || len(s.last) < mostUsers {
		s.last[e.user] = t
	}
	return !known || t.Sub(before).Abs() > silence
}
