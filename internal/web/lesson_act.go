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
)

// lessonForm reads what the forms of a lesson share.
func lessonForm(r *http.Request) (uai belvedere.UAI, id int64, form url.Values, day time.Time, err error) {
	if uai, id, err = schoolRow(r); err != nil {
		return uai, id, form, day, err
	}
	if form, err = posted(r); err != nil {
		return uai, id, form, day, err
	}
	if day, err = dayOf(form, "jour", time.Time{}); err == nil && day.IsZero() {
		err = belvedere.Errorf(belvedere.Invalid, "Le formulaire ne dit pas de quel jour est le cours.")
	}
	return uai, id, form, day, err
}

// lessonCall saves a roll call.
func (s *server) lessonCall(w http.ResponseWriter, r *http.Request) error {
	uai, id, form, day, err := lessonForm(r)
	if err != nil {
		return err
	}
	c := lesson.Calling{Lesson: id, Day: day, Answers: map[int64]lesson.Answer{}, Close: form.Get("faire") == "clore"}
	c.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64) // none: a roll that is new
	for name := range form {
		text, isState := strings.CutPrefix(name, "e-")
		pupil, bad := strconv.ParseInt(text, 10, 64)
		if !isState || bad != nil {
			continue
		}
		minutes, _ := strconv.Atoi(clean(form.Get("m-"+text), 5)) // what is no number is refused as zero
		c.Answers[pupil] = lesson.Answer{State: form.Get(name), Minutes: minutes, Remark: clean(form.Get("r-"+text), 400)}
	}
	roll, err := s.Lessons.Call(r.Context(), viewerOf(r), uai, c)
	switch kind := belvedere.KindOf(err); {
	case err == nil:
	case kind == belvedere.Invalid || kind == belvedere.Conflict:
		traceOf(r).about("coffre "+string(uai), "appel refusé")
		p := pages.LessonSheet{Answers: c.Answers}
		if kind == belvedere.Conflict {
			p.Answers = nil // what the other saved is to be read first
		}
		p.Errors.Add("", belvedere.Message(err))
		return s.showLesson(w, r, statusOf(kind), uai, day, p)
	default:
		return err
	}
	traceOf(r).about("coffre "+string(uai), "appel du cours n° "+strconv.FormatInt(id, 10)+" du "+belvedere.ShortDate(day)+" : "+
		belvedere.Plural(roll.Count(lesson.Absent), "absent", "absents")+", "+belvedere.Plural(roll.Count(lesson.Late), "retard", "retards"))
	word := "appel"
	if roll.Closed {
		word = "clos"
	}
	http.Redirect(w, r, lessonAddress(uai, id, day)+"&fait="+word, http.StatusSeeOther)
	return nil
}

// lessonMove moves a lesson one day, calls it off, or puts it back.
func (s *server) lessonMove(w http.ResponseWriter, r *http.Request) error {
	uai, id, form, day, err := lessonForm(r)
	if err != nil {
		return err
	}
	said := "cours n° " + strconv.FormatInt(id, 10) + " du " + belvedere.ShortDate(day) + " : "
	m := lesson.Move{Lesson: id, From: day, Reason: clean(form.Get("motif"), 300), Despite: form.Get("malgre") == "oui"}
	var warnings []lesson.Clash
	word := form.Get("faire")
	switch word {
	case "retabli":
		err = s.Lessons.Undo(r.Context(), viewerOf(r), uai, id, day)
		said += "rétabli"
	case "annule":
		_, err = s.Lessons.Move(r.Context(), viewerOf(r), uai, m)
		said += "annulé"
	case "deplace":
		if err = readMove(form, &m); err == nil {
			warnings, err = s.Lessons.Move(r.Context(), viewerOf(r), uai, m)
		}
		if said += "déplacé"; !m.To.IsZero() {
			said += " au " + belvedere.ShortDate(m.To)
		}
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette action n’existe pas.")
	}
	p := pages.LessonSheet{Typed: form, MoveOpen: true}
	switch kind := belvedere.KindOf(err); {
	case err == nil && len(warnings) > 0 && !m.Despite:
		p.Warnings = warnings
		traceOf(r).about("coffre "+string(uai), said+", à confirmer")
		return s.showLesson(w, r, http.StatusUnprocessableEntity, uai, day, p)
	case err == nil:
	case kind == belvedere.Invalid || kind == belvedere.Conflict:
		traceOf(r).about("coffre "+string(uai), said+", refusé")
		p.Errors.Add("", belvedere.Message(err))
		return s.showLesson(w, r, statusOf(kind), uai, day, p)
	default:
		return err
	}
	traceOf(r).about("coffre "+string(uai), said)
	to := day
	if word == "deplace" {
		to = m.To
	}
	http.Redirect(w, r, lessonAddress(uai, id, to)+"&fait="+word, http.StatusSeeOther)
	return nil
}

