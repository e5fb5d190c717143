package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/audit"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
)

// A journalReader puts entries in words. It reads each person and each perimeter once.
type journalReader struct {
	s          *server
	ctx        context.Context
	people     map[int64]pages.Person
	perimeters map[string][]belvedere.UAI
	vendors    map[string]string // by name of a token
}

func (s *server) newReader(ctx context.Context) *journalReader {
	return &journalReader{s: s, ctx: ctx, people: map[int64]pages.Person{}, perimeters: map[string][]belvedere.UAI{}}
}

// who is the person of an entry. An account that is gone keeps the identifier that it had then.
func (j *journalReader) who(e registry.Entry) pages.Person {
	switch {
	case e.Account != 0:
		p, found := j.people[e.Account]
		if !found {
			p = pages.Person{Account: e.Account, Note: "compte supprimé"}
			if a, err := j.s.Records.Account(j.ctx, e.Account); err == nil {
				p = pages.Person{Account: a.ID, Login: a.Login, Name: a.Name(), Note: a.Function, School: a.Place == registry.InSchool}
			} else if belvedere.KindOf(err) != belvedere.NotFound {
				j.s.Log.Warn("journal: account not read", "account", e.Account, "err", err)
				p.Note = ""
			}
			j.people[e.Account] = p
		}
		if p.Name == "" {
			p.Name = e.Login
		}
		return p
	case e.Door == audit.Command:
		return pages.Person{Name: "Exploitant de la machine", Login: e.Login}
	case e.Login == "":
		return pages.Person{Name: "Personne d’identifié"}
	}
	if vendor := j.vendor(e.Login); vendor != "" {
		return pages.Person{Name: e.Login, Note: "jeton de l’éditeur " + vendor}
	}
	return pages.Person{Name: e.Login}
}

// vendor is whose token bears a name, "" when none does.
func (j *journalReader) vendor(name string) string {
	if j.vendors == nil {
		j.vendors = map[string]string{}
		list, err := j.s.Records.ListTokens(j.ctx)
		if err != nil {
			j.s.Log.Warn("journal: tokens not read", "err", err)
		}
		for _, t := range list {
			if t.Account == 0 { // one of a person is named by its account
				j.vendors[t.Name] = t.Vendor
			}
		}
	}
	return j.vendors[name]
}

// row is an entry as the page shows it.
func (j *journalReader) row(e registry.Entry) (pages.JournalRow, error) {
	schools, err := j.schools(e.Perimeter)
	return pages.JournalRow{
		Seq: e.Seq, At: e.At.In(j.s.Zone), Who: j.who(e), Action: audit.Label(audit.Actions, e.Action), Object: e.Object, Detail: e.Detail,
		Door: audit.Label(audit.Doors, e.Door), From: e.From, Result: audit.Label(audit.Results, e.Result), Bad: e.Result != audit.Done, Schools: schools,
	}, err
}

// schools says which schools an answer covered.
func (j *journalReader) schools(perimeter string) (string, error) {
	switch perimeter {
	case "":
		return "", nil
	case "*":
		return "tous", nil
	}
	list, found := j.perimeters[perimeter]
	if !found {
		var err error
		if list, err = j.s.Records.Perimeter(j.ctx, perimeter); err != nil {
			return "", err
		}
		j.perimeters[perimeter] = list
	}
	if len(list) == 1 {
		return string(list[0]), nil
	}
	return belvedere.FormatNumber(float64(len(list)), 0) + " établissements", nil
}

const (
	mostExported = 100_000 // entries of one file
	exportStep   = 2_000
)

// journalFile gives the entries that a search keeps to a spreadsheet.
func (s *server) journalFile(w http.ResponseWriter, r *http.Request) error {
	filter, _, err := s.journalFilter(r.URL.Query())
	if err != nil {
		return err
	}
	traceOf(r).about("journal, fichier CSV", cut(searchWords(r.URL.Query()), 500))
	b := getBuffer()
	defer putBuffer(b)
	b.WriteString("\uFEFF")
	out := csv.NewWriter(b)
	out.Comma, out.UseCRLF = ';', true
	out.Write([]string{"numero", "date", "identifiant", "nom", "precision", "porte", "action", "objet", "resultat", "adresse", "etablissements", "detail"})
	reader, last := s.newReader(r.Context()), int64(0)
	for offset := 0; ; offset += exportStep {
		entries, total, err := s.Records.ListJournal(r.Context(), filter, registry.Page{Offset: offset, Limit: exportStep})
		if err != nil {
			return err
		}
		if total > mostExported {
			return belvedere.Errorf(belvedere.TooLarge, "La recherche garde %s entrées et un fichier en tient %s\u00a0: choisissez des dates plus proches.",
				belvedere.FormatNumber(float64(total), 0), belvedere.FormatNumber(mostExported, 0))
		}
		for _, e := range entries {
			if last != 0 && e.Seq >= last {
				continue // entries that came meanwhile have pushed it down
			}
			last = e.Seq
			row, err := reader.row(e)
			if err != nil {
				return err
			}
			line := []string{strconv.FormatInt(e.Seq, 10), row.At.Format(time.RFC3339), e.Login, row.Who.Name, row.Who.Note, row.Door, row.Action, e.Object, row.Result, e.From, row.Schools, e.Detail}
			for i := 2; i < len(line); i++ {
				line[i] = export.Guard(line[i])
			}
			out.Write(line)
		}
		if len(entries) < exportStep {
			break
		}
	}
	out.Flush()
	w.Header().Set("Content-Disposition", `attachment; filename="journal.csv"`)
	send(w, r, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// searchWords writes a search for the journal: what was taken away is known.
func searchWords(query url.Values) string {
	var words []string
	for _, name := range []string{"q", "compte", "action", "resultat", "etablissement", "du", "au"} {
		if v := clean(query.Get(name), mostSearch); v != "" {
			words = append(words, name+"="+v)
		}
	}
	if len(words) == 0 {
		return "tout le journal"
	}
	return strings.Join(words, ", ")
}
