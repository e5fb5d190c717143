package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/rights"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const whyPath = "/pourquoi"

// Explain says why a viewer sees or does not see what a question is about.
type Explain func(ctx context.Context, viewer belvedere.Viewer, q rights.Question) (rights.Explanation, error)

// whyRoutes explain the rules that let figures pass.
func (s *server) whyRoutes() []route {
	if s.Explain == nil {
		return nil
	}
	return []route{get(whyPath, signedIn, "consultation", s.why)}
}

// why shows the four gates for what an address asks about, the one that decides, and whom to ask.
func (s *server) why(w http.ResponseWriter, r *http.Request) error {
	q, about, err := s.question(r.URL.Query())
	if err != nil {
		return err
	}
	p := pages.Why{Frame: s.frame(r, "Pourquoi ?"), About: about, School: string(q.School)}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Pourquoi ?"})
	for _, i := range s.model.Indicators {
		if i.Number > 0 {
			p.Indicators = append(p.Indicators, parts.Option{Value: i.Code, Label: strconv.Itoa(i.Number) + ". " + i.Label})
		}
	}
	if q.Indicator != nil {
		p.Indicator = q.Indicator.Code
	}
	if about != "" {
		x, err := s.Explain(r.Context(), viewerOf(r), q)
		if err != nil {
			return err
		}
		p.Gates, p.Open = gatesOf(x), x.Open()
		p.Verdict = verdictOf(x, q)
		p.Ask = askWords(x.Ask)
		if x.Decides == 0 {
			p.Request = s.accessFor(viewerOf(r), q, about)
		}
	}
	if q.Page != nil && q.Indicator == nil {
		for _, i := range rights.PageIndicators(s.model, q.Page) {
			p.Parts = append(p.Parts, parts.Link{Label: i.Label, Address: whyAddress(i.Code, string(q.School))})
		}
	}
	return s.write(w, r, http.StatusOK, pages.WhyPage(p))
}

// question reads what an address asks about; about names it, "" when it asks nothing.
func (s *server) question(query url.Values) (q rights.Question, about string, err error) {
	school := query.Get("etablissement")
	switch {
	case query.Get("indicateur") != "":
		code := clean(query.Get("indicateur"), 100)
		if q.Indicator = s.indicatorOf(code); q.Indicator == nil {
			return q, "", belvedere.Errorf(belvedere.NotFound, "Aucun indicateur ne s’appelle %q.", code)
		}
		about = q.Indicator.Label
	case query.Get("page") != "":
		asked, err := url.Parse(query.Get("page"))
		if err != nil {
			return q, "", belvedere.Errorf(belvedere.Invalid, "page\u00a0: l’adresse est mal formée.")
		}
		for _, p := range s.model.Pages {
			if p.Path == asked.Path && asked.Host == "" {
				q.Page, about = p, "Page «\u00a0"+p.Title+"\u00a0»"
			}
		}
		if q.Page == nil {
			return q, "", belvedere.Errorf(belvedere.NotFound, "Aucune page de chiffres n’a cette adresse.")
		}
		if school == "" && len(asked.Query()["etablissement"]) == 1 {
			if u, err := belvedere.ParseUAI(asked.Query().Get("etablissement")); err == nil {
				school = string(u)
			}
		}
	case query.Get("rubrique") != "":
		code := clean(query.Get("rubrique"), 100)
		for _, one := range s.model.Widgets {
			if one.Code == code {
				q.Widget, about = code, "Rubrique "+one.Label
				if one.Menu != "" && one.Menu != one.Label {
					about = "Rubrique " + one.Menu + " > " + one.Label
				}
			}
		}
		if q.Widget == "" {
			return q, "", belvedere.Errorf(belvedere.NotFound, "Aucune rubrique ne s’appelle %q.", code)
		}
	}
	if school != "" {
		if q.School, err = belvedere.ParseUAI(school); err != nil {
			return q, "", belvedere.Errorf(belvedere.Invalid, "etablissement\u00a0: %v.", err)
		}
	}
	return q, about, nil
}

// indicatorOf finds an indicator by its code or by its number in the annex.
func (s *server) indicatorOf(text string) *belvedere.Indicator {
	if i := s.model.Indicator(text); i != nil {
		return i
	}
	number, err := strconv.Atoi(text)
	for _, i := range s.model.Indicators {
		if err == nil && number > 0 && i.Number == number {
			return i
		}
	}
	return nil
}

func whyAddress(indicator, school string) string {
	v := url.Values{"indicateur": {indicator}}
	if school != "" {
		v.Set("etablissement", school)
	}
	return withQuery(whyPath, v)
}

