package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	alertsPath     = "/alertes"
	eventsPerPage  = 50
	mostAlertForm  = 16 << 10
	mostAlertNames = 400 // characters of a free filter
)

// alertRoutes are one's own alerts: an account reads and changes no other's.
func (s *server) alertRoutes() []route {
	if s.Notice == nil {
		return nil
	}
	return []route{
		get(alertsPath, signedIn, "consultation", s.alerts),
		post(alertsPath+"/vu", signedIn, "alerte", s.seeAlerts),
		get(alertsPath+"/nouvelle", signedIn, "", s.newAlert),
		post(alertsPath+"/nouvelle", signedIn, "alerte", s.createAlert).upTo(mostAlertForm),
		post(alertsPath+"/{id}/pause", signedIn, "alerte", s.pauseAlert),
		get(alertsPath+"/{id}/retirer", signedIn, "", s.askDeleteAlert),
		post(alertsPath+"/{id}/retirer", signedIn, "alerte", s.deleteAlert),
	}
}

var alertDone = map[string]string{
	"creee":     "L’alerte est créée\u00a0: elle sera jugée à sa prochaine échéance.",
	"retiree":   "L’alerte est retirée, avec son historique.",
	"suspendue": "L’alerte est suspendue.",
	"reprise":   "L’alerte reprend.",
	"vu":        "Les constats sont marqués comme vus.",
}

func (s *server) alertFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Mes alertes" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Mes alertes", Address: alertsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// alerts shows what one's alerts found, with the figures that one may see today, and the alerts.
func (s *server) alerts(w http.ResponseWriter, r *http.Request) error {
	query, viewer := r.URL.Query(), viewerOf(r)
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p := pages.Alerts{Frame: s.alertFrame(r, "Mes alertes"), Done: alertDone[query.Get("fait")], Zone: s.Zone, Unseen: query.Get("etat") != "toutes"}
	list, err := s.Notice.Alerts(r.Context(), accountOf(viewer))
	if err != nil {
		return err
	}
	for _, a := range list {
		p.List = append(p.List, s.alertRow(r, a))
	}
	traceOf(r).covers(viewer.Scope, nil)
	if viewer.ID != 0 {
		var total int
		p.Events, total, err = s.Notice.Events(r.Context(), viewer, p.Unseen, registry.Page{Offset: (number - 1) * eventsPerPage, Limit: eventsPerPage})
		if err != nil {
			return err
		}
		p.Total, p.Pages = total, pageLinks(alertsPath, query, number, total, eventsPerPage)
	}
	return s.write(w, r, http.StatusOK, pages.AlertsPage(p))
}

// accountOf is the account whose alerts a viewer has: none for whoever has no account.
func accountOf(v belvedere.Viewer) int64 {
	if v.ID == 0 {
		return -1
	}
	return v.ID
}

func (s *server) alertRow(r *http.Request, a registry.Alert) pages.AlertRow {
	row := pages.AlertRow{Alert: a, Indicator: s.Notice.Watched(r.Context(), a), Rule: s.Notice.SayRule(a), Rhythm: watch.Rhythm(a.Rhythm).Label(), Where: "tout ce que vous voyez", Period: strings.ToLower(a.Period.Label())}
	if len(a.Filters) > 0 {
		row.Where = strings.Join(a.Filters, ", ")
	}
	if a.Each {
		row.Where += ", établissement par établissement"
	}
	return row
}

