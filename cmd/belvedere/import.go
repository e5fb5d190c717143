package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/board"
)

type importCmd struct {
	Files    []string `arg:"" name:"fichier" type:"existingfile" help:"Fichiers de SIECLE, STS-Web, EDT, UnDeuxTemps, AAF, ONDE ou journaux de connexion, en ZIP ou non ; le format est reconnu."`
	School   string   `help:"UAI de l’établissement ; sans elle, chaque fichier va à celui qu’il nomme." placeholder:"UAI"`
	Year     string   `name:"annee" help:"Année scolaire, quand les fichiers ne la disent pas." placeholder:"2026-2027"`
	Rehearse bool     `name:"rehearse" help:"Dire ce que l’import changerait, sans rien écrire."`
	Confirm  string   `name:"confirm-disappearance" help:"Confirmer une disparition d’élèves ou de divisions, dans les mots du refus." placeholder:"« 34 élèves, 6B »"`
	JSON     bool     `name:"json" help:"Répondre en JSON, une ligne par établissement."`
}

// Run imports the files school by school: what is wrong with one school leaves the others.
func (c *importCmd) Run(e *env) error {
	year := belvedere.SchoolYear(0)
	if c.Year != "" {
		var err error
		if year, err = belvedere.ParseSchoolYear(c.Year); err != nil {
			return misuse{fmt.Errorf("--annee : %w", err)}
		}
	}
	return e.with(func(a *app.App) error {
		groups, err := c.bySchool(e, a)
		if err != nil {
			return err
		}
		who, err := a.Operator(e.ctx)
		if err != nil {
			return err
		}
		return c.all(e, a, who, year, groups)
	})
}

// all imports the schools side by side: each has a vault of its own. They are told in the order in which they end.
func (c *importCmd) all(e *env, a *app.App, who belvedere.Viewer, year belvedere.SchoolYear, groups map[belvedere.UAI][]string) error {
	var mu sync.Mutex // of what is printed, and of errs
	var errs []error
	done := 0
	queue := make(chan belvedere.UAI)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		workers.Go(func() {
			for uai := range queue {
				told, err := c.one(e, a, who, uai, year, groups[uai])
				err = errors.Join(err, a.Vaults.Release(uai))
				mu.Lock()
				if done++; err != nil {
					errs = append(errs, about(uai, err))
				} else {
					errs = appendError(errs, told.print(e, c.JSON))
				}
				if len(groups) > 1 && !e.quiet {
					fmt.Fprintf(e.err, "%d/%d établissements\n", done, len(groups))
				}
				mu.Unlock()
			}
		})
	}
	for _, uai := range slices.Sorted(maps.Keys(groups)) {
		if e.ctx.Err() != nil {
			errs = append(errs, e.ctx.Err())
			break
		}
		queue <- uai
	}
	close(queue)
	workers.Wait()
	return failures(errs)
}

// about says of which school an error is; one of ours stays as it is.
func about(uai belvedere.UAI, err error) error {
	if kind := belvedere.KindOf(err); kind != belvedere.Internal {
		return belvedere.WrapError(kind, err, "%s : %s", uai, belvedere.Message(err))
	}
	return err
}

func appendError(errs []error, err error) []error {
	if err != nil {
		errs = append(errs, err)
	}
	return errs
}

// failures is nil, or one error that says them all.
func failures(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	var lines []string
	for _, err := range errs {
		if belvedere.KindOf(err) == belvedere.Internal {
			return errors.Join(errs...)
		}
		lines = append(lines, belvedere.Message(err))
	}
	return belvedere.WrapError(belvedere.Invalid, errors.Join(errs...), "%s", strings.Join(lines, "\n"))
}

