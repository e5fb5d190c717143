package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/formula"
	"belvedere/internal/registry"
)

type formulaCmd struct {
	Check  formulaCheckCmd  `cmd:"" help:"Lire une formule sans l’enregistrer : ses fautes, son unité, ce qu’elle lit."`
	Save   formulaSaveCmd   `cmd:"" help:"Enregistrer une formule, ou une nouvelle version."`
	List   formulaListCmd   `cmd:"" help:"Lister les formules."`
	Show   formulaShowCmd   `cmd:"" help:"Montrer une formule, ses versions et ce qui s’en sert."`
	Share  formulaShareCmd  `cmd:"" help:"Partager une formule avec tous, ou la reprendre."`
	Verify formulaVerifyCmd `cmd:"" help:"Vérifier la dernière version d’une formule partagée."`
	Delete formulaDeleteCmd `cmd:"" help:"Supprimer une formule."`
}

type peopleSetCmd struct {
	Check  populationCheckCmd  `cmd:"" help:"Lire les filtres d’une population sans les enregistrer."`
	Save   populationSaveCmd   `cmd:"" help:"Enregistrer une population, ou une nouvelle version."`
	List   populationListCmd   `cmd:"" help:"Lister les populations."`
	Show   populationShowCmd   `cmd:"" help:"Montrer une population, ses versions et ce qui s’en sert."`
	Share  populationShareCmd  `cmd:"" help:"Partager une population avec tous, ou la reprendre."`
	Delete populationDeleteCmd `cmd:"" help:"Supprimer une population."`
}

const figuresKind, rowsKind = registry.FormulaOfFigures, registry.FormulaOfRows

// writing is in whose name formulas are kept.
func writing(e *env, a *app.App, as string) (belvedere.Viewer, error) {
	if as == "" || as == "admin" {
		return a.AtCommand(), nil
	}
	if a.Reporter != nil {
		return a.As(e.ctx, as)
	}
	return a.Person(e.ctx, as)
}

type formulaCheckCmd struct {
	Text string `arg:"" name:"texte" help:"Formule : '100 * ressources_propres / produits_encaissables'."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run reads a formula.
func (c formulaCheckCmd) Run(e *env) error { return checkFormula(e, figuresKind, c.Text, c.As, c.JSON) }

type populationCheckCmd struct {
	Text string `arg:"" name:"filtres" help:"Filtres : 'statut_inscription=actif, sexe=F'."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run reads the filters of a population.
func (c populationCheckCmd) Run(e *env) error { return checkFormula(e, rowsKind, c.Text, c.As, c.JSON) }

func checkFormula(e *env, kind registry.FormulaKind, text, as string, asJSON bool) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		d := formula.Draft{Kind: kind, FormulaVersion: registry.FormulaVersion{Text: text}}
		check, err := a.Formulas.Check(e.ctx, v, d)
		if err != nil {
			return err
		}
		if asJSON {
			return writeFormulaCheck(e, check)
		}
		if check.Problem != "" {
			return a.Formulas.Readable(e.ctx, v, d)
		}
		if kind == rowsKind {
			fmt.Fprintln(e.out, "Ces filtres se lisent.")
			return nil
		}
		unit := check.Unit
		if unit == "" {
			unit = "sans unité"
		}
		fmt.Fprintf(e.out, "La formule se lit.\nUnité : %s\n", unit)
		for _, i := range check.Reads {
			fmt.Fprintf(e.out, "Lit : %s (%s)\n", i.Code, i.Label)
		}
		return nil
	})
}

// writeFormulaCheck writes a check for programs.
func writeFormulaCheck(e *env, check formula.Check) error {
	var out struct {
		OK       bool     `json:"lisible"`
		Unit     string   `json:"unite"`
		Ratio    bool     `json:"rapport"`
		Share    bool     `json:"part"`
		Reads    []string `json:"lit"`
		Problem  string   `json:"faute,omitempty"`
		Mistakes []struct {
			At      int    `json:"caractere"`
			Message string `json:"message"`
		} `json:"fautes,omitempty"`
	}
	out.OK, out.Unit, out.Ratio, out.Share, out.Problem = check.Problem == "", check.Unit, check.Ratio, check.Share, check.Problem
	for _, i := range check.Reads {
		out.Reads = append(out.Reads, i.Code)
	}
	for _, m := range check.Mistakes {
		out.Mistakes = append(out.Mistakes, struct {
			At      int    `json:"caractere"`
			Message string `json:"message"`
		}{m.At + 1, m.Message})
	}
	return json.NewEncoder(e.out).Encode(out)
}

