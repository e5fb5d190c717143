package rule

import (
	"strconv"
	"strings"
	"time"

	"belvedere/internal/school/vault"
)

var schoolAndYear = Rule{
	Number: 1, Code: "uai_annee", Title: "Même établissement, même année scolaire", Severity: Blocking, Tool: ToolSIECLE,
	Text:   "Tous les fichiers d’une année viennent du même établissement et de la même base\u00a0: de mai à septembre, SIECLE et STS-Web ont deux bases, celle de l’année en cours et celle qui prépare la rentrée.",
	Origin: "Spécification SIECLE des exports XML, 14.1",
	run: func(f *facts, found func(Finding)) {
		for _, i := range f.imports {
			if i.exported.IsZero() || i.source == "aaf" {
				continue
			}
			// The base of a year opens in spring, and lives for some months after its end.
			from, to := f.year.First().AddDate(0, -6, 0), f.year.End().AddDate(0, 4, 0)
			if i.exported.Before(from) || i.exported.After(to) {
				found(Finding{Key: key("export", i.format),
					Message: "Le fichier " + i.file + " a été exporté le " + day(vault.Day(i.exported)) + "\u00a0: il ne peut pas être de l’année " + f.year.String() + ".",
					Mend:    "Exportez de nouveau, après avoir choisi dans l’application la base de l’année " + f.year.String() + ".",
					Tool:    toolOf(i.source),
					A:       Side{Source: i.source, Import: i.id, Field: "HORODATAGE", Value: day(vault.Day(i.exported))},
					B:       Side{Field: "année scolaire", Value: f.year.String()}})
			}
		}
		f.schoolSaid(found)
		f.yearSaid(found)
	},
}

// schoolSaid compares the school that the content of files names with that of the vault.
func (f *facts) schoolSaid(found func(Finding)) {
	for _, s := range []struct{ kind, field, source, label string }{
		{"sts_uaj", "uai", "sts", "UAJ"}, {"empsts_uaj", "uai", "emp_sts", "UAJ"}, {"siecle_uaj", "uaj", "siecle", "ETAB_UAJ_ID"},
	} {
		f.must(f.rows(s.kind, []string{s.field}, func(r vault.SourceRow) {
			uai := strings.ToUpper(r.Text(0))
			if len(uai) != 8 || uai == string(f.uai) { // SIECLE may give a number of its own there
				return
			}
			found(Finding{Key: key("uai", s.kind),
				Message: "Le fichier est celui de l’établissement " + uai + ", non de " + string(f.uai) + ".",
				Mend:    "Importez le fichier de l’établissement " + string(f.uai) + ".",
				Tool:    toolOf(s.source),
				A:       at(r).side(s.source, s.label, uai), B: Side{Field: "établissement", Value: string(f.uai)}})
		}))
	}
}

// yearSaid compares the beginning of the year that files declare with the year they are kept under.
func (f *facts) yearSaid(found func(Finding)) {
	for _, s := range []struct{ kind, field, source, label string }{
		{"sts_uaj", "date_debut", "sts", "DATE_DEBUT"}, {"siecle_annee", "date_deb_eleve", "siecle", "DATE_DEB_ELEVE"},
	} {
		f.must(f.rows(s.kind, []string{s.field}, func(r vault.SourceRow) {
			iso := date(r.Text(0))
			d, err := time.Parse(time.DateOnly, iso)
			if err != nil || d.Year() == int(f.year) && d.Month() >= time.July {
				return
			}
			found(Finding{Key: key("debut", s.kind),
				Message: "Le fichier dit que l’année commence le " + day(iso) + ", et il est rangé sous l’année " + f.year.String() + ".",
				Mend:    "Vérifiez la base d’où vient l’export\u00a0: année en cours ou préparation de rentrée.",
				Tool:    toolOf(s.source),
				A:       at(r).side(s.source, s.label, day(iso)), B: Side{Field: "année scolaire", Value: strconv.Itoa(int(f.year))}})
		}))
	}
}
