package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

type requestCmd struct {
	List       requestListCmd       `cmd:"" default:"withargs" help:"Lister les demandes."`
	File       requestFileCmd       `cmd:"" help:"Déposer une demande au nom d’un compte."`
	Show       requestShowCmd       `cmd:"" help:"Montrer une demande, ses réponses et son histoire."`
	Decide     requestDecideCmd     `cmd:"" help:"Décider une demande au nom d’un compte dont c’est le tour."`
	Assign     requestAssignCmd     `cmd:"" help:"Désigner une autre personne, quand celle qui doit décider ne le peut plus ou a dépassé le délai."`
	Delays     requestDelaysCmd     `cmd:"" help:"Délais médians et neuvièmes déciles, par procédure et par étape."`
	Manager    requestManagerCmd    `cmd:"" help:"Déclarer le responsable d’un compte."`
	Review     requestReviewCmd     `cmd:"" help:"Ouvrir une revue des habilitations, ou lister les revues."`
	Procedures requestProceduresCmd `cmd:"" help:"Lister les procédures qui se déposent."`
	Declare    requestDeclareCmd    `cmd:"" help:"Déclarer une procédure, sans redémarrer : les demandes en cours gardent leur révision."`
	Undeclare  requestUndeclareCmd  `cmd:"" help:"Retirer une procédure déclarée ainsi."`
	Tend       requestTendCmd       `cmd:"" help:"Faire ce que le serveur fait chaque jour : rappels, échéances, revues, effacements."`
}

// asking is who asks: an account, or the operator, who sees everything and decides nothing.
func asking(e *env, a *app.App, login string) (belvedere.Viewer, error) {
	switch {
	case login == "":
		return a.AtCommand(), nil
	case a.Reporter != nil:
		return a.As(e.ctx, login)
	}
	return a.Person(e.ctx, login)
}

type requestListCmd struct {
	As        string `help:"Comme ce compte les voit." placeholder:"IDENTIFIANT"`
	Procedure string `help:"D’une seule procédure : acces, rapport." placeholder:"CODE"`
	State     string `help:"Dans un seul état : deposee, a_completer, en_examen, accordee…" placeholder:"ÉTAT"`
	Turn      bool   `help:"Celles dont c’est le tour du compte."`
	Late      bool   `help:"Celles qui ont dépassé leur délai."`
	Search    string `help:"Mots du titre ou du nom." placeholder:"MOTS"`
	Sort      string `help:"Trier : echeance, depot, personne, objet, procedure, etape, voix ; - devant pour l’inverse." placeholder:"TRI"`
	JSON      bool   `name:"json" help:"En JSON."`
}

// Run lists files.
func (c requestListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := asking(e, a, c.As)
		if err != nil {
			return err
		}
		list, err := a.Procedures.List(e.ctx, v, procedure.Query{Procedure: c.Procedure, State: registry.RequestState(c.State), Turn: c.Turn, Late: c.Late, Text: c.Search, Order: procedure.Order(c.Sort)})
		if err != nil {
			return err
		}
		if c.JSON {
			return e.json(requestsJSON(list))
		}
		for _, r := range list {
			due := ""
			if !r.Due.IsZero() && r.Step != "" {
				due = "avant le " + belvedere.ShortDate(r.Due.In(a.Config.Location()))
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Request.Procedure, r.State.Label(), r.Procedure.StepLabel(r.Step), due, r.Name, r.Title)
		}
		return nil
	})
}

type requestJSON struct {
	ID        int64               `json:"numero"`
	Procedure string              `json:"procedure"`
	Revision  int                 `json:"revision"`
	Title     string              `json:"titre"`
	Name      string              `json:"personne"`
	State     string              `json:"etat"`
	Step      string              `json:"etape"`
	Asked     map[string][]string `json:"demande,omitempty"`
	Own       map[string][]string `json:"accorde,omitempty"`
	Votes     int                 `json:"voix"`
}

func requestsJSON(list []*procedure.View) []requestJSON {
	out := make([]requestJSON, 0, len(list))
	for _, r := range list {
		out = append(out, requestJSON{r.ID, r.Request.Procedure, r.Revision, r.Title, r.Name, string(r.State), r.Step, r.Asked, r.Own, r.Votes})
	}
	return out
}

func (e *env) json(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// answers reads "champ=valeur" pairs; a value with | is several.
func answers(pairs []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, p := range pairs {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return nil, misuse{fmt.Errorf("%q s’écrit champ=valeur", p)}
		}
		if value != "" {
			out[name] = append(out[name], strings.Split(value, "|")...)
		} else {
			out[name] = nil
		}
	}
	return out, nil
}

type requestFileCmd struct {
	Procedure string   `arg:"" name:"procédure" help:"acces, rapport."`
	Values    []string `arg:"" optional:"" name:"champ=valeur" help:"Réponses ; plusieurs valeurs d’un champ se séparent par |." sep:"none"`
	As        string   `help:"Au nom de ce compte." required:"" placeholder:"IDENTIFIANT"`
	Draft     bool     `help:"Garder en brouillon."`
	ID        int64    `name:"complete" help:"Compléter cette demande, renvoyée par qui la décide." placeholder:"N"`
	Reason    string   `help:"Réponse à la demande de complément." placeholder:"TEXTE"`
}

