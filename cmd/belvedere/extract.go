package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
)

type extractCmd struct {
	List     extractListCmd     `cmd:"" default:"1" help:"Lister les extraits : ceux de tous, ou d’un compte."`
	Show     extractShowCmd     `cmd:"" help:"Montrer un extrait : ce qui a été demandé, et ce qu’il en est."`
	Ask      extractAskCmd      `cmd:"" help:"Demander un extrait au nom d’un compte, avec ses droits."`
	Run      extractRunCmd      `cmd:"" help:"Préparer ce qui attend, déposer ce qui est dû, supprimer ce qui a expiré."`
	Download extractDownloadCmd `cmd:"" help:"Prendre le fichier d’un extrait, au nom du compte qui l’a demandé."`
	Cancel   extractCancelCmd   `cmd:"" help:"Arrêter un extrait qui n’est pas encore prêt, au nom du compte qui l’a demandé."`
	Delete   extractDeleteCmd   `cmd:"" help:"Supprimer le fichier d’un extrait."`
	Trace    extractTraceCmd    `cmd:"" help:"Dire de quel extrait vient une copie."`
	Schedule extractScheduleCmd `cmd:"" help:"Gérer les extraits réguliers."`
	Limits   extractLimitsCmd   `cmd:"" help:"Voir et fixer les limites des extraits, et ce qui est signalé."`
}

type extractListCmd struct {
	As      string `name:"as" help:"D’un compte seul." placeholder:"IDENTIFIANT"`
	Flagged bool   `name:"signales" help:"Seulement ceux qui sont signalés."`
	Overdue bool   `name:"depassees" help:"Seulement ceux dont les copies devraient être détruites, sans que personne l’ait dit."`
	JSON    bool   `name:"json" help:"En JSON."`
}

// Run lists extracts, without what they hold.
func (c extractListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if c.As != "" {
			if _, err := a.Registry.AccountByLogin(e.ctx, c.As); err != nil {
				return err
			}
		}
		list, _, err := a.Extracts.All(e.ctx, byOperator(), extract.Choice{Flagged: c.Flagged, Overdue: c.Overdue, Login: c.As}, registry.Page{})
		if err != nil {
			return err
		}
		if c.JSON {
			return printExtracts(e, a, list)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMÉRO\tCODE\tÉTAT\tLIGNES\tDEMANDÉ PAR\tCONTENU\tFINALITÉ")
		for _, x := range list {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\t%s\n", x.ID, x.Code, x.State, x.Rows, x.Login, x.Label, x.Purpose)
		}
		return w.Flush()
	})
}

func printExtracts(e *env, a *app.App, list []registry.Extract) error {
	out := make([]extract.Printed, len(list))
	for i, x := range list {
		out[i] = a.Extracts.Print(x)
	}
	return e.json(out)
}

type extractShowCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’extrait."`
}

// Run shows one extract as JSON.
func (c extractShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		x, err := a.Extracts.Watched(e.ctx, byOperator(), c.ID)
		if err != nil {
			return err
		}
		return printExtracts(e, a, []registry.Extract{x})
	})
}

// extractFlags say what an extract holds and for whom.
type extractFlags struct {
	As         string   `name:"as" required:"" help:"Compte qui demande : ses droits et ses habilitations décident." placeholder:"IDENTIFIANT"`
	Indicators []string `name:"indicators" help:"Indicateurs de totaux, ou « Code[dim=valeur] »." placeholder:"CODES"`
	By         []string `name:"by" help:"Dimensions des lignes, trois au plus." placeholder:"DIMENSIONS"`
	School     string   `name:"etablissement" help:"Établissement, pour des lignes de personnes." placeholder:"UAI"`
	Rows       string   `name:"sorte" help:"Sorte de lignes de personnes : inscriptions, resultats, agents…" placeholder:"SORTE"`
	Columns    []string `name:"colonnes" help:"Colonnes, avec leur finesse s’il le faut : etape,naissance:tranche." placeholder:"COLONNES"`
	Names      bool     `name:"identites" help:"Avec les colonnes qui nomment des personnes : demande une habilitation de ce niveau."`
	Where      []string `name:"where" sep:"none" help:"Filtre, à répéter : annee>=2024, etape=A|B, statut!=actif." placeholder:"FILTRE"`
	Purpose    string   `name:"finalite" required:"" help:"À quoi servent ces lignes, en une phrase." placeholder:"TEXTE"`
	Basis      string   `name:"base" default:"mission" help:"mission, obligation, statistique, contrat, consentement ou interet." placeholder:"BASE"`
	Recipients string   `name:"destinataires" required:"" help:"Qui lira ces lignes." placeholder:"TEXTE"`
	Days       int      `name:"jours" default:"30" help:"Jours de conservation des copies : 7, 30, 90, 180, 365 ou 1095." placeholder:"JOURS"`
	Format     string   `name:"format" default:"csv" help:"csv, tableur, xlsx, ods, parquet, json ou ndjson." placeholder:"FORMAT"`
	Encrypted  bool     `name:"chiffre" help:"Dans une archive chiffrée (ZIP, AES-256)."`
	Label      string   `name:"nom" help:"Nom de l’extrait." placeholder:"NOM"`
}

