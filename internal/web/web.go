// Package web serves the pages of the console: routes, rendering, one file per page.
//
// It decides nothing about rights and writes no SQL: it reads an address, asks the report for
// the answer that this viewer may have, and renders it. Each page has one address that holds
// its whole state, works without JavaScript, and is answered from one buffer, so that a page
// is sent whole or not at all. Handlers return errors; answer.go turns them into pages.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/auth"
	"belvedere/internal/chart"
	"belvedere/internal/dashboard"
	"belvedere/internal/dataset"
	"belvedere/internal/definition"
	"belvedere/internal/extract"
	"belvedere/internal/formula"
	"belvedere/internal/governance"
	"belvedere/internal/notice"
	"belvedere/internal/procedure"
	"belvedere/internal/saved"
	"belvedere/internal/school/board"
	"belvedere/internal/school/coherence"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/lesson"
	"belvedere/internal/school/tally"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/web/parts"
)

// Config is what the pages need. Reports, Deliveries and Viewer are required.
type Config struct {
	Reports    Reports
	Deliveries Deliveries
	Viewer     func(*http.Request) (belvedere.Viewer, error) // who sends a request; the zero Viewer is nobody

	// Live gives the catalogue of this moment; nil: that of Reports, for good.
	Live func(ctx context.Context) (*belvedere.Model, error)

	Auth *auth.Service // nil has no page of sign-in nor accounts: tests, where Viewer decides alone

	Users      *admin.Users       // nil offers no management of users
	Groups     *admin.Groups      // nil offers no groups of schools
	Formulas   *formula.Service   // nil keeps none
	Procedures *procedure.Service // nil takes no requests
	Grants     *admin.Grants      // nil shows nobody what goes beyond accounts
	Tokens     *admin.Tokens      // nil makes no keys of programs

	Records Records // nil shows no journal
	Chain   Chain   // nil does not verify the journal
	Explain Explain // nil does not explain the rules

	Receipts Receipts // nil replays no receipt

	Letters  Letters         // mails that no server sends; nil shows none
	Journal  Journal         // nil keeps no journal
	Export   Exporter        // nil offers no files
	Receive  Receiver        // nil offers no deposit
	Health   Health          // nil is always well
	Outlines []chart.Outline // ground of the maps

	Datasets *dataset.Service    // nil declares nothing in the product
	Meanings *definition.Service // nil has no pages of definitions
	Lineage  Lineage             // nil does not tell where figures come from

	Agreements *admin.Agreements // nil has no pages of conventions
	Territory  *admin.Territory  // nil has no settings, no logo, no colours
	Schools    *admin.Schools    // nil corrects nothing in the register

	Secrecy *diffusion.Service // nil sets no rules of secrecy

	Board     *board.Service     // nil has no school tier
	Dossier   *dossier.Service   // person files; nil has none
	Directory *directory.Service // nil has no accounts, letters and lists
	Lessons   *lesson.Service    // nil has no timetable and no roll call
	Tally     *tally.Service     // nil shows nobody what left a school

	Notice *notice.Service // nil tells nobody of anything

	Governance *governance.Service // nil has no pages of the organisation
	Coherence  *coherence.Service  // nil checks no modelling
	Explorer   Explorer            // nil has no explorer
	Saved      *saved.Service      // nil keeps no queries

	Dashboards    *dashboard.Service // nil has no dashboards
	DashboardFile DashboardFile      // nil writes none as files

	Extracts *extract.Service // nil hands out no extracts

	MostUpload int64 // bytes of one deposit, 2 GB when 0
	Secure     bool  // served over TLS: Secure cookies, Strict-Transport-Security
	Zone       *time.Location
	Now        func() time.Time
	Log        *slog.Logger
}

// server holds the configuration and what is computed once from the model.
type server struct {
	Config
	model   *belvedere.Model
	uses    map[string][]parts.Link // pages that show an indicator, by its code
	widgets map[string][]string     // that a page shows, by its code
	metrics *metrics
	turns   chan struct{} // bounds how many files are made at once: each holds all lines of a page
}

// New builds the handler of all pages. The error names declared pages whose address is taken
// or cannot be served.
func New(c Config) (http.Handler, error) { return newSite(c) }

func withDefaults(c Config) Config {
	if c.MostUpload <= 0 {
		c.MostUpload = 2_000_000_000
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// checkPath refuses the declared addresses that a router cannot serve or that are taken.
func checkPath(page *belvedere.Page, taken map[string]bool) error {
	switch p := page.Path; {
	case !strings.HasPrefix(p, "/") || strings.ContainsAny(p, "{}?# \t\"") || strings.Contains(p, "//"):
		return fmt.Errorf("page %s : l’adresse %q ne peut pas être servie", page.Code, p)
	case taken[p]:
		return fmt.Errorf("page %s : l’adresse %q est déjà prise", page.Code, p)
	}
	return nil
}

// exact is the pattern of one address and nothing under it.
func exact(path string) string {
	if strings.HasSuffix(path, "/") {
		return path + "{$}"
	}
	return path
}
