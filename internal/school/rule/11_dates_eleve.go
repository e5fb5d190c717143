package rule

import (
	"belvedere"
	"belvedere/internal/school/vault"
)

// mostEntries is how many pupils may have entered outside the year before it is the base, not
// the pupils, that dates entries otherwise.
const mostEntries = 10

var pupilDates = Rule{
	Number: 11, Code: "dates_eleve", Title: "Entrées et sorties", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Un élève entre avant de sortir\u202f; entrée et sortie sont dans l’année scolaire, et l’entrée ne suit pas l’export\u202f; une sortie a une date et un motif.",
	Origin: "Anomalies SORTI et SCOAC de SIECLE",
	needs:  [][]string{needPupils},
	run: func(f *facts, found func(Finding)) {
		reasons := false // an export without any reason has no such column
		var early []*pupil
		for _, p := range f.pupils {
			reasons = reasons || p.reason != ""
			if p.entry != "" && p.active() && (p.entry < f.opens() || p.entry > f.closes()) {
				early = append(early, p)
			}
		}
		for _, p := range f.pupils {
			f.judgeDates(p, reasons, found)
		}
		f.entriesOutside(early, found)
	},
}

// opens and closes bound what is of the year: entries of late August are.
func (f *facts) opens() string  { return vault.Day(f.year.First().AddDate(0, -1, 0)) }
func (f *facts) closes() string { return vault.Day(f.year.End().AddDate(0, 0, -1)) }

func (f *facts) judgeDates(p *pupil, reasons bool, found func(Finding)) {
	exported := f.importOf("siecle_eleve").exported
	say := func(part, message, mend string, severity Severity, a, b Side) {
		x := p.about(part)
		x.Message, x.Mend, x.Severity, x.A, x.B = message, mend, severity, a, b
		found(x)
	}
	entry, exit := p.side("DATE_ENTREE", day(p.entry)), p.side("DATE_SORTIE", day(p.exit))
	switch {
	case p.entry != "" && p.exit != "" && p.exit < p.entry:
		say("ordre", "La sortie de "+p.title()+", le "+day(p.exit)+", précède son entrée, le "+day(p.entry)+".", "Corrigez l’une des deux dates.", Blocking, exit, entry)
	case p.exit != "" && (p.exit < f.opens() || p.exit > f.closes()):
		say("sortie", "La sortie de "+p.title()+", le "+day(p.exit)+", est hors de l’année "+f.year.String()+".", "Corrigez la date de sortie, ou vérifiez de quelle base vient l’export.", Warning, exit, Side{Field: "année scolaire", Value: f.year.String()})
	}
	if p.entry != "" && !exported.IsZero() && p.entry > vault.Day(exported) && p.active() {
		say("a_venir", "L’entrée de "+p.title()+", le "+day(p.entry)+", suit l’export du "+day(vault.Day(exported))+"\u00a0: les effectifs comptent déjà cet élève.", "Vérifiez la date d’entrée.", Warning,
			entry, Side{Source: "siecle", Import: f.importOf("siecle_eleve").id, Field: "HORODATAGE", Value: day(vault.Day(exported))})
	}
	switch {
	case p.exit != "" && p.reason == "" && reasons:
		say("motif", "La sortie de "+p.title()+", le "+day(p.exit)+", n’a pas de motif.", "Saisissez le motif de sortie.", Warning, exit, p.side("CODE_MOTIF_SORTIE", ""))
	case p.exit == "" && p.reason != "":
		say("motif", p.title()+" a un motif de sortie et pas de date de sortie\u00a0: les effectifs comptent encore cet élève.", "Saisissez la date de sortie, ou retirez le motif.", Warning, p.side("CODE_MOTIF_SORTIE", p.reason), p.side("DATE_SORTIE", ""))
	}
}

// entriesOutside says who entered outside the year, or that the whole base dates entries otherwise.
func (f *facts) entriesOutside(list []*pupil, found func(Finding)) {
	year := Side{Field: "année scolaire", Value: f.year.String()}
	if len(list) > mostEntries {
		found(Finding{Key: "entrees",
			Message: belvedere.Plural(len(list), "élève a", "élèves ont") + " une date d’entrée hors de l’année " + f.year.String() + ".",
			Mend:    "Vérifiez de quelle base vient l’export. Si SIECLE y met l’entrée dans l’établissement, rien n’est à corriger.",
			A:       list[0].side("DATE_ENTREE", day(list[0].entry)), B: year})
		return
	}
	for _, p := range list {
		x := p.about("entree")
		x.Message = "L’entrée de " + p.title() + ", le " + day(p.entry) + ", est hors de l’année " + f.year.String() + "."
		x.Mend, x.A, x.B = "Corrigez la date d’entrée.", p.side("DATE_ENTREE", day(p.entry)), year
		found(x)
	}
}
