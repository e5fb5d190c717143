package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/dossier"
)

type personCmd struct {
	Kinds    personKindsCmd    `cmd:"" help:"Lister les sortes de fichiers de personnes, leurs colonnes et leurs classes."`
	Mappings personMappingsCmd `cmd:"" help:"Lister ce qui sait lire des fichiers ; en enregistrer une, en retirer une."`
	Import   personImportCmd   `cmd:"" help:"Importer des fichiers de personnes dans le coffre d’un établissement."`
	Imports  personImportsCmd  `cmd:"" help:"Lister les imports de fichiers de personnes."`
	Count    personCountCmd    `cmd:"" help:"Compter les lignes et les personnes d’une sorte de fichiers."`
	Find     personFindCmd     `cmd:"" help:"Chercher une personne par son numéro ou par ses noms."`
	Export   personExportCmd   `cmd:"" name:"export-one" help:"Écrire tout ce que le coffre sait d’une personne, en JSON."`
	Withdraw personWithdrawCmd `cmd:"" help:"Retirer un import : ses lignes, ses fichiers et leurs chiffres."`
	Erase    personEraseCmd    `cmd:"" help:"Effacer une personne du coffre."`
}

type personKindsCmd struct {
	Kind string `arg:"" optional:"" name:"sorte" help:"Une seule sorte, avec ses colonnes."`
	JSON bool   `name:"json" help:"Répondre en JSON."`
}

// Run lists the declared kinds, or the columns of one.
func (c personKindsCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		kinds := a.Dossier.Kinds()
		if c.Kind != "" {
			k := kinds.Kind(c.Kind)
			if k == nil {
				return belvedere.Errorf(belvedere.NotFound, "il n’y a pas de sorte de fichiers « %s » : belvedere person kinds les liste", c.Kind)
			}
			kinds = dossier.Kinds{k}
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(kinds)
		}
		for _, k := range kinds {
			if c.Kind == "" {
				fmt.Fprintf(e.out, "%s\t%s\t%s\ttranche : %s\tconservation : %d ans\n", k.Name, k.Label, belvedere.Plural(len(k.Columns), "colonne", "colonnes"), strings.Join(k.Slice, ", "), k.Retention)
				continue
			}
			for _, one := range k.Columns {
				fmt.Fprintf(e.out, "%s\t%s\t%s\n", one.Name, one.Class.Label(), one.Label)
			}
		}
		return nil
	})
}

type personMappingsCmd struct {
	School string `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	Save   string `name:"save" type:"existingfile" help:"Enregistrer une correspondance, décrite en JSON." placeholder:"FICHIER"`
	Show   string `name:"show" help:"Imprimer une correspondance en JSON." placeholder:"NOM"`
	Drop   string `name:"drop" help:"Retirer une correspondance de l’établissement." placeholder:"NOM"`
}

// Run lists mappings, keeps one or drops one.
func (c personMappingsCmd) Run(e *env) error {
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		switch {
		case c.Save != "":
			text, err := os.ReadFile(c.Save)
			if err != nil {
				return err
			}
			var m dossier.Mapping
			if err := json.Unmarshal(text, &m); err != nil {
				return belvedere.WrapError(belvedere.Invalid, err, "%s ne décrit pas une correspondance : %v", c.Save, err)
			}
			if err := a.Dossier.SaveMapping(e.ctx, who, uai, m); err != nil {
				return err
			}
			a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "correspondance "+m.Name+" enregistrée")
			return nil
		case c.Drop != "":
			if err := a.Dossier.DropMapping(e.ctx, who, uai, c.Drop); err != nil {
				return err
			}
			a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "correspondance "+c.Drop+" retirée")
			return nil
		}
		own, err := a.Dossier.Mappings(e.ctx, who, uai)
		if err != nil {
			return err
		}
		for _, m := range slices.Concat(own, a.Dossier.Catalog.Mappings) {
			if c.Show == m.Name {
				out := json.NewEncoder(e.out)
				out.SetIndent("", "  ")
				return out.Encode(m)
			}
			if c.Show == "" {
				from := "catalogue"
				if m.Own {
					from = "établissement"
				}
				fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", m.Name, m.Label, strings.Join(m.Kinds(), ", "), from)
			}
		}
		if c.Show != "" {
			return belvedere.Errorf(belvedere.NotFound, "il n’y a pas de correspondance « %s »", c.Show)
		}
		for _, s := range dossier.Specials {
			fmt.Fprintf(e.out, "%s\t%s\t\tprogramme\n", s.Name, s.Label)
		}
		return nil
	})
}

type personImportCmd struct {
	Files    []string `arg:"" name:"fichier" type:"existingfile" help:"Fichiers à lire ensemble : CSV, TSV ou NDJSON, compressés ou non, maquettes d’Apogée, XML de son portail."`
	School   string   `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	As       string   `name:"as" help:"Correspondance ou sorte de fichiers ; sans elle, les fichiers sont reconnus." placeholder:"NOM"`
	Rehearse bool     `name:"rehearse" help:"Dire ce que l’import ferait, sans rien écrire."`
	JSON     bool     `name:"json" help:"Répondre en JSON."`
}

