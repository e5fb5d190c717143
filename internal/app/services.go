package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/audit"
	"belvedere/internal/auth"
	"belvedere/internal/dashboard"
	"belvedere/internal/dataset"
	"belvedere/internal/definition"
	"belvedere/internal/extract"
	"belvedere/internal/formula"
	"belvedere/internal/governance"
	"belvedere/internal/mail"
	"belvedere/internal/notice"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/secret"
)

// Services are what knows people: keys, journal, letters, sign-in, and the use cases of
// administration that pages and command line share.
type Services struct {
	Keys    *secret.Keys
	Journal *audit.Journal
	Mail    mail.Sender  // a queue: nobody waits for a server of mails
	Outbox  *mail.Outbox // nil when a server sends the mails
	Auth    *auth.Service

	Users      *admin.Users
	Groups     *admin.Groups
	Agreements *admin.Agreements
	Territory  *admin.Territory
	Schools    *admin.Schools
	Tokens     *admin.Tokens
	Grants     *admin.Grants
	Meanings   *definition.Service // of indicators
	Formulas   *formula.Service
	Datasets   *dataset.Service // declared in the product

	Notice     *notice.Service
	Governance *governance.Service
	Procedures *procedure.Service
	Dashboards *dashboard.Service
	Extracts   *extract.Service
	Saved      *saved.Service
}

// metaKeys remembers in the registry which keys it was written with.
const metaKeys = "cles.empreinte"

// openServices builds them over the registry. Keys that are not those of the registry are
// refused: with others no password could be checked and every entry of the journal would look forged.
func (a *App) openServices(ctx context.Context) (err error) {
	path := a.Config.KeysPath()
	if a.Keys, err = secret.Load(path); err != nil {
		return err
	}
	kept, err := a.Registry.Meta(ctx, metaKeys)
	if err != nil {
		return err
	}
	if err := a.Keys.Check(kept, path); err != nil {
		return err
	}
	if kept == "" {
		if err := a.Registry.SetMeta(ctx, metaKeys, a.Keys.Fingerprint()); err != nil {
			return err
		}
	}
	a.Journal = audit.New(a.Registry, a.Keys, a.Config.Anchor(), a.clock(), a.Log)
	a.closers = append(a.closers, a.Journal.Close)
	if err := a.openMail(); err != nil {
		return err
	}
	if err := a.openAuth(a.publicURL()); err != nil {
		return err
	}
	a.openAdmin()
	a.openDefinitions()
	a.openFormulas()
	a.openDatasets()
	a.openNotice()
	a.openGovernance()
	if err := a.openProcedures(); err != nil {
		return err
	}
	if err := a.openDashboards(ctx); err != nil {
		return err
	}
	return a.openSaved(ctx)
}

// clock is the time of this program, also for what was built before Now was set.
func (a *App) clock() func() time.Time {
	return func() time.Time {
		if a.Now != nil {
			return a.Now()
		}
		return time.Now()
	}
}

// openMail sends by the server of the configuration, else keeps letters in the outbox.
func (a *App) openMail() (err error) {
	c := a.Config.Mail
	var sender mail.Sender
	if c.Host != "" {
		sender, err = mail.NewSMTP(mail.Server{Host: c.Host, Port: c.Port, User: c.User, Password: c.Password, From: c.From, TLS: c.TLS})
	} else {
		a.Outbox, err = mail.NewOutbox(a.Config.OutboxPath(), c.From, a.clock())
		sender = a.Outbox
	}
	if err != nil {
		return err
	}
	queue := mail.NewQueue(sender, a.Log, func(m mail.Message, err error) {
		a.Log.Error("a letter could not be sent", "subject", m.Subject, "err", err)
	})
	a.Mail = queue
	a.closers = append(a.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return queue.Close(ctx)
	})
	return nil
}

// publicURL is the address that links name: the configured one, else that of the server that
// runs on this data folder, else the one that it would listen on.
func (a *App) publicURL() string {
	if s, err := a.serverAt(); a.Config.URL == "" && err == nil && s.URL != "" {
		return s.URL
	}
	return a.Config.PublicURL()
}

// openAuth builds the service that signs people in, for a public address.
func (a *App) openAuth(url string) (err error) {
	a.Auth, err = auth.New(auth.Config{
		Store: a.Registry, Keys: a.Keys, Mail: a.Mail, URL: url, Words: a.words, Zone: a.Config.Location(), Now: a.clock(), Log: a.Log,
	})
	return err
}

// openAdmin builds the use cases of administration.
func (a *App) openAdmin() {
	schools, now, zone := schoolList{a}, a.clock(), a.Config.Location()
	a.Users = admin.NewUsers(admin.UsersConfig{Registry: a.Registry, Schools: schools, Inviter: inviter{a}, Widgets: a.Model.Widgets, Model: a.figures, Now: now})
	a.Groups = &admin.Groups{Registry: a.Registry, Schools: schools}
	a.Agreements = admin.NewAgreements(admin.AgreementsConfig{Registry: a.Registry, Schools: schools, Model: a.Model, Live: a.latest, Mail: reminders{a}, Now: now, Zone: zone})
	a.Territory = admin.NewTerritory(a.Registry)
	a.Schools = admin.NewSchools(admin.SchoolsConfig{Registry: a.Registry, Schools: schools, Now: now})
	a.Grants = &admin.Grants{Registry: a.Registry, Schools: schools, Widgets: a.Model.Widgets, Model: a.figures, Zone: zone, Now: now}
	var reserved []string
	for _, f := range a.Model.Forms {
		reserved = append(reserved, f.Code)
	}
	a.Tokens = &admin.Tokens{Registry: a.Registry, Schools: schools, Reserved: reserved, Zone: zone, Now: now}
}

