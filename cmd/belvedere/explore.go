package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
)

// stateOf reads a state of the explorer: its address, or the part of it after "?".
func stateOf(text string) (url.Values, error) {
	if _, after, address := strings.Cut(text, "?"); address {
		text = after
	}
	v, err := url.ParseQuery(strings.TrimSpace(text))
	if err != nil {
		return nil, misuse{errors.New("la question doit s’écrire comme l’adresse de l’explorateur : indicateurs=eleves&lignes=type")}
	}
	return v, nil
}

type exploreCmd struct {
	State  string `arg:"" name:"question" help:"Adresse de l’explorateur, ou ce qui suit son « ? » : 'indicateurs=eleves&lignes=type,secteur&sous_totaux=oui'."`
	As     string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	Format string `help:"csv, tableur, json, xlsx, pdf ou parquet." default:"csv"`
	Say    bool   `help:"Imprimer la phrase qui dit ce que montre la réponse, au lieu de la réponse."`
	Output string `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

// Run answers a state as the explorer would, through the same code.
func (c *exploreCmd) Run(e *env) error {
	v, err := stateOf(c.State)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		state, err := report.ParseExplore(v)
		if err != nil {
			return err
		}
		if len(state.Columns) == 0 {
			return misuse{errors.New("la question ne demande aucun indicateur : indicateurs=eleves,classes")}
		}
		if a.Engine == nil {
			if c.Say {
				return misuse{errors.New("--say se lit sans serveur : arrêtez-le, ou interrogez une copie du dossier des données")}
			}
			w := state.Values()
			w.Set("format", c.Format)
			w.Set("toutes", "oui")
			body, _, err := a.Ask(e.ctx, "/api/v1/explorer?"+w.Encode(), c.As)
			if err != nil {
				return err
			}
			return output(e, c.Output, body)
		}
		viewer, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		if viewer.Kind == belvedere.AccountViewer && !viewer.May(belvedere.Author) {
			return belvedere.Errorf(belvedere.Forbidden, "%s n’a pas l’habilitation de composer des requêtes", c.As)
		}
		state.All = true
		x, err := a.Reporter.Explore(e.ctx, viewer, state)
		if err != nil {
			return err
		}
		return written(e, a, x, c.Format, c.Output, c.Say)
	})
}

// written writes an answer, or its sentence.
func written(e *env, a *app.App, x *report.ExploreResult, format, name string, say bool) error {
	if x.Result == nil {
		return belvedere.Errorf(belvedere.NotFound, "rien n’est publié : il n’y a pas de réponse")
	}
	for _, w := range x.Warnings {
		if !e.quiet {
			fmt.Fprintln(e.err, w)
		}
	}
	if say {
		_, err := fmt.Fprintln(e.out, x.Sentence)
		return err
	}
	var buf bytes.Buffer
	if err := a.Write(e.ctx, &buf, format, x.Result, x.Heading); err != nil {
		return err
	}
	return output(e, name, buf.Bytes())
}

type savedCmd struct {
	List   savedListCmd   `cmd:"" default:"1" help:"Lister les requêtes enregistrées."`
	Show   savedShowCmd   `cmd:"" help:"Voir une requête : sa question, ses choix, son partage, ce qui la montre."`
	Run    savedRunCmd    `cmd:"" help:"Répondre à une requête, avec les droits de qui la demande."`
	Save   savedSaveCmd   `cmd:"" help:"Enregistrer une requête, ou une version d’une requête."`
	Share  savedShareCmd  `cmd:"" help:"Dire qui peut ouvrir une requête."`
	Copy   savedCopyCmd   `cmd:"" help:"Copier une requête."`
	Verify savedVerifyCmd `cmd:"" help:"Répondre de ce que montre une requête, ou ne plus en répondre."`
	Delete savedDeleteCmd `cmd:"" help:"Supprimer une requête."`
}

// savedAs is in whose name a command about saved queries works.
type savedAs struct {
	As string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// viewer finds that person. No figure is asked, so that a server may run meanwhile; an account is known
// with its rights without one only.
func (f savedAs) viewer(e *env, a *app.App) (belvedere.Viewer, error) {
	if f.As == "" || f.As == "admin" {
		return byOperator(), nil
	}
	return a.As(e.ctx, f.As)
}

type savedListCmd struct {
	savedAs
	Search string `help:"Mots du titre, de la description ou de l’auteur." placeholder:"TEXTE"`
}

// Run lists the queries: number, state of sharing, author, title.
func (c savedListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		list, err := a.Saved.List(e.ctx, v, c.Search)
		if err != nil {
			return err
		}
		for _, q := range list {
			state := string(q.Sharing)
			if q.VerifiedBy != "" {
				state += ", vérifiée"
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\n", q.ID, state, q.OwnerName, q.Title)
		}
		return nil
	})
}

type savedShowCmd struct {
	savedAs
	ID int64 `arg:"" name:"numéro" help:"Numéro de la requête."`
}

func (c savedShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		q, err := a.Saved.Find(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "titre\t%s\nauteur\t%s\nversion\t%d\npartage\t%s\nquestion\t%s\n", q.Title, q.OwnerName, q.Version, q.Sharing, q.State)
		if q.Description != "" {
			fmt.Fprintf(e.out, "description\t%s\n", strings.ReplaceAll(q.Description, "\n", " "))
		}
		if len(q.Parameters) > 0 {
			fmt.Fprintf(e.out, "au choix\t%s\n", strings.Join(q.Parameters, ", "))
		}
		if q.VerifiedBy != "" {
			fmt.Fprintf(e.out, "vérifiée\t%s, %s\n", q.VerifiedBy, belvedere.ShortDate(q.Verified))
		}
		uses, err := a.Saved.UsesOf(e.ctx, c.ID)
		for _, u := range uses {
			fmt.Fprintf(e.out, "montrée par\t%s (%s)\n", u.Label, u.Address)
		}
		return err
	})
}

type savedRunCmd struct {
	savedAs
	ID     int64    `arg:"" name:"numéro" help:"Numéro de la requête."`
	Set    []string `help:"Ce que l’auteur laisse au choix : annee=2024, filtre.niveau=6eme." sep:"none" placeholder:"PARAMÈTRE=VALEUR"`
	Format string   `help:"csv, tableur, json, xlsx, pdf ou parquet." default:"csv"`
	Say    bool     `help:"Imprimer la phrase qui dit ce que montre la réponse, au lieu de la réponse."`
	Output string   `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

// Run answers a query with the rights of who asks, never those of its author.
func (c savedRunCmd) Run(e *env) error {
	values := url.Values{}
	for _, one := range c.Set {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return misuse{fmt.Errorf("--set %q doit s’écrire parametre=valeur", one)}
		}
		values.Add(name, value)
	}
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			if c.Say {
				return misuse{errors.New("--say se lit sans serveur : arrêtez-le, ou interrogez une copie du dossier des données")}
			}
			values.Set("format", c.Format)
			values.Set("toutes", "oui")
			body, _, err := a.Ask(e.ctx, "/api/v1/requetes/"+strconv.FormatInt(c.ID, 10)+"?"+values.Encode(), c.As)
			if err != nil {
				return err
			}
			return output(e, c.Output, body)
		}
		v, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		_, x, err := a.Saved.Run(e.ctx, v, c.ID, values, true)
		if err != nil {
			return err
		}
		return written(e, a, x, c.Format, c.Output, c.Say)
	})
}

