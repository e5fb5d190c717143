package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/tally"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const tallyPath = "/etablissement/collectivite"

// tallyRoutes show a school what left it: counts, that name nobody.
func (s *server) tallyRoutes() []route {
	if s.Tally == nil {
		return nil
	}
	return []route{
		get(tallyPath, schoolStaff, "consultation", s.tallyPage),
		post(tallyPath, schoolStaff, "coffre", s.tallyAct),
		get(tallyPath+"/{numero}/chiffres.csv", schoolStaff, "export", s.tallyFile),
	}
}

// tallyDone are the sentences of what was done, by the word in the address.
var tallyDone = map[string]string{
	"envoi":    "Les chiffres ont été comptés. Ceux qui ont changé partent vers la collectivité.",
	"rien":     "Les chiffres ont été comptés : ils n’ont pas changé depuis le dernier envoi, rien n’est parti.",
	"conteste": "La contestation est notée. Elle accompagne le chiffre dans la console de la collectivité.",
	"levee":    "La contestation est levée.",
	"choix":    "Le choix des envois automatiques est enregistré.",
}

// tallyPage shows exactly the figures that left a school.
func (s *server) tallyPage(w http.ResponseWriter, r *http.Request) error {
	school, err := ownSchool(viewerOf(r), r.URL.Query().Get("etablissement"))
	if err != nil {
		return err
	}
	return s.showTally(w, r, http.StatusOK, school, r.URL.Query(), nil, "")
}

// showTally writes the page; after a form with a fault, it keeps what was typed.
func (s *server) showTally(w http.ResponseWriter, r *http.Request, status int, school belvedere.UAI, values url.Values, errors parts.FieldErrors, trouble string) error {
	traceOf(r).about(tallyPath+" "+string(school), traceOf(r).entry.Detail)
	year, err := s.tallyYear(values)
	if err != nil {
		return err
	}
	view, err := s.Tally.View(r.Context(), viewerOf(r), school, year)
	if err != nil {
		return err
	}
	p := pages.Tally{Frame: s.frame(r, "Ce que voit la collectivité"), School: string(school), Year: year, View: view, Model: s.Tally.Model, Zone: s.Zone,
		Done: tallyDone[r.URL.Query().Get("fait")], Trouble: trouble, Errors: errors, Path: tallyPath}
	p.Typed.Dataset, p.Typed.Line, p.Typed.Text = values.Get("jeu"), values.Get("ligne"), values.Get("message")
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Ce que voit la collectivité"})
	if err := s.tallySchools(r, &p, school); err != nil {
		return err
	}
	if s.Records != nil {
		p.Seen = withQuery(seenPath, url.Values{"etablissement": {string(school)}})
	}
	years := append(view.Years, year)
	slices.Sort(years)
	years = slices.Compact(years)
	slices.Reverse(years)
	query := url.Values{"etablissement": {string(school)}}
	p.Years = yearLinks(tallyPath, query, years, year)
	return s.write(w, r, status, pages.TallyPage(p))
}

// tallySchools names the school and, for who has several, the others to choose.
func (s *server) tallySchools(r *http.Request, p *pages.Tally, school belvedere.UAI) error {
	var seen pages.Seen
	if err := s.seenSchools(r, &seen, school); err != nil {
		return err
	}
	p.Name, p.Schools = seen.Name, seen.Schools
	return nil
}

// tallyYear is the year that is asked for, the current one by default.
func (s *server) tallyYear(values url.Values) (belvedere.SchoolYear, error) {
	text := values.Get("annee")
	if text == "" {
		return belvedere.SchoolYearOf(s.Now().In(s.Zone)), nil
	}
	year, err := belvedere.ParseSchoolYear(text)
	if err != nil {
		return 0, belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
	}
	return year, nil
}

// tallyAct sends, contests, lifts or chooses what leaves by itself.
func (s *server) tallyAct(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	viewer := viewerOf(r)
	school, err := ownSchool(viewer, form.Get("etablissement"))
	if err != nil {
		return err
	}
	year, err := s.tallyYear(form)
	if err != nil {
		return err
	}
	about := func(what string) { traceOf(r).about("coffre "+string(school), what) }
	word := ""
	switch form.Get("faire") {
	case "envoyer":
		about("chiffres comptés et envoyés à la main")
		word = "envoi"
		n, bad := s.Tally.Enqueue(r.Context(), school, tally.Order{Year: year, Datasets: form["jeu"], By: viewer.Login, Again: true})
		if err = bad; n == 0 {
			word = "rien"
		}
	case "contester":
		return s.tallyContest(w, r, school, year, form)
	case "lever":
		id, bad := strconv.ParseInt(form.Get("numero"), 10, 64)
		if bad != nil {
			return belvedere.Errorf(belvedere.Invalid, "Cette contestation n’existe pas.")
		}
		about("contestation n° " + form.Get("numero") + " levée")
		word, err = "levee", s.Tally.Lift(r.Context(), viewer, school, id)
	case "choisir":
		about("envois automatiques : " + strings.Join(form["auto"], ", "))
		word, err = "choix", s.Tally.SetByHand(r.Context(), viewer, school, without(s.Tally.Datasets(), form["auto"]))
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if kind := belvedere.KindOf(err); err != nil && (kind == belvedere.NotFound || kind == belvedere.Conflict) {
		return s.showTally(w, r, statusOf(kind), school, form, nil, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	tallyBack(w, r, school, year, word)
	return nil
}

// tallyContest notes that a figure is wrong; the note itself stays out of the journal.
func (s *server) tallyContest(w http.ResponseWriter, r *http.Request, school belvedere.UAI, year belvedere.SchoolYear, form url.Values) error {
	dataset := clean(form.Get("jeu"), 60)
	traceOf(r).about("coffre "+string(school), "contestation de "+dataset)
	err := s.Tally.Contest(r.Context(), viewerOf(r), school, year, dataset, clean(form.Get("ligne"), 100), clean(form.Get("message"), 1000))
	switch belvedere.KindOf(err) {
	case belvedere.Invalid:
		return s.showTally(w, r, http.StatusUnprocessableEntity, school, form, parts.FieldErrors{{Field: "message", Message: belvedere.Message(err)}}, "")
	case belvedere.Conflict:
		return s.showTally(w, r, http.StatusConflict, school, form, nil, belvedere.Message(err))
	}
	if err != nil {
		return err
	}
	tallyBack(w, r, school, year, "conteste")
	return nil
}

func tallyBack(w http.ResponseWriter, r *http.Request, school belvedere.UAI, year belvedere.SchoolYear, word string) {
	v := url.Values{"etablissement": {string(school)}, "annee": {year.String()}, "fait": {word}}
	http.Redirect(w, r, withQuery(tallyPath, v), http.StatusSeeOther)
}

// without leaves some names out of a list.
func without(list, some []string) (out []string) {
	for _, x := range list {
		if !slices.Contains(some, x) {
			out = append(out, x)
		}
	}
	return out
}

// tallyFile gives a file as it left, to the byte.
func (s *server) tallyFile(w http.ResponseWriter, r *http.Request) error {
	school, err := ownSchool(viewerOf(r), r.URL.Query().Get("etablissement"))
	if err != nil {
		return err
	}
	id, err := rowNumber(r)
	if err != nil {
		return err
	}
	traceOf(r).about(tallyPath+" "+string(school), "envoi n° "+strconv.FormatInt(id, 10))
	f, body, err := s.Tally.File(r.Context(), viewerOf(r), school, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Dataset+"-"+string(school)+"-"+strconv.FormatInt(id, 10)+`.csv"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(body)
	return err
}
