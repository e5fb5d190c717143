package web

import (
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// ruleOptions are the written rules as a list to choose from, or none of them.
func (s *server) ruleOptions(r *http.Request) ([]parts.Option, error) {
	out := []parts.Option{{Value: "0", Label: "Aucune"}}
	list, err := s.Governance.Rules(r.Context(), viewerOf(r))
	for _, one := range list {
		if one.State() != registry.RuleRepealed {
			out = append(out, parts.Option{Value: strconv.FormatInt(one.ID, 10), Label: one.Title})
		}
	}
	return out, err
}

// writtenRules lists what is written.
func (s *server) writtenRules(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.WrittenRules{Frame: s.governanceFrame(r, "Règles et procédures"), Done: governanceDone[r.URL.Query().Get("fait")], Zone: s.Zone}
	if p.List, err = s.Governance.Rules(r.Context(), viewerOf(r)); err != nil {
		return err
	}
	if p.Writes, err = s.writesRules(r); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.WrittenRulesPage(p))
}

// writesRules tells whether the viewer may write a rule for any responsibility.
func (s *server) writesRules(r *http.Request) (bool, error) {
	list, err := s.Governance.Duties(r.Context())
	for _, d := range list {
		if s.Governance.Acts(r.Context(), viewerOf(r), d.Code, "") {
			return true, nil
		}
	}
	return false, err
}

// writtenRule shows one, in the version that the address names.
func (s *server) writtenRule(w http.ResponseWriter, r *http.Request) error {
	return s.writtenRulePage(w, r, http.StatusOK, pages.WrittenRule{})
}

func (s *server) writtenRulePage(w http.ResponseWriter, r *http.Request, status int, p pages.WrittenRule) (err error) {
	version, _ := strconv.Atoi(r.URL.Query().Get("version"))
	if p.Sheet, err = s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), version); err != nil {
		return err
	}
	p.Frame = s.governanceFrame(r, p.Sheet.Title, parts.Link{Label: "Règles et procédures", Address: governance.RulesPath})
	p.Blocks, p.Zone, p.Done = governance.Blocks(p.Sheet.Shown.Text), s.Zone, governanceDone[r.URL.Query().Get("fait")]
	return s.write(w, r, status, pages.WrittenRulePage(p))
}

func (s *server) newRule(w http.ResponseWriter, r *http.Request) error {
	return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: governance.RuleForm{Audience: governance.Everyone, Reason: "Première version.", Duty: clean(r.URL.Query().Get("responsabilite"), 40)}})
}

// editRule shows the last text of a rule, to write the next.
func (s *server) editRule(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), 0)
	if err != nil {
		return err
	}
	return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: governance.RuleForm{ID: sheet.ID, Title: sheet.Title, Duty: sheet.Duty, Audience: sheet.WrittenRule.Audience,
		Asked: sheet.Asked, Text: sheet.Versions[0].Text, After: sheet.Last}})
}

func (s *server) ruleForm(w http.ResponseWriter, r *http.Request, status int, p pages.RuleEdit) error {
	title, crumbs := "Nouvelle règle", []parts.Link{{Label: "Règles et procédures", Address: governance.RulesPath}}
	if p.Form.ID != 0 {
		title, crumbs = "Écrire une version", append(crumbs, parts.Link{Label: p.Form.Title, Address: governance.RulePath(p.Form.ID)})
	}
	p.Frame = s.governanceFrame(r, title, crumbs...)
	list, err := s.Governance.Duties(r.Context())
	if err != nil {
		return err
	}
	for _, d := range list {
		if s.Governance.Acts(r.Context(), viewerOf(r), d.Code, "") {
			p.Duties = append(p.Duties, parts.Option{Value: d.Code, Label: d.Label})
		}
	}
	if len(p.Duties) == 0 {
		return belvedere.Errorf(belvedere.Forbidden, "Ceux qui répondent d’une responsabilité, les administrateurs et les responsables des données écrivent les règles.")
	}
	audiences, err := s.Governance.Audiences(r.Context())
	if err != nil {
		return err
	}
	for _, a := range audiences {
		p.Audiences = append(p.Audiences, parts.Option{Value: a.Code, Label: a.Label})
	}
	return s.write(w, r, status, pages.RuleEditPage(p))
}

