// Package udt reads the table of lessons that UnDeuxTemps exports (formats.md 4.2).
package udt

import (
	"io"
	"strconv"

	"belvedere/internal/source/clock"
	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

// Lesson is one row of the export: a slot of a division or group.
var Lesson = &record.Kind{
	Name: "udt_cours",
	Doc:  "Un créneau de cours d’UnDeuxTemps (formats.md 4.2).",
	Fields: []string{"rang", "jour", "jour_numero", "heure", "debut_minutes", "division", "matiere", "professeur", "salle",
		"groupe", "regroupement", "effectif", "modalite", "frequence", "aire"},
	Key: []string{"rang"},
}

var layout = &sheet.Layout{Kind: Lesson, Columns: []sheet.Column{
	{Field: "jour", Headers: []string{"Jour"}, Needed: true},
	{Field: "heure", Headers: []string{"Heure"}, Needed: true},
	{Field: "division", Headers: []string{"Div", "Division"}, Needed: true},
	{Field: "matiere", Headers: []string{"Matière"}, Needed: true},
	{Field: "professeur", Headers: []string{"Professeur", "Prof"}, Needed: true},
	{Field: "salle", Headers: []string{"Salle"}},
	{Field: "groupe", Headers: []string{"Groupe"}},
	{Field: "regroupement", Headers: []string{"Regroup", "Regroupement"}},
	{Field: "effectif", Headers: []string{"Eff", "Effectif"}},
	{Field: "modalite", Headers: []string{"Mo", "Modalité"}},
	{Field: "frequence", Headers: []string{"Freq", "Fréquence"}},
	{Field: "aire", Headers: []string{"Aire"}},
}}

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	return []record.Format{{Code: "udt_cours", Label: "UnDeuxTemps, cours (CSV)", Kinds: []*record.Kind{Lesson}, Detect: layout.Detect, Read: read}}
}

func read(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, layout, record.Head{Format: "udt_cours", Source: "udt"}, v, func(r *sheet.Row) error {
		day := r.Record.Get("jour").Text
		if n, ok := clock.Day(day); ok {
			r.Set("jour_numero", strconv.Itoa(n))
		} else if day != "" {
			f := sheet.Doubt(r.Record.Line, "Jour", day, "jour_inconnu", "Le jour du cours n’est pas un jour de la semaine.",
				"Corrigez le cours dans UnDeuxTemps, puis exportez-le de nouveau.")
			if err := v.Fault(f); err != nil {
				return err
			}
		}
		// An hour may also be the name of a slot (« M1 »), which the school's own grid explains.
		if n, ok := clock.Minutes(r.Record.Get("heure").Text); ok {
			r.Set("debut_minutes", strconv.Itoa(n))
		}
		return v.Record(r.Record)
	})
}
