package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

type definedCmd struct {
	List    definitionListCmd    `cmd:"" help:"Lister les définitions qui ont changé, sont proposées ou demandées."`
	Show    definitionShowCmd    `cmd:"" help:"Dire ce que compte un indicateur."`
	History definitionHistoryCmd `cmd:"" help:"Dire les versions d’une définition."`
	Propose definitionProposeCmd `cmd:"" help:"Proposer une définition à partir d’une date."`
	Impact  definitionImpactCmd  `cmd:"" help:"Dire quels chiffres publiés une proposition ferait bouger."`
	Accept  definitionAcceptCmd  `cmd:"" help:"Accepter une proposition."`
	Refuse  definitionRefuseCmd  `cmd:"" help:"Refuser une proposition."`
	Owner   definitionOwnerCmd   `cmd:"" help:"Nommer qui répond d’un indicateur."`
}

type definitionListCmd struct {
	All  bool `name:"tous" help:"Tous les indicateurs."`
	JSON bool `name:"json" help:"Pour les programmes."`
}

// Run lists the definitions about which there is something to say.
func (c definitionListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if c.JSON {
			return a.Meanings.WriteList(e.ctx, e.out, a.AtCommand(), c.All)
		}
		list, err := a.Meanings.List(e.ctx, a.AtCommand(), c.All)
		if err != nil {
			return err
		}
		for _, s := range list {
			open := 0
			for _, p := range s.Proposals {
				if p.State == registry.Proposed {
					open++
				}
			}
			fmt.Fprintf(e.out, "%s\t%s\tdéfinition %d sur %d\t%s\t%s\n", s.Indicator.Code, s.Indicator.Label, s.Today, len(s.Indicator.Definitions()),
				belvedere.Plural(open, "proposition à décider", "propositions à décider"), s.Owner.Name)
		}
		return nil
	})
}

type definitionShowCmd struct {
	Code string `arg:"" name:"code" help:"Indicateur."`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run says what an indicator counts.
func (c definitionShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		sheet, err := a.Meanings.Sheet(e.ctx, a.AtCommand(), c.Code)
		if err != nil {
			return err
		}
		if c.JSON {
			return definition.WriteSheet(e.out, sheet)
		}
		ind := sheet.Indicator
		fmt.Fprintf(e.out, "%s (%s)\n%s\n", ind.Label, ind.Code, ind.Definition)
		if ind.Note != "" {
			fmt.Fprintln(e.out, ind.Note)
		}
		fmt.Fprintf(e.out, "Formule : %s\n", definition.Formula(sheet.Model, ind))
		fmt.Fprintf(e.out, "Définition %d sur %d", sheet.Today, len(ind.Definitions()))
		if sheet.Owner.Name != "" {
			fmt.Fprintf(e.out, ", responsable : %s", sheet.Owner.Name)
		}
		fmt.Fprintln(e.out)
		return nil
	})
}

type definitionHistoryCmd struct {
	Code string `arg:"" name:"code" help:"Indicateur."`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run lists the versions of a definition and its proposals.
func (c definitionHistoryCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		sheet, err := a.Meanings.Sheet(e.ctx, a.AtCommand(), c.Code)
		if err != nil {
			return err
		}
		if c.JSON {
			return definition.WriteSheet(e.out, sheet)
		}
		for _, d := range sheet.Indicator.Definitions() {
			from := "depuis le début"
			if !d.From.IsZero() {
				from = "depuis le " + belvedere.ShortDate(d.From)
			}
			fmt.Fprintf(e.out, "%s@%d\t%s\t%s\t%s\t%s\n", c.Code, d.Number, from, definition.Formula(sheet.Model, sheet.Indicator.Version(d.Number)), d.Author, d.Reason)
		}
		for _, p := range sheet.Proposals {
			fmt.Fprintf(e.out, "proposition %d\t%s\tau %s\t%s\t%s\n", p.ID, p.State.Label(), belvedere.ShortDate(p.From), p.By, p.Reason)
		}
		return nil
	})
}

type definitionProposeCmd struct {
	Code     string `arg:"" name:"code" help:"Indicateur."`
	From     string `name:"effet" help:"Date d’effet : 2026-09-01." required:"" placeholder:"DATE"`
	Reason   string `name:"motif" help:"Pourquoi la définition change." required:"" placeholder:"TEXTE"`
	Note     string `name:"note" help:"Ce qui s’ajoute à la définition imprimée." placeholder:"TEXTE"`
	Text     string `name:"definition" help:"Définition en mots, pour un indicateur hors de l’annexe." placeholder:"TEXTE"`
	Value    string `name:"valeur" help:"Expression de la valeur." placeholder:"EXPRESSION"`
	Num      string `name:"numerateur" help:"Expression du numérateur du taux." placeholder:"EXPRESSION"`
	NumLabel string `name:"numerateur-nom" help:"Nom du numérateur." placeholder:"NOM"`
	Den      string `name:"denominateur" help:"Expression du dénominateur du taux." placeholder:"EXPRESSION"`
	DenLabel string `name:"denominateur-nom" help:"Nom du dénominateur." placeholder:"NOM"`
	Rate     string `name:"taux" help:"Intitulé du taux." placeholder:"NOM"`
	As       string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON     bool   `name:"json" help:"Pour les programmes."`
}

