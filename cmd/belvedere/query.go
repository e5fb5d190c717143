package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/export"
	"belvedere/internal/territory/report"
)

type queryCmd struct {
	Indicators []string `help:"Indicateurs, séparés par des virgules : eleves,classes ; eleves[sexe=F] en prend une part." sep:"none" placeholder:"CODES"`
	Formula    []string `name:"formula" help:"Formule sur les indicateurs, en colonne : '100 * internat / eleves' ; répétable." sep:"none" placeholder:"TEXTE"`
	By         []string `help:"Dimensions des lignes : etablissement, type, commune, annee, mois, niveau…" placeholder:"DIMENSIONS"`
	Where      []string `help:"Filtres : annee=2025, type=college|lycee, niveau!=6eme, periode=mois." sep:"none" placeholder:"FILTRE"`
	Rates      bool     `help:"Taux des indicateurs qui en ont un."`
	Constant   bool     `help:"Périmètre constant : les établissements qui ont la donnée dans toutes les périodes comparées."`
	Total      bool     `help:"Ajouter la ligne d’ensemble."`
	Compare    string   `help:"Ajouter la valeur d’une autre période et l’écart : precedente, ou an_dernier." placeholder:"PÉRIODE"`
	At         int      `help:"Édition à interroger, la dernière par défaut." placeholder:"N"`
	As         string   `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	Sort       string   `help:"Colonne de tri, - devant pour décroître."  placeholder:"COLONNE"`
	Limit      int      `help:"Nombre de lignes."`
	Format     string   `help:"csv, tableur, json, xlsx, pdf, parquet, arrow, geojson ou sdmx-csv." default:"csv"`
	Output     string   `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
	SQL        bool     `name:"sql" help:"Imprimer la requête au lieu de la réponse."`
}

// ask is the question in the words of the report package.
func (c *queryCmd) ask() report.Ask {
	var indicators []string
	for _, text := range c.Indicators {
		indicators = append(indicators, report.SplitIndicators(text)...)
	}
	return report.Ask{Indicators: indicators, By: c.By, Where: c.Where, Rates: c.Rates, Constant: c.Constant, Total: c.Total, Compare: c.Compare, Edition: c.At, Sort: c.Sort, Limit: c.Limit, Formulas: c.Formula}
}

// Run answers as the page would, through the same code.
func (c *queryCmd) Run(e *env) error {
	if len(c.Indicators) == 0 && len(c.Formula) == 0 {
		return misuse{errors.New("il manque --indicators=CODES,... ou --formula=TEXTE")}
	}
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			return c.remote(e, a)
		}
		viewer, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		ask := c.ask()
		ask.For = viewer
		q, err := a.Reporter.Build(e.ctx, ask)
		if err != nil {
			return err
		}
		if c.SQL {
			text, err := a.Reporter.SQL(e.ctx, viewer, q)
			fmt.Fprintln(e.out, text)
			return err
		}
		result, heading, err := a.Reporter.Receipted(e.ctx, viewer, q)
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		if err := a.Write(e.ctx, &buf, c.Format, result, heading); err != nil {
			return err
		}
		return output(e, c.Output, buf.Bytes())
	})
}

// viewer is in whose name a command asks.
func viewer(e *env, a *app.App, as string) (belvedere.Viewer, error) {
	if as == "" || as == "admin" {
		return a.Operator(e.ctx)
	}
	return a.As(e.ctx, as)
}

// remote asks the running server, which answers to the same person.
func (c *queryCmd) remote(e *env, a *app.App) error {
	if c.SQL {
		return misuse{errors.New("--sql se lit sans serveur : arrêtez-le, ou interrogez une copie du dossier des données")}
	}
	ask := c.ask()
	v := url.Values{"indicateurs": {strings.Join(ask.Indicators, ",")}, "par": {strings.Join(ask.By, ",")}, "format": {c.Format}}
	for _, w := range ask.Where {
		v.Add("ou", w)
	}
	for _, f := range c.Formula {
		v.Add("formule", f)
	}
	if c.Rates {
		v.Set("taux", "1")
	}
	if c.Total {
		v.Set("total", "1")
	}
	if c.Compare != "" {
		v.Set("comparer", c.Compare)
	}
	if c.Constant {
		v.Set("perimetre", "constant")
	}
	if c.At > 0 {
		v.Set("edition", strconv.Itoa(c.At))
	}
	if c.Sort != "" {
		v.Set("tri", c.Sort)
	}
	if c.Limit > 0 {
		v.Set("limite", strconv.Itoa(c.Limit))
	}
	body, _, err := a.Ask(e.ctx, "/api/v1/donnees?"+v.Encode(), c.As)
	if err != nil {
		return err
	}
	return output(e, c.Output, body)
}

// output writes to a file or to the standard output.
func output(e *env, name string, body []byte) error {
	if name == "" || name == "-" {
		_, err := e.out.Write(body)
		return err
	}
	if err := os.WriteFile(name, body, 0o640); err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être écrit", name)
	}
	return nil
}

type exportCmd struct {
	Page   string `arg:"" name:"adresse" help:"Adresse de la page, avec ses filtres : '/social/par-etablissement?annee=2025&tableau=assiduite&mode=taux'."`
	As     string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	Format string `help:"csv, tableur, json, xlsx ou pdf." default:"csv"`
	Output string `help:"Fichier à écrire ; son nom est fait du titre, du périmètre et de la période par défaut." short:"o" placeholder:"FICHIER"`
}

// Run writes the table of a page to a file, all its lines.
func (c *exportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			v := url.Values{"page": {c.Page}, "format": {c.Format}}
			body, name, err := a.Ask(e.ctx, "/api/v1/donnees?"+v.Encode(), c.As)
			if err != nil {
				return err
			}
			return c.save(e, name, body)
		}
		u, err := url.Parse(c.Page)
		if err != nil {
			return misuse{fmt.Errorf("l’adresse %q est mal formée", c.Page)}
		}
		viewer, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		view, err := a.Reporter.PageAt(e.ctx, viewer, u)
		if err != nil {
			return err
		}
		if view.Result == nil {
			return belvedere.Errorf(belvedere.NotFound, "cette page n’a rien à exporter : aucune donnée n’est publiée")
		}
		var buf bytes.Buffer
		if err := a.Write(e.ctx, &buf, c.Format, view.Result, view.Heading); err != nil {
			return err
		}
		f, err := export.ParseFormat(c.Format)
		if err != nil {
			return misuse{err}
		}
		return c.save(e, export.FileName(view.Heading, view.Result.Receipt, f), buf.Bytes())
	})
}

// save writes the file under the name asked, else under the name that tells what it holds.
func (c *exportCmd) save(e *env, name string, body []byte) error {
	if c.Output == "" && name != "" {
		fmt.Fprintln(e.err, name)
		return output(e, name, body)
	}
	return output(e, c.Output, body)
}
