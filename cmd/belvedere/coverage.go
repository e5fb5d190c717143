package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

type coverageCmd struct {
	Dataset string   `help:"Jeu de données : une ligne par établissement. Sans lui, une ligne par jeu." placeholder:"JEU"`
	Where   []string `help:"Filtres : annee=2025, type=college, commune=…, etablissement=UAI, etat=en_retard." sep:"none" placeholder:"FILTRE"`
	At      int      `help:"Édition à interroger, la dernière par défaut." placeholder:"N"`
	As      string   `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON    bool     `name:"json" help:"Écrire la réponse pour un programme."`
}

// values are the parameters of the page and of the API.
func (c *coverageCmd) values() (url.Values, error) {
	v := url.Values{}
	for _, text := range c.Where {
		name, value, ok := strings.Cut(text, "=")
		if !ok || value == "" {
			return nil, misuse{fmt.Errorf("le filtre %q doit s’écrire dimension=valeur", text)}
		}
		v.Add(strings.TrimSpace(name), strings.ReplaceAll(value, "|", ","))
	}
	if c.Dataset != "" {
		v.Set("jeu", c.Dataset)
	}
	if c.At > 0 {
		v.Set("edition", fmt.Sprint(c.At))
	}
	return v, nil
}

// Run prints what was received against what is expected, month by month.
func (c *coverageCmd) Run(e *env) error {
	v, err := c.values()
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		var body []byte
		if a.Engine == nil {
			v.Set("format", "json")
			if body, _, err = a.Ask(e.ctx, "/api/v1/couverture?"+v.Encode(), c.As); err != nil {
				return err
			}
		} else if body, err = c.local(e, a, v); err != nil {
			return err
		}
		if c.JSON {
			_, err = e.out.Write(body)
			return err
		}
		return printCoverage(e, body)
	})
}

func (c *coverageCmd) local(e *env, a *app.App, v url.Values) ([]byte, error) {
	ask, err := report.ParseCoverage(v)
	if err != nil {
		return nil, err
	}
	who, err := viewer(e, a, c.As)
	if err != nil {
		return nil, err
	}
	view, err := a.Reporter.Coverage(e.ctx, who, ask, true)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = view.JSON(&buf)
	return buf.Bytes(), err
}

// printCoverage writes the answer as a table: a letter for the state of a school, a fraction for
// several.
func printCoverage(e *env, body []byte) error {
	var answer struct {
		Months []string `json:"periodes"`
		Lines  []struct {
			Code     string   `json:"code"`
			Name     string   `json:"libelle"`
			UpTo     string   `json:"a_jour_au"`
			Expected int      `json:"attendus"`
			Received int      `json:"recus"`
			States   []string `json:"etats"`
			Months   [][2]int `json:"mois"`
		} `json:"lignes"`
		Broken []string `json:"successions_non_suivies"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	letters := map[string]string{"recu": "R", "en_retard": "r", "manquant": "M", "non_attendu": "·", "non_communique": "-"}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	head := "CODE\tNOM"
	for _, m := range answer.Months {
		head += "\t" + m[5:]
	}
	fmt.Fprintln(w, head+"\tREÇUS\tÀ JOUR AU")
	for _, l := range answer.Lines {
		line := l.Code + "\t" + l.Name
		for _, s := range l.States {
			line += "\t" + letters[s]
		}
		for _, m := range l.Months {
			line += fmt.Sprintf("\t%d/%d", m[0], m[1])
		}
		fmt.Fprintf(w, "%s\t%d/%d\t%s\n", line, l.Received, l.Expected, l.UpTo)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(answer.Lines) > 0 && len(answer.Lines[0].States) > 0 {
		fmt.Fprintln(e.out, "\nR reçu, r en retard, M manquant, · non attendu, - non communiqué")
	}
	for _, b := range answer.Broken {
		fmt.Fprintln(e.err, "succession non suivie :", b)
	}
	return nil
}