// gatesOf are the gates of an explanation as pages show them.
func gatesOf(x rights.Explanation) []parts.Gate {
	out := make([]parts.Gate, len(x.Gates))
	for i, g := range x.Gates {
		out[i] = parts.Gate{Title: g.Name, Text: g.Rule, Word: "non examiné"}
		switch {
		case i == x.Decides:
			out[i].Word, out[i].Decides = "décide", true
		case g.Asked && g.Passed:
			out[i].Word = "accordé"
		}
	}
	return out
}

// verdictOf is the rule that decides, or that nothing withholds.
func verdictOf(x rights.Explanation, q rights.Question) string {
	switch {
	case !x.Open():
		return x.Gates[x.Decides].Rule
	case q.Indicator == nil:
		return "Vos droits ouvrent ce que vous demandez. Chaque chiffre dépend encore des règles suivantes."
	}
	return "Aucune règle ne retient ce chiffre pour vous. S’il manque, c’est qu’il n’a pas été livré."
}

var mailIn = regexp.MustCompile(`[^\s()<>,;]+@[^\s()<>,;]+\.[^\s()<>,;.]+`)

// askWords parts a sentence around the address that it holds, so that the page links it.
func askWords(text string) pages.Ask {
	at := mailIn.FindStringIndex(text)
	if at == nil {
		return pages.Ask{Before: text}
	}
	return pages.Ask{Before: text[:at[0]], Mail: text[at[0]:at[1]], After: text[at[1]:]}
}

// whyOfPage is the address that asks about a page in a state.
func whyOfPage(address string) string {
	return withQuery(whyPath, url.Values{"page": {address}})
}

// whyPage says, of the reader's own rights, what lets the figures of a page pass.
func (s *server) whyPage(page *belvedere.Page, h belvedere.Heading, viewer belvedere.Viewer, address string) parts.WhyPage {
	schools := "Tous les établissements du territoire."
	if !viewer.Scope.AllSchools {
		schools = parts.Capital(belvedere.Plural(len(viewer.Scope.Schools), "établissement", "établissements")) + " du territoire."
	}
	widgets := " Toutes les rubriques."
	if !viewer.Scope.AllWidgets {
		widgets = " " + belvedere.Plural(len(viewer.Scope.Widgets), "rubrique", "rubriques") + ", et les connexions."
	}
	manages, _ := administrator.allows(viewer)
	w := parts.WhyPage{
		Manages: manages,
		About:   strings.TrimSuffix(h.Title+". "+h.Selection, ". "),
		Gates: []parts.Gate{
			{Title: "Vos droits", Word: "première règle", Text: schools + widgets},
			{Title: "Convention", Word: "deuxième", Text: s.sharedWords(page, viewer)},
			{Title: "Destinataires de l’indicateur", Word: "troisième", Text: "L’annexe réserve six indicateurs aux établissements, sauf convention qui les étend."},
			{Title: "Règles de diffusion", Word: "quatrième", Text: "Un chiffre qui permettrait de reconnaître quelqu’un est masqué, ainsi que celui qui le redonnerait par différence."},
		},
	}
	if s.Explain != nil {
		w.Rule = whyOfPage(address)
	}
	return w
}

// sharedWords says how much of a page agreements share with a reader.
func (s *server) sharedWords(page *belvedere.Page, viewer belvedere.Viewer) string {
	if viewer.School {
		return "Vous travaillez dans l’établissement" + belvedere.NoBreak + ": ses chiffres vous sont ouverts sans convention."
	}
	whole, parted := true, false
	mine, schools := map[belvedere.UAI]bool{}, map[belvedere.UAI]bool{}
	for _, u := range viewer.Scope.Schools {
		mine[u] = true
	}
	for _, i := range rights.PageIndicators(s.model, page) {
		list, all := viewer.Scope.Shared(i)
		whole, parted = whole && all, parted || all
		for _, u := range list {
			if viewer.Scope.AllSchools || mine[u] {
				schools[u] = true
			}
		}
	}
	switch {
	case whole:
		return "Les conventions en vigueur partagent avec vous tout ce que cette page montre."
	case parted:
		return "Les conventions en vigueur partagent avec vous une partie de cette page" + belvedere.NarrowSpace + "; le reste est marqué non communiqué."
	case len(schools) == 0:
		return "Aucune convention en vigueur ne partage avec vous les chiffres de cette page."
	}
	return "Les conventions en vigueur partagent avec vous des chiffres de cette page pour " + belvedere.Plural(len(schools), "établissement", "établissements") + "."
}
