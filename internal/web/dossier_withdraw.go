package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// dossierAskWithdraw says what goes with an import before it is taken back.
func (s *server) dossierAskWithdraw(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	one, list, err := s.Dossier.Leaving(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	number, at := strconv.FormatInt(id, 10), dossierAt(uai, "/imports/"+strconv.FormatInt(id, 10))
	frame := s.schoolFrame(r, uai, "Retirer", parts.Link{Label: "Fichiers de personnes", Address: dossierAt(uai, "")}, parts.Link{Label: "Import n° " + number, Address: at})
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(pages.Confirm{
		Frame: frame.Frame, Title: "Retirer l’import n° " + number + " (" + one.File + ") ?", Text: s.leavingWords(one, list),
		Action: r.URL.Path, Button: "Retirer l’import", Back: at,
	}))
}

// leavingWords say what goes: rows and their days, files, figures; and what does not come back.
func (s *server) leavingWords(one dossier.Imported, list []dossier.Leaving) (text []string) {
	var figures []string
	var years []belvedere.SchoolYear
	for _, l := range list {
		text = append(text, l.Kind.Label+" : "+belvedere.Plural(int(l.Rows), "ligne quitte", "lignes quittent")+" le coffre"+leavingSlices(l)+".")
		for _, c := range l.Kind.Counts {
			if d := s.model.Dataset(c.Dataset); d != nil && !slices.Contains(figures, "« "+d.Label+" »") {
				figures = append(figures, "« "+d.Label+" »")
			}
		}
		years = append(years, l.Years...)
	}
	if one.Kept {
		text = append(text, "Ses fichiers, gardés chiffrés, sont effacés du coffre.")
	}
	if len(figures) > 0 {
		slices.Sort(years)
		var names []string
		for _, y := range slices.Compact(years) {
			names = append(names, y.String())
		}
		of := "les années"
		if len(names) == 1 {
			of = "l’année"
		}
		text = append(text, "Chiffres recomptés sans ces lignes, pour "+of+" "+strings.Join(names, ", ")+" : "+strings.Join(figures, ", ")+". Un jour, un mois ou une année qui n’a plus de ligne redevient « en attente » ; les éditions déjà publiées le gardent.")
	}
	return append(text, "Ce que cet import avait remplacé ne revient pas : importez de nouveau le fichier d’avant.")
}

// leavingSlices name the years, months or days that an import holds, as its file wrote them.
func leavingSlices(l dossier.Leaving) string {
	labels := pages.SliceLabels(l.Kind)
	switch {
	case l.Slices == 0:
		return ""
	case l.Slices == 1:
		return " (" + strings.Join(labels, ", ") + " : " + l.First + ")"
	}
	return " (" + strings.Join(labels, ", ") + " : " + belvedere.Plural(int(l.Slices), "tranche", "tranches") + ", de " + l.First + " à " + l.Last + ")"
}

// dossierWithdraw takes an import back.
func (s *server) dossierWithdraw(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	about := func(what string) {
		traceOf(r).about("coffre "+string(uai), "import de fichiers de personnes n° "+strconv.FormatInt(id, 10)+what)
	}
	about(" : retrait refusé")
	n, err := s.Dossier.Withdraw(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	about(" retiré : " + belvedere.Plural(int(n), "ligne", "lignes"))
	doneAt(w, r, dossierAt(uai, ""), "defait")
	return nil
}
