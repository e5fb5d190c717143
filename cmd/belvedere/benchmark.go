package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"

	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

type benchmarkCmd struct {
	School     string   `arg:"" name:"uai" help:"UAI de l’établissement."`
	Indicators []string `help:"Indicateurs, séparés par des virgules ; sans eux, ceux d’un thème." sep:"none" placeholder:"CODES"`
	Theme      string   `help:"Thème des indicateurs : moyens, social…" placeholder:"THÈME"`
	Year       string   `name:"annee" help:"Année scolaire, la dernière par défaut." placeholder:"ANNÉE"`
	As         string   `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON       bool     `name:"json" help:"Écrire la réponse pour un programme."`
}

// Run places a school among its like.
func (c *benchmarkCmd) Run(e *env) error {
	v := url.Values{"etablissement": {c.School}}
	for name, value := range map[string]string{"indicateurs": strings.Join(c.Indicators, ","), "theme": c.Theme, "annee": c.Year} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return e.with(func(a *app.App) (err error) {
		var body []byte
		if a.Engine == nil {
			v.Set("format", "json")
			body, _, err = a.Ask(e.ctx, "/api/v1/comparaison?"+v.Encode(), c.As)
		} else {
			body, err = c.local(e, a, v)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			_, err = e.out.Write(body)
			return err
		}
		return printBenchmark(e, body)
	})
}

func (c *benchmarkCmd) local(e *env, a *app.App, v url.Values) ([]byte, error) {
	ask, err := report.ParseBenchmark(v)
	if err != nil {
		return nil, err
	}
	who, err := viewer(e, a, c.As)
	if err != nil {
		return nil, err
	}
	view, err := a.Reporter.Benchmark(e.ctx, who, ask)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = view.JSON(&buf)
	return buf.Bytes(), err
}

// printBenchmark writes the answer as a table.
func printBenchmark(e *env, body []byte) error {
	var answer struct {
		Name  string `json:"nom"`
		Year  int    `json:"annee"`
		Lines []struct {
			Label   string   `json:"libelle"`
			Unit    string   `json:"unite"`
			Own     *float64 `json:"valeur"`
			Low     *float64 `json:"decile_1"`
			Median  *float64 `json:"mediane"`
			High    *float64 `json:"decile_9"`
			Quarter int      `json:"quart"`
			Schools int      `json:"etablissements"`
			Group   string   `json:"groupe"`
			Why     string   `json:"pourquoi"`
		} `json:"lignes"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	number := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "INDICATEUR\tUNITÉ\tL’ÉTABLISSEMENT\tDÉCILE 1\tMÉDIANE\tDÉCILE 9\tPOSITION\tCOMPARÉ À")
	for _, l := range answer.Lines {
		group := l.Why
		if group == "" {
			group = fmt.Sprintf("%d établissements : %s", l.Schools, l.Group)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Label, l.Unit, number(l.Own), number(l.Low), number(l.Median), number(l.High), report.QuarterWords(l.Quarter), group)
	}
	return w.Flush()
}
