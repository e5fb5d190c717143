package main

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

type explainCmd struct {
	A          string   `arg:"" name:"premier" help:"Premier résultat : un reçu, une question ('eleves annee=2025 secteur=public edition=6'), l’adresse d’une page, ou un nombre. ligne= et colonne= y choisissent un chiffre."`
	B          string   `arg:"" name:"second" help:"Second résultat, de même."`
	Indicators []string `help:"Indicateurs communs aux deux, quand ils n’en disent pas." aliases:"indicator" sep:"none" placeholder:"CODES"`
	Where      []string `help:"Filtres communs aux deux : annee=2025, type=college." sep:"none" placeholder:"FILTRE"`
	Rates      bool     `help:"Taux des indicateurs qui en ont un."`
	At         int      `help:"Édition commune, la dernière par défaut." placeholder:"N"`
	As         string   `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON       bool     `name:"json" help:"Écrire du JSON."`
	Format     string   `help:"texte, json, csv, tableur, xlsx ou pdf." default:"texte"`
	Output     string   `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

func (c *explainCmd) ask() report.GapAsk {
	var indicators []string
	for _, text := range c.Indicators {
		indicators = append(indicators, report.SplitIndicators(text)...)
	}
	return report.GapAsk{
		A: report.GapSideAsk{Text: c.A}, B: report.GapSideAsk{Text: c.B},
		Common: report.Ask{Indicators: indicators, Where: c.Where, Rates: c.Rates, Edition: c.At},
	}
}

// Run explains why two figures differ, as the page does.
func (c *explainCmd) Run(e *env) error {
	if c.JSON {
		c.Format = "json"
	}
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			return c.remote(e, a)
		}
		viewer, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		view, err := a.Reporter.Gap(e.ctx, viewer, c.ask())
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		switch c.Format {
		case "texte":
			err = view.WriteText(&buf)
		case "json":
			err = view.WriteJSON(&buf)
		default:
			if err = view.Explained(); err == nil {
				err = a.Write(e.ctx, &buf, c.Format, view.Table(), a.Reporter.GapHeading(e.ctx, view))
			}
		}
		if err != nil {
			return err
		}
		return output(e, c.Output, buf.Bytes())
	})
}

// remote asks the running server, which answers to the same person.
func (c *explainCmd) remote(e *env, a *app.App) error {
	ask := c.ask()
	v := url.Values{"a": {c.A}, "b": {c.B}, "format": {c.Format}}
	if len(ask.Common.Indicators) > 0 {
		v.Set("indicateurs", strings.Join(ask.Common.Indicators, ","))
	}
	for _, w := range c.Where {
		v.Add("ou", w)
	}
	if c.Rates {
		v.Set("taux", "1")
	}
	if c.At > 0 {
		v.Set("edition", strconv.Itoa(c.At))
	}
	body, _, err := a.Ask(e.ctx, "/api/v1/ecart?"+v.Encode(), c.As)
	if err != nil {
		return err
	}
	return output(e, c.Output, body)
}