// Run imports files, whole or not at all.
func (c personImportCmd) Run(e *env) error {
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		var files []dossier.File
		for _, name := range c.Files {
			f, err := os.Open(name)
			if err != nil {
				return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", name)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			files = append(files, dossier.File{Name: filepath.Base(name), Data: f, Size: info.Size()})
		}
		b, err := a.Dossier.Batch(e.ctx, who, uai, c.As, files)
		if err != nil {
			return err
		}
		do := a.Dossier.Import
		if c.Rehearse {
			do = a.Dossier.Rehearse
		}
		r, err := do(e.ctx, who, uai, b)
		if err != nil {
			return err
		}
		if !c.Rehearse && !r.Replayed {
			a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "import de fichiers de personnes n° "+fmt.Sprint(r.ID)+" par "+b.Mapping)
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(r)
		}
		return printPersonImport(e, uai, b, r, c.Rehearse)
	})
}

// printPersonImport tells what an import did, in counts.
func printPersonImport(e *env, uai belvedere.UAI, b dossier.Batch, r dossier.Report, rehearsed bool) error {
	what := fmt.Sprintf("import n° %d", r.ID)
	switch {
	case r.Replayed:
		what += ", déjà fait : rien n’a changé"
	case rehearsed:
		what = "essai, rien n’est écrit"
	}
	fmt.Fprintf(e.out, "%s\t%s\t%s\n", uai, b.Mapping, what)
	for _, k := range r.Kinds {
		fmt.Fprintf(e.out, "\t%s\t%d lues, %d gardées en %s, %s, %d remplacées\n", k.Kind, k.Read, k.Kept, belvedere.Plural(int(k.Rows), "ligne", "lignes"),
			belvedere.Plural(int(k.Faulty), "défaut", "défauts"), k.Replaced)
	}
	for i, f := range r.Faults {
		if i == 10 {
			fmt.Fprintf(e.err, "… et d’autres défauts\n")
			break
		}
		fmt.Fprintln(e.err, f.Error())
	}
	return nil
}

type personImportsCmd struct {
	School string `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
}

// Run lists the last imports.
func (c personImportsCmd) Run(e *env) error {
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		list, err := a.Dossier.Imports(e.ctx, who, uai, 100)
		if err != nil {
			return err
		}
		for _, i := range list {
			var kinds []string
			for _, k := range i.Kinds {
				kinds = append(kinds, fmt.Sprintf("%s %d", k.Kind, k.Rows))
			}
			held := "tenu"
			if !i.Held {
				held = "remplacé"
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\n", i.ID, belvedere.ShortDate(i.At), i.Mapping, i.File, strings.Join(kinds, ", "), held)
		}
		return nil
	})
}

type personCountCmd struct {
	Kind   string   `arg:"" name:"sorte" help:"Sorte de fichiers : inscriptions, resultats, agents…"`
	School string   `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	Where  []string `name:"where" help:"Ne compter que certaines lignes : « annee=2025 », « statut=actif|cesure »." placeholder:"COLONNE=VALEUR"`
}

// Run counts rows and people.
func (c personCountCmd) Run(e *env) error {
	r := dossier.Request{Kind: c.Kind}
	for _, text := range c.Where {
		column, values, ok := strings.Cut(text, "=")
		if !ok {
			return misuse{fmt.Errorf("--where %s : écrivez COLONNE=VALEUR", text)}
		}
		r.Where = append(r.Where, dossier.Filter{Column: column, Values: strings.Split(values, "|")})
	}
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		n, err := a.Dossier.Count(e.ctx, who, uai, r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%d lignes, %d personnes\n", n.Rows, n.People)
		return err
	})
}

