package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/dataset"
	"belvedere/internal/registry"
)

type datasetCmd struct {
	List     datasetListCmd     `cmd:"" default:"withargs" help:"Lister les jeux de données, et qui les a déclarés."`
	Propose  datasetProposeCmd  `cmd:"" help:"Proposer les déclarations qui font d’un fichier un jeu de données, et dire ce qu’il chargerait."`
	Declare  datasetDeclareCmd  `cmd:"" help:"Contrôler des déclarations et les garder : elles valent aussitôt, partout."`
	Show     datasetShowCmd     `cmd:"" help:"Imprimer les déclarations d’un jeu, ou leur histoire."`
	Labels   datasetLabelsCmd   `cmd:"" help:"Lister les codes que les fichiers ont apportés aux listes ouvertes, et leurs libellés."`
	Label    datasetLabelCmd    `cmd:"" help:"Corriger le libellé d’un code d’une liste ouverte : aucun fichier ne le défait."`
	Withdraw datasetWithdrawCmd `cmd:"" help:"Retirer ce qui est déclaré, s’il ne tient aucun chiffre."`
}

type datasetListCmd struct {
	Declared bool `name:"declares" help:"Ceux qui sont déclarés dans le produit seulement."`
}

// Run lists datasets.
func (c datasetListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		m, err := a.Definitions(e.ctx)
		if err != nil {
			return err
		}
		kept, err := a.Registry.ListDeclarations(e.ctx, false)
		if err != nil {
			return err
		}
		by := map[string]registry.Declaration{}
		for _, d := range kept {
			if d.Kind == registry.DeclaredDataset {
				by[d.Name] = d
			}
		}
		for _, d := range m.Datasets {
			owner := "catalogue"
			if one, ok := by[d.Name]; ok {
				owner = one.Author + ", révision " + strconv.Itoa(one.Revision)
			} else if c.Declared {
				continue
			}
			fmt.Fprintf(e.out, "%s\t%s\t%s\tpar %s\t%s\n", d.Name, d.Label, d.Kind, d.Place.Label(), owner)
		}
		return nil
	})
}

type datasetProposeCmd struct {
	File    string `arg:"" name:"fichier" help:"CSV, XLSX, NDJSON ou ZIP." type:"existingfile"`
	Sheet   string `name:"feuille" help:"Feuille du classeur, ou fichier de l’archive." placeholder:"NOM"`
	Into    string `name:"jeu" help:"Jeu existant que le fichier alimente." placeholder:"CODE"`
	Name    string `name:"nom" help:"Nom court du nouveau jeu." placeholder:"NOM"`
	Label   string `name:"libelle" help:"Libellé du nouveau jeu." placeholder:"TEXTE"`
	Doc     string `name:"description" help:"Ce qu’il compte." placeholder:"TEXTE"`
	Source  string `name:"origine" help:"Qui produit le fichier." placeholder:"TEXTE"`
	Theme   string `name:"theme" help:"Thème de ses indicateurs." placeholder:"THÈME"`
	Year    string `name:"annee" help:"Année scolaire de toutes les lignes, si le fichier n’a pas de date." placeholder:"2024-2025"`
	Repeat  string `name:"repetition" help:"Lignes de même clé : ${enum}." enum:"erreur,somme,premier" default:"erreur" placeholder:"RÈGLE"`
	Schools string `name:"correspondance" help:"Fichier de lignes « nom = UAI », pour un fichier qui nomme les établissements." type:"existingfile" placeholder:"FICHIER"`
	Guess   bool   `name:"deviner" help:"Imprimer cette table, proposée d’après les noms du répertoire, au lieu des déclarations."`
}

// Run prints declarations, then says on the other channel what each column seems to be and what the
// file would load by them.
func (c datasetProposeCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		sample, err := dataset.Read(f, info.Size(), filepath.Base(c.File), c.Sheet)
		if err != nil {
			return err
		}
		m, err := a.Definitions(e.ctx)
		if err != nil {
			return err
		}
		p := dataset.Propose(m, sample, c.Into)
		if err := c.say(p, sample); err != nil {
			return err
		}
		if c.Guess {
			return c.guess(e, a, f, info.Size(), sample, p)
		}
		for i, one := range sample.Seen {
			looks := "ignorée"
			if role := p.Columns[i].Role; role != dataset.Ignored {
				looks = role.Label()
			}
			if one.Identity != "" {
				looks = "refusée\u00a0: " + one.Why
			}
			fmt.Fprintf(e.err, "# %s\t%s\n", sample.Header[i], looks)
		}
		trial, err := a.Datasets.Try(e.ctx, p, sample, f, info.Size())
		if err != nil {
			return err
		}
		if _, err := io.WriteString(e.out, dataset.WriteBundle(trial.Declarations)); err != nil {
			return err
		}
		return tellPreview(e.err, trial.Preview)
	})
}

// say puts what the flags say over what is proposed.
func (c datasetProposeCmd) say(p *dataset.Plan, s *dataset.Sample) error {
	for _, one := range []struct {
		into *string
		said string
	}{{&p.Name, c.Name}, {&p.Label, c.Label}, {&p.Doc, c.Doc}, {&p.Source, c.Source}, {&p.Theme, c.Theme}, {&p.Year, c.Year}, {&p.Repeat, c.Repeat}} {
		if one.said != "" {
			*one.into = one.said
		}
	}
	if p.Doc == "" {
		p.Doc = p.Label + "."
	}
	if p.Source == "" {
		p.Source = s.File
	}
	if p.Theme == "" {
		p.Theme = "Autres données"
	}
	for i := range p.Columns {
		if p.Columns[i].Role == dataset.Measure && p.Columns[i].Unit == "" {
			p.Columns[i].Unit = "unités"
		}
	}
	if c.Schools == "" {
		return nil
	}
	text, err := os.ReadFile(c.Schools)
	if err != nil {
		return err
	}
	if p.Schools, p.Left, err = dataset.ReadCorrespondence(string(text)); err != nil {
		return err
	}
	if i := dataset.NameColumn(s, p.Schools); i >= 0 {
		p.Columns[i].Role = dataset.KeySchool
		return nil
	}
	return belvedere.Errorf(belvedere.Invalid, "Aucune colonne du fichier ne contient les noms de la table de correspondance.")
}

