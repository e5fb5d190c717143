package api

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

// A delivery as the API writes it.
type deliveryJSON struct {
	Seq      int64       `json:"numero"`
	ID       string      `json:"id"`
	Source   string      `json:"source"`
	Dataset  string      `json:"jeu"`
	Form     string      `json:"format,omitempty"`
	FileName string      `json:"fichier"`
	SHA256   string      `json:"sha256"`
	Size     int64       `json:"taille"`
	State    string      `json:"etat"`
	Reason   string      `json:"motif,omitempty"`
	Rows     int64       `json:"lignes"`
	Kept     int64       `json:"gardees"`
	Set      int64       `json:"ecartees"`
	Faults   int64       `json:"erreurs"`
	Warnings int64       `json:"avertissements"`
	Edition  int         `json:"edition,omitempty"`
	Received time.Time   `json:"recue"`
	Details  []faultJSON `json:"defauts,omitempty"`
}

type faultJSON struct {
	Line     int64  `json:"ligne"`
	Column   int    `json:"colonne,omitempty"`
	Field    string `json:"champ,omitempty"`
	Value    string `json:"valeur,omitempty"`
	Rule     string `json:"regle"`
	Severity string `json:"gravite"`
	Message  string `json:"message"`
	Mend     string `json:"remede,omitempty"`
}

func toJSON(d belvedere.Delivery) deliveryJSON {
	return deliveryJSON{
		Seq: d.Seq, ID: d.ID, Source: d.Source, Dataset: d.Dataset, Form: d.Form, FileName: d.FileName, SHA256: d.SHA256,
		Size: d.Size, State: string(d.State), Reason: d.Reason, Rows: d.Rows, Kept: d.Kept, Set: d.Set, Faults: d.Faults,
		Warnings: d.Warnings, Edition: d.Edition, Received: d.Received,
	}
}

// mostWait bounds the header "Prefer: wait".
const mostWait = 60 * time.Second

// push accepts a file. The answer is sent once the file lies in the landing folder and the
// registry has committed: 202 for a new one, 200 with the first answer for one sent again.
// With "Prefer: wait=N" it comes after publication or refusal, N seconds at most.
//
// The vendor and the schools of a token stand whatever the address says.
func (s *server) push(w http.ResponseWriter, r *http.Request) error {
	v, visit := r.URL.Query(), visitOf(r)
	in := ingest.Submission{
		ID: r.PathValue("id"), Dataset: v.Get("jeu"), FileName: v.Get("fichier"), Announced: v["tranche"],
		Source: sourceOf(visit.caller, v), Body: &watched{s: s, r: r, asked: s.Now()},
	}
	if t := visit.caller.token; t != nil && !t.AllSchools {
		in.Only = append([]belvedere.UAI{}, t.Schools...) // never nil, which would be all
	}
	d, replayed, err := s.Ingest.Accept(r.Context(), in)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return belvedere.Errorf(belvedere.TooLarge, "le fichier dépasse %d octets\u202f; envoyez-le en plusieurs livraisons", large.Limit)
	}
	if err != nil {
		return err
	}
	visit.entry.Result = "fait" // even when nobody waits for the answer any more
	visit.entry.Detail = strings.TrimSpace(visit.entry.Detail + " livraison n° " + strconv.FormatInt(d.Seq, 10))
	if d, err = s.wait(r, d); err != nil {
		return err
	}
	status := http.StatusAccepted
	if replayed || d.State.Final() {
		status = http.StatusOK
	}
	w.Header().Set("Location", "/api/v1/livraisons/"+url.PathEscape(d.ID)+"?source="+url.QueryEscape(d.Source))
	return s.answer(w, r, status, toJSON(d))
}

// sourceOf is whose delivery it is: the vendor of a token, or what the command line says.
func sourceOf(c caller, v url.Values) string {
	if c.token != nil {
		return c.token.Vendor
	}
	if source := v.Get("source"); source != "" {
		return source
	}
	return "api"
}