// request is what the flags ask.
func (f extractFlags) request() (extract.Request, error) {
	r := extract.Request{Indicators: f.Indicators, Lines: f.By, School: f.School, Rows: f.Rows, Columns: f.Columns, Names: f.Names, Where: f.Where, Purpose: f.Purpose, Basis: f.Basis,
		Recipients: f.Recipients, Days: f.Days, Format: f.Format, Encrypted: f.Encrypted, Label: f.Label}
	if (f.Rows != "") == (len(f.Indicators) > 0) {
		return r, misuse{fmt.Errorf("donnez --indicators pour des totaux, ou --etablissement et --sorte pour des lignes de personnes")}
	}
	if _, err := r.Spec(); err != nil {
		return r, misuse{errors.New(belvedere.Message(err))}
	}
	return r, nil
}

type extractAskCmd struct {
	extractFlags
	Promise bool `name:"engagement" help:"M’engager à n’employer ces lignes que pour cette finalité et à détruire les copies à leur terme."`
	Size    bool `name:"taille" help:"Dire la taille et le risque de réidentification, sans rien demander."`
}

// Run asks for an extract with the rights of the account. Beside a server it is the server that is asked, so that
// one process alone knows rights and figures.
func (c extractAskCmd) Run(e *env) error {
	r, err := c.request()
	if err != nil {
		return err
	}
	r.Promise = c.Promise
	return e.with(func(a *app.App) error {
		if c.Size {
			return c.size(e, a, r)
		}
		id, err := c.ask(e, a, r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, id)
		return err
	})
}

func (c extractAskCmd) ask(e *env, a *app.App, r extract.Request) (int64, error) {
	if a.Engine == nil {
		var made extract.Printed
		err := called(e, a, "/api/v1/extractions", c.As, r, &made)
		return made.ID, err
	}
	viewer, err := a.As(e.ctx, c.As)
	if err != nil {
		return 0, err
	}
	made, err := a.Extracts.Request(e.ctx, viewer, r)
	if err != nil {
		return 0, err
	}
	a.Note(e.ctx, audit.Extract, extract.Object(made), "demandé pour "+c.As+", finalité : "+made.Purpose)
	return made.ID, nil
}

func (c extractAskCmd) size(e *env, a *app.App, r extract.Request) error {
	var size extract.PrintedSize
	if a.Engine == nil {
		if err := called(e, a, "/api/v1/taille-extraction", c.As, r, &size); err != nil {
			return err
		}
		return printSize(e, size)
	}
	viewer, err := a.As(e.ctx, c.As)
	if err != nil {
		return err
	}
	x, err := r.Spec()
	if err != nil {
		return err
	}
	out, err := a.Extracts.Estimate(e.ctx, viewer, x)
	if err != nil {
		return err
	}
	return printSize(e, out.Printed())
}

// called asks the running server to do something in the name of an account, and reads its answer.
func called(e *env, a *app.App, path, as string, in, out any) error {
	body, _, err := a.Call(e.ctx, http.MethodPost, path, as, in)
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(out)
}

func printSize(e *env, size extract.PrintedSize) error {
	fmt.Fprintf(e.out, "%s\nlignes : %d\npersonnes : %d\noctets, environ : %d\n", size.Label, size.Rows, size.People, size.Bytes)
	if size.Risk != "" {
		fmt.Fprintln(e.out, "risque de réidentification :", size.Risk)
	}
	if size.TooLarge != "" {
		fmt.Fprintln(e.out, "trop grand :", size.TooLarge)
	}
	return nil
}

type extractRunCmd struct{}

// Run does at once what the server does all the time.
func (extractRunCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			fmt.Fprintln(e.err, "Le serveur s’en charge : il regarde sans cesse ce qui attend.")
			return nil
		}
		if err := a.Extracts.Recover(e.ctx); err != nil {
			return err
		}
		if err := a.Extracts.RunSchedules(e.ctx); err != nil {
			return err
		}
		made := 0
		for {
			done, err := a.Extracts.RunOnce(e.ctx)
			if err != nil {
				return err
			}
			if !done {
				break
			}
			made++
		}
		put, err := a.Extracts.Deposit(e.ctx)
		if err != nil {
			return err
		}
		gone, err := a.Extracts.Expire(e.ctx)
		if err != nil {
			return err
		}
		reminded, err := a.Extracts.Remind(e.ctx)
		fmt.Fprintf(e.err, "%d préparés, %d déposés, %d expirés, %d rappels.\n", made, put, gone, reminded)
		return err
	})
}

type extractDownloadCmd struct {
	ID     int64  `arg:"" name:"numéro" help:"Numéro de l’extrait."`
	As     string `name:"as" required:"" help:"Compte qui l’a demandé." placeholder:"IDENTIFIANT"`
	Out    string `name:"out" help:"Fichier à écrire ; le nom de l’extrait sinon." placeholder:"FICHIER" type:"path"`
	Phrase bool   `name:"phrase" help:"Montrer la phrase de passe de l’archive, une seule fois, au lieu du fichier."`
}

