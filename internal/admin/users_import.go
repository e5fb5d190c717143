package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// The limits of a file of users.
const (
	MostUsersFile  = 2 << 20 // bytes
	mostUsersLines = 5000
)

// A UserFate is what an import does with a line.
type UserFate string

// The results of a line.
const (
	LineCreated UserFate = "créé"
	LineChanged UserFate = "modifié"
	LineSame    UserFate = "inchangé"
	LineWrong   UserFate = "erreur"
)

// A UserLine is what an import would do with a line of the file, and why not.
type UserLine struct {
	Line    int64
	Name    string // of the person, as far as the line tells
	Login   string
	Email   string
	Result  UserFate
	Changes string            // what changes in an account that is there
	Faults  []belvedere.Fault // with the column, the value, why and what to do
}

// A UsersPlan is what a file of users would do. Nothing is done before ApplyImport.
type UsersPlan struct {
	Lines                         []UserLine
	Created, Changed, Same, Wrong int
	// Seal stands for the file and for all rights as they were: ApplyImport does what was
	// shown, or nothing.
	Seal string

	accounts []registry.Account // to write
	before   map[int64]registry.Account
}

// A UsersImported says what an import did.
type UsersImported struct {
	Created, Changed, Same int
	Accounts               []registry.Account // created and changed, as they are kept
	NotInvited             []string           // names of those whose invitation could not leave
}

// PlanImport reads a file of users and says what it would do, line by line. Its error is about
// the file as a whole: no CSV, a column that is missing or unknown, too many lines.
func (u *Users) PlanImport(ctx context.Context, by belvedere.Viewer, file []byte) (_ *UsersPlan, err error) {
	defer belvedere.Wrap(&err, "PlanImport(%d bytes)", len(file))
	rows, err := readUsersFile(file)
	if err != nil {
		return nil, err
	}
	version, err := u.Registry.RightsVersion(ctx)
	if err != nil {
		return nil, err
	}
	in, err := u.newImport(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := in.take(ctx, row); err != nil {
			return nil, err
		}
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "utilisateurs\n%d\n%d\n", version, by.ID)
	sum.Write(file)
	in.plan.Seal = hex.EncodeToString(sum.Sum(nil))
	return in.plan, nil
}

// ApplyImport does what PlanImport has shown under a seal, whole or not at all, and invites those
// it creates. Conflict when the file or any right has changed since. A seal "" is that of who
// was shown nothing: the command line that imports at once.
func (u *Users) ApplyImport(ctx context.Context, by belvedere.Viewer, file []byte, seal string) (done UsersImported, err error) {
	defer belvedere.Wrap(&err, "ApplyImport(%d bytes)", len(file))
	plan, err := u.PlanImport(ctx, by, file)
	switch {
	case err != nil:
		return done, err
	case seal != "" && seal != plan.Seal:
		return done, belvedere.Errorf(belvedere.Conflict, "Le fichier, un compte ou un droit a changé depuis l’essai\u00a0: rien n’a été importé. Refaites l’essai et relisez-le.")
	case plan.Wrong > 0:
		return done, belvedere.Errorf(belvedere.Invalid, "Le fichier compte %s en erreur\u00a0: rien n’a été importé. Corrigez, puis refaites l’essai.",
			belvedere.Plural(plan.Wrong, "ligne", "lignes"))
	}
	if len(plan.accounts) > 0 {
		if err := u.Registry.ImportAccounts(ctx, plan.accounts); err != nil {
			return done, err
		}
	}
	done.Created, done.Changed, done.Same = plan.Created, plan.Changed, plan.Same
	for _, a := range plan.accounts {
		kept, err := u.Registry.AccountByLogin(ctx, a.Login)
		if err != nil {
			return done, err
		}
		done.Accounts = append(done.Accounts, kept)
		if a.ID == 0 {
			err = u.Inviter.Invite(ctx, kept)
		} else {
			err = u.addressChanged(ctx, plan.before[a.ID], kept)
		}
		if err != nil {
			done.NotInvited = append(done.NotInvited, kept.Name())
		}
	}
	return done, nil
}

// A usersReading reads lines one after the other against the accounts that are there.
type usersReading struct {
	u       *Users
	by      belvedere.Viewer
	plan    *UsersPlan
	known   *known
	labels  map[string]string // code of a widget by its folded name
	named   map[string]int64  // group by its folded name
	logins  map[string]registry.Account
	emails  map[string]registry.Account
	lineOf  map[int64]int64  // line that changes an account
	newMail map[string]int64 // line that gives an address
	newName map[string]int64 // line that gives an identifier
}