// watched is the body of a push. It asks again, each second and at the end, whether its sender
// may still push: a token that is withdrawn stops the files on their way.
type watched struct {
	s     *server
	r     *http.Request
	asked time.Time
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.r.Body.Read(p)
	now := b.s.Now()
	if err == nil && now.Sub(b.asked) < time.Second {
		return n, nil
	}
	b.asked = now
	again, refused := b.s.whoAsks(b.r)
	if refused == nil && !visitOf(b.r).caller.sender(again) {
		refused = unknown("l’expéditeur a changé pendant l’envoi")
	}
	if refused != nil {
		return 0, belvedere.WrapError(belvedere.Forbidden, refused, "Le jeton a été retiré ou a expiré pendant l’envoi\u00a0: rien n’a été enregistré.")
	}
	return n, err
}

// wait follows a delivery as long as the sender prefers.
func (s *server) wait(r *http.Request, d belvedere.Delivery) (belvedere.Delivery, error) {
	limit := preferWait(r.Header.Get("Prefer"))
	if limit <= 0 {
		return d, nil
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !d.State.Final() {
		select {
		case <-r.Context().Done():
			return d, r.Context().Err()
		case <-deadline.C:
			return d, nil
		case <-tick.C:
		}
		var err error
		if d, err = s.Store.Delivery(r.Context(), d.Seq); err != nil {
			return d, err
		}
	}
	return d, nil
}

// preferWait reads "wait=N" of RFC 7240, in seconds.
func preferWait(header string) time.Duration {
	for _, p := range strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ';' }) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(p), "wait="); ok {
			seconds, err := strconv.Atoi(n)
			if err == nil && seconds > 0 {
				return min(time.Duration(seconds)*time.Second, mostWait)
			}
		}
	}
	return 0
}

// deliveries lists the last ones.
func (s *server) deliveries(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	page := registry.Page{Limit: 100}
	for _, p := range []struct {
		name        string
		least, most int
		into        *int
	}{{"limite", 1, 1000, &page.Limit}, {"debut", 0, 1_000_000_000, &page.Offset}} {
		if t := v.Get(p.name); t != "" {
			n, err := strconv.Atoi(t)
			if err != nil || n < p.least || n > p.most {
				return belvedere.Errorf(belvedere.Invalid, "%s : %q doit être un entier de %d à %d", p.name, t, p.least, p.most)
			}
			*p.into = n
		}
	}
	filter := registry.DeliveryFilter{Source: v.Get("source"), Dataset: v.Get("jeu")}
	if t := visitOf(r).caller.token; t != nil {
		if filter.Source != "" && filter.Source != t.Vendor {
			return s.answer(w, r, http.StatusOK, map[string]any{"livraisons": []deliveryJSON{}, "total": 0})
		}
		filter.Source = t.Vendor
	}
	list, total, err := s.Store.List(r.Context(), filter, page)
	if err != nil {
		return err
	}
	out := make([]deliveryJSON, 0, len(list))
	for _, d := range list {
		out = append(out, toJSON(d))
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"livraisons": out, "total": total})
}

// delivery tells the state of one, by the id that its sender gave, with its first faults. To a
// token, the deliveries of other vendors do not exist.
func (s *server) delivery(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	source := sourceOf(visitOf(r).caller, v)
	missing := belvedere.Errorf(belvedere.NotFound, "Aucune livraison ne porte cet identifiant.")
	if asked := v.Get("source"); asked != "" && asked != source {
		return missing
	}
	d, err := s.Store.DeliveryByID(r.Context(), source, r.PathValue("id"))
	if belvedere.KindOf(err) == belvedere.NotFound {
		return missing
	}
	if err != nil {
		return err
	}
	faults, _, err := s.Store.Faults(r.Context(), d.Seq, registry.Page{Limit: 100})
	if err != nil {
		return err
	}
	out := toJSON(d)
	for _, f := range faults {
		out.Details = append(out.Details, faultJSON{f.Line, f.Column, f.Field, f.Value, f.Rule, string(f.Severity), f.Message, f.Mend})
	}
	return s.answer(w, r, http.StatusOK, out)
}
