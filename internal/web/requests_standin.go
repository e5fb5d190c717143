package web

import (
	"net/http"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
)

// standIn shows who acts in the place of the reader, and to administrators who is the manager of whom.
func (s *server) standIn(w http.ResponseWriter, r *http.Request) error {
	return s.standInPage(w, r, http.StatusOK, pages.StandIn{})
}

func (s *server) standInPage(w http.ResponseWriter, r *http.Request, status int, p pages.StandIn) error {
	v := viewerOf(r)
	p.Frame, p.Tabs, p.Done = s.requestFrame(r, "Suppléance"), requestTabs(requestsPath+"/suppleance"), requestDone[r.URL.Query().Get("fait")]
	name, d, ok, err := s.Procedures.StandInOf(r.Context(), v.ID)
	if err != nil {
		return err
	}
	if ok {
		p.Now, p.First, p.Last = name, d.From, d.To.AddDate(0, 0, -1)
	}
	if p.People, err = s.peopleOptions(r, v.ID); err != nil {
		return err
	}
	if p.Manages, _ = administrator.allows(v); p.Manages {
		managers, err := s.Users.Registry.Managers(r.Context())
		if err != nil {
			return err
		}
		list, _, err := s.Users.Registry.ListAccounts(r.Context(), registry.AccountFilter{}, registry.Page{})
		if err != nil {
			return err
		}
		names := map[int64]string{}
		for _, a := range list {
			names[a.ID] = a.Name()
		}
		for _, a := range list {
			if m := managers[a.ID]; m != 0 {
				p.Managers = append(p.Managers, [2]string{a.Name(), names[m]})
			}
		}
	}
	return s.write(w, r, status, pages.StandInPage(p))
}

// setStandIn names a stand-in, or the manager of someone.
func (s *server) setStandIn(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("suppléance", "rien d’enregistré")
	if form.Get("geste") == "responsable" {
		person, manager := clean(form.Get("personne"), 254), clean(form.Get("responsable"), 254)
		err := s.Procedures.NameManager(r.Context(), viewerOf(r), person, manager)
		if kind := belvedere.KindOf(err); kind == belvedere.NotFound || kind == belvedere.Invalid {
			p := pages.StandIn{}
			p.Errors.Add("responsable", belvedere.Message(err))
			return s.standInPage(w, r, http.StatusUnprocessableEntity, p)
		} else if err != nil {
			return err
		}
		traceOf(r).about("responsable de "+person, manager)
		doneAt(w, r, requestsPath+"/suppleance", "responsable")
		return nil
	}
	from, _ := belvedere.ParseDate(form.Get("debut"))
	to, _ := belvedere.ParseDate(form.Get("fin"))
	login := clean(form.Get("suppleant"), 254)
	err = s.Procedures.StandIn(r.Context(), viewerOf(r), login, from, to)
	if flaws := flawsOf(err); flaws != nil {
		return s.standInPage(w, r, http.StatusUnprocessableEntity, pages.StandIn{Errors: flaws, Login: login, First: from, Last: to})
	} else if err != nil {
		return err
	}
	traceOf(r).about("suppléance", cut(login+", du "+form.Get("debut")+" au "+form.Get("fin"), 300))
	doneAt(w, r, requestsPath+"/suppleance", "suppleance")
	return nil
}
