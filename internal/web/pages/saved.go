package pages

import (
	"time"

	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// A SavedList is the queries that a reader may open.
type SavedList struct {
	Frame    parts.Frame
	Text     string
	List     []*saved.Query
	Composes bool
	Done     string
}

// A SavedQuery is one of them with its answer.
type SavedQuery struct {
	Frame    parts.Frame
	Query    *saved.Query
	Sentence report.Sentence
	Fields   []report.FilterView // what the reader may change
	Answer   *ExploreAnswer
	Gone     bool // refused as it was saved, not for a choice of the reader
	Refused  string
	Empty    bool
	Uses     []saved.Use
	Logins   []string
	Done     string
}

// A SavedVersions is what a query was.
type SavedVersions struct {
	Frame parts.Frame
	Query *saved.Query
	List  []registry.SavedVersion
	Zone  *time.Location
}

var sharings = []parts.Option{{Value: string(registry.SharedNobody), Label: "Personne d’autre"}, {Value: string(registry.SharedChosen), Label: "Les personnes et les établissements nommés"}, {Value: string(registry.SharedAll), Label: "Tous ceux qui ont un compte"}}

func uaiWords(q *saved.Query) string {
	var list []string
	for _, u := range q.Schools {
		list = append(list, string(u))
	}
	return joined(list)
}