// seeAlerts acknowledges what was found.
func (s *server) seeAlerts(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	var ids []int64
	for _, text := range form["constat"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if len(form["constat"]) > 0 && ids == nil {
		return belvedere.Errorf(belvedere.Invalid, "Ces constats n’existent pas.")
	}
	n, err := s.Notice.See(r.Context(), viewerOf(r), ids)
	if err != nil {
		return err
	}
	traceOf(r).about("alertes", belvedere.Plural(n, "constat vu", "constats vus"))
	doneAt(w, r, alertsPath, "vu")
	return nil
}

// newAlert shows the form, filled with what the address says.
func (s *server) newAlert(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	f := notice.AlertForm{Indicator: v.Get("indicateur"), School: v.Get("etablissement"), Period: string(belvedere.ThisYear), Rule: string(watch.Threshold), Side: string(watch.Over),
		Rhythm: string(watch.EachPublication), Percent: true, Against: string(belvedere.YearBefore)}
	if page := s.model.Page(v.Get("page")); f.Indicator == "" && page != nil {
		f.Indicator = s.firstOf(page)
	}
	return s.alertForm(w, r, http.StatusOK, pages.AlertEdit{Form: f})
}

// firstOf is the first indicator that a page shows.
func (s *server) firstOf(page *belvedere.Page) string {
	for _, block := range page.Blocks {
		switch {
		case block.Strip != nil && len(block.Strip.Figures) > 0:
			return block.Strip.Figures[0].Column.Indicator
		case block.Chart != nil && len(block.Chart.Columns) > 0:
			return block.Chart.Columns[0].Indicator
		case block.Table != nil && len(block.Table.Columns) > 0:
			return block.Table.Columns[0].Indicator
		}
	}
	return ""
}

func readAlertForm(form url.Values) notice.AlertForm {
	f := notice.AlertForm{
		Label: form.Get("nom"), Indicator: form.Get("indicateur"), Rate: form.Get("mode") == "taux", School: strings.TrimSpace(form.Get("etablissement")),
		Each: form.Get("portee") == "chaque", Period: form.Get("periode"), Rule: form.Get("regle"), Side: form.Get("sens"), Amount: form.Get("valeur"),
		Percent: form.Get("unite") != "unites", Against: form.Get("comparer"), Rhythm: form.Get("rythme"),
	}
	if t := form.Get("type"); t != "" {
		f.Filters = append(f.Filters, "type="+t)
	}
	for _, line := range strings.FieldsFunc(cut(form.Get("filtres"), mostAlertNames), func(r rune) bool { return r == '\n' || r == '\r' || r == ';' }) {
		f.Filters = append(f.Filters, strings.TrimSpace(line))
	}
	return f
}

// createAlert sets an alert of the one who asks.
func (s *server) createAlert(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.AlertEdit{Form: readAlertForm(form)}
	traceOf(r).about("nouvelle alerte", "")
	made, err := s.Notice.CreateAlert(r.Context(), viewerOf(r), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Conflict:
		p.Errors.Add("nom", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(p.Errors) > 0 {
		traceOf(r).about("nouvelle alerte", cut(p.Errors[0].Message, 300))
		return s.alertForm(w, r, http.StatusUnprocessableEntity, p)
	}
	traceOf(r).about(notice.AlertObject(made), "créée\u00a0: "+s.Notice.SayRule(made))
	doneAt(w, r, alertsPath, "creee")
	return nil
}

func (s *server) alertForm(w http.ResponseWriter, r *http.Request, status int, p pages.AlertEdit) error {
	p.Frame = s.alertFrame(r, "Nouvelle alerte")
	for _, ind := range s.model.Indicators {
		if ind.Value == nil && ind.Rate == nil || len(ind.Members) > 0 {
			continue
		}
		label := ind.Label
		if theme := s.model.Theme(ind.Theme); theme != "" {
			label = theme + " – " + label
		}
		p.Indicators = append(p.Indicators, parts.Option{Value: ind.Code, Label: label})
	}
	if s.Formulas != nil {
		list, err := s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfFigures)
		if err != nil {
			return err
		}
		for _, f := range list {
			p.Indicators = append(p.Indicators, parts.Option{Value: belvedere.FormulaPrefix + f.Code, Label: "Formule – " + f.Label})
		}
	}
	p.Types = []parts.Option{{Value: "", Label: "Tous"}}
	if list := s.model.CodeLists["types"]; list != nil {
		for _, c := range list.Codes {
			p.Types = append(p.Types, parts.Option{Value: c.Code, Label: c.Label})
		}
	}
	for _, k := range []belvedere.PeriodKind{belvedere.ThisYear, belvedere.ThisMonth, belvedere.LastMonth, belvedere.LastDay} {
		p.Periods = append(p.Periods, parts.Option{Value: string(k), Label: k.Label()})
	}
	p.Rhythms = rhythmOptions()
	for _, f := range p.Form.Filters {
		if t, ok := strings.CutPrefix(f, "type="); ok && p.Type == "" {
			p.Type = t
		} else {
			p.Others = append(p.Others, f)
		}
	}
	return s.write(w, r, status, pages.AlertEditPage(p))
}

func rhythmOptions() (out []parts.Option) {
	for _, r := range watch.Rhythms {
		out = append(out, parts.Option{Value: string(r), Label: r.Label()})
	}
	return out
}

// pauseAlert suspends one's alert, or lets it go on.
func (s *server) pauseAlert(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	paused, word := form.Get("geste") != "reprendre", "suspendue"
	if !paused {
		word = "reprise"
	}
	a, err := s.Notice.PauseAlert(r.Context(), viewerOf(r), pathID(r), paused)
	if err != nil {
		return err
	}
	traceOf(r).about(notice.AlertObject(a), word)
	doneAt(w, r, alertsPath, word)
	return nil
}

// askDeleteAlert says what goes with an alert.
func (s *server) askDeleteAlert(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Notice.Alerts(r.Context(), accountOf(viewerOf(r)))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(a registry.Alert) bool { return a.ID == pathID(r) })
	if at < 0 {
		return notFound("Cette alerte n’existe pas, ou plus.")
	}
	c := pages.Confirm{
		Frame: s.alertFrame(r, "Retirer une alerte"), Title: "Retirer l’alerte « " + list[at].Label + " » ?",
		Text:   []string{"Elle ne sera plus jugée, et ce qu’elle avait signalé disparaît de votre historique."},
		Action: r.URL.Path, Button: "Retirer", Back: alertsPath,
	}
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(c))
}

// deleteAlert removes one's alert.
func (s *server) deleteAlert(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Notice.DeleteAlert(r.Context(), viewerOf(r), pathID(r))
	if err != nil {
		return err
	}
	traceOf(r).about(notice.AlertObject(a), "retirée")
	doneAt(w, r, alertsPath, "retiree")
	return nil
}

// pathID is the number in the address, 0 for what is none: nothing bears it.
func pathID(r *http.Request) int64 { return tokenID(r) }

// followEntries are the pages of what one is told without asking.
func (s *server) followEntries() []menuEntry {
	if s.Notice == nil {
		return nil
	}
	return []menuEntry{{"Mes alertes", alertsPath, signedIn}, {"Envois", sendingsPath, signedIn}}
}

// followLinks lead from a page of the console to its file by mail and to an alert on it.
func (s *server) followLinks(page *belvedere.Page, address string) []parts.Link {
	if s.Notice == nil {
		return nil
	}
	return []parts.Link{
		{Label: "Recevoir ce tableau par courrier", Address: withQuery(sendingsPath+"/nouveau", url.Values{"page": {address}})},
		{Label: "Créer une alerte", Address: withQuery(alertsPath+"/nouvelle", url.Values{"page": {page.Code}})},
	}
}
