package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/lesson"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// mostRoll is the most bytes of a roll call: a few hundred pupils with remarks.
const mostRoll = 512 << 10

// lessonRoutes are the pages of timetable and roll call.
func (s *server) lessonRoutes() []route {
	if s.Lessons == nil || s.Board == nil {
		return nil
	}
	const one = boardPath + "/{uai}"
	return []route{
		get(one+"/emploi-du-temps", nominative, "nominatif", s.timetable),
		get(one+"/cours/{numero}", nominative, "nominatif", s.lessonPage),
		post(one+"/cours/{numero}/appel", nominative, "coffre", s.lessonCall).upTo(mostRoll),
		post(one+"/cours/{numero}/deplacement", nominative, "coffre", s.lessonMove),
		get(one+"/appels", nominative, "nominatif", s.rollsOfDay),
		get(one+"/appels/manque", nominative, "nominatif", s.rollsMissing),
		get(one+"/calendrier", nominative, "nominatif", s.schoolCalendar),
		post(one+"/calendrier", nominative, "coffre", s.schoolCalendarAct),
	}
}

// lessonEntries are the entries of the menu of a school.
func (s *server) lessonEntries(at string) []menuEntry {
	if s.Lessons == nil {
		return nil
	}
	return []menuEntry{{"Emploi du temps", at + "/emploi-du-temps", schoolStaff}, {"Appels", at + "/appels", schoolStaff}, {"Calendrier", at + "/calendrier", schoolStaff}}
}

func lessonAddress(uai belvedere.UAI, id int64, day time.Time) string {
	return boardPath + "/" + string(uai) + "/cours/" + strconv.FormatInt(id, 10) + "?jour=" + day.Format(time.DateOnly)
}

// dayOf reads a date of an address or a form; absent is the day that is given instead.
func dayOf(values url.Values, name string, absent time.Time) (time.Time, error) {
	text := values.Get(name)
	if text == "" {
		return absent, nil
	}
	d, err := belvedere.ParseDate(clean(text, 20))
	if err != nil || d.Year() < 2000 || d.Year() > 2100 {
		return d, belvedere.Errorf(belvedere.Invalid, "%s\u00a0: «\u00a0%s\u00a0» n’est pas une date, comme 2026-11-23.", name, clean(text, 20))
	}
	return d, nil
}

// timetable shows a week.
func (s *server) timetable(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	day, err := dayOf(query, "semaine", s.Lessons.Today())
	if err != nil {
		return err
	}
	of := lesson.Subject{}
	if kind, code, ok := strings.Cut(clean(query.Get("de"), 80), ":"); ok {
		of = lesson.Subject{Kind: kind, Code: code}
	}
	week, err := s.Lessons.Timetable(r.Context(), viewerOf(r), uai, of, day)
	if err != nil {
		return err
	}
	p := pages.Timetable{SchoolFrame: s.schoolFrame(r, uai, "Emploi du temps"), Week: week, Today: s.Lessons.Today()}
	p.Before, p.After = weekAddress(r.URL.Path, week, -7), weekAddress(r.URL.Path, week, 7)
	return s.write(w, r, http.StatusOK, pages.TimetablePage(p))
}

func weekAddress(path string, w lesson.Week, days int) string {
	return withQuery(path, url.Values{"de": {w.Of.Kind + ":" + w.Of.Code}, "semaine": {w.Monday.AddDate(0, 0, days).Format(time.DateOnly)}})
}

// lessonPage shows a lesson on a day with its roll call.
func (s *server) lessonPage(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	day, err := dayOf(r.URL.Query(), "jour", time.Time{})
	if err != nil {
		return err
	}
	return s.showLesson(w, r, http.StatusOK, uai, day, pages.LessonSheet{Done: lessonDone[r.URL.Query().Get("fait")]})
}

// showLesson writes the page of a lesson, with what was typed and what is wrong with it.
func (s *server) showLesson(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, day time.Time, p pages.LessonSheet) error {
	id, err := rowNumber(r)
	if err != nil {
		return err
	}
	if p.Sheet, err = s.Lessons.Sheet(r.Context(), viewerOf(r), uai, id, day); err != nil {
		return err
	}
	week := parts.Link{Label: "Emploi du temps", Address: withQuery(boardPath+"/"+string(uai)+"/emploi-du-temps", url.Values{"semaine": {p.Sheet.Lesson.Date.Format(time.DateOnly)}})}
	title := "Cours n° " + strconv.FormatInt(id, 10)
	if p.Sheet.Lesson.Subject != "" {
		title = p.Sheet.Lesson.Subject
	}
	p.SchoolFrame = s.schoolFrame(r, uai, title, week)
	p.Title = title
	if p.Typed == nil {
		p.Typed = moveValues(p.Sheet.Lesson)
	}
	return s.write(w, r, status, pages.LessonPage(p))
}

// rollsOfDay shows which rolls of a day were called.
func (s *server) rollsOfDay(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	day, err := dayOf(r.URL.Query(), "jour", s.Lessons.Today())
	if err != nil {
		return err
	}
	register, err := s.Lessons.Day(r.Context(), viewerOf(r), uai, day)
	if err != nil {
		return err
	}
	p := pages.Rolls{SchoolFrame: s.schoolFrame(r, uai, "Appels"), Register: register}
	for _, one := range []struct {
		to   *string
		days int
	}{{&p.Before, -1}, {&p.After, 1}} {
		*one.to = withQuery(r.URL.Path, url.Values{"jour": {day.AddDate(0, 0, one.days).Format(time.DateOnly)}})
	}
	return s.write(w, r, http.StatusOK, pages.RollsPage(p))
}

// rollsMissing says what keeps rolls from being called.
func (s *server) rollsMissing(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	year, all, err := s.yearOf(r, uai, query)
	if err != nil {
		return err
	}
	m, err := s.Lessons.Missing(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	at := boardPath + "/" + string(uai) + "/appels"
	p := pages.RollsMissing{SchoolFrame: s.schoolFrame(r, uai, "Ce qui manque pour l’appel", parts.Link{Label: "Appels", Address: at}), Missing: m, Years: yearLinks(r.URL.Path, query, all, year)}
	return s.write(w, r, http.StatusOK, pages.RollsMissingPage(p))
}

// lessonDone are the sentences of what was done to a lesson, by the word in the address.
var lessonDone = map[string]string{
	"appel":    "L’appel est enregistré. Il reste ouvert : vous pouvez le compléter.",
	"clos":     "L’appel est clos. Une correction reste possible, elle est gardée dans l’historique.",
	"deplace":  "Le cours est déplacé, ce jour-là seulement.",
	"annule":   "Le cours est annulé, ce jour-là seulement.",
	"retabli":  "Le cours est de nouveau à sa place.",
	"ferme":    "Les jours sans classe sont enregistrés.",
	"rouvert":  "La période est retirée.",
	"semaines": "Les semaines de l’alternance sont enregistrées.",
}
