package main

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/dashboard"
	"belvedere/internal/territory/semantic"
)

type dashboardCmd struct {
	List   dashboardListCmd   `cmd:"" default:"withargs" help:"Lister les tableaux de bord."`
	Show   dashboardShowCmd   `cmd:"" help:"Calculer un tableau de bord : json, csv, xlsx ou pdf."`
	Export dashboardExportCmd `cmd:"" help:"Écrire ce que demande un tableau de bord, en YAML."`
	Import dashboardImportCmd `cmd:"" help:"Créer un tableau de bord, ou en remplacer un, d’après un fichier YAML."`
	Copy   dashboardCopyCmd   `cmd:"" help:"Copier un tableau de bord."`
	Delete dashboardDeleteCmd `cmd:"" help:"Supprimer un tableau de bord."`
}

type dashboardListCmd struct {
	Text string `arg:"" optional:"" name:"texte" help:"Partie du titre, de la description ou du nom du propriétaire."`
}

// Run lists the dashboards.
func (c dashboardListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Dashboards.List(e.ctx, byOperator(), c.Text)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, b := range list {
			owner, sharing := b.Held.OwnerName, string(b.Held.Sharing)
			if b.Shipped {
				owner, sharing = "Belvédère", "livré"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", b.Ref, b.Title, owner, sharing, belvedere.Plural(len(b.Widgets), "élément", "éléments"))
		}
		return w.Flush()
	})
}

type dashboardShowCmd struct {
	Ref    string   `arg:"" name:"tableau" help:"Numéro, ou code d’un tableau de bord livré."`
	Where  []string `help:"Filtres de sa barre : annee=2025, niveau=l1." sep:"none" placeholder:"FILTRE"`
	Format string   `help:"json, csv (une archive), xlsx ou pdf." default:"json" enum:"json,csv,xlsx,pdf"`
	Output string   `help:"Fichier à écrire ; la sortie standard par défaut." short:"o" placeholder:"FICHIER" type:"path"`
	As     string   `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// Run computes a dashboard with the rights of someone.
func (c dashboardShowCmd) Run(e *env) error {
	v := url.Values{}
	for _, text := range c.Where {
		name, value, ok := strings.Cut(text, "=")
		if !ok || value == "" {
			return misuse{fmt.Errorf("le filtre %q doit s’écrire dimension=valeur", text)}
		}
		v.Add(strings.TrimSpace(name), strings.ReplaceAll(value, "|", ","))
	}
	return e.with(func(a *app.App) error {
		var body bytes.Buffer
		if a.Engine == nil {
			v.Set("format", c.Format)
			answer, _, err := a.Ask(e.ctx, "/api/v1/tableaux-de-bord/"+url.PathEscape(c.Ref)+"?"+v.Encode(), c.As)
			if err != nil {
				return err
			}
			body.Write(answer)
		} else if err := c.local(e, a, v, &body); err != nil {
			return err
		}
		if c.Output != "" {
			return os.WriteFile(c.Output, body.Bytes(), 0o600)
		}
		_, err := e.out.Write(body.Bytes())
		return err
	})
}

func (c dashboardShowCmd) local(e *env, a *app.App, v url.Values, into io.Writer) error {
	who, err := viewer(e, a, c.As)
	if err != nil {
		return err
	}
	b, err := a.Dashboards.Find(e.ctx, who, c.Ref)
	if err != nil {
		return err
	}
	x, err := a.Dashboards.Answer(e.ctx, who, b, v, true)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return x.JSON(into)
	}
	_, _, err = a.DashboardFile(e.ctx, into, c.Format, x)
	return err
}

type dashboardExportCmd struct {
	Ref string `arg:"" name:"tableau" help:"Numéro, ou code d’un tableau de bord livré."`
}

// Run writes what a dashboard asks.
func (c dashboardExportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		b, err := a.Dashboards.Find(e.ctx, byOperator(), c.Ref)
		if err != nil {
			return err
		}
		_, err = e.out.Write(semantic.WriteDashboard(&b.Dashboard))
		return err
	})
}

type dashboardImportCmd struct {
	File    string `arg:"" name:"fichier" help:"Fichier YAML, comme l’écrit export ; - lit l’entrée standard."`
	Replace string `help:"Numéro du tableau de bord à remplacer : son contenu devient une nouvelle version." placeholder:"N"`
	Share   bool   `help:"L’ouvrir à tous ceux qui ont un compte."`
}

// Run makes a dashboard of a file and prints its number.
func (c dashboardImportCmd) Run(e *env) error {
	var text []byte
	var err error
	if c.File == "-" {
		text, err = io.ReadAll(io.LimitReader(e.in, 1<<20))
	} else {
		text, err = os.ReadFile(c.File)
	}
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s est illisible", c.File)
	}
	return e.with(func(a *app.App) error {
		d, err := semantic.ReadDashboard(a.Model, dashboard.CheckTile(a.Model), c.File, text)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "%v", err)
		}
		var b *dashboard.Board
		if c.Replace != "" {
			b, err = a.Dashboards.Replace(e.ctx, byOperator(), c.Replace, *d)
		} else {
			b, err = a.Dashboards.Create(e.ctx, byOperator(), *d, "fichier")
		}
		if err == nil && c.Share {
			b, err = a.Dashboards.Share(e.ctx, byOperator(), b.Ref, dashboard.Sharing{Kind: "tous"})
		}
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Dashboard, b.Object(), "importé")
		_, err = fmt.Fprintln(e.out, b.Ref)
		return err
	})
}

type dashboardCopyCmd struct {
	Ref string `arg:"" name:"tableau" help:"Numéro, ou code d’un tableau de bord livré."`
}

// Run copies a dashboard and prints the number of the copy.
func (c dashboardCopyCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		b, err := a.Dashboards.Copy(e.ctx, byOperator(), c.Ref)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Dashboard, b.Object(), "copié de "+c.Ref)
		_, err = fmt.Fprintln(e.out, b.Ref)
		return err
	})
}

type dashboardDeleteCmd struct {
	Ref string `arg:"" name:"numéro" help:"Numéro du tableau de bord."`
}

// Run removes a dashboard for all.
func (c dashboardDeleteCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		b, err := a.Dashboards.Delete(e.ctx, byOperator(), c.Ref)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Dashboard, b.Object(), "supprimé")
		return nil
	})
}
