package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/tally"
)

type tallyCmd struct {
	UAI       string   `arg:"" name:"uai" help:"UAI de l’établissement."`
	Datasets  []string `name:"jeux" help:"Jeux de données à compter, séparés par des virgules ; tous par défaut." placeholder:"JEUX"`
	Year      string   `name:"annee" help:"Année scolaire ; l’année en cours par défaut." placeholder:"ANNÉE"`
	To        *string  `name:"to" aliases:"vers" help:"Adresse de la console qui reçoit les chiffres, retenue pour les envois suivants ; vide pour celle de cette installation." placeholder:"URL"`
	Token     string   `name:"token" aliases:"jeton" help:"Jeton de l’établissement pour cette console. --token-file ne le montre pas aux autres utilisateurs de la machine." placeholder:"JETON"`
	TokenFile string   `name:"token-file" aliases:"fichier-jeton" help:"Fichier qui contient ce jeton." placeholder:"FICHIER"`
	Private   bool     `name:"adresse-privee" help:"Autoriser une console sur un réseau privé."`
	Print     bool     `name:"print" aliases:"imprimer" help:"Écrire les chiffres sur la sortie, sans rien envoyer."`
	JSON      bool     `name:"json" help:"Répondre en JSON."`
}

// Run counts a school and sends what changed.
func (c tallyCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	var year belvedere.SchoolYear
	if c.Year != "" {
		if year, err = belvedere.ParseSchoolYear(c.Year); err != nil {
			return misuse{err}
		}
	}
	return e.with(func(a *app.App) error {
		who, err := a.Operator(e.ctx)
		if err != nil {
			return err
		}
		if err := c.destination(e, a, who, uai); err != nil {
			return err
		}
		if c.Print {
			return c.print(e, a, who, uai, year)
		}
		queued, err := a.Tally.Enqueue(e.ctx, uai, tally.Order{Year: year, Datasets: c.Datasets, By: who.Login, Again: true})
		if err != nil {
			return err
		}
		out, err := a.Tally.Send(e.ctx, uai)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("chiffres : %d à envoyer, %d reçus par la collectivité", queued, out.Acknowledged))
		return c.tell(e, queued, out)
	})
}

// destination keeps where the figures go, when it is given.
func (c tallyCmd) destination(e *env, a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
	if c.To == nil {
		if c.Token != "" || c.TokenFile != "" || c.Private {
			return misuse{errors.New("--token, --token-file et --adresse-privee vont avec --to")}
		}
		return nil
	}
	token := c.Token
	if c.TokenFile != "" {
		text, err := os.ReadFile(c.TokenFile)
		if err != nil {
			return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", c.TokenFile)
		}
		token = strings.TrimSpace(string(text))
	}
	if err := a.Tally.SetDestination(e.ctx, who, uai, tally.Destination{URL: *c.To, Token: token, Private: c.Private}); err != nil {
		return err
	}
	a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "chiffres envoyés à "+orHere(*c.To))
	return nil
}

func orHere(to string) string {
	if to == "" {
		return "la console de cette installation"
	}
	return to
}

// print writes what would leave.
func (c tallyCmd) print(e *env, a *app.App, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) error {
	files, err := a.Tally.Preview(e.ctx, who, uai, year, c.Datasets...)
	if err != nil {
		return err
	}
	if c.JSON {
		out := make([]map[string]any, len(files))
		for i, f := range files {
			out[i] = map[string]any{"jeu": f.Dataset, "tranches": f.Slices, "contenu": string(f.Body)}
		}
		return json.NewEncoder(e.out).Encode(out)
	}
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(e.out)
		}
		fmt.Fprintf(e.out, "# %s\n%s", f.Dataset, f.Body)
	}
	return nil
}

// tell says what was done; what the territory does not take is a failure.
func (c tallyCmd) tell(e *env, queued int, out tally.Outcome) error {
	if c.JSON {
		return json.NewEncoder(e.out).Encode(map[string]any{"prepares": queued, "recus": out.Acknowledged, "refuses": out.Refused, "attente": out.Waiting, "motif": out.Trouble})
	}
	if !e.quiet {
		fmt.Fprintf(e.out, "%s, %d reçus par la collectivité, %d refusés, %d en attente.\n", belvedere.Plural(queued, "fichier préparé", "fichiers préparés"), out.Acknowledged, out.Refused, out.Waiting)
	}
	if out.Refused+out.Waiting > 0 {
		return belvedere.Errorf(belvedere.Unavailable, "%s", out.Trouble)
	}
	return nil
}