// Run proposes a version; its mistakes are told with their place.
func (c definitionProposeCmd) Run(e *env) error {
	day, err := belvedere.ParseDate(c.From)
	if err != nil {
		return misuse{err}
	}
	return e.with(func(a *app.App) error {
		v, err := deciding(e, a, c.As)
		if err != nil {
			return err
		}
		p, err := a.Meanings.Propose(e.ctx, v, semantic.Proposal{Indicator: c.Code, From: day, Text: c.Text, Note: c.Note, Value: c.Value, RateLabel: c.Rate,
			Num: c.Num, NumLabel: c.NumLabel, Den: c.Den, DenLabel: c.DenLabel, Reason: c.Reason})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Definition, fmt.Sprintf("proposition %d (%s)", p.ID, p.Indicator), "proposée, effet "+c.From+" : "+p.Reason)
		if c.JSON {
			return definition.WriteProposal(e.out, p, nil)
		}
		fmt.Fprintf(e.out, "%d\n", p.ID)
		return nil
	})
}

// deciding is in whose name a command about definitions acts: beside a server an account's rights over
// figures are not needed, its own are.
func deciding(e *env, a *app.App, as string) (belvedere.Viewer, error) {
	if as == "" || as == "admin" {
		return a.AtCommand(), nil
	}
	if a.Reporter != nil {
		return a.As(e.ctx, as)
	}
	return a.Person(e.ctx, as)
}

type definitionImpactCmd struct {
	ID   int64  `arg:"" name:"numéro" help:"Numéro de la proposition."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run says what a proposal would move, as the server says it when one runs.
func (c definitionImpactCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		body, err := c.ask(e, a)
		if err != nil {
			return err
		}
		if c.JSON {
			_, err = e.out.Write(body)
			return err
		}
		return printImpact(e.out, body)
	})
}

func (c definitionImpactCmd) ask(e *env, a *app.App) ([]byte, error) {
	if a.Reporter == nil {
		body, _, err := a.Ask(e.ctx, "/api/v1/propositions/"+strconv.FormatInt(c.ID, 10)+"?"+url.Values{"effet": {"1"}}.Encode(), c.As)
		return body, err
	}
	p, err := a.Registry.Proposal(e.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	v, err := viewer(e, a, c.As)
	if err != nil {
		return nil, err
	}
	impact, err := a.Meanings.Impact(e.ctx, v, definition.Written(p))
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	err = definition.WriteProposal(&out, p, impact)
	return []byte(out.String()), err
}

// printImpact writes an impact for people.
func printImpact(w io.Writer, body []byte) error {
	type cell struct {
		Value *float64 `json:"valeur"`
		State string   `json:"etat"`
	}
	var p struct {
		Impact struct {
			Words string `json:"resume"`
			Sides []struct {
				Label string `json:"intitule"`
				Years []struct {
					Year   string `json:"annee"`
					Before cell   `json:"avant"`
					After  cell   `json:"apres"`
					New    cell   `json:"partout_nouvelle"`
				} `json:"annees"`
			} `json:"cotes"`
			Places []struct {
				Page    string `json:"page"`
				Block   string `json:"bloc"`
				Figures int    `json:"chiffres"`
				Moved   int    `json:"chiffres_qui_bougent"`
				Most    string `json:"plus_grand_ecart"`
			} `json:"blocs"`
		} `json:"effet_sur_les_chiffres"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return err
	}
	show := func(c cell) string {
		if c.Value == nil {
			return c.State
		}
		return strconv.FormatFloat(*c.Value, 'f', 4, 64)
	}
	fmt.Fprintln(w, p.Impact.Words)
	for _, s := range p.Impact.Sides {
		fmt.Fprintf(w, "\n%s\tavant\taprès\tnouvelle partout\n", s.Label)
		for _, y := range s.Years {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", y.Year, show(y.Before), show(y.After), show(y.New))
		}
	}
	for _, b := range p.Impact.Places {
		fmt.Fprintf(w, "\n%s, %s : %d sur %d %s", b.Page, b.Block, b.Moved, b.Figures, b.Most)
	}
	_, err := fmt.Fprintln(w)
	return err
}

type definitionAcceptCmd struct {
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la proposition."`
	Reason string `name:"motif" help:"Pourquoi." required:"" placeholder:"TEXTE"`
	As     string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON   bool   `name:"json" help:"Pour les programmes."`
}

// Run accepts a proposal: the server takes it at the next question.
func (c definitionAcceptCmd) Run(e *env) error { return decide(e, c.ID, true, c.Reason, c.As, c.JSON) }

type definitionRefuseCmd struct {
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la proposition."`
	Reason string `name:"motif" help:"Pourquoi." required:"" placeholder:"TEXTE"`
	As     string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON   bool   `name:"json" help:"Pour les programmes."`
}

// Run refuses a proposal.
func (c definitionRefuseCmd) Run(e *env) error { return decide(e, c.ID, false, c.Reason, c.As, c.JSON) }

func decide(e *env, id int64, accept bool, reason, as string, asJSON bool) error {
	return e.with(func(a *app.App) error {
		v, err := deciding(e, a, as)
		if err != nil {
			return err
		}
		p, err := a.Meanings.Decide(e.ctx, v, id, accept, reason)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Definition, fmt.Sprintf("proposition %d (%s)", p.ID, p.Indicator), p.State.Label()+" : "+p.Decision+" "+p.Impact)
		if asJSON {
			return definition.WriteProposal(e.out, p, nil)
		}
		if !e.quiet {
			fmt.Fprintf(e.err, "Proposition %d %s. %s\n", p.ID, p.State.Label(), p.Impact)
		}
		return nil
	})
}

type definitionOwnerCmd struct {
	Code string `arg:"" name:"code" help:"Indicateur."`
	Who  string `arg:"" name:"qui" optional:"" help:"Identifiant d’un compte, ou nom d’une fonction ; rien : personne."`
}

// Run names who answers for an indicator.
func (c definitionOwnerCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if err := a.Meanings.Name(e.ctx, a.AtCommand(), c.Code, c.Who); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Definition, "indicateur "+c.Code, "responsable : "+c.Who)
		return nil
	})
}
