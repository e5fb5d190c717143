package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
)

type userCmd struct {
	List   userListCmd   `cmd:"" default:"withargs" help:"Lister les comptes."`
	Invite userInviteCmd `cmd:"" help:"Inviter une personne ; « --admin » seul donne le lien du premier administrateur."`
	Link   userLinkCmd   `cmd:"" help:"Imprimer un lien à usage unique qui ouvre le compte d’une personne."`
	Lock   userLockCmd   `cmd:"" help:"Verrouiller un compte : ses sessions prennent fin."`
	Unlock userUnlockCmd `cmd:"" help:"Rouvrir un compte verrouillé."`
	Delete userDeleteCmd `cmd:"" help:"Supprimer un compte."`
	Import userImportCmd `cmd:"" help:"Importer des comptes depuis un CSV, après un essai à blanc."`
	Export userExportCmd `cmd:"" help:"Écrire les comptes en CSV."`
}

// byOperator is who administers at the command line.
func byOperator() belvedere.Viewer {
	return belvedere.Viewer{Login: "operateur", Name: "Ligne de commande", Kind: belvedere.Operator, Admin: true}
}

type userListCmd struct {
	Text string `arg:"" optional:"" name:"texte" help:"Partie du nom, de l’identifiant, de l’adresse ou de la fonction."`
	JSON bool   `name:"json" help:"Répondre en JSON."`
}

// Run lists the accounts with what marks them.
func (c userListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, _, err := a.Registry.ListAccounts(e.ctx, registry.AccountFilter{Text: c.Text}, registry.Page{})
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(e.out)
			out.SetIndent("", "  ")
			return out.Encode(accountsJSON(list))
		}
		for _, x := range list {
			fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", x.Login, x.Name(), x.Email, strings.Join(marksOf(x), ", "))
		}
		return nil
	})
}

var stateWords = map[registry.AccountState]string{registry.Invited: "invité", registry.Active: "actif", registry.Locked: "verrouillé"}

// marksOf says in words where an account stands.
func marksOf(x registry.Account) []string {
	marks := []string{stateWords[x.State]}
	for _, m := range []struct {
		on   bool
		word string
	}{
		{x.Admin, "administrateur"}, {x.Auditor, "dpo"}, {x.Place == registry.InSchool, "établissement"}, {x.EmailConfirmed.IsZero(), "adresse non confirmée"},
		{(x.Admin || x.Auditor) && !x.SecondFactor, "sans second facteur"},
	} {
		if m.on {
			marks = append(marks, m.word)
		}
	}
	if !x.LastSignIn.IsZero() {
		marks = append(marks, "vu le "+belvedere.ShortDate(x.LastSignIn))
	}
	return marks
}

type accountJSON struct {
	ID        int64     `json:"numero"`
	Login     string    `json:"identifiant"`
	LastName  string    `json:"nom"`
	FirstName string    `json:"prenom"`
	Email     string    `json:"adresse"`
	Function  string    `json:"fonction"`
	State     string    `json:"etat"`
	Place     string    `json:"place"`
	Admin     bool      `json:"administrateur"`
	Auditor   bool      `json:"dpo"`
	All       bool      `json:"tous_etablissements"`
	Schools   []string  `json:"etablissements"`
	Groups    []int64   `json:"groupes"`
	Widgets   []string  `json:"rubriques"` // absent: all
	SignIn    time.Time `json:"derniere_connexion,omitzero"`
}

func accountsJSON(list []registry.Account) []accountJSON {
	out := make([]accountJSON, 0, len(list))
	for _, x := range list {
		one := accountJSON{ID: x.ID, Login: x.Login, LastName: x.LastName, FirstName: x.FirstName, Email: x.Email, Function: x.Function,
			State: string(x.State), Place: string(x.Place), Admin: x.Admin, Auditor: x.Auditor, All: x.AllSchools || x.Admin, Groups: x.Groups, SignIn: x.LastSignIn}
		for _, u := range x.Schools {
			one.Schools = append(one.Schools, string(u))
		}
		if !x.AllWidgets {
			one.Widgets = append([]string{}, x.Widgets...)
		}
		out = append(out, one)
	}
	return out
}

