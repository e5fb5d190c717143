// Package coherence checks the modelling of an institution of higher education on its own data: elements
// shared between programmes, credits, programmes without results, statuses that contradict. Each
// rule is one file.
//
// It promises that findings live: one is new until it is mended or someone of the institution accepts it
// with a reason, and comes back when what it rests on changes. Findings about people lie in the vault
// under the number of the person, are read by the staff of the institution alone, and go with the person;
// how many there are names nobody, and is for whoever answers for the rule.
package coherence

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// Config is what a Service needs.
type Config struct {
	Vaults  board.Vaults
	Dossier *dossier.Service
	Tell    func(ctx context.Context, n News) error // tells those who answer for rules; nil tells nobody
	Zone    *time.Location                          // of the last day of an acceptance; UTC when nil
	Now     func() time.Time
	Log     *slog.Logger
}

// A Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Service{c}
}

// The states of a finding.
const (
	Fresh    = "nouveau"
	Accepted = "accepte"
	Mended   = "regle"
)

// MayCount tells whether a viewer may know how many findings a school has: who works there, who manages
// the console, who answers for the data.
func MayCount(v belvedere.Viewer, uai belvedere.UAI) error {
	switch {
	case v.Kind == belvedere.Operator, v.Admin:
		return nil
	case v.School && slices.Contains(v.Scope.Own, uai):
		return v.Scope.Whole("Le tableau de cohérence porte sur tout l’établissement")
	case v.Kind == belvedere.AccountViewer && v.May(belvedere.DataOfficer) && len(v.Scope.Limit()) == 0 && (v.Scope.AllSchools || slices.Contains(v.Scope.Schools, uai)):
		return nil
	}
	return belvedere.Errorf(belvedere.Forbidden, "Le tableau de cohérence d’un établissement est pour ceux qui y travaillent, les administrateurs et les responsables des données.")
}

// inside is the viewer as whom rules read rows: what they say of people stays in the vault.
var inside = belvedere.Viewer{Login: "coherence", Kind: belvedere.Operator}

// Schools are the schools with a vault that hold files of persons and that a viewer may count.
func (s *Service) Schools(ctx context.Context, v belvedere.Viewer) (out []belvedere.UAI, err error) {
	defer belvedere.Wrap(&err, "Schools")
	all, err := s.Vaults.List()
	if err != nil {
		return nil, err
	}
	for _, uai := range all {
		if MayCount(v, uai) != nil {
			continue
		}
		years, err := s.Years(ctx, v, uai)
		if err != nil {
			return nil, err
		}
		if len(years) > 0 {
			out = append(out, uai)
		}
	}
	return out, nil
}

// mostYears is how far back years are looked for.
const mostYears = 15

// Years are the academic years of which a vault has rows that rules read, the latest first.
func (s *Service) Years(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI) (out []belvedere.SchoolYear, err error) {
	defer belvedere.Wrap(&err, "Years(%s)", uai)
	if err := MayCount(v, uai); err != nil {
		return nil, err
	}
	last := belvedere.SchoolYearOf(s.Now()) + 1
	for year := last; year > last-mostYears; year-- {
		for _, kind := range []string{kindRegistrations, kindResults, kindOffer} {
			n, err := s.Dossier.Count(ctx, inside, uai, dossier.Request{Kind: kind, Where: ofYear(year)})
			if err != nil {
				return nil, err
			}
			if n.Rows > 0 {
				out = append(out, year)
				break
			}
		}
	}
	return out, nil
}

func ofYear(year belvedere.SchoolYear) []dossier.Filter {
	return []dossier.Filter{{Column: "annee", Op: dossier.In, Values: []string{strconv.Itoa(int(year))}}}
}

// Check runs all rules on the rows of a year, and keeps what they find.
func (s *Service) Check(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (err error) {
	defer belvedere.Wrap(&err, "Check(%s, %v)", uai, year)
	if err := MayCount(v, uai); err != nil {
		return err
	}
	f, err := s.load(ctx, uai, year)
	if err != nil {
		return err
	}
	kept, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	err = kept.Write(ctx, func(tx *vault.Tx) error {
		k, err := openKeeper(tx, year, s.Now(), v.Login)
		if err != nil {
			return err
		}
		for _, r := range Rules {
			lacks := f.lacks(r.needs)
			if lacks == "" {
				for _, x := range found(r, f) {
					if err := k.keep(x); err != nil {
						return err
					}
				}
				if err := k.mend(r.Code); err != nil {
					return err
				}
			}
			if err := k.ran(r.Code, lacks); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.tell(ctx, uai, year); err != nil { // the findings are kept, and told at the next run
		s.Log.Error("new findings of coherence could not be told", "school", uai, "year", year, "err", err)
	}
	return nil
}

// found is what a rule finds, each thing once.
func found(r Rule, f *facts) (out []Finding) {
	seen := map[string]bool{}
	r.run(f, func(x Finding) {
		if !seen[x.Key] {
			seen[x.Key] = true
			x.Rule, x.Year = r.Code, f.year
			out = append(out, x)
		}
	})
	return out
}

// CheckAll checks the last two years of every school, for the daily work of the server.
func (s *Service) CheckAll(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "CheckAll")
	schools, err := s.Schools(ctx, inside)
	if err != nil {
		return err
	}
	for _, uai := range schools {
		years, err := s.Years(ctx, inside, uai)
		if err != nil {
			return err
		}
		for _, year := range years[:min(len(years), 2)] {
			if err := s.Check(ctx, belvedere.Viewer{Kind: belvedere.Operator, Login: "serveur"}, uai, year); err != nil {
				s.Log.Error("the coherence of a school could not be checked", "school", uai, "year", year, "err", err)
			}
		}
	}
	return nil
}