type personFindCmd struct {
	Query  string `arg:"" name:"texte" help:"Numéro d’étudiant, matricule, compte de plateforme, ou noms."`
	School string `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
}

// Run finds people.
func (c personFindCmd) Run(e *env) error {
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		found, err := a.Dossier.Locate(e.ctx, who, uai, c.Query)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "recherche d’une personne")
		for _, p := range found {
			fmt.Fprintf(e.out, "%s %d\t%s\t%v\n", p.Sort, p.ID, p.Name(), p.Years)
		}
		if len(found) == 0 {
			return belvedere.Errorf(belvedere.NotFound, "aucune personne des fichiers ne répond à cette recherche")
		}
		return nil
	})
}

type personExportCmd struct {
	Sort   string `arg:"" name:"espece" help:"etudiant, agent ou usager."`
	ID     int64  `arg:"" name:"numero" help:"Numéro que donne « person find »."`
	School string `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	File   string `name:"file" required:"" help:"Fichier à écrire ; il ne doit pas exister." placeholder:"FICHIER"`
}

// Run writes all that is held about someone.
func (c personExportCmd) Run(e *env) error {
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) (err error) {
		out, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return belvedere.WrapError(belvedere.Conflict, err, "le fichier %s ne peut pas être écrit : il existe déjà, ou le dossier n’est pas ouvert", c.File)
		}
		defer func() {
			if err = errors.Join(err, out.Close()); err != nil {
				os.Remove(c.File)
			}
		}()
		if err := a.Dossier.ExportPerson(e.ctx, who, uai, c.Sort, c.ID, out); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("données de %s %d remises", c.Sort, c.ID))
		return nil
	})
}

type personEraseCmd struct {
	Sort    string `arg:"" name:"espece" help:"etudiant, agent ou usager."`
	ID      int64  `arg:"" name:"numero" help:"Numéro que donne « person find »."`
	School  string `required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	Confirm int64  `name:"confirmer" required:"" help:"Le même numéro, pour confirmer : cela ne se défait pas." placeholder:"NUMERO"`
}

// Run erases someone.
func (c personEraseCmd) Run(e *env) error {
	if c.Confirm != c.ID {
		return misuse{fmt.Errorf("--confirmer ne porte pas le numéro %d : rien n’est effacé", c.ID)}
	}
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		if err := a.Dossier.ErasePerson(e.ctx, who, uai, c.Sort, c.ID); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("effacement de %s %d", c.Sort, c.ID))
		return nil
	})
}

// personWithdrawCmd takes an import back.
type personWithdrawCmd struct {
	ID      int64  `arg:"" name:"import" help:"Son numéro, que « person imports » montre."`
	School  string `name:"school" required:"" help:"UAI de l’établissement." placeholder:"UAI"`
	Confirm int64  `name:"confirmer" required:"" help:"Le même numéro, pour confirmer." placeholder:"NUMERO"`
}

// Run takes an import back.
func (c personWithdrawCmd) Run(e *env) error {
	if c.Confirm != c.ID {
		return misuse{fmt.Errorf("--confirmer ne porte pas le numéro %d : rien n’est retiré", c.ID)}
	}
	return e.ofSchool(c.School, func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error {
		n, err := a.Dossier.Withdraw(e.ctx, who, uai, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("import de fichiers de personnes n° %d retiré : %d lignes", c.ID, n))
		fmt.Fprintf(e.out, "%s.\n", belvedere.Plural(int(n), "ligne est retirée du coffre et des chiffres", "lignes sont retirées du coffre et des chiffres"))
		return nil
	})
}

// ofSchool runs something on the person files of an institution, as the operator of the machine.
func (e *env) ofSchool(text string, do func(a *app.App, who belvedere.Viewer, uai belvedere.UAI) error) error {
	uai, err := belvedere.ParseUAI(text)
	if err != nil {
		return misuse{fmt.Errorf("--school : %w", err)}
	}
	return e.with(func(a *app.App) error {
		who, err := a.Operator(e.ctx)
		if err != nil {
			return err
		}
		return do(a, who, uai)
	})
}
