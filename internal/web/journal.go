package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	journalPath    = "/administration/journal"
	journalPerPage = 100
)

// Records is the part of the registry that the pages about the journal read; a
// registry.Registry is one.
type Records interface {
	ListJournal(ctx context.Context, f registry.JournalFilter, p registry.Page) ([]registry.Entry, int, error)
	Perimeter(ctx context.Context, name string) ([]belvedere.UAI, error)
	Account(ctx context.Context, id int64) (registry.Account, error)
	ListTokens(ctx context.Context) ([]registry.Token, error)
}

// A ChainState is what a verification of the journal found.
type ChainState struct {
	At      time.Time // of the verification, zero when there was none yet
	Entries int64     // that it read
	Sound   bool
	Message string // what is wrong, or what the journal itself has noticed
	Anchor  string // code of its end, to note elsewhere
}

// Chain gives the last verification of the journal, or makes a new one when check is set.
type Chain func(ctx context.Context, check bool) (ChainState, error)

// journalRoutes are the pages of the journal: for those who watch it, and for schools.
func (s *server) journalRoutes() (out []route) {
	if s.Records == nil {
		return nil
	}
	out = []route{
		get(journalPath, auditor, "journal", s.journal),
		get(journalPath+"/export.csv", auditor, "export", s.journalFile),
		get(seenPath, schoolStaff, "consultation", s.seen),
	}
	if s.Chain != nil {
		out = append(out, post(journalPath+"/verification", auditor, "journal", s.checkChain))
	}
	return out
}

var journalDone = map[string]string{
	"intact":  "Le journal vient d’être vérifié\u00a0: il est tel qu’il a été écrit.",
	"atteint": "Le journal vient d’être vérifié\u00a0: il n’est pas tel qu’il a été écrit. Voyez son état ci-dessous.",
}

// journal lists the entries that a search keeps, newest first.
func (s *server) journal(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	filter, search, err := s.journalFilter(query)
	if err != nil {
		return err
	}
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	entries, total, err := s.Records.ListJournal(r.Context(), filter, registry.Page{Offset: (number - 1) * journalPerPage, Limit: journalPerPage})
	if err != nil {
		return err
	}
	p := pages.Journal{Frame: s.frame(r, "Journal"), Search: search, Total: total, Done: journalDone[query.Get("fait")], Zone: s.Zone}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Journal"})
	reader := s.newReader(r.Context())
	for _, e := range entries {
		row, err := reader.row(e)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	if filter.Account != 0 {
		p.Person = reader.who(registry.Entry{Account: filter.Account})
	}
	query.Del("fait")
	p.Pages = pageLinks(journalPath, query, number, total, journalPerPage)
	query.Del("page")
	p.File = withQuery(journalPath+"/export.csv", query)
	query.Del("compte")
	p.Everyone = withQuery(journalPath, query)
	if s.Chain != nil {
		state, err := s.Chain(r.Context(), false)
		if err != nil {
			return err
		}
		p.Chain, p.Checks = pages.Chain(state), true
	}
	return s.write(w, r, http.StatusOK, pages.JournalPage(p))
}

// journalFilter reads the search in an address. Days are those of the territory, the last included.
func (s *server) journalFilter(query url.Values) (f registry.JournalFilter, say pages.JournalSearch, err error) {
	say = pages.JournalSearch{
		Text: clean(query.Get("q"), mostSearch), Action: query.Get("action"), Result: query.Get("resultat"),
		School: clean(query.Get("etablissement"), 20), From: clean(query.Get("du"), 10), To: clean(query.Get("au"), 10),
		Actions: audit.Actions, Results: audit.Results,
	}
	f.Text = say.Text
	if say.Action != "" {
		if !known(audit.Actions, say.Action) {
			return f, say, belvedere.Errorf(belvedere.Invalid, "action\u00a0: %q n’est pas une action du journal.", clean(say.Action, 20))
		}
		f.Actions = []string{say.Action}
	}
	if f.Result = say.Result; f.Result != "" && !known(audit.Results, f.Result) {
		return f, say, belvedere.Errorf(belvedere.Invalid, "resultat\u00a0: %q n’est pas un résultat du journal.", clean(f.Result, 20))
	}
	if say.School != "" {
		if f.School, err = belvedere.ParseUAI(say.School); err != nil {
			return f, say, belvedere.Errorf(belvedere.Invalid, "etablissement\u00a0: %v.", err)
		}
	}
	if f.From, err = s.dayOf("du", say.From, 0); err != nil {
		return f, say, err
	}
	if f.To, err = s.dayOf("au", say.To, 1); err != nil {
		return f, say, err
	}
	if text := query.Get("compte"); text != "" {
		if f.Account, err = strconv.ParseInt(text, 10, 64); err != nil || f.Account < 1 {
			return f, say, belvedere.Errorf(belvedere.Invalid, "compte\u00a0: %q doit être le numéro d’un compte.", clean(text, 20))
		}
		say.Account = f.Account
	}
	return f, say, nil
}

// dayOf is the first instant of a day of the territory, so many days later.
func (s *server) dayOf(field, text string, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := belvedere.ParseDate(text)
	if err != nil {
		return time.Time{}, belvedere.Errorf(belvedere.Invalid, "%s\u00a0: %q n’est pas un jour\u202f; écrivez 2026-11-30 ou 30/11/2026.", field, clean(text, 20))
	}
	return time.Date(day.Year(), day.Month(), day.Day()+later, 0, 0, 0, 0, s.Zone).UTC(), nil
}

func known(words []audit.Word, code string) bool { return audit.Label(words, code) != code }

// checkChain verifies the journal now.
func (s *server) checkChain(w http.ResponseWriter, r *http.Request) error {
	state, err := s.Chain(r.Context(), true)
	if err != nil {
		return err
	}
	word, detail := "intact", "vérification\u00a0: intact"
	if !state.Sound {
		word, detail = "atteint", "vérification\u00a0: "+state.Message
	}
	traceOf(r).about("journal", cut(detail, 500))
	doneAt(w, r, journalPath, word)
	return nil
}