type savedSaveCmd struct {
	savedAs
	State       string   `arg:"" name:"question" help:"Adresse de l’explorateur, ou ce qui suit son « ? »."`
	ID          int64    `help:"Numéro de la requête dont c’est une version ; une nouvelle sans lui." placeholder:"N"`
	Title       string   `help:"Titre." placeholder:"TEXTE"`
	Description string   `help:"À quoi elle sert." placeholder:"TEXTE"`
	Choice      []string `help:"Ce que le lecteur peut changer : annee, periode, comparer, mode, forme, filtre.niveau." placeholder:"PARAMÈTRES"`
	Note        string   `help:"Note de version." placeholder:"TEXTE"`
}

// Run keeps a query and prints its number.
func (c savedSaveCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		d := saved.Draft{Title: c.Title, Description: c.Description, State: c.State, Parameters: c.Choice, Note: c.Note}
		var q *saved.Query
		if c.ID > 0 {
			held, err := a.Saved.Find(e.ctx, v, c.ID)
			if err != nil {
				return err
			}
			if d.Title == "" {
				d.Title = held.Title
			}
			if d.Description == "" {
				d.Description = held.Description
			}
			if len(d.Parameters) == 0 {
				d.Parameters = held.Parameters
			}
			q, err = a.Saved.Save(e.ctx, v, c.ID, held.Version, d)
			if err != nil {
				return err
			}
		} else if q, err = a.Saved.Create(e.ctx, v, d); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Saved, q.Object(), "enregistrée, version "+strconv.Itoa(q.Version))
		_, err = fmt.Fprintln(e.out, q.ID)
		return err
	})
}

