package registry

import (
	"context"
	"time"

	"belvedere"
)

// Dashboards keeps what dashboards ask, their versions, and what is being changed in them. It
// keeps no figure: whoever opens one is answered with the rights of that moment.
type Dashboards interface {
	// ListDashboards gives all of them by title, each with the content of its last version.
	ListDashboards(ctx context.Context) ([]Dashboard, error)
	// Dashboard finds one with the content of its last version. NotFound when there is none.
	Dashboard(ctx context.Context, id int64) (Dashboard, error)
	// CreateDashboard keeps a new one, version 1.
	CreateDashboard(ctx context.Context, d Dashboard) (Dashboard, error)
	// SaveDashboard adds a version to one whose last is d.Version, and forgets the draft of its
	// account. Conflict when another was saved meanwhile. A verified one is to be verified again.
	SaveDashboard(ctx context.Context, d Dashboard, v DashboardVersion, account int64) (Dashboard, error)
	// ShareDashboard sets who may open one: Sharing, Accounts and Schools.
	ShareDashboard(ctx context.Context, d Dashboard) error
	// VerifyDashboard says that someone stands for a version of one; "" takes it back. Conflict
	// when the version is not the last.
	VerifyDashboard(ctx context.Context, id int64, version int, by string, at time.Time) error
	DeleteDashboard(ctx context.Context, id int64) error

	// DashboardVersions gives those of one, newest first.
	DashboardVersions(ctx context.Context, id int64) ([]DashboardVersion, error)

	// DashboardDraft gives the last step of what an account is changing; Step is 0 when nothing is.
	DashboardDraft(ctx context.Context, id, account int64) (DashboardDraft, error)
	// StepDashboard adds a step after the one that was last; Conflict when it is not any more.
	StepDashboard(ctx context.Context, d DashboardDraft) error
	// UndoDashboard takes the last step back, or all of them.
	UndoDashboard(ctx context.Context, id, account int64, all bool) error

	// HomeDashboard is what an account opens on, "" for the first page of the console.
	HomeDashboard(ctx context.Context, account int64) (string, error)
	// PutHomeDashboard sets it; "" takes it back.
	PutHomeDashboard(ctx context.Context, account int64, dashboard string) error
}

// DashboardSharing is who may open a dashboard, beside its owner.
type DashboardSharing string

// The kinds of sharing.
const (
	SharedNobody DashboardSharing = "prive"
	SharedChosen DashboardSharing = "choisis" // persons, and who works in some schools
	SharedAll    DashboardSharing = "tous"
)

// A Dashboard is one as it stands.
type Dashboard struct {
	ID          int64
	Owner       int64 // 0: the operator
	OwnerName   string
	Title       string
	Description string
	Sharing     DashboardSharing
	Accounts    []int64         // of SharedChosen, sorted
	Schools     []belvedere.UAI // of SharedChosen: who works there
	VerifiedBy  string          // "" when nobody stands for the last version
	Verified    time.Time
	Version     int
	Origin      string // what it was copied from, "" when made here
	Content     string // JSON
	Created     time.Time
	Updated     time.Time
}

// A DashboardVersion is one as it stood.
type DashboardVersion struct {
	Number      int
	Title       string
	Description string
	Content     string
	By          string
	At          time.Time
	Note        string
}

// A DashboardDraft is one step of what someone is changing.
type DashboardDraft struct {
	Dashboard   int64
	Account     int64
	Step        int // from 1
	Base        int // version that it began from
	Title       string
	Description string
	Content     string
	Say         string // what the step did
	At          time.Time
}

// MostDashboardSteps is how many steps can be undone: older ones are forgotten.
const MostDashboardSteps = 100

// MostDashboards is the most that one account may own, so that nobody fills the registry.
const MostDashboards = 200

// mostContent bounds the content of one, in bytes.
const mostContent = 256 << 10

func (d Dashboard) check() error {
	if key(d.Title) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Un tableau de bord a un titre.")
	}
	if err := checkText("Le titre", d.Title); err != nil {
		return err
	}
	if err := checkLength("La description", d.Description, 1000); err != nil {
		return err
	}
	switch d.Sharing {
	case SharedNobody, SharedChosen, SharedAll:
	default:
		return belvedere.Errorf(belvedere.Invalid, "Le partage est privé, choisi ou ouvert à tous.")
	}
	if len(d.Content) > mostContent {
		return belvedere.Errorf(belvedere.TooLarge, "Ce tableau de bord est trop volumineux\u00a0: retirez des éléments.")
	}
	return nil
}
