package web

import (
	"net/http"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/web/pages"
)

// grantReviews shows the campaigns of review.
func (s *server) grantReviews(w http.ResponseWriter, r *http.Request) error {
	return s.reviewPage(w, r, http.StatusOK, pages.GrantReviews{LastDay: s.Now().In(s.Zone).AddDate(0, 0, 21).Format(time.DateOnly)})
}

func (s *server) reviewPage(w http.ResponseWriter, r *http.Request, status int, p pages.GrantReviews) (err error) {
	v := viewerOf(r)
	p.Frame, p.Tabs, p.Zone = s.requestFrame(r, "Revues d’habilitations"), requestTabs(requestsPath+"/revues"), s.Zone
	p.Done, p.Opens, p.Widgets = requestDone[r.URL.Query().Get("fait")], v.May(belvedere.DataOfficer), s.Users.Widgets
	if p.List, err = s.Procedures.Reviews(r.Context(), v); err != nil {
		return err
	}
	return s.write(w, r, status, pages.GrantReviewsPage(p))
}

// actOnReview opens a campaign, or answers for a grant.
func (s *server) actOnReview(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("revue d’habilitations", "rien d’enregistré")
	if form.Get("geste") == "ouvrir" {
		p := pages.GrantReviews{Label: form.Get("nom"), LastDay: form.Get("fin")}
		day, _ := belvedere.ParseDate(p.LastDay)
		review, err := s.Procedures.OpenReview(r.Context(), viewerOf(r), p.Label, day)
		if p.Errors = flawsOf(err); p.Errors != nil {
			return s.reviewPage(w, r, http.StatusUnprocessableEntity, p)
		} else if err != nil {
			return err
		}
		traceOf(r).about("revue "+strconv.FormatInt(review.ID, 10)+" ("+cut(review.Label, 100)+")", "ouverte jusqu’au "+belvedere.ShortDate(review.Closes.Add(-1).In(s.Zone)))
		doneAt(w, r, requestsPath+"/revues", "ouverte")
		return nil
	}
	review, _ := strconv.ParseInt(form.Get("revue"), 10, 64)
	grant, _ := strconv.ParseInt(form.Get("habilitation"), 10, 64)
	confirm := form.Get("geste") == "confirmer"
	err = s.Procedures.AnswerReview(r.Context(), viewerOf(r), review, grant, confirm, form.Get("motif"))
	if flaws := flawsOf(err); flaws != nil {
		return s.reviewPage(w, r, http.StatusUnprocessableEntity, pages.GrantReviews{Errors: flaws, At: grant})
	} else if err != nil {
		return err
	}
	word := map[bool]string{true: "confirmee", false: "finie"}[confirm]
	traceOf(r).about("habilitation "+strconv.FormatInt(grant, 10), "revue "+strconv.FormatInt(review, 10)+" : "+word+" "+cut(form.Get("motif"), 500))
	doneAt(w, r, requestsPath+"/revues", word)
	return nil
}