type savedShareCmd struct {
	savedAs
	ID      int64    `arg:"" name:"numéro" help:"Numéro de la requête."`
	All     bool     `help:"Tous ceux qui ont un compte."`
	With    []string `help:"Identifiants." placeholder:"IDENTIFIANTS"`
	Schools []string `help:"UAI : ceux qui y travaillent." placeholder:"UAI"`
}

// Run sets who may open a query; nobody else without flags.
func (c savedShareCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		to := saved.Sharing{With: registry.SharedNobody, Logins: c.With, Schools: c.Schools}
		switch {
		case c.All && len(c.With)+len(c.Schools) > 0:
			return misuse{errors.New("--all ne va pas avec --with ni --schools")}
		case c.All:
			to.With = registry.SharedAll
		case len(c.With)+len(c.Schools) > 0:
			to.With = registry.SharedChosen
		}
		q, err := a.Saved.Share(e.ctx, v, c.ID, to)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Saved, q.Object(), "partage : "+string(q.Sharing))
		return nil
	})
}

type savedCopyCmd struct {
	savedAs
	ID int64 `arg:"" name:"numéro" help:"Numéro de la requête."`
}

// Run copies a query and prints the number of the copy.
func (c savedCopyCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		q, err := a.Saved.Copy(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Saved, q.Object(), "copiée")
		_, err = fmt.Fprintln(e.out, q.ID)
		return err
	})
}

type savedVerifyCmd struct {
	savedAs
	ID     int64 `arg:"" name:"numéro" help:"Numéro de la requête."`
	Revoke bool  `help:"Ne plus en répondre."`
}

func (c savedVerifyCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		q, err := a.Saved.Verify(e.ctx, v, c.ID, 0, !c.Revoke)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Saved, q.Object(), "vérification")
		return nil
	})
}

type savedDeleteCmd struct {
	savedAs
	ID    int64 `arg:"" name:"numéro" help:"Numéro de la requête."`
	Force bool  `help:"Même si des tableaux de bord la montrent."`
}

// Run removes a query that nothing shows, unless told to.
func (c savedDeleteCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := c.viewer(e, a)
		if err != nil {
			return err
		}
		uses, err := a.Saved.UsesOf(e.ctx, c.ID)
		if err != nil {
			return err
		}
		if len(uses) > 0 && !c.Force {
			var names []string
			for _, u := range uses {
				names = append(names, u.Label)
			}
			return belvedere.Errorf(belvedere.Conflict, "des tableaux de bord montrent cette requête : %s ; --force la supprime quand même", strings.Join(names, ", "))
		}
		q, err := a.Saved.Delete(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Saved, q.Object(), "supprimée")
		return nil
	})
}