// figures is the catalogue of the moment, of which rights may name members.
func (a *App) figures() *belvedere.Model {
	if a.Reporter == nil {
		return a.Model
	}
	return a.Reporter.Model()
}

// inviter is the service of the moment: a server that learns its port builds another.
type inviter struct{ a *App }

func (i inviter) Invite(ctx context.Context, x registry.Account) error {
	return i.a.Auth.Invite(ctx, x)
}
func (i inviter) Reset(ctx context.Context, x registry.Account) error { return i.a.Auth.Reset(ctx, x) }
func (i inviter) SecondFactorRemoved(ctx context.Context, x registry.Account) error {
	return i.a.Auth.SecondFactorRemoved(ctx, x)
}
func (i inviter) AddressChanged(ctx context.Context, before, after registry.Account) error {
	return i.a.Auth.AddressChanged(ctx, before, after)
}
func (i inviter) EndSessions(ctx context.Context, x registry.Account) error {
	return i.a.Auth.EndSessions(ctx, x)
}

// schoolList gives administration the register of the current edition. Beside a server, which
// holds the warehouse, it asks the server.
type schoolList struct{ a *App }

func (l schoolList) Schools(ctx context.Context) ([]admin.School, error) {
	if l.a.Reporter == nil {
		return l.remote(ctx)
	}
	edition, err := l.a.Reporter.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	directory, err := l.a.Reporter.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	out := make([]admin.School, 0, len(directory.Schools()))
	for _, s := range directory.Schools() {
		out = append(out, admin.School{UAI: s.UAI, Name: s.Name, Listed: s.Listed, Attributes: s.Attributes})
	}
	return out, nil
}

// remote asks the server, as its operator.
func (l schoolList) remote(ctx context.Context) ([]admin.School, error) {
	body, _, err := l.a.Ask(ctx, "/api/v1/etablissements", "")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Schools []struct {
			UAI        belvedere.UAI     `json:"uai"`
			Name       string            `json:"nom"`
			Listed     bool              `json:"registre"`
			Attributes map[string]string `json:"attributs"`
		} `json:"etablissements"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	out := make([]admin.School, len(answer.Schools))
	for i, s := range answer.Schools {
		out[i] = admin.School(s)
	}
	return out, nil
}

// words are the names that no password of an account may rest on: its schools, their towns, the territory.
func (a *App) words(ctx context.Context, account registry.Account) []string {
	var out []string
	if settings, err := a.Registry.Settings(ctx); err == nil {
		out = append(out, settings[registry.SettingTerritoryName])
	}
	schools, err := schoolList{a}.Schools(ctx)
	if err != nil {
		return out // a password is not refused because the register cannot be read
	}
	managed := map[belvedere.UAI]bool{}
	for _, u := range account.Schools {
		managed[u] = true
	}
	for _, s := range schools {
		if managed[s.UAI] {
			out = append(out, s.Name, s.Attributes["commune"])
		}
	}
	return out
}

// reminders writes the letter that tells an administrator which conventions end soon.
type reminders struct{ a *App }

func (r reminders) AgreementsEnd(ctx context.Context, to registry.Account, list []admin.AgreementLine) error {
	settings, err := r.a.Registry.Settings(ctx)
	if err != nil {
		return err
	}
	console := mail.Console{Territory: settings[registry.SettingTerritoryName], URL: r.a.Auth.URL, Zone: r.a.Config.Location()}
	endings := make([]mail.Ending, len(list))
	for i, one := range list {
		name := ""
		if one.School != "" {
			name = fmt.Sprintf("%s (%s)", one.Name, one.School)
		}
		endings[i] = mail.Ending{School: name, Reference: one.Reference, Last: admin.LastDay(one.Agreement),
			Link: fmt.Sprintf("%s/administration/conventions/%d", r.a.Auth.URL, one.ID)}
	}
	return r.a.Mail.Send(ctx, console.AgreementReminder(mail.Person{Name: to.Name(), Address: to.Email, Login: to.Login}, endings))
}

// Note keeps in the journal what the command line did; what cannot be kept is told, since it is done.
func (a *App) Note(ctx context.Context, action, object, detail string) {
	err := a.Journal.Record(ctx, registry.Entry{Login: operator.Login, Door: "commande", Action: action, Object: object, Result: "fait", Detail: detail})
	if err != nil && !errors.Is(err, context.Canceled) {
		a.Log.Error("the journal could not keep what was done", "action", action, "object", object, "err", err)
	}
}