type formulaSaveCmd struct {
	Code       string `arg:"" name:"code" help:"Code de la formule."`
	Text       string `arg:"" name:"texte" help:"La formule."`
	Label      string `name:"libelle" help:"Libellé." required:"" placeholder:"TEXTE"`
	Definition string `name:"definition" help:"Ce qu’elle veut dire." placeholder:"TEXTE"`
	Unit       string `name:"unite" help:"Unité, celle du calcul par défaut." placeholder:"UNITÉ"`
	Decimals   int    `name:"decimales" help:"Décimales montrées."`
	Percent    bool   `name:"pourcent" help:"Part montrée en pour cent."`
	Low        bool   `name:"moins" help:"Moins, c’est mieux."`
	Note       string `name:"note" help:"Ce qui change dans cette version." placeholder:"TEXTE"`
	As         string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run keeps a formula.
func (c formulaSaveCmd) Run(e *env) error {
	return saveFormula(e, c.As, formula.Draft{Kind: figuresKind, Code: c.Code, FormulaVersion: registry.FormulaVersion{Label: c.Label, Definition: c.Definition,
		Text: c.Text, Unit: c.Unit, Decimals: c.Decimals, Percent: c.Percent, BetterIsLow: c.Low, Note: c.Note}})
}

type populationSaveCmd struct {
	Code       string `arg:"" name:"code" help:"Code de la population."`
	Text       string `arg:"" name:"filtres" help:"Ses filtres."`
	Label      string `name:"libelle" help:"Libellé." required:"" placeholder:"TEXTE"`
	Definition string `name:"definition" help:"Ce qu’elle veut dire." placeholder:"TEXTE"`
	Note       string `name:"note" help:"Ce qui change dans cette version." placeholder:"TEXTE"`
	As         string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run keeps a population.
func (c populationSaveCmd) Run(e *env) error {
	return saveFormula(e, c.As, formula.Draft{Kind: rowsKind, Code: c.Code, FormulaVersion: registry.FormulaVersion{Label: c.Label, Definition: c.Definition, Text: c.Text, Note: c.Note}})
}

// saveFormula adds a version to one that exists, or makes a new one.
func saveFormula(e *env, as string, d formula.Draft) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		if held, err := a.Formulas.Sheet(e.ctx, v, d.Kind, d.Code); err == nil {
			d.Base = held.Version
		} else if belvedere.KindOf(err) != belvedere.NotFound {
			return err
		}
		f, err := a.Formulas.Save(e.ctx, v, d)
		if err != nil {
			return err
		}
		noteFormula(e, a, f, fmt.Sprintf("version %d : %s", f.Version, f.Text))
		fmt.Fprintf(e.out, "%s, version %d\n", f.Code, f.Version)
		return nil
	})
}

func noteFormula(e *env, a *app.App, f registry.SavedFormula, detail string) {
	a.Note(e.ctx, audit.Formula, string(f.Kind)+" "+f.Code, detail)
}

type formulaListCmd struct {
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run lists the formulas.
func (c formulaListCmd) Run(e *env) error { return listFormulas(e, figuresKind, c.As, c.JSON) }

type populationListCmd struct {
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

// Run lists the populations.
func (c populationListCmd) Run(e *env) error { return listFormulas(e, rowsKind, c.As, c.JSON) }

func listFormulas(e *env, kind registry.FormulaKind, as string, asJSON bool) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		list, err := a.Formulas.List(e.ctx, v, kind)
		if err != nil {
			return err
		}
		if asJSON {
			return formula.WriteList(e.out, list)
		}
		for _, f := range list {
			fmt.Fprintf(e.out, "%s\t%s\tversion %d\t%s\t%s\t%s\n", f.Code, f.Label, f.Version, formula.State(f), f.OwnerName, strings.ReplaceAll(f.Text, "\n", " "))
		}
		return nil
	})
}

type formulaShowCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run shows a formula.
func (c formulaShowCmd) Run(e *env) error { return showFormula(e, figuresKind, c.Code, c.As) }

type populationShowCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run shows a population.
func (c populationShowCmd) Run(e *env) error { return showFormula(e, rowsKind, c.Code, c.As) }

func showFormula(e *env, kind registry.FormulaKind, code, as string) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		s, err := a.Formulas.Sheet(e.ctx, v, kind, code)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s (%s), %s, version %d, par %s\n%s\n", s.Label, s.Code, formula.State(s.SavedFormula), s.Version, s.OwnerName, s.Text)
		if s.Definition != "" {
			fmt.Fprintln(e.out, s.Definition)
		}
		if s.Problem != nil {
			fmt.Fprintln(e.out, belvedere.Message(s.Problem))
		}
		for _, i := range s.Reads {
			fmt.Fprintf(e.out, "Lit : %s (%s)\n", i.Code, i.Label)
		}
		for _, u := range s.Uses {
			fmt.Fprintf(e.out, "Utilisée par : %s « %s »\n", u.Kind, u.Title)
		}
		for _, one := range s.Versions {
			fmt.Fprintf(e.out, "version %d, %s, %s\t%s\t%s\n", one.Number, belvedere.ShortDate(one.At), one.By, strings.ReplaceAll(one.Text, "\n", " "), one.Note)
		}
		return nil
	})
}

type formulaShareCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	Back bool   `name:"reprendre" help:"Ne plus partager."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run shares a formula.
func (c formulaShareCmd) Run(e *env) error {
	return shareFormula(e, figuresKind, c.Code, c.As, !c.Back)
}

type populationShareCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	Back bool   `name:"reprendre" help:"Ne plus partager."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run shares a population.
func (c populationShareCmd) Run(e *env) error {
	return shareFormula(e, rowsKind, c.Code, c.As, !c.Back)
}

func shareFormula(e *env, kind registry.FormulaKind, code, as string, shared bool) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		f, err := a.Formulas.Share(e.ctx, v, kind, code, shared)
		if err != nil {
			return err
		}
		noteFormula(e, a, f, formula.State(f))
		fmt.Fprintf(e.out, "%s : %s\n", f.Code, formula.State(f))
		return nil
	})
}

type formulaVerifyCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	Back bool   `name:"retirer" help:"Retirer la vérification."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run stands for the last version of a formula.
func (c formulaVerifyCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, c.As)
		if err != nil {
			return err
		}
		s, err := a.Formulas.Sheet(e.ctx, v, figuresKind, c.Code)
		if err != nil {
			return err
		}
		f, err := a.Formulas.Verify(e.ctx, v, figuresKind, c.Code, s.Version, !c.Back)
		if err != nil {
			return err
		}
		noteFormula(e, a, f, formula.State(f))
		fmt.Fprintf(e.out, "%s : %s\n", f.Code, formula.State(f))
		return nil
	})
}

type formulaDeleteCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run deletes a formula.
func (c formulaDeleteCmd) Run(e *env) error { return deleteFormula(e, figuresKind, c.Code, c.As) }

type populationDeleteCmd struct {
	Code string `arg:"" name:"code" help:"Code."`
	As   string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run deletes a population.
func (c populationDeleteCmd) Run(e *env) error { return deleteFormula(e, rowsKind, c.Code, c.As) }

func deleteFormula(e *env, kind registry.FormulaKind, code, as string) error {
	return e.with(func(a *app.App) error {
		v, err := writing(e, a, as)
		if err != nil {
			return err
		}
		f, err := a.Formulas.Delete(e.ctx, v, kind, code)
		if err != nil {
			return err
		}
		noteFormula(e, a, f, "supprimée")
		fmt.Fprintf(e.out, "%s : supprimée\n", f.Code)
		return nil
	})
}
