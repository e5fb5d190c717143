package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	deliveriesPerPage = 100
	refreshEvery      = 5 // seconds, for readers without JavaScript while a delivery runs
)

// deliveryFilters are the choices over the journal: the word in the address, the label, the states.
var deliveryFilters = []struct {
	code, label string
	states      []belvedere.DeliveryState
}{
	{"", "Toutes", nil},
	{"en-cours", "En cours", []belvedere.DeliveryState{belvedere.Received, belvedere.Read, belvedere.Checked, belvedere.Staged}},
	{"publiees", "Publiées", []belvedere.DeliveryState{belvedere.Published}},
	{"refusees", "Refusées", []belvedere.DeliveryState{belvedere.Refused}},
}

// deliveries shows the journal of what was received and takes files.
func (s *server) deliveries(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	filter, err := deliveryFilter(query)
	if err != nil {
		return err
	}
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	list, total, err := s.Deliveries.List(r.Context(), filter, registry.Page{Offset: (number - 1) * deliveriesPerPage, Limit: deliveriesPerPage})
	if err != nil {
		return err
	}
	p := pages.Deliveries{
		Frame: s.frame(r, "Livraisons"), List: s.localTimes(list), Total: total, Labels: s.labels(),
		Pages: pageLinks("/livraisons", query, number, total, deliveriesPerPage), States: stateLinks(query),
		MostSize: s.MostUpload, Open: s.Receive != nil,
	}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Livraisons"})
	for _, d := range s.model.Datasets {
		p.Datasets = append(p.Datasets, pages.DatasetChoice{Code: d.Name, Label: d.Label})
	}
	for _, d := range list {
		if !d.State.Final() {
			p.Frame.Refresh = refreshEvery
		}
	}
	return s.write(w, r, http.StatusOK, pages.DeliveriesPage(p))
}

func deliveryFilter(query url.Values) (registry.DeliveryFilter, error) {
	f := registry.DeliveryFilter{Dataset: query.Get("jeu"), Text: clean(query.Get("q"), mostSearch)}
	if school := query.Get("etablissement"); school != "" {
		uai, err := belvedere.ParseUAI(school)
		if err != nil {
			return f, belvedere.Errorf(belvedere.Invalid, "etablissement : %v", err)
		}
		f.School = uai
	}
	for _, one := range deliveryFilters {
		if one.code == query.Get("etat") {
			f.States = one.states
			return f, nil
		}
	}
	return f, belvedere.Errorf(belvedere.Invalid, "etat : %q n’est pas un état de livraison", clean(query.Get("etat"), 20))
}

func stateLinks(query url.Values) []parts.Link {
	var out []parts.Link
	for _, one := range deliveryFilters {
		v := url.Values{}
		for _, name := range []string{"jeu", "q", "etablissement"} {
			if query.Get(name) != "" {
				v.Set(name, query.Get(name))
			}
		}
		if one.code != "" {
			v.Set("etat", one.code)
		}
		out = append(out, parts.Link{Label: one.label, Address: withQuery("/livraisons", v), Current: query.Get("etat") == one.code})
	}
	return out
}

// localTimes puts the times of deliveries on the clock of the territory.
func (s *server) localTimes(list []belvedere.Delivery) []belvedere.Delivery {
	out := make([]belvedere.Delivery, len(list))
	for i, d := range list {
		out[i] = s.localTime(d)
	}
	return out
}

func (s *server) localTime(d belvedere.Delivery) belvedere.Delivery {
	for _, t := range []*time.Time{&d.Received, &d.Finished} {
		if !t.IsZero() {
			*t = t.In(s.Zone)
		}
	}
	return d
}

// labels are the French names of datasets and forms.
func (s *server) labels() map[string]string {
	out := map[string]string{}
	for _, f := range s.model.Forms {
		out[f.Code] = f.Label
	}
	for _, d := range s.model.Datasets {
		out[d.Name] = d.Label
	}
	return out
}

// deliveryState tells a script how far a delivery is, in the words of the page.
func (s *server) deliveryState(w http.ResponseWriter, r *http.Request) error {
	d, err := s.askedDelivery(r)
	if err != nil {
		return err
	}
	body, err := json.Marshal(struct {
		Seq   int64  `json:"numero"`
		State string `json:"etat"`
		Words string `json:"texte"`
		Step  string `json:"etape,omitempty"`
		Done  int64  `json:"fait"`
		Total int64  `json:"total"`
		Rows  int64  `json:"lignes"`
		Kept  int64  `json:"retenues"`
		Fault int64  `json:"erreurs"`
		Final bool   `json:"final"`
	}{d.Seq, string(d.State), pages.ProgressWords(d), d.Progress.Step, d.Progress.Done, d.Progress.Total, d.Rows, d.Kept, d.Faults, d.State.Final()})
	if err != nil {
		return err
	}
	send(w, r, http.StatusOK, "application/json", body)
	return nil
}

// askedDelivery is the delivery that the address names.
func (s *server) askedDelivery(r *http.Request) (belvedere.Delivery, error) {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return belvedere.Delivery{}, notFound("Aucune livraison ne porte ce numéro.")
	}
	return s.Deliveries.Delivery(r.Context(), seq)
}
