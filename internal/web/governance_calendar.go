package web

import (
	"net/http"
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// calendarYear is the school year that an address or a form names, the current one when it names none.
func (s *server) calendarYear(text string) (belvedere.SchoolYear, error) {
	if text == "" {
		return s.Governance.Year(), nil
	}
	year, err := belvedere.ParseSchoolYear(text)
	if err != nil {
		return 0, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
	}
	return year, nil
}

// calendar shows the procedures of a school year.
func (s *server) calendar(w http.ResponseWriter, r *http.Request) error {
	return s.calendarPage(w, r, http.StatusOK, pages.Calendar{})
}

func (s *server) calendarPage(w http.ResponseWriter, r *http.Request, status int, p pages.Calendar) error {
	year, err := s.calendarYear(r.URL.Query().Get("annee"))
	if err != nil {
		return err
	}
	viewer := viewerOf(r)
	p.Frame, p.Year, p.Next, p.Manages, p.Zone = s.governanceFrame(r, "Calendrier"), year, year+1, governance.Manages(viewer), s.Zone
	p.Counts, p.Done = map[governance.TaskState]int{}, governanceDone[r.URL.Query().Get("fait")]
	if p.Holidays, err = s.Governance.Holidays(r.Context()); err != nil {
		return err
	}
	if len(p.Errors) == 0 {
		p.Typed = governance.HolidayText(p.Holidays)
	}
	for y := s.Governance.Year() - 1; y <= s.Governance.Year()+1; y++ {
		p.Years = append(p.Years, parts.Link{Label: y.String(), Address: withQuery(governance.CalendarPath, url.Values{"annee": {y.String()}}), Current: y == year})
	}
	if p.Events, err = s.Governance.Calendar(r.Context(), viewer, year); err != nil {
		return err
	}
	for _, e := range p.Events {
		p.Counts[e.State]++
	}
	return s.write(w, r, status, pages.CalendarPage(p))
}

// putHolidays keeps the holidays of the territory.
func (s *server) putHolidays(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("vacances du calendrier", "rien de changé")
	n, err := s.Governance.PutHolidays(r.Context(), viewerOf(r), form.Get("vacances"))
	if mendable(err) {
		p := pages.Calendar{Typed: form.Get("vacances")}
		p.Errors.Add("vacances", belvedere.Message(err))
		return s.calendarPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("vacances du calendrier", belvedere.Plural(n, "période", "périodes"))
	doneAt(w, r, governance.CalendarPath, "enregistre")
	return nil
}

// calendarFile gives a school year to a diary.
func (s *server) calendarFile(w http.ResponseWriter, r *http.Request) error {
	year, err := s.calendarYear(r.URL.Query().Get("annee"))
	if err != nil {
		return err
	}
	list, err := s.Governance.Calendar(r.Context(), viewerOf(r), year)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	if err := governance.WriteICS(b, list, s.site(r), s.Now()); err != nil {
		return err
	}
	attach(w, r, "procedures-"+year.String()+".ics", "text/calendar; charset=utf-8", b)
	return nil
}

// site is the public address of the console, "" without accounts.
func (s *server) site(r *http.Request) string {
	if s.Governance.Console == nil {
		return ""
	}
	return s.Governance.Console(r.Context()).URL
}

func (s *server) newTask(w http.ResponseWriter, r *http.Request) error {
	return s.taskPage(w, r, http.StatusOK, pages.Task{Form: governance.TaskForm{Remind: 7, Yearly: true, Duty: clean(r.URL.Query().Get("responsabilite"), 40)}})
}

// task shows the form of an entry.
func (s *server) task(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Governance.Task(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	return s.taskPage(w, r, http.StatusOK, pages.Task{Form: governance.TaskForm{ID: t.ID, Label: t.Label, Note: t.Note, Duty: t.Duty, School: string(t.School), Link: t.Link,
		Rule: t.Rule, Yearly: t.Yearly, Starts: t.Starts.Format("2006-01-02"), Ends: t.Ends.Format("2006-01-02"), Remind: t.Remind}})
}

func (s *server) taskPage(w http.ResponseWriter, r *http.Request, status int, p pages.Task) (err error) {
	title := "Nouvelle échéance"
	if p.Form.ID != 0 {
		title = "Modifier l’échéance"
	}
	p.Frame = s.governanceFrame(r, title, parts.Link{Label: "Calendrier", Address: governance.CalendarPath})
	if p.Duties, err = s.dutyOptions(r); err != nil {
		return err
	}
	if p.Rules, err = s.ruleOptions(r); err != nil {
		return err
	}
	return s.write(w, r, status, pages.TaskPage(p))
}

// putTask adds an entry or changes it.
func (s *server) putTask(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := governance.TaskForm{ID: pathNumber(r), Label: clean(form.Get("intitule"), 120), Note: form.Get("note"), Duty: clean(form.Get("responsabilite"), 40),
		School: clean(form.Get("etablissement"), 8), Link: clean(form.Get("procedure"), 200), Rule: int64(max(wholeOf(form.Get("regle")), 0)),
		Yearly: form.Get("annuelle") == "oui", Starts: clean(form.Get("debut"), 20), Ends: clean(form.Get("fin"), 20), Remind: wholeOf(form.Get("rappel"))}
	traceOf(r).about("échéance "+f.Label, "rien de changé")
	t, err := s.Governance.PutTask(r.Context(), viewerOf(r), f)
	if mendable(err) {
		p := pages.Task{Form: f}
		p.Errors.Add("", belvedere.Message(err))
		return s.taskPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("échéance "+strconv.FormatInt(t.ID, 10), t.Label)
	http.Redirect(w, r, withQuery(governance.CalendarPath, url.Values{"annee": {belvedere.SchoolYearOf(t.Starts).String()}, "fait": {"enregistre"}}), http.StatusSeeOther)
	return nil
}

func (s *server) removeTask(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Governance.RemoveTask(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	traceOf(r).about("échéance "+strconv.FormatInt(t.ID, 10), "retirée : "+t.Label)
	doneAt(w, r, governance.CalendarPath, "retire")
	return nil
}

// markTask says what became of an entry in a year.
func (s *server) markTask(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	year, err := s.calendarYear(form.Get("annee"))
	if err != nil {
		return err
	}
	y, err := s.Governance.Mark(r.Context(), viewerOf(r), governance.MarkForm{Task: pathNumber(r), Year: year, Done: form.Get("faite") == "oui",
		Remark: form.Get("remarque"), Starts: clean(form.Get("debut"), 20), Ends: clean(form.Get("fin"), 20)})
	if err != nil {
		return err
	}
	word := "pas faite"
	if !y.Done.IsZero() {
		word = "faite"
	}
	traceOf(r).about("échéance "+strconv.FormatInt(y.Task, 10)+" "+year.String(), word+", du "+belvedere.ShortDate(y.Starts)+" au "+belvedere.ShortDate(y.Ends))
	http.Redirect(w, r, withQuery(governance.CalendarPath, url.Values{"annee": {year.String()}, "fait": {"marque"}}), http.StatusSeeOther)
	return nil
}

// carryCalendar takes the yearly entries over to another year.
func (s *server) carryCalendar(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	year, err := s.calendarYear(form.Get("annee"))
	if err != nil {
		return err
	}
	n, err := s.Governance.Carry(r.Context(), viewerOf(r), year)
	if err != nil {
		return err
	}
	traceOf(r).about("calendrier "+year.String(), belvedere.Plural(n, "échéance reportée", "échéances reportées"))
	http.Redirect(w, r, withQuery(governance.CalendarPath, url.Values{"annee": {year.String()}, "fait": {"reporte"}}), http.StatusSeeOther)
	return nil
}