// Run files a request and prints its number.
func (c requestFileCmd) Run(e *env) error {
	values, err := answers(c.Values)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		v, err := asking(e, a, c.As)
		if err != nil {
			return err
		}
		in := procedure.Submission{ID: c.ID, Procedure: c.Procedure, Values: values, File: !c.Draft, Reason: c.Reason}
		if c.ID != 0 {
			kept, err := a.Procedures.View(e.ctx, v, c.ID)
			if err != nil {
				return err
			}
			in.Version = kept.Version
			for name, was := range kept.Asked { // what is not said again stays
				if _, said := values[name]; !said {
					values[name] = was
				}
			}
		}
		r, err := a.Procedures.Submit(e.ctx, v, in)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Request, procedure.Object(r), r.State.Label()+", au nom de "+v.Login)
		_, err = fmt.Fprintln(e.out, r.ID)
		return err
	})
}

type requestShowCmd struct {
	ID   int64  `arg:"" name:"numéro" help:"Numéro de la demande."`
	As   string `help:"Comme ce compte la voit." placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"En JSON."`
}

// Run shows a file with its history.
func (c requestShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		who, err := asking(e, a, c.As)
		if err != nil {
			return err
		}
		v, err := a.Procedures.View(e.ctx, who, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return e.json(requestsJSON([]*procedure.View{v})[0])
		}
		if v.Stuck != "" {
			fmt.Fprintf(e.out, "  Bloquée\t%s\n", v.Stuck)
		}
		fmt.Fprintf(e.out, "%s n° %d\t%s\t%s\n", v.Procedure.Label, v.ID, v.State.Label(), v.Procedure.StepLabel(v.Step))
		for _, f := range v.Procedure.Fields {
			if said := v.Say(f, v.Asked[f.Name]); len(said) > 0 {
				fmt.Fprintf(e.out, "  %s\t%s\n", f.Label, strings.Join(said, ", "))
			}
			if own, ok := v.Own[f.Name]; ok {
				fmt.Fprintf(e.out, "  %s (accordé)\t%s\n", f.Label, strings.Join(v.Say(f, own), ", "))
			}
		}
		for _, g := range v.Grants {
			fmt.Fprintf(e.out, "  Habilitation\tn° %d, jusqu’au %s\n", g.ID, belvedere.ShortDate(g.Until.Add(-1)))
		}
		if v.Trial.Asked {
			fmt.Fprintf(e.out, "  Épreuve\t%s%s\n", v.Trial.Waits, v.Trial.Text)
		}
		for _, ev := range v.Events {
			who := ev.Name
			if ev.Deputy != "" {
				who += " pour " + ev.Deputy
			}
			fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\t%s\n", ev.At.In(a.Config.Location()).Format("02/01/2006 15:04"), who, ev.Act, ev.After.Label(), ev.Reason)
		}
		if err := a.Procedures.Verify(v); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Chez le service : %s. Chez la personne qui demande : %s.\n", procedure.Days(v.Authority), procedure.Days(v.Applicant))
		return nil
	})
}

type requestDecideCmd struct {
	ID     int64    `arg:"" name:"numéro" help:"Numéro de la demande."`
	Act    string   `arg:"" name:"décision" enum:"approuver,refuser,completer,avis,retirer" help:"${enum}."`
	As     string   `help:"Au nom de ce compte." required:"" placeholder:"IDENTIFIANT"`
	Reason string   `help:"Motif ; obligatoire pour refuser ou renvoyer." placeholder:"TEXTE"`
	Own    []string `help:"Ce qui est accordé au lieu de ce qui est demandé : champ=valeur, jamais plus." placeholder:"CHAMP=VALEUR" sep:"none"`
	Set    []string `help:"Champ à remplir à cette étape : champ=valeur." placeholder:"CHAMP=VALEUR" sep:"none"`
}

// Run takes a decision and prints the state that the file is in then.
func (c requestDecideCmd) Run(e *env) error {
	own, err := answers(c.Own)
	if err != nil {
		return err
	}
	set, err := answers(c.Set)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		v, err := asking(e, a, c.As)
		if err != nil {
			return err
		}
		kept, err := a.Procedures.View(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		var r registry.Request
		if c.Act == "retirer" {
			r, err = a.Procedures.Withdraw(e.ctx, v, c.ID, c.Reason)
		} else {
			r, err = a.Procedures.Decide(e.ctx, v, procedure.Decision{ID: c.ID, Version: kept.Version, Act: c.Act, Reason: c.Reason, Own: own, Values: set})
		}
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Request, procedure.Object(r), c.Act+" : "+r.State.Label()+", au nom de "+v.Login)
		_, err = fmt.Fprintln(e.out, r.State.Label())
		return err
	})
}

type requestAssignCmd struct {
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la demande."`
	Login  string `arg:"" name:"identifiant" help:"Qui décide à la place."`
	As     string `help:"Au nom de ce compte : administrateur ou responsable des données." required:"" placeholder:"IDENTIFIANT"`
	Reason string `help:"Motif ; l’histoire le garde." required:"" placeholder:"TEXTE"`
}

// Run names another person in the place of the one who should decide.
func (c requestAssignCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := asking(e, a, c.As)
		if err != nil {
			return err
		}
		kept, err := a.Procedures.View(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		r, err := a.Procedures.Reassign(e.ctx, v, c.ID, kept.Version, c.Login, c.Reason)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Request, procedure.Object(r), "autre personne désignée : "+c.Login+", au nom de "+v.Login)
		return nil
	})
}
