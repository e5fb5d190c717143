package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const gapPath = "/ecart"

// gapRoutes explain the difference of two figures.
func (s *server) gapRoutes() []route {
	return []route{get(gapPath, signedIn, "consultation", s.gap)}
}

// mostGapText bounds what one side may say: an address with many filters fits.
const mostGapText = 4000

// gap shows the causes of the gap between the two sides that an address names, and a form for both.
func (s *server) gap(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	ask := report.GapAsk{A: gapSide(query, "a"), B: gapSide(query, "b")}
	viewer := viewerOf(r)
	traceOf(r).covers(viewer.Scope, nil)
	if format := query.Get("format"); format != "" {
		return s.exportGap(w, r, ask, format)
	}
	p := pages.Gap{Frame: s.frame(r, "Expliquer un écart")}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Expliquer un écart"})
	status := http.StatusOK
	if ask.A.Text != "" && ask.B.Text != "" {
		view, err := s.Reports.Gap(r.Context(), viewer, ask)
		if err != nil {
			if status = statusOf(belvedere.KindOf(err)); status >= 500 {
				return err
			}
			p.Errors.Add(gapField(err), belvedere.Message(err))
		} else {
			s.layGap(&p, view, localAddress(r))
		}
	}
	for i, side := range []report.GapSideAsk{ask.A, ask.B} {
		p.Sides[i] = s.gapForm(r, i, side, p.View, p.Errors)
	}
	return s.write(w, r, status, pages.GapPage(p))
}

func gapSide(query url.Values, name string) report.GapSideAsk {
	return report.GapSideAsk{Text: clean(query.Get(name), mostGapText), Line: clean(query.Get(name+"_ligne"), 500), Column: clean(query.Get(name+"_colonne"), 500)}
}

// gapField is the side that an error is about.
func gapField(err error) string {
	if strings.HasPrefix(belvedere.Message(err), "second") {
		return "b"
	}
	return "a"
}

// gapForm fills the fields of a side; one that is known offers its lines and columns.
func (s *server) gapForm(r *http.Request, i int, ask report.GapSideAsk, view *report.GapView, errors parts.FieldErrors) pages.GapForm {
	name := []string{"a", "b"}[i]
	f := pages.GapForm{Legend: []string{"Premier résultat", "Second résultat"}[i]}
	f.Text = parts.Field{Name: name, Label: "Reçu, adresse, question ou nombre", Value: ask.Text, Most: mostGapText, Autocomplete: "off", Required: true, Error: errors.Of(name)}
	side := sideOfView(view, i)
	if side == nil && ask.Text != "" {
		side, _ = s.Reports.GapSide(r.Context(), viewerOf(r), ask) // its error is said once both are given
	}
	if side == nil {
		return f
	}
	f.Text.Value = side.Ask.Text
	f.Line = parts.Field{Name: name + "_ligne", Label: "Ligne", Value: side.Line, Options: gapOptions(side.Lines())}
	f.Column = parts.Field{Name: name + "_colonne", Label: "Colonne", Value: side.Column.Key, Options: gapOptions(side.Columns())}
	f.Reading = side.Words + belvedere.NoBreak + ": " + side.Written()
	return f
}

func sideOfView(view *report.GapView, i int) *report.GapSide {
	if view == nil {
		return nil
	}
	return []*report.GapSide{view.A, view.B}[i]
}

func gapOptions(list []report.GapChoice) []parts.Option {
	out := make([]parts.Option, len(list))
	for i, c := range list {
		out[i] = parts.Option{Value: c.Code, Label: c.Label}
	}
	return out
}

// layGap lays out an explanation.
func (s *server) layGap(p *pages.Gap, view *report.GapView, address string) {
	p.View = view
	for i, side := range []*report.GapSide{view.A, view.B} {
		p.Figures[i] = pages.GapFigure{Title: []string{"Premier résultat", "Second résultat"}[i], Value: side.Written(), Words: parts.Capital(side.Words),
			Receipt: side.Receipt, Address: side.Address}
	}
	if view.Refused != "" {
		return
	}
	steps := view.Steps()
	p.Steps = parts.Plot{ID: "cascade", Kind: chart.KindSteps, Title: "De l’un à l’autre", Result: steps, Options: chart.Options{ID: "cascade", Title: "De l’un à l’autre"}}
	if s.Export != nil {
		p.Files = fileLinks(address, -1)
	}
	for i := range view.Causes {
		p.Causes = append(p.Causes, gapCause(p.Frame, view, &view.Causes[i], i))
	}
}

func gapCause(f parts.Frame, view *report.GapView, c *report.GapCause, i int) pages.GapCause {
	out := pages.GapCause{ID: "cause-" + strconv.Itoa(i+1), Label: c.Label, Amount: view.Amount(c.Written), Merged: c.Merged}
	opens := f.Leads("/livraisons")
	deliveries := func(list []int64) []parts.Link {
		links := []parts.Link{}
		for _, seq := range list {
			l := parts.Link{Label: strconv.FormatInt(seq, 10)}
			if opens {
				l.Address = "/livraisons/" + l.Label
			}
			links = append(links, l)
		}
		return links
	}
	for _, m := range c.Moves {
		move := pages.GapMove{Deliveries: deliveries(m.Deliveries), Schools: belvedere.Plural(m.Schools, "établissement", "établissements")}
		for _, n := range m.Editions {
			move.Editions = append(move.Editions, parts.Link{Label: strconv.Itoa(n), Address: "/editions/" + strconv.Itoa(n)})
		}
		if m.Written != nil {
			move.Amount = view.Amount(m.Written)
		}
		out.Moves = append(out.Moves, move)
	}
	out.Editions = len(c.Moves) > 0
	for _, one := range c.Schools {
		school := pages.GapSchool{UAI: string(one.UAI), Name: one.Name, Move: one.Move, Deliveries: deliveries(one.Deliveries)}
		if one.Written != nil {
			school.Amount = view.Amount(one.Written)
		} else {
			out.Rates = true
		}
		out.Schools = append(out.Schools, school)
	}
	if c.RestWritten != nil && c.RestWritten.Sign() != 0 && c.RestWhy != "" {
		out.RestAmount, out.RestWhy = view.Amount(c.RestWritten), c.RestWhy
	}
	return out
}

// exportGap answers an explanation as a file.
func (s *server) exportGap(w http.ResponseWriter, r *http.Request, ask report.GapAsk, format string) error {
	if s.Export == nil {
		return notFound("Les fichiers ne sont pas proposés par ce serveur.")
	}
	t := traceOf(r)
	t.entry.Action, t.entry.Door = "export", "fichier"
	view, err := s.Reports.Gap(r.Context(), viewerOf(r), ask)
	if err == nil {
		err = view.Explained()
	}
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	contentType, name, err := s.Export.Export(b, format, view.Table(), s.Reports.GapHeading(r.Context(), view))
	if err != nil {
		return err
	}
	if err := s.stillAllowed(r); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	s.sendFile(w, r, contentType, b.Bytes())
	return nil
}

// gapAddress leads to the explanation of a gap with one side filled in.
func gapAddress(side string) string { return withQuery(gapPath, url.Values{"a": {side}}) }