type userInviteCmd struct {
	FirstName  string   `help:"Prénom." placeholder:"PRÉNOM"`
	LastName   string   `help:"Nom." placeholder:"NOM"`
	Email      string   `name:"mail" help:"Adresse électronique." placeholder:"ADRESSE"`
	Login      string   `help:"Identifiant ; Prénom@NOM par défaut." placeholder:"IDENTIFIANT"`
	Function   string   `help:"Fonction." placeholder:"FONCTION"`
	Admin      bool     `help:"Administrateur : tous les établissements et la gestion de la console."`
	DPO        bool     `name:"dpo" help:"Lit le journal des accès."`
	Staff      bool     `name:"school-staff" help:"Travaille dans les établissements qu’il gère : il en voit tous les chiffres."`
	AllSchools bool     `help:"Tous les établissements du territoire."`
	Schools    []string `help:"UAI des établissements gérés." placeholder:"UAI"`
	Groups     []int64  `help:"Numéros des groupes d’établissements gérés." placeholder:"N"`
	Widgets    []string `help:"Rubriques ouvertes, toutes par défaut : social.assiduite, travaux…" placeholder:"CODES"`
	Within     string   `help:"Limiter ses droits à des membres : composante=GC|INFO;service=GC." placeholder:"PÉRIMÈTRE"`
	Confirmed  bool     `help:"L’exploitant répond de l’adresse : le compte est actif, sans attendre que la personne réponde."`
}

// Run makes the account, sends the invitation and prints its link. Without anyone named, it
// prints the link by which the first administrator creates the first account.
func (c userInviteCmd) Run(e *env) error {
	within, err := belvedere.ParseWithin(c.Within)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		if c.Admin && c.FirstName+c.LastName+c.Email == "" {
			return firstLink(e, a)
		}
		if err := a.Users.CheckWithin(within); err != nil { // before there is an account that sees more
			return err
		}
		account, err := a.Users.Create(e.ctx, admin.UserForm{
			FirstName: c.FirstName, LastName: c.LastName, Email: c.Email, Login: c.Login, Function: c.Function, Admin: c.Admin, Auditor: c.DPO,
			Place: c.place(), AllSchools: c.AllSchools, Schools: c.Schools, Groups: c.Groups,
		})
		if account.ID == 0 || (err != nil && belvedere.KindOf(err) != belvedere.Unavailable) {
			return err
		}
		if len(c.Widgets) > 0 || len(within) > 0 {
			if _, account, err = a.Users.SetRights(e.ctx, account.ID, account.Version, len(c.Widgets) == 0, c.Widgets, within); err != nil {
				return err
			}
		}
		a.Note(e.ctx, audit.User, admin.UserObject(account), "créé")
		if c.Confirmed {
			return confirm(e, a, account)
		}
		return printLink(e, a, account, 0)
	})
}

func (c userInviteCmd) place() registry.AccountPlace {
	if c.Staff {
		return registry.InSchool
	}
	return registry.InTerritory
}

// confirm makes an account active on the word of the operator.
func confirm(e *env, a *app.App, account registry.Account) error {
	now := time.Now().UTC()
	account.State, account.EmailConfirmed = registry.Active, now
	account, err := a.Registry.UpdateAccount(e.ctx, account)
	if err != nil {
		return err
	}
	if err := a.Registry.DeleteLinks(e.ctx, account.ID, registry.LinkInvite); err != nil {
		return err
	}
	if account.Admin { // nobody waits for a first administrator any more
		if _, err := a.Auth.Bootstrap(e.ctx); err != nil {
			return err
		}
	}
	a.Note(e.ctx, audit.User, admin.UserObject(account), "confirmé par l’exploitant")
	fmt.Fprintln(e.out, account.Login)
	return nil
}

func firstLink(e *env, a *app.App) error {
	link, err := a.Auth.Bootstrap(e.ctx)
	if err != nil {
		return err
	}
	if link == "" {
		return belvedere.Errorf(belvedere.Conflict, "la console a déjà un administrateur : invitez la personne par ses nom, prénom et adresse, ou donnez-lui un lien par « belvedere user link »")
	}
	a.Note(e.ctx, audit.Link, "premier administrateur", "lien de création de compte imprimé")
	_, err = fmt.Fprintln(e.out, link)
	return err
}

type userLinkCmd struct {
	Login string        `arg:"" name:"identifiant" help:"Identifiant ou adresse du compte."`
	For   time.Duration `help:"Durée de validité, sept jours au plus ; un quart d’heure par défaut." placeholder:"24h"`
}

// Run prints a link: whoever opens it is signed in once, as the operator vouches.
func (c userLinkCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		account, err := findAccount(e, a, c.Login)
		if err != nil {
			return err
		}
		return printLink(e, a, account, c.For)
	})
}

// printLink prints the link by which someone creates the account, or enters it when it is created.
func printLink(e *env, a *app.App, account registry.Account, life time.Duration) error {
	make := func() (string, error) { return a.Auth.EntryLink(e.ctx, account, life) }
	if account.State == registry.Invited {
		make = func() (string, error) { return a.Auth.InviteLink(e.ctx, account) }
	}
	link, err := make()
	if err != nil {
		return err
	}
	a.Note(e.ctx, audit.Link, admin.UserObject(account), "lien à usage unique imprimé")
	_, err = fmt.Fprintln(e.out, link)
	return err
}