// Run writes the file of an extract, which the rights of the account must still give. Beside a server it is the
// server that hands it out.
func (c extractDownloadCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if c.Phrase {
			return c.phrase(e, a)
		}
		file, name, err := c.open(e, a)
		if err != nil {
			return err
		}
		defer file.Close()
		if c.Out != "" {
			name = c.Out
		}
		out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être écrit", name)
		}
		if _, err := io.Copy(out, file); err != nil {
			return errors.Join(err, out.Close(), os.Remove(name))
		}
		fmt.Fprintln(e.err, name)
		return out.Close()
	})
}

func (c extractDownloadCmd) path(what string) string {
	return "/api/v1/extractions/" + strconv.FormatInt(c.ID, 10) + "/" + what
}

func (c extractDownloadCmd) open(e *env, a *app.App) (io.ReadCloser, string, error) {
	if a.Engine == nil {
		return a.Call(e.ctx, http.MethodPost, c.path("fichier"), c.As, nil)
	}
	viewer, err := a.As(e.ctx, c.As)
	if err != nil {
		return nil, "", err
	}
	x, file, err := a.Extracts.Take(e.ctx, viewer, c.ID)
	if err != nil {
		return nil, "", err
	}
	a.Note(e.ctx, audit.Extract, extract.Object(x), "téléchargé pour "+c.As)
	return file, filepath.Base(file.Name), nil
}

func (c extractDownloadCmd) phrase(e *env, a *app.App) (err error) {
	var shown struct {
		Phrase string `json:"phrase"`
	}
	if a.Engine == nil {
		err = called(e, a, c.path("phrase"), c.As, nil, &shown)
	} else {
		viewer, e1 := a.As(e.ctx, c.As)
		if e1 != nil {
			return e1
		}
		if shown.Phrase, err = a.Extracts.Reveal(e.ctx, viewer, c.ID); err == nil {
			a.Note(e.ctx, audit.Extract, "extrait "+strconv.FormatInt(c.ID, 10), "phrase de passe montrée")
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, shown.Phrase)
	return err
}

type extractCancelCmd struct {
	ID int64  `arg:"" name:"numéro" help:"Numéro de l’extrait."`
	As string `name:"as" required:"" help:"Compte qui l’a demandé." placeholder:"IDENTIFIANT"`
}

// Run stops an extract that is not ready yet: whoever makes it stops at its next rows.
func (c extractCancelCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		account, err := a.Registry.AccountByLogin(e.ctx, c.As)
		if err != nil {
			return err
		}
		x, err := a.Extracts.Cancel(e.ctx, belvedere.Viewer{ID: account.ID, Login: account.Login, Kind: belvedere.AccountViewer}, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Extract, extract.Object(x), "annulé pour "+c.As)
		return nil
	})
}

type extractDeleteCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’extrait."`
}

// Run deletes the file of an extract.
func (c extractDeleteCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		x, err := a.Extracts.Delete(e.ctx, byOperator(), c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Extract, extract.Object(x), "supprimé")
		return nil
	})
}

type extractTraceCmd struct {
	File string `arg:"" name:"fichier" help:"Copie à examiner." type:"existingfile"`
}

// Run tells which extracts a copy comes from.
func (c extractTraceCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		found, err := a.Extracts.Trace(e.ctx, byOperator(), f)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return belvedere.Errorf(belvedere.NotFound, "aucune marque d’un extrait de cette installation dans %s", c.File)
		}
		for _, t := range found {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\tmarques %d/%d\tidentique %t\n", t.Extract.ID, t.Extract.Code, t.Extract.Login, t.Extract.Label, t.Marks, t.Of, t.Same)
		}
		return nil
	})
}

type extractLimitsCmd struct {
	Kept    string `name:"conservation" help:"Jours pendant lesquels un fichier reste sur le serveur, de 1 à 30." placeholder:"JOURS"`
	Most    string `name:"lignes" help:"Lignes d’un extrait, au plus." placeholder:"NOMBRE"`
	Flag    string `name:"signal" help:"Lignes de personnes à partir desquelles un extrait est signalé." placeholder:"NOMBRE"`
	FlagDay string `name:"par-jour" help:"Extraits d’un compte en un jour à partir desquels ils sont signalés." placeholder:"NOMBRE"`
}

// Run sets what is given and prints the limits.
func (c extractLimitsCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if c != (extractLimitsCmd{}) {
			if err := a.Extracts.SetLimits(e.ctx, byOperator(), extract.LimitsForm{KeptDays: c.Kept, Most: c.Most, Flag: c.Flag, FlagDay: c.FlagDay}); err != nil {
				return err
			}
			a.Note(e.ctx, audit.Extract, "réglages des extractions", fmt.Sprintf("%+v", c))
		}
		l, err := a.Extracts.Limits(e.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "conservation : %d jours\nlignes au plus : %d\nsignal : %d lignes de personnes, ou %d extraits par jour\n", l.KeptDays, l.Most, l.Flag, l.FlagDay)
		return err
	})
}
