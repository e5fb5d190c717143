package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Verification is the recent receipts answered again, each by the definitions, the edition and
// the rights that it names, their hashes compared with those of then. It shows no figure.
type Verification struct {
	Program   string    `json:"programme"`
	At        time.Time `json:"le"`
	Checked   int       `json:"rejoues"`
	Same      int       `json:"identiques"`
	Different []Verdict `json:"differences"`
}

// A Verdict is a receipt that no longer gives its result, and why.
type Verdict struct {
	Code    string    `json:"code"`
	Title   string    `json:"titre"`
	Page    string    `json:"page,omitempty"`
	Edition int       `json:"edition"`
	At      time.Time `json:"etabli_le"`
	Changes []Change  `json:"-"`
	// Explained tells that people explain it: a correction, a contest, a setting of the release
	// rules. What the program, the definitions or the warehouse moved is for the operator to judge.
	Explained bool `json:"voulue"`

	Texts []changeJSON `json:"causes"`
}

// Sound tells whether no figure moved by itself.
func (v *Verification) Sound() bool {
	for _, d := range v.Different {
		if !d.Explained {
			return false
		}
	}
	return true
}

// DefaultVerified is how many receipts are answered again when nobody says.
const DefaultVerified = 200

// Verify answers the last receipts again, those issued since an instant when it is not zero. Tell
// hears how far it is; nil is told nothing.
func (r *Reporter) Verify(ctx context.Context, since time.Time, last int, tell func(done, all int)) (_ *Verification, err error) {
	defer belvedere.Wrap(&err, "Verify")
	r = r.root()
	list, _, err := r.registry.ListReceipts(ctx, since, registry.Page{Limit: last})
	if err != nil {
		return nil, err
	}
	v := &Verification{Program: belvedere.Version, At: r.now().In(r.zone), Different: []Verdict{}}
	for i, kept := range list {
		if tell != nil {
			tell(i, len(list))
		}
		verdict, same, err := r.verify(ctx, kept)
		if err != nil {
			return nil, err
		}
		if v.Checked++; same {
			v.Same++
			continue
		}
		v.Different = append(v.Different, verdict)
	}
	return v, nil
}

// verify answers one receipt again under the rights that it names.
func (r *Reporter) verify(ctx context.Context, kept registry.Receipt) (v Verdict, same bool, err error) {
	v = Verdict{Code: kept.Code, Edition: kept.Edition, At: kept.At.In(r.zone)}
	c, err := r.record(ctx, kept)
	if err != nil {
		return v.unanswered(ctx, err)
	}
	v.Title, v.Page = c.standing.Heading.Title, c.standing.Page
	scope := c.rights.scope()
	out, err := c.answer(ctx, belvedere.Viewer{Kind: belvedere.Operator, Scope: scope})
	if err != nil {
		return v.unanswered(ctx, err)
	}
	if digest(out) == kept.Digest && !c.altered {
		return v, true, nil
	}
	all := belvedere.Viewer{Scope: belvedere.Scope{AllSchools: true}}
	if v.Changes, err = c.otherChanges(ctx, all, out.Receipt.Release, false); err != nil {
		return v, false, err
	}
	if len(v.Changes) == 0 {
		v.Changes = []Change{unexplained()}
	}
	for _, x := range v.Changes {
		v.Explained = v.Explained || x.Kind == ChangeCorrection || x.Kind == ChangeRelease
	}
	for _, x := range v.Changes {
		v.Explained = v.Explained && x.Kind != ChangeReceipt && x.Kind != ChangeDefinitions
	}
	v.Texts = changesJSON(v.Changes)
	return v, false, nil
}

// unanswered is the verdict on a receipt that cannot be answered at all; what stops the whole work
// stays an error.
func (v Verdict) unanswered(ctx context.Context, err error) (Verdict, bool, error) {
	if ctx.Err() != nil {
		return v, false, ctx.Err()
	}
	v.Changes = []Change{{Kind: ChangeDefinitions, Text: "Ce reçu ne peut plus être rejoué.", Details: []string{belvedere.Message(err)}, Moves: true}}
	v.Texts = changesJSON(v.Changes)
	return v, false, nil
}

// WriteJSON writes the verification for programs.
func (v *Verification) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		*Verification
		Sound bool `json:"sain"`
	}{v, v.Sound()})
}

// Words is the outcome in one sentence.
func (v *Verification) Words() string {
	n := belvedere.Plural(v.Checked, "reçu rejoué", "reçus rejoués")
	switch {
	case v.Checked == 0:
		return "Aucun reçu à rejouer."
	case len(v.Different) == 0:
		return n + ", tous identiques."
	case v.Sound():
		return n + ", " + belvedere.Plural(len(v.Different), "différence voulue", "différences voulues") + " par des personnes."
	}
	return n + ", " + belvedere.Plural(len(v.Different), "différence", "différences") + "."
}

// WriteText writes the verification for a terminal.
func (v *Verification) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, v.Words())
	for _, d := range v.Different {
		fmt.Fprintf(&b, "%s  édition %d, établi le %s : %s\n", d.Code, d.Edition, belvedere.ShortDate(d.At), d.Title)
		changes := d.Changes
		if changes == nil { // read back from JSON
			for _, x := range d.Texts {
				changes = append(changes, Change(x))
			}
		}
		writeChanges(&b, changes)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