// findAccount finds one by identifier, else by address.
func findAccount(e *env, a *app.App, name string) (registry.Account, error) {
	account, err := a.Registry.AccountByLogin(e.ctx, name)
	if belvedere.KindOf(err) == belvedere.NotFound {
		account, err = a.Registry.AccountByEmail(e.ctx, name)
	}
	if belvedere.KindOf(err) == belvedere.NotFound {
		err = belvedere.Errorf(belvedere.NotFound, "aucun compte n’a l’identifiant ou l’adresse %q ; « belvedere user list » les liste", name)
	}
	return account, err
}

type userLockCmd struct {
	Login string `arg:"" name:"identifiant" help:"Identifiant ou adresse du compte."`
}

// Run locks an account.
func (c userLockCmd) Run(e *env) error {
	return onAccount(e, c.Login, "verrouillé", func(a *app.App, x registry.Account) error {
		_, _, err := a.Users.Lock(e.ctx, byOperator(), x.ID)
		return err
	})
}

type userUnlockCmd struct {
	Login string `arg:"" name:"identifiant" help:"Identifiant ou adresse du compte."`
}

// Run opens a locked account again.
func (c userUnlockCmd) Run(e *env) error {
	return onAccount(e, c.Login, "rouvert", func(a *app.App, x registry.Account) error {
		_, _, err := a.Users.Unlock(e.ctx, x.ID)
		return err
	})
}

type userDeleteCmd struct {
	Login string `arg:"" name:"identifiant" help:"Identifiant ou adresse du compte."`
	Yes   bool   `name:"oui" help:"Ne pas demander de confirmation."`
}

// Run deletes an account.
func (c userDeleteCmd) Run(e *env) error {
	if !c.Yes {
		return misuse{errors.New("la suppression d’un compte ne se défait pas : confirmez-la par --oui")}
	}
	return onAccount(e, c.Login, "supprimé", func(a *app.App, x registry.Account) error {
		_, err := a.Users.Delete(e.ctx, byOperator(), x.ID, x.Version)
		return err
	})
}

// onAccount does something with an account and notes it.
func onAccount(e *env, name, done string, do func(*app.App, registry.Account) error) error {
	return e.with(func(a *app.App) error {
		account, err := findAccount(e, a, name)
		if err != nil {
			return err
		}
		if err := do(a, account); err != nil {
			return err
		}
		a.Note(e.ctx, audit.User, admin.UserObject(account), done)
		if !e.quiet {
			fmt.Fprintf(e.err, "%s\u00a0: %s.\n", account.Login, done)
		}
		return nil
	})
}

type userExportCmd struct {
	Output string `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

// Run writes the accounts as the file that import reads.
func (c userExportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		a.Note(e.ctx, audit.Export, "comptes", "")
		return writeTo(e, c.Output, func(w io.Writer) error { return a.Users.Export(e.ctx, w) })
	})
}

type userImportCmd struct {
	File  string `arg:"" name:"fichier" type:"existingfile" help:"Fichier CSV ; « belvedere user export » en donne les colonnes."`
	Apply bool   `help:"Appliquer ; sinon seulement dire ce qui serait fait."`
}

// Run says what each line would do, and does it when asked to: whole, or not at all.
func (c userImportCmd) Run(e *env) error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		plan, err := a.Users.PlanImport(e.ctx, byOperator(), file)
		if err != nil {
			return err
		}
		for _, l := range plan.Lines {
			fmt.Fprintf(e.out, "ligne %d\t%s\t%s\t%s\n", l.Line, l.Result, l.Name, l.Changes)
			for _, f := range l.Faults {
				fmt.Fprintln(e.out, "\t"+strings.TrimSpace(f.Error()+" "+f.Mend))
			}
		}
		if plan.Wrong > 0 {
			return belvedere.Errorf(belvedere.Invalid, "%s à corriger : rien n’est importé", belvedere.Plural(plan.Wrong, "ligne", "lignes"))
		}
		if !c.Apply {
			fmt.Fprintln(e.err, "Essai à blanc : rien n’est écrit. Ajoutez --apply pour appliquer.")
			return nil
		}
		done, err := a.Users.ApplyImport(e.ctx, byOperator(), file, plan.Seal)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.User, "import de comptes", fmt.Sprintf("%d créés, %d modifiés", done.Created, done.Changed))
		fmt.Fprintf(e.err, "%s, %s, %s.\n", belvedere.Plural(done.Created, "compte créé", "comptes créés"),
			belvedere.Plural(done.Changed, "modifié", "modifiés"), belvedere.Plural(done.Same, "inchangé", "inchangés"))
		return nil
	})
}
