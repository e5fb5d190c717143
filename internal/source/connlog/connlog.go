// Package connlog reads logs of connections: a table or NDJSON with a time, a user and, when the
// log tells, a profile, a medium and whether the connection came through the ENT; and, as examples
// of a foreign tool, two extracts of Moodle (formats.md 6).
//
// Profile, medium and way are given as the codes of the catalogue. A log whose dates may be read
// in two ways is never read by guess in silence: what settles the order of day and month is looked
// for in its rows, and a warning tells when none does.
package connlog

import (
	"io"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/table"
)

// Connection is one authenticated connection. The instant is « 2026-09-14T06:12:03Z » when the log tells
// the offset or counts seconds, else local to the school: « 2026-09-14T08:12:03 ».
var Connection = &record.Kind{
	Name:   "connexion",
	Doc:    "Une connexion authentifiée ; profil, support et ent sont des codes du catalogue (profils, supports, ent), absents quand le journal ne les dit pas.",
	Fields: []string{"instant", "utilisateur", "profil", "support", "ent", "nom"},
}

const source = "journal"

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	kinds := []*record.Kind{Connection}
	return []record.Format{
		{Code: "moodle_journal", Label: "Moodle, rapport « Logs »", Kinds: kinds, Detect: moodleReport.Detect, Read: readReport},
		{Code: "moodle_logstore", Label: "Moodle, extraction de logstore_standard_log", Kinds: kinds, Detect: moodleStore.Detect, Read: readStore},
		{Code: "journal", Label: "Journal de connexions (CSV ou NDJSON)", Kinds: kinds, Detect: detect, Read: readLog},
	}
}

// raw is what a row of a log says, before it means something.
var raw = &record.Kind{Name: "journal_brut", Fields: []string{"instant", "heure", "utilisateur", "profil", "support", "ent", "nom"}}

var layout = &sheet.Layout{Kind: raw, Columns: []sheet.Column{
	{Field: "instant", Needed: true, Headers: []string{"instant", "horodatage", "date et heure", "date heure", "date de connexion", "timestamp", "datetime", "time", "date", "jour", "heure"}},
	{Field: "heure", Headers: []string{"heure", "heure de connexion", "hour"}},
	{Field: "utilisateur", Needed: true, Headers: []string{"utilisateur", "identifiant", "login", "user", "username", "user id", "userid", "compte", "id utilisateur", "usager", "uid"}},
	{Field: "profil", Headers: []string{"profil", "profile", "type de profil", "rôle", "role", "categorie", "user type"}},
	{Field: "support", Headers: []string{"support", "medium", "appareil", "terminal", "device", "client", "canal"}},
	{Field: "ent", Headers: []string{"ent", "via ent", "par l'ent", "depuis l'ent", "via"}},
	{Field: "nom", Headers: []string{"nom complet", "full name"}},
}}

// told are the columns of which a table must have one to be taken for a log unasked.
var told = []string{"profil", "support", "ent"}

func detect(start []byte) bool {
	header := table.Peek(start)
	if !layout.Fits(header) || moodleReport.Fits(header) || moodleStore.Fits(header) {
		return false
	}
	for _, c := range layout.Columns {
		one := &sheet.Layout{Columns: []sheet.Column{{Headers: c.Headers, Needed: true}}}
		for _, field := range told {
			if c.Field == field && one.Fits(header) {
				return true
			}
		}
	}
	return false
}

func readLog(in io.Reader, v record.Visitor) error {
	w := newWriter(v, "l’application d’origine")
	err := sheet.Read(in, layout, record.Head{Format: "journal", Source: source}, v, func(r *sheet.Row) error {
		get := func(field string) string { return r.Record.Get(field).Text }
		when := get("instant")
		if hour := get("heure"); hour != "" && hour != when {
			when += " " + hour
		}
		profile, err := w.code(r.Record.Line, profiles, get("profil"))
		if err != nil {
			return err
		}
		medium, err := w.code(r.Record.Line, media, get("support"))
		if err != nil {
			return err
		}
		way, err := w.code(r.Record.Line, ways, get("ent"))
		if err != nil {
			return err
		}
		return w.put(entry{line: r.Record.Line, when: when, user: get("utilisateur"), profile: profile, medium: medium, way: way, name: get("nom")})
	})
	if err != nil {
		return err
	}
	return w.finish()
}
