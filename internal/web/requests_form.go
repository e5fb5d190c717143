package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// newRequest shows the form, filled in as far as the address, the account and a former grant say.
func (s *server) newRequest(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	grant, _ := strconv.ParseInt(query.Get("habilitation"), 10, 64)
	values, err := s.Procedures.Prefill(r.Context(), viewerOf(r), r.PathValue("procedure"), query, grant)
	if err != nil {
		return err
	}
	return s.requestForm(w, r, http.StatusOK, pages.RequestForm{Values: values})
}

// requestForm shows the form of a new file, or of one to complete, with what was typed.
func (s *server) requestForm(w http.ResponseWriter, r *http.Request, status int, p pages.RequestForm) (err error) {
	code := r.PathValue("procedure")
	if p.File != nil {
		code = p.File.Request.Procedure
		p.Procedure, p.Version = p.File.Procedure, p.File.Version
	}
	if p.Procedure == nil {
		if p.Procedure, err = s.Procedures.Procedure(r.Context(), code); err != nil {
			return err
		}
	}
	p.Frame = s.requestFrame(r, p.Procedure.Label)
	if p.File == nil || p.File.State == registry.RequestDraft {
		p.Open, p.Campaign = s.Procedures.Opening(p.Procedure)
	} else {
		p.Open = true
	}
	p.Action = requestsPath + "/nouvelle/" + code
	if p.File != nil {
		p.Action = procedure.Path(p.File.ID)
	}
	for _, f := range p.Procedure.Fields {
		if f.Step != "" {
			continue
		}
		one, err := s.formField(r, f, p.Values[f.Name], p.Errors.Of(f.Name))
		if err != nil {
			return err
		}
		p.Fields = append(p.Fields, one)
	}
	return s.write(w, r, status, pages.RequestFormPage(p))
}

// formField is a field of a procedure with what it may be answered.
func (s *server) formField(r *http.Request, f *procedure.Field, values []string, fault string) (one pages.RequestField, err error) {
	one = pages.RequestField{Field: f, Values: values, Error: fault}
	switch f.Type {
	case procedure.PersonField:
		one.Options, err = s.personOptions(r)
		if f.Prefill == "responsable" && err == nil {
			managers, err := s.Users.Registry.Managers(r.Context())
			if err != nil {
				return one, err
			}
			if m := managers[viewerOf(r).ID]; m != 0 {
				one.Fixed, one.Values = true, []string{strconv.FormatInt(m, 10)}
			}
		}
	case procedure.ReferField:
		options, e := s.Procedures.Choices(r.Context(), f.Of)
		if e != nil {
			return one, e
		}
		if len(options) <= mostListedPeople {
			for _, o := range options {
				one.Options = append(one.Options, parts.Option{Value: o.Code, Label: o.Label})
			}
		}
	case procedure.ChoiceField:
		for _, o := range f.Options {
			one.Options = append(one.Options, parts.Option{Value: o.Code, Label: o.Label})
		}
	}
	return one, err
}

// personOptions are the people that a form may name, by number; nil when they are too many.
func (s *server) personOptions(r *http.Request) ([]parts.Option, error) {
	by, err := s.Users.Registry.Account(r.Context(), viewerOf(r).ID)
	if err != nil {
		return nil, err
	}
	list, _, err := s.Users.Registry.ListAccounts(r.Context(), registry.AccountFilter{State: registry.Active}, registry.Page{})
	if list = slices.DeleteFunc(list, func(a registry.Account) bool { return !procedure.Knows(by, a) }); err != nil || len(list) > mostListedPeople {
		return nil, err
	}
	out := []parts.Option{{Label: "Choisissez"}}
	for _, a := range list {
		if a.ID == viewerOf(r).ID {
			continue
		}
		label := a.Name()
		if a.Function != "" {
			label += ", " + a.Function
		}
		out = append(out, parts.Option{Value: strconv.FormatInt(a.ID, 10), Label: label})
	}
	return out, nil
}

// fileRequest keeps a draft or files it.
func (s *server) fileRequest(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	return s.submit(w, r, form, nil, procedure.Submission{Procedure: r.PathValue("procedure")})
}

// submit is what the form of a file does, of a new one or of one that exists.
func (s *server) submit(w http.ResponseWriter, r *http.Request, form url.Values, file *procedure.View, in procedure.Submission) error {
	in.Values, in.File, in.Reason = pages.RequestValues(form), form.Get("geste") != "brouillon", form.Get("motif")
	traceOf(r).about("demande "+clean(in.Procedure, 40), "rien d’enregistré")
	kept, err := s.Procedures.Submit(r.Context(), viewerOf(r), in)
	if flaws := flawsOf(err); flaws != nil {
		return s.requestForm(w, r, http.StatusUnprocessableEntity, pages.RequestForm{File: file, Values: in.Values, Errors: flaws, Reason: in.Reason})
	} else if err != nil {
		return err
	}
	traceOf(r).about(procedure.Object(kept), kept.State.Label())
	word := "brouillon"
	switch {
	case kept.State == registry.RequestDraft:
	case in.ID != 0 && file != nil && file.State == registry.RequestToComplete:
		word = "completee"
	default:
		word = "deposee"
	}
	doneAt(w, r, procedure.Path(kept.ID), word)
	return nil
}

// flawsOf are the faults of a form of procedures, nil when the error is another.
func flawsOf(err error) (out parts.FieldErrors) {
	var flaws procedure.Flaws
	if errors.As(err, &flaws) {
		for _, f := range flaws {
			out.Add(f.Field, f.Message)
		}
	}
	return out
}
