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
	"belvedere/internal/web/pages"
)

// mostProposed bounds the schools that the form proposes while one types.
const mostProposed = 2000

func agreementAddress(id int64) string { return agreementsPath + "/" + strconv.FormatInt(id, 10) }

// askedAgreement is the convention that the address names; a number that none has leads nowhere.
func (s *server) askedAgreement(r *http.Request) (admin.AgreementLine, error) {
	line, err := s.Agreements.Agreement(r.Context(), pathNumber(r))
	if belvedere.KindOf(err) == belvedere.NotFound {
		err = notFound("Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	}
	return line, err
}

// pathNumber reads the number in the address, 0 when nothing can bear it.
func pathNumber(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0
	}
	return id
}

// newAgreement shows an empty form, for a school when the address names one.
func (s *server) newAgreement(w http.ResponseWriter, r *http.Request) error {
	school := clean(r.URL.Query().Get("etablissement"), 8)
	return s.agreementPage(w, r, http.StatusOK, pages.Agreement{Form: admin.AgreementForm{School: school}})
}

// agreement shows a kept one: its form, or what it said once it was withdrawn.
func (s *server) agreement(w http.ResponseWriter, r *http.Request) error {
	line, err := s.askedAgreement(r)
	if err != nil {
		return err
	}
	if line.State == admin.Withdrawn {
		line.Revoked = line.Revoked.In(s.Zone)
		return s.write(w, r, http.StatusOK, pages.WithdrawnAgreementPage(pages.AgreementQuestion{
			Frame: s.agreementFrame(r, line.Name), Line: line, Facts: s.Agreements.Facts(line.Agreement), Delete: s.mayErase(line),
		}))
	}
	form := admin.AgreementFormOf(line.Agreement)
	return s.agreementPage(w, r, http.StatusOK, pages.Agreement{Line: &line, Form: form, Basis: basisChoice(form.Basis)})
}

func (s *server) mayErase(line admin.AgreementLine) bool {
	return admin.NeverInForce(line.Agreement, belvedere.Date(s.Now().In(s.Zone).Date()), s.Zone)
}

// basisChoice is the choice of the list for a basis.
func basisChoice(basis string) string {
	if basis == "" || slices.Contains(admin.Bases, basis) {
		return basis
	}
	return pages.OtherBasis
}

// agreementPage shows the form in the state that it is in.
func (s *server) agreementPage(w http.ResponseWriter, r *http.Request, status int, p pages.Agreement) error {
	p.Title, p.Action, p.Model = "Nouvelle convention", agreementsPath+"/nouvelle", s.model
	if p.Line != nil {
		p.Title, p.Action = p.Line.Name, agreementAddress(p.Line.ID)
		p.CanErase = s.mayErase(*p.Line)
	}
	p.Frame = s.agreementFrame(r, p.Title)
	schools, err := s.Agreements.Schools.Schools(r.Context())
	if err != nil {
		return err
	}
	if len(schools) <= mostProposed {
		p.Schools = schools
	}
	return s.write(w, r, status, pages.AgreementPage(p))
}

// putAgreement checks a form and shows its effect; it writes what was shown, when it is sent again.
func (s *server) putAgreement(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.Agreement{}
	p.Form, p.Basis = readAgreementForm(form)
	if r.PathValue("id") != "" {
		line, err := s.askedAgreement(r)
		if err != nil {
			return err
		}
		p.Line, p.Form.ID = &line, line.ID
	}
	traceOf(r).about(agreementObject(p.Form.ID), "essai, rien d’enregistré")
	proposal, err := s.Agreements.Propose(r.Context(), p.Form)
	if flaws := (admin.Flaws)(nil); errors.As(err, &flaws) {
		p.Errors = fieldErrors(flaws)
		return s.agreementPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	p.Proposal = &proposal
	if form.Get("faire") != "enregistrer" || form.Get("vu") != proposal.Sum {
		return s.agreementPage(w, r, http.StatusOK, p)
	}
	kept, err := s.Agreements.Save(r.Context(), proposal)
	if belvedere.KindOf(err) == belvedere.Conflict && p.Line != nil {
		return s.agreementConflict(w, r, p)
	} else if err != nil {
		return err
	}
	word := "creee"
	if p.Line != nil {
		word = "modifiee"
	}
	traceOf(r).about(agreementObject(kept.ID), cut(string(kept.School)+" "+strings.Join(proposal.Changes, ", "), 1500))
	doneAt(w, r, agreementsPath, word)
	return nil
}

// agreementConflict shows what was typed over what another has written meanwhile: sending it
// again puts it in its place, knowingly.
func (s *server) agreementConflict(w http.ResponseWriter, r *http.Request, p pages.Agreement) error {
	line, err := s.askedAgreement(r)
	if err != nil {
		return err
	}
	p.Line, p.Form.Version = &line, line.Version
	proposal, err := s.Agreements.Propose(r.Context(), p.Form)
	if err != nil {
		return err
	}
	p.Proposal = &proposal
	p.Trouble = "Quelqu’un d’autre a modifié cette convention entre-temps : rien n’a été enregistré. Votre saisie est gardée ; ce qui suit est ce qu’elle changerait à la version enregistrée."
	traceOf(r).about(agreementObject(line.ID), "refusé : modifiée entre-temps")
	return s.agreementPage(w, r, http.StatusConflict, p)
}

func agreementObject(id int64) string {
	if id == 0 {
		return "nouvelle convention"
	}
	return "convention n° " + strconv.FormatInt(id, 10)
}

// readAgreementForm reads the fields of the form, and the choice of its list of bases.
func readAgreementForm(form url.Values) (f admin.AgreementForm, basis string) {
	f = admin.AgreementForm{
		Collective: form.Get("portee") == "tous", School: form.Get("etablissement"), From: form.Get("debut"), LastDay: form.Get("fin"),
		AllThemes: form.Get("tous_themes") != "", Themes: form["themes"], Indicators: form["indicateurs"], Extended: form["etendus"],
		Reference: form.Get("reference"), Basis: form.Get("base"),
	}
	f.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64) // one that is no number is no version of anything
	basis = f.Basis
	if other := strings.TrimSpace(form.Get("autre_base")); basis == pages.OtherBasis || basis == "" && other != "" {
		f.Basis, basis = other, pages.OtherBasis
	}
	for _, line := range strings.FieldsFunc(form.Get("destinataires"), func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' }) {
		if line = strings.TrimSpace(line); line != "" {
			f.Recipients = append(f.Recipients, line)
		}
	}
	return f, basis
}

// askAgreement asks before a convention is withdrawn or deleted.
func (s *server) askAgreement(erase bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		line, err := s.askedAgreement(r)
		if err != nil {
			return err
		}
		if erase && !s.mayErase(line) || !erase && line.State == admin.Withdrawn {
			http.Redirect(w, r, agreementAddress(line.ID), http.StatusSeeOther)
			return nil
		}
		title := "Retirer"
		if erase {
			title = "Supprimer"
		}
		return s.write(w, r, http.StatusOK, pages.AgreementQuestionPage(pages.AgreementQuestion{
			Frame: s.agreementFrame(r, title), Line: line, Facts: s.Agreements.Facts(line.Agreement), Delete: erase,
		}))
	}
}

// withdrawAgreement ends one at once.
func (s *server) withdrawAgreement(w http.ResponseWriter, r *http.Request) error {
	line, err := s.askedAgreement(r)
	if err != nil {
		return err
	}
	traceOf(r).about(agreementObject(line.ID), "retrait : "+cut(s.Agreements.Describe(line.Agreement), 1500))
	if err := s.Agreements.Withdraw(r.Context(), line.ID); err != nil {
		return err
	}
	doneAt(w, r, agreementsPath, "retiree")
	return nil
}

// deleteAgreement removes one that was never in force.
func (s *server) deleteAgreement(w http.ResponseWriter, r *http.Request) error {
	line, err := s.askedAgreement(r)
	if err != nil {
		return err
	}
	traceOf(r).about(agreementObject(line.ID), "suppression : "+cut(s.Agreements.Describe(line.Agreement), 1500))
	if err := s.Agreements.Delete(r.Context(), line.ID); err != nil {
		return err
	}
	doneAt(w, r, agreementsPath, "supprimee")
	return nil
}
