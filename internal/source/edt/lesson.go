package edt

import (
	"io"
	"strconv"

	"belvedere/internal/source/clock"
	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

// lessonLayout has the names of the XML, and those of the other editions of the tool.
var lessonLayout = &sheet.Layout{Kind: Lesson, Columns: []sheet.Column{
	{Field: "numero", Headers: []string{"NUMERO", "NUMBER"}, Needed: true},
	{Field: "duree", Headers: []string{"DUREE", "DURATA", "DURATION", "DURACION"}, Needed: true},
	{Field: "frequence", Headers: []string{"FREQUENCE", "FREQUENZA", "FREQUENCY", "FRECUENCIA"}},
	{Field: "mat_code", Headers: []string{"MAT_CODE", "MAT_COD", "SUBJ_CODE"}},
	{Field: "mat_libelle", Headers: []string{"MAT_LIBELLE", "MAT_NOME", "SUBJ_NAME"}},
	{Field: "prof_nom", Headers: []string{"PROF_NOM", "DOC_COGN", "TEACH_SURN"}},
	{Field: "prof_prenom", Headers: []string{"PROF_PRENOM", "DOC_NOME", "TEACH_NAME"}},
	{Field: "classe", Headers: []string{"CLASSE", "CLASS", "CLASE"}, Needed: true},
	{Field: "salle", Headers: []string{"SALLE", "AULA", "ROOM"}},
	{Field: "alternance", Headers: []string{"ALTERNANCE", "PERIODICITA"}},
	{Field: "modalite", Headers: []string{"MODALITE", "SPECIFICA"}},
	{Field: "co_ens", Headers: []string{"CO-ENS.", "CO_DOC"}},
	{Field: "pond", Headers: []string{"POND.", "COEFF"}},
	{Field: "jour", Headers: []string{"JOUR", "GIORNO", "DAY", "DIA"}, Needed: true},
	{Field: "debut", Headers: []string{"H.DEBUT", "ORA_INIZIO", "H.START"}, Needed: true},
	{Field: "effectif", Headers: []string{"EFFECTIF", "ALUNNI"}},
}}

// tags are the names of the XML, in the order of the layout.
func tags(l *sheet.Layout) map[string]string {
	m := make(map[string]string, len(l.Columns))
	for _, c := range l.Columns {
		m[c.Field] = c.Headers[0]
	}
	return m
}

func readLessonsCSV(in io.Reader, v record.Visitor) error {
	head := record.Head{Format: "edt_cours", Source: source}
	return sheet.Read(in, lessonLayout, head, v, func(r *sheet.Row) error {
		return lesson(r.Record, v)
	})
}

func readLessonsXML(in io.Reader, v record.Visitor) error {
	if err := v.Head(record.Head{Format: "edt_cours", Source: source}); err != nil {
		return err
	}
	names, rank := tags(lessonLayout), 0
	r := record.Record{Kind: Lesson, Values: make([]record.Value, len(Lesson.Fields))}
	return xmltree.Walk(in, xmlscan.Limits{}, xmltree.Handlers{"TABLE/Cours": func(e xmltree.Element) error {
		rank++
		fill(r, e, names)
		if i := Lesson.Index("numero"); r.Values[i].Text == "" {
			r.Values[i] = e.Attr("numero")
		}
		set(r, "rang", strconv.Itoa(rank))
		r.Line = e.Line()
		return lesson(r, v)
	}})
}

// fill takes the fields of a record from the children of an element.
func fill(r record.Record, e xmltree.Element, names map[string]string) {
	clear(r.Values)
	for i, f := range r.Kind.Fields {
		if tag := names[f]; tag != "" {
			r.Values[i] = e.Value(tag)
		}
	}
}

// lesson gives a lesson and its audience, with what its texts mean.
func lesson(r record.Record, v record.Visitor) error {
	for _, m := range []struct {
		from, to, rule, message string
		read                    func(string) (int, bool)
	}{
		{"duree", "duree_minutes", "duree_illisible", "La durée du cours ne se lit pas.", clock.Minutes},
		{"debut", "debut_minutes", "heure_illisible", "L’heure de début du cours ne se lit pas.", clock.Minutes},
		{"jour", "jour_numero", "jour_inconnu", "Le jour du cours n’est pas un jour de la semaine.", clock.Day},
	} {
		text := r.Get(m.from).Text
		if text == "" {
			continue
		}
		if n, ok := m.read(text); ok {
			set(r, m.to, strconv.Itoa(n))
			continue
		}
		f := sheet.Doubt(r.Line, m.from, text, m.rule, m.message, "Corrigez le cours dans EDT, puis exportez-le de nouveau.")
		if err := v.Fault(f); err != nil {
			return err
		}
	}
	if err := v.Record(r); err != nil {
		return err
	}
	rank, number := r.Get("rang"), r.Get("numero")
	for _, p := range parseAudience(r.Get("classe").Text) {
		if err := v.Record(record.Record{Kind: Audience, Line: r.Line, Values: []record.Value{
			rank, number, {Text: p.Type, Present: true}, {Text: p.Name, Present: true}, ofClass(p)}}); err != nil {
			return err
		}
	}
	return nil
}

func ofClass(p Part) record.Value { return record.Value{Text: p.Class, Present: p.Class != ""} }

func set(r record.Record, field, text string) {
	r.Values[r.Kind.Index(field)] = record.Value{Text: text, Present: true}
}
