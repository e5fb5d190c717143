package app

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/web"
)

// Handler is the whole site: pages and API.
func (a *App) Handler() (http.Handler, error) {
	pages, err := a.pages()
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{
		Reports: a.Reporter, Store: a.Registry, Ingest: a.Ingest, Journal: a.Journal, Write: a.Write, Notices: a.Notice, Extracts: a.Extracts, Meanings: a.Meanings, Explorer: a.Reporter, Saved: a.Saved,
		Dashboards: a.Dashboards, DashboardFile: a.DashboardFile,
		TokenViewer: a.TokenViewer, Viewer: a.signedIn, Local: a.Keys.Bearer(), Operator: a.Operator, As: a.As,
		URL: a.Config.URL, Secure: a.Auth.Secure(), MaxFile: a.Config.MaxFile, Now: a.clock(), Log: a.Log,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", programs)
	mux.Handle("/", pages)
	return mux, nil
}

func (a *App) pages() (http.Handler, error) {
	return web.New(web.Config{
		Datasets: a.Datasets,
		Extracts: a.Extracts,
		Reports:  a.Reporter, Live: a.Definitions, Deliveries: a.Registry, Viewer: a.signedIn, Export: a, Journal: a.Journal,
		Receive: func(ctx context.Context, v belvedere.Viewer, u web.Upload) (belvedere.Delivery, error) {
			d, _, err := a.Ingest.Accept(ctx, ingest.Submission{Source: "depot", Dataset: u.Dataset, FileName: u.FileName, Body: u.Body})
			return d, err
		},
		Letters: a.letters(), Formulas: a.Formulas, Auth: a.Auth, Records: a.Registry, Chain: a.chain, Explain: a.Explain, Receipts: receipts{a},
		Users: a.Users, Groups: a.Groups, Tokens: a.Tokens, Grants: a.Grants, Procedures: a.Procedures, Meanings: a.Meanings, Lineage: a.Reporter.Lineage, Agreements: a.Agreements, Territory: a.Territory, Secrecy: a.Releases, Schools: a.Schools,
		Board: a.Board, Tally: a.Tally, Directory: a.Directory, Lessons: a.Lessons, Dossier: a.Dossier, Notice: a.Notice, Governance: a.Governance, Coherence: a.Coherence, Health: a.Health, Secure: a.Auth.Secure(), Zone: a.Config.Location(), Now: a.clock(), Log: a.Log, MostUpload: a.Config.MaxFile,
		Dashboards: a.Dashboards, DashboardFile: a.DashboardFile,
		Explorer: a.Reporter, Saved: a.Saved,
	})
}

// letters are the mails that no server sends, shown only where the console answers this machine
// alone: whoever reads a mail can follow the links of others.
func (a *App) letters() web.Letters {
	if a.Outbox == nil || a.Config.HTTPS() || !a.ownNames()["localhost"] {
		return nil
	}
	return a.Outbox
}

// signedIn is who a session belongs to, with the rights of this moment; the zero Viewer is nobody.
func (a *App) signedIn(r *http.Request) (belvedere.Viewer, error) {
	session, account, in, err := a.Auth.Session(r)
	if err != nil || !in {
		return belvedere.Viewer{}, err
	}
	v, err := a.ViewerOf(r.Context(), account)
	v.Strong = session.Strong
	return v, err
}

// As is an account by its identifiant, for the command line that asks in its name.
func (a *App) As(ctx context.Context, login string) (belvedere.Viewer, error) {
	account, err := a.Registry.AccountByLogin(ctx, login)
	if err != nil {
		return belvedere.Viewer{}, err
	}
	v, err := a.ViewerOf(ctx, account)
	v.Strong = true // who holds the machine vouches
	if err == nil && v.Kind == belvedere.Nobody {
		err = belvedere.Errorf(belvedere.Forbidden, "le compte %s n’est pas actif : il ne voit rien", login)
	}
	return v, err
}

// Health asks registry and warehouse for a sign of life, and looks whether the files that they
// hold open still bear their names: what is written to a file without name is lost at the end.
func (a *App) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	files := []string{a.Config.Warehouse(), a.Config.Landing()}
	if a.Config.RegistryURL == "" {
		files = append(files, a.Config.Registry())
	}
	for _, name := range files {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("the data folder is damaged: %w", err)
		}
	}
	if _, err := a.Registry.Settings(ctx); err != nil {
		return err
	}
	return a.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT 1"}, func([]any) error { return nil })
}