// guess prints the names of the column that looks most like names of schools, with what they seem to be.
func (c datasetProposeCmd) guess(e *env, a *app.App, f *os.File, size int64, s *dataset.Sample, p *dataset.Plan) error {
	at, best := -1, 0
	var table []dataset.Guess
	for i, seen := range s.Seen {
		if seen.Shape != "texte" && seen.Shape != "code" {
			continue
		}
		values, err := dataset.Values(f, size, s.File, s.Member, s.Header[i], 2000)
		if err != nil {
			return err
		}
		guesses, err := a.Datasets.Guess(e.ctx, values)
		if err != nil {
			return err
		}
		found := 0
		for _, g := range guesses {
			if g.UAI != "" {
				found++
			}
		}
		if found > best {
			at, best, table = i, found, guesses
		}
	}
	if at < 0 {
		return belvedere.Errorf(belvedere.Invalid, "Aucune colonne ne ressemble aux noms des établissements du répertoire.")
	}
	_, err := fmt.Fprintf(e.out, "# colonne %s\n%s", p.Columns[at].Header, dataset.WriteCorrespondence(table))
	return err
}

// tellPreview says what would be loaded.
func tellPreview(w io.Writer, p *dataset.Preview) error {
	fmt.Fprintf(w, "# %d lignes lues, %d retenues, %d en défaut, %d écartées, %d de même clé\n", p.Lines, p.Kept, p.Faulty, p.Skipped, p.Repeated)
	for _, f := range p.Figures {
		fmt.Fprintf(w, "# %s\t%s %s\n", f.Name, belvedere.FormatNumber(f.Total, 2), f.Unit)
	}
	for _, f := range p.Faults {
		fmt.Fprintf(w, "# ligne %d, %s\u00a0: %s\n", f.Line, f.Field, f.Message)
	}
	if p.Refused {
		return belvedere.Errorf(belvedere.Invalid, "Tel quel, ce fichier serait refusé.")
	}
	return nil
}

type datasetDeclareCmd struct {
	Files  []string `arg:"" name:"fichiers" help:"Déclarations (YAML), « - » pour l’entrée standard." sep:"none"`
	Reason string   `name:"motif" help:"Pourquoi." placeholder:"TEXTE" default:"en ligne de commande"`
}

// Run checks declarations together and keeps them.
func (c datasetDeclareCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		var all []string
		for _, name := range c.Files {
			var text []byte
			var err error
			if name == "-" {
				text, err = io.ReadAll(io.LimitReader(e.in, 8<<20))
			} else {
				text, err = os.ReadFile(name)
			}
			if err != nil {
				return err
			}
			all = append(all, string(text))
		}
		list, err := dataset.ReadBundle(strings.Join(all, "\n---\n"))
		if err != nil {
			return err
		}
		if err := a.Datasets.Keep(e.ctx, byOperator().Login, c.Reason, list); err != nil {
			return err
		}
		for _, d := range list {
			a.Note(e.ctx, audit.Declare, "jeu "+d.Dataset, d.Kind.Label()+" "+d.Name)
			fmt.Fprintf(e.out, "%s\t%s\n", d.Kind, d.Name)
		}
		return nil
	})
}

type datasetShowCmd struct {
	Name    string `arg:"" name:"nom" help:"Jeu, ou nom d’une déclaration."`
	History bool   `name:"histoire" help:"Les révisions, la plus récente d’abord."`
}

// Run prints what was declared.
func (c datasetShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		kept, err := a.Registry.ListDeclarations(e.ctx, true)
		if err != nil {
			return err
		}
		var list []registry.Declaration
		for _, d := range kept {
			if (d.Dataset == c.Name || d.Name == c.Name) && (c.History || !d.Withdrawn) {
				list = append(list, d)
			}
		}
		if len(list) == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Rien n’est déclaré dans le produit sous le nom «\u00a0%s\u00a0».", c.Name)
		}
		if !c.History {
			_, err := io.WriteString(e.out, dataset.WriteBundle(list))
			return err
		}
		for _, d := range list {
			past, err := a.Registry.DeclarationHistory(e.ctx, d.Kind, d.Name)
			if err != nil {
				return err
			}
			for _, one := range past {
				state := ""
				if one.Withdrawn {
					state = "retirée"
				}
				fmt.Fprintf(e.out, "%s\t%s\trévision %d\t%s\t%s\t%s\t%s\n", one.Kind, one.Name, one.Revision, belvedere.ShortDate(one.At), one.Author, one.Reason, state)
			}
		}
		return nil
	})
}

type datasetWithdrawCmd struct {
	Name   string `arg:"" name:"nom" help:"Jeu, ou nom d’une déclaration."`
	Reason string `name:"motif" help:"Pourquoi." required:"" placeholder:"TEXTE"`
}

// Run withdraws what is not in use.
func (c datasetWithdrawCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if err := a.Datasets.Withdraw(e.ctx, byOperator().Login, c.Reason, c.Name); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Declare, "jeu "+c.Name, "retiré : "+c.Reason)
		return nil
	})
}
