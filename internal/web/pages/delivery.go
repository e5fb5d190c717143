package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/web/parts"
)

// A Delivery is one file and what became of it.
type Delivery struct {
	Frame      parts.Frame
	Delivery   belvedere.Delivery // with times in the zone of the territory
	Labels     map[string]string
	Slices     []belvedere.DeliverySlice
	MoreSlices int
	Faults     []belvedere.Fault
	FaultCount int // kept as rows
	FaultPages []parts.Link
}

// A deliveryStep is one state on the way to publication.
type deliveryStep struct {
	Label  string
	Class  string // "done", "now" or "todo"
	Status string
	Note   string
}

// steps lays out the life of a delivery; a refusal ends it where it stands.
func (p Delivery) steps() []deliveryStep {
	d := p.Delivery
	at := map[belvedere.DeliveryState]int{belvedere.Received: 0, belvedere.Read: 1, belvedere.Checked: 2, belvedere.Staged: 3, belvedere.Published: 4}
	steps := []deliveryStep{
		{Label: "Reçue", Note: moment(d.Received)},
		{Label: "Lue", Note: belvedere.Plural(int(d.Rows), "ligne", "lignes")},
		{Label: "Contrôlée", Note: p.checkNote()},
		{Label: "Préparée", Note: belvedere.Plural(int(d.Kept), "ligne retenue", "lignes retenues")},
		{Label: "Publiée"},
	}
	reached := at[d.State]
	if d.State == belvedere.Refused {
		reached = refusedAfter(d)
		steps = append(steps[:reached+1], deliveryStep{Label: "Refusée", Note: moment(d.Finished)})
	}
	for i := range steps {
		switch {
		case d.State == belvedere.Refused && i == len(steps)-1:
			steps[i].Class, steps[i].Status = "now stopped", "Rien n’a été changé"
		case i <= reached:
			steps[i].Class, steps[i].Status = "done", "Terminé"
		case i == reached+1:
			steps[i].Class, steps[i].Status, steps[i].Note = "now", "En cours", ""
		default:
			steps[i].Class, steps[i].Status, steps[i].Note = "todo", "À venir", ""
		}
	}
	if d.State == belvedere.Published {
		steps[4].Status, steps[4].Note = "Édition "+strconv.Itoa(d.Edition), moment(d.Finished)
	}
	return steps
}

// refusedAfter is the last step that a refused delivery passed: its counts tell.
func refusedAfter(d belvedere.Delivery) int {
	switch {
	case d.Kept > 0 || d.Faults > 0:
		return 2
	case d.Rows > 0:
		return 1
	}
	return 0
}

func (p Delivery) checkNote() string {
	if p.Delivery.Faults+p.Delivery.Warnings == 0 {
		return "aucun défaut"
	}
	return belvedere.Plural(int(p.Delivery.Faults), "erreur", "erreurs") + ", " + belvedere.Plural(int(p.Delivery.Warnings), "avertissement", "avertissements")
}

// facts are the particulars of the file.
func (p Delivery) facts() []Fact {
	d := p.Delivery
	out := []Fact{
		{"Jeu de données", either(label(p.Labels, d.Dataset), "à reconnaître")},
		{"Forme", either(label(p.Labels, d.Form), "format publié")},
		{"Source", d.Source},
		{"Taille", size(d.Size)},
		{"Lignes lues", count(d.Rows)},
		{"Lignes retenues", count(d.Kept)},
	}
	if d.Set > 0 {
		out = append(out, Fact{"Lignes laissées", count(d.Set) + ", tenues par une source plus fine ou sautées par la forme"})
	}
	return append(out, Fact{"Identifiant", d.ID}, Fact{"Empreinte", d.SHA256})
}

// place is where a fault stands: file, line and column.
func place(f belvedere.Fault) string {
	s := "ligne " + count(f.Line)
	if f.Line <= 0 {
		s = "fichier entier"
	}
	if f.Column > 0 {
		s += ", colonne " + strconv.Itoa(f.Column)
	}
	if f.File != "" {
		s = f.File + ", " + s
	}
	return s
}

func severityClass(s belvedere.Severity) string {
	if s == belvedere.SeverityWarning {
		return "severity check"
	}
	return "severity stop"
}

func severityIcon(s belvedere.Severity) string {
	if s == belvedere.SeverityWarning {
		return "check"
	}
	return "stop"
}

func severityWord(s belvedere.Severity) string {
	if s == belvedere.SeverityWarning {
		return "Avertissement"
	}
	return "Erreur"
}

// keptWords says that only the first faults are kept as rows.
func keptWords(p Delivery) string {
	all := p.Delivery.Faults + p.Delivery.Warnings
	if p.FaultCount == 0 || int64(p.FaultCount) >= all {
		return ""
	}
	return belvedere.NarrowSpace + "; les " + count(int64(p.FaultCount)) + " premiers sont gardés"
}