// writeRule adds a rule or a version, or shows how its text will look.
func (s *server) writeRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := governance.RuleForm{ID: pathNumber(r), Title: clean(form.Get("titre"), 150), Duty: clean(form.Get("responsabilite"), 40), Audience: clean(form.Get("public"), 60),
		Asked: form.Get("accuse") == "oui", Text: form.Get("texte"), Reason: clean(form.Get("motif"), 1000), After: max(wholeOf(form.Get("apres")), 0), Force: form.Get("vigueur") == "oui"}
	traceOf(r).about("règle "+f.Title, "rien d’enregistré")
	if form.Get("geste") == "apercu" {
		return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: f, Preview: governance.Blocks(f.Text)})
	}
	kept, err := s.Governance.Write(r.Context(), viewerOf(r), f)
	if mendable(err) {
		p := pages.RuleEdit{Form: f}
		p.Errors.Add("", belvedere.Message(err))
		return s.ruleForm(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10)+" version "+strconv.Itoa(kept.Last), cut(kept.Title+" : "+f.Reason, 1500))
	doneAt(w, r, governance.RulePath(kept.ID), "version")
	return nil
}

// ruleDiff compares two versions of a rule.
func (s *server) ruleDiff(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.RuleDiff{}
	if p.Sheet, err = s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), 0); err != nil {
		return err
	}
	from, to := wholeOf(r.URL.Query().Get("de")), wholeOf(r.URL.Query().Get("a"))
	if p.From, err = p.Sheet.Version(from); err != nil {
		return err
	}
	if p.To, err = p.Sheet.Version(to); err != nil {
		return err
	}
	for _, v := range p.Sheet.Versions {
		p.Numbers = append(p.Numbers, parts.Option{Value: strconv.Itoa(v.Number), Label: "version " + strconv.Itoa(v.Number)})
	}
	p.Lines, p.Unchanged = governance.Diff(p.From.Text, p.To.Text), p.From.Text == p.To.Text
	p.Frame = s.governanceFrame(r, "Différences", parts.Link{Label: "Règles et procédures", Address: governance.RulesPath}, parts.Link{Label: p.Sheet.Title, Address: governance.RulePath(p.Sheet.ID)})
	return s.write(w, r, http.StatusOK, pages.RuleDiffPage(p))
}

// forceRule puts a version in force.
func (s *server) forceRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	version := wholeOf(form.Get("version"))
	kept, err := s.Governance.Force(r.Context(), viewerOf(r), pathNumber(r), version)
	if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10), "version "+strconv.Itoa(version)+" en vigueur")
	doneAt(w, r, governance.RulePath(kept.ID), "vigueur")
	return nil
}

// repealRule ends a rule, with the reason.
func (s *server) repealRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	reason := clean(form.Get("motif"), 1000)
	traceOf(r).about("règle "+strconv.FormatInt(pathNumber(r), 10), "rien de changé")
	kept, err := s.Governance.Repeal(r.Context(), viewerOf(r), pathNumber(r), reason)
	if belvedere.KindOf(err) == belvedere.Invalid && err != nil {
		p := pages.WrittenRule{Reason: reason}
		p.Errors.Add("motif", belvedere.Message(err))
		return s.writtenRulePage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10), "abrogée : "+reason)
	doneAt(w, r, governance.RulesPath, "abrogee")
	return nil
}

// acknowledgeRule notes that the viewer read the version in force.
func (s *server) acknowledgeRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, version := pathNumber(r), wholeOf(form.Get("version"))
	traceOf(r).about("règle "+strconv.FormatInt(id, 10), "version "+strconv.Itoa(version)+" lue")
	if err := s.Governance.Acknowledge(r.Context(), viewerOf(r), id, version); err != nil {
		return err
	}
	doneAt(w, r, governance.RulePath(id), "lu")
	return nil
}
