package rule

import (
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// mostDaysApart is how far two exports that describe the same moment may lie apart.
const mostDaysApart = 7

var exportDates = Rule{
	Number: 2, Code: "dates_export", Title: "Exports du même moment", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Les élèves, les responsables, les structures et la remontée de l’emploi du temps décrivent le même moment\u00a0: leurs dates d’export sont à quelques jours l’une de l’autre.",
	Origin: "Bon sens\u202f; SIECLE date ses exports (HORODATAGE)",
	run: func(f *facts, found func(Finding)) {
		var newest imported
		together := map[string]bool{"siecle_eleves": true, "siecle_extraction": true, "siecle_responsables": true, "siecle_structures": true, "sts_emp": true, "emp_sts": true}
		for _, i := range f.imports {
			if together[i.format] && i.exported.After(newest.exported) {
				newest = i
			}
		}
		for _, i := range f.imports {
			if !together[i.format] || i.exported.IsZero() {
				continue
			}
			days := int(newest.exported.Sub(i.exported) / (24 * time.Hour))
			if days <= mostDaysApart {
				continue
			}
			found(Finding{Key: i.format, Tool: toolOf(i.source),
				Message: "Le fichier " + i.file + " a été exporté " + belvedere.Plural(days, "jour", "jours") + " avant " + newest.file + "\u00a0: ils peuvent se contredire sans que rien ne soit faux.",
				Mend:    "Exportez de nouveau ce fichier, le même jour que les autres.",
				A:       Side{Source: i.source, Import: i.id, Field: "HORODATAGE", Value: day(vault.Day(i.exported))},
				B:       Side{Source: newest.source, Import: newest.id, Field: "HORODATAGE", Value: day(vault.Day(newest.exported))}})
		}
	},
}