// readMove reads where a lesson goes.
func readMove(form url.Values, m *lesson.Move) (err error) {
	if m.To, err = dayOf(form, "au", time.Time{}); err != nil {
		return err
	}
	if m.To.IsZero() {
		return belvedere.Errorf(belvedere.Invalid, "Dites à quel jour le cours est déplacé.")
	}
	if text := form.Get("debut"); text != "" {
		at, err := time.Parse("15:04", clean(text, 8))
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "L’heure s’écrit 08:30.")
		}
		m.Start = at.Hour()*60 + at.Minute()
	}
	if text := form.Get("duree"); text != "" {
		if m.Length, err = strconv.Atoi(clean(text, 5)); err != nil || m.Length < 5 {
			return belvedere.Errorf(belvedere.Invalid, "La durée est un nombre de minutes, 5 au moins.")
		}
	}
	if text := form.Get("remplacant"); text != "" {
		if m.Teacher, err = strconv.ParseInt(text, 10, 64); err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Ce remplaçant n’existe pas.")
		}
	}
	m.Room = clean(form.Get("salle"), 60)
	return nil
}

// moveValues fill the form of a move with the lesson as it is.
func moveValues(l lesson.Lesson) url.Values {
	v := url.Values{"au": {l.Date.Format(time.DateOnly)}, "debut": {pages.ClockField(l.Start)}, "duree": {strconv.Itoa(l.Length)}}
	if c := l.Change; c != nil {
		v.Set("motif", c.Reason)
		v.Set("salle", c.Room)
		if c.Teacher != nil {
			v.Set("remplacant", strconv.FormatInt(c.Teacher.ID, 10))
		}
	}
	return v
}

// schoolCalendar shows days without lessons and weeks of alternations.
func (s *server) schoolCalendar(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	return s.showCalendar(w, r, http.StatusOK, uai, r.URL.Query(), pages.SchoolCalendar{Done: lessonDone[r.URL.Query().Get("fait")]})
}

func (s *server) showCalendar(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, query url.Values, p pages.SchoolCalendar) error {
	year, all, err := s.yearOf(r, uai, query)
	if err != nil {
		return err
	}
	if p.Settings, err = s.Lessons.Settings(r.Context(), viewerOf(r), uai, year); err != nil {
		return err
	}
	p.SchoolFrame = s.schoolFrame(r, uai, "Calendrier")
	p.Years = yearLinks(r.URL.Path, url.Values{}, all, year)
	return s.write(w, r, status, pages.SchoolCalendarPage(p))
}

// schoolCalendarAct types closures, takes one back, or says the weeks of an alternation.
func (s *server) schoolCalendarAct(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	word, said, err := s.calendarAct(r, uai, year, form)
	if kind := belvedere.KindOf(err); err != nil && (kind == belvedere.Invalid || kind == belvedere.Conflict) {
		traceOf(r).about("coffre "+string(uai), "calendrier refusé")
		p := pages.SchoolCalendar{Typed: form.Get("periodes")}
		p.Errors.Add("periodes", belvedere.Message(err))
		return s.showCalendar(w, r, statusOf(kind), uai, form, p)
	}
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), said)
	doneIn(w, r, boardPath+"/"+string(uai)+"/calendrier", year, word)
	return nil
}

// calendarAct does what a form of the calendar asks.
func (s *server) calendarAct(r *http.Request, uai belvedere.UAI, year belvedere.SchoolYear, form url.Values) (word, said string, err error) {
	ctx, who := r.Context(), viewerOf(r)
	switch form.Get("faire") {
	case "fermer":
		n, err := s.Lessons.AddClosures(ctx, who, uai, year, clipLines(form.Get("periodes")))
		return "ferme", belvedere.Plural(n, "période", "périodes") + " sans classe ajoutées en " + year.String(), err
	case "feries":
		n, err := s.Lessons.AddHolidays(ctx, who, uai, year)
		return "ferme", belvedere.Plural(n, "jour férié ajouté", "jours fériés ajoutés") + " en " + year.String(), err
	case "rouvrir":
		id, bad := strconv.ParseInt(form.Get("periode"), 10, 64)
		if bad != nil {
			return "", "", belvedere.Errorf(belvedere.Invalid, "Cette période n’existe pas.")
		}
		return "rouvert", "période sans classe retirée en " + year.String(), s.Lessons.RemoveClosure(ctx, who, uai, id)
	case "semaines":
		day, err := dayOf(form, "lundi", time.Time{})
		if err != nil {
			return "", "", err
		}
		code := clean(form.Get("alternance"), 40)
		return "semaines", "semaines de l’alternance " + code + " en " + year.String(), s.Lessons.SetRhythm(ctx, who, uai, year, code, day)
	}
	return "", "", belvedere.Errorf(belvedere.Invalid, "Cette action n’existe pas.")
}

// clipLines bounds and cleans each line of a text.
func clipLines(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, clean(strings.ReplaceAll(line, "\t", ";"), 200))
	}
	return strings.Join(out, "\n")
}