// bySchool sorts the files by the school that they are of, without keeping them. EDT and UnDeuxTemps
// do not name their school: their files are of the only one that files of the same folder name.
func (c *importCmd) bySchool(e *env, a *app.App) (map[belvedere.UAI][]string, error) {
	if c.School != "" {
		uai, err := belvedere.ParseUAI(c.School)
		if err != nil {
			return nil, misuse{fmt.Errorf("--school : %w", err)}
		}
		return map[belvedere.UAI][]string{uai: c.Files}, nil
	}
	groups := map[belvedere.UAI][]string{}
	named := map[string][]belvedere.UAI{} // by folder
	var nameless []string
	for _, name := range c.Files {
		f, err := readDropped(name)
		if err != nil {
			return nil, err
		}
		uai, err := a.Board.SchoolOf(f)
		if err != nil {
			return nil, err
		}
		if uai == "" {
			nameless = append(nameless, name)
			continue
		}
		groups[uai] = append(groups[uai], name)
		if folder := filepath.Dir(name); !slices.Contains(named[folder], uai) {
			named[folder] = append(named[folder], uai)
		}
	}
	for _, name := range nameless {
		beside := named[filepath.Dir(name)]
		if len(beside) != 1 {
			return nil, belvedere.Errorf(belvedere.Invalid, "%s ne dit pas de quel établissement il est, et les fichiers de son dossier ne le disent pas non plus : donnez son UAI avec --school, ou un dossier à chaque établissement", name)
		}
		groups[beside[0]] = append(groups[beside[0]], name)
		if !e.quiet {
			fmt.Fprintf(e.err, "%s : pris pour %s, que nomment les fichiers du même dossier\n", name, beside[0])
		}
	}
	return groups, nil
}

func readDropped(name string) (board.Dropped, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return board.Dropped{}, belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", name)
	}
	return board.Dropped{Name: filepath.Base(name), Data: data}, nil
}

// one imports, or rehearses, the files of a school.
func (c *importCmd) one(e *env, a *app.App, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, names []string) (told imported, err error) {
	var files []board.Dropped
	for _, name := range names {
		f, err := readDropped(name)
		if err != nil {
			return told, err
		}
		files = append(files, f)
	}
	if c.Rehearse {
		preview, err := a.Board.Rehearse(e.ctx, who, uai, year, files)
		return imported{uai, preview, true, nil}, err
	}
	done, err := a.Board.Import(e.ctx, who, uai, year, files, c.Confirm)
	if err != nil {
		return told, err
	}
	detail := "import de " + belvedere.Plural(len(done.Pieces), "fichier", "fichiers")
	if done.Alarm.Trips() {
		detail += ", disparition confirmée : " + done.Alarm.Phrase()
	}
	a.Note(e.ctx, audit.Vault, "coffre "+string(uai), detail)
	return imported{uai, done.Preview, false, done.Warnings}, nil
}

// imported is what is told of an import, in counts: names stay in the vault.
type imported struct {
	school    belvedere.UAI
	preview   board.Preview
	rehearsed bool
	warnings  []string
}

func (i imported) print(e *env, asJSON bool) error {
	if asJSON {
		return i.json(e)
	}
	sum, what := i.preview.Summary(), "importé"
	if i.rehearsed {
		what = "essai, rien n’est écrit"
	}
	fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", i.school, i.preview.Outcome.Year, what, strings.Join(sum.Labels, ", "))
	fmt.Fprintf(e.out, "\télèves %d → %d, %s, %s, %s, %s\n", sum.Before.Pupils, sum.After.Pupils,
		belvedere.Plural(sum.Arrivals, "arrivée", "arrivées"), belvedere.Plural(sum.Moves, "changement de division", "changements de division"),
		belvedere.Plural(sum.Departures, "départ", "départs"), belvedere.Plural(sum.Vanished, "disparition", "disparitions"))
	if i.preview.Alarm.Trips() && i.rehearsed {
		fmt.Fprintf(e.out, "\tà confirmer : « %s »\n", i.preview.Alarm.Phrase())
	}
	for _, w := range append(slices.Clone(i.preview.Skipped), i.warnings...) {
		fmt.Fprintln(e.err, w)
	}
	return nil
}

func (i imported) json(e *env) error {
	sum := i.preview.Summary()
	return json.NewEncoder(e.out).Encode(struct {
		School    belvedere.UAI `json:"etablissement"`
		Year      string        `json:"annee"`
		Rehearsed bool          `json:"essai"`
		Files     []string      `json:"fichiers"`
		Skipped   []string      `json:"non_lus,omitempty"`
		Before    int           `json:"eleves_avant"`
		After     int           `json:"eleves_apres"`
		Arrivals  int           `json:"arrivees"`
		Moves     int           `json:"changements_de_division"`
		Exits     int           `json:"departs"`
		Vanished  int           `json:"disparitions"`
		Faults    int64         `json:"defauts"`
		Confirm   string        `json:"a_confirmer,omitempty"`
		Warnings  []string      `json:"avertissements,omitempty"`
	}{i.school, i.preview.Outcome.Year.String(), i.rehearsed, sum.Labels, i.preview.Skipped, sum.Before.Pupils, sum.After.Pupils, sum.Arrivals, sum.Moves, sum.Departures, sum.Vanished, sum.Faults, i.preview.Alarm.Phrase(), i.warnings})
}