func (u *Users) newImport(ctx context.Context, by belvedere.Viewer) (*usersReading, error) {
	k, err := u.known(ctx)
	if err != nil {
		return nil, err
	}
	accounts, _, err := u.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	in := &usersReading{
		u: u, by: by, known: k, plan: &UsersPlan{before: map[int64]registry.Account{}},
		labels: map[string]string{}, named: map[string]int64{}, logins: map[string]registry.Account{}, emails: map[string]registry.Account{},
		lineOf: map[int64]int64{}, newMail: map[string]int64{}, newName: map[string]int64{},
	}
	for code, label := range k.widgets {
		in.labels[words.Fold(code)], in.labels[words.Fold(label)] = code, code
	}
	for id, name := range k.groups {
		in.named[words.Fold(name)] = id
	}
	for _, a := range accounts {
		in.logins[sameAs(a.Login)], in.emails[sameAs(a.Email)] = a, a
	}
	k.taken = func(_ context.Context, login string, id int64) (bool, error) {
		_, above := in.newName[sameAs(login)]
		_, aboveMail := in.newMail[sameAs(login)]
		return above || aboveMail || in.answersTo(login, id), nil
	}
	k.address = func(_ context.Context, email string, id int64) (bool, error) {
		_, above := in.newName[sameAs(email)]
		return above || in.answersTo(email, id), nil
	}
	return in, nil
}

// answersTo is Users.answersTo over the accounts that were read.
func (in *usersReading) answersTo(text string, id int64) bool {
	for _, all := range []map[string]registry.Account{in.logins, in.emails} {
		if a, found := all[sameAs(text)]; found && a.ID != id {
			return true
		}
	}
	return false
}

// sameAs is what finds an account by what is written of it. The registry decides in the end:
// what it holds for equal and this does not is refused with the whole file.
func sameAs(s string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))) }

// take plans one line.
func (in *usersReading) take(ctx context.Context, row usersRow) error {
	line := UserLine{Line: row.line, Login: row.cells["identifiant"], Email: row.cells["mail"],
		Name: strings.TrimSpace(row.cells["prenom"] + " " + row.cells["nom"])}
	faults := row.faults
	var before, after registry.Account
	if len(faults) == 0 {
		var flaws Flaws
		before = in.target(row, &flaws)
		form, all, widgets := in.form(row, before, &flaws)
		base := before
		if base.ID == 0 {
			base = registry.Account{State: registry.Invited, AllWidgets: true, Created: in.u.Now().UTC()}
		}
		base.Within = in.within(row, before, form.Admin, &flaws)
		var err error
		after, err = in.u.checked(ctx, base, form, in.known)
		if more, ok := err.(Flaws); ok {
			flaws = append(flaws, more...)
		} else if err != nil {
			return err
		}
		after.AllWidgets, after.Widgets = all, widgets
		in.rules(row.line, before, after, &flaws)
		faults = row.explain(flaws)
	}
	in.conclude(line, before, after, faults)
	return nil
}

// conclude adds a line to the plan.
func (in *usersReading) conclude(line UserLine, before, after registry.Account, faults []belvedere.Fault) {
	p := in.plan
	line.Result, line.Faults = LineWrong, faults
	if len(faults) == 0 {
		line.Name, line.Login, line.Email = after.Name(), after.Login, after.Email
		list := changes(before, after, in.known)
		switch {
		case before.ID == 0:
			line.Result = LineCreated
		case len(list) == 0:
			line.Result = LineSame
		default:
			line.Result, line.Changes = LineChanged, sayChanges(list)
		}
		in.newMail[sameAs(after.Email)], in.newName[sameAs(after.Login)] = line.Line, line.Line
		if before.ID != 0 {
			in.lineOf[before.ID] = line.Line
			p.before[before.ID] = before
		}
	}
	line.Name, line.Login, line.Email = quoted(line.Name), quoted(line.Login), quoted(line.Email)
	count := map[UserFate]*int{LineCreated: &p.Created, LineChanged: &p.Changed, LineSame: &p.Same, LineWrong: &p.Wrong}
	*count[line.Result]++
	if line.Result == LineCreated || line.Result == LineChanged {
		p.accounts = append(p.accounts, after)
	}
	p.Lines = append(p.Lines, line)
}
