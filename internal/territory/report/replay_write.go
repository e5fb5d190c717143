package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"belvedere"
)

type replayJSON struct {
	Code        string             `json:"code"`
	Address     string             `json:"adresse"`
	Title       string             `json:"titre"`
	Same        bool               `json:"identique"`
	Hash        string             `json:"empreinte"`
	Digest      string             `json:"empreinte_du_resultat"`
	Definitions string             `json:"definitions"`
	Edition     int                `json:"edition"`
	Published   string             `json:"publiee_le,omitempty"`
	Current     int                `json:"edition_actuelle"`
	Release     string             `json:"regles_du_secret,omitempty"`
	Program     string             `json:"programme"`
	At          string             `json:"etabli_le"`
	Now         string             `json:"recu_de_cette_reponse"`
	Live        string             `json:"lien_vivant,omitempty"`
	Frozen      string             `json:"lien_fige,omitempty"`
	Changes     []changeJSON       `json:"changements"`
	Meaning     []redefinitionJSON `json:"definitions_changees"`
}

type changeJSON struct {
	Kind    ChangeKind `json:"genre"`
	Text    string     `json:"texte"`
	Details []string   `json:"details,omitempty"`
	Moves   bool       `json:"explique_l_ecart"`
}

type redefinitionJSON struct {
	Code   string            `json:"code"`
	Label  string            `json:"intitule"`
	Gone   bool              `json:"supprime,omitempty"`
	Fields []fieldChangeJSON `json:"champs,omitempty"`
}

type fieldChangeJSON struct {
	Name string `json:"nom"`
	Old  string `json:"avant"`
	New  string `json:"aujourd_hui"`
}

// WriteJSON says what a receipt names and what has changed since; the result itself is a file of
// its own.
func (p *Replay) WriteJSON(w io.Writer) error {
	out := replayJSON{
		Code: p.Receipt.Code, Address: "/recu/" + p.Receipt.Code, Title: p.Title, Same: p.Same, Hash: p.Receipt.Hash, Digest: p.Receipt.Digest,
		Definitions: p.Receipt.Definitions, Edition: p.Receipt.Edition, Current: p.Now.Number, Release: p.Receipt.Rules, Program: p.Receipt.Program,
		At: p.Receipt.At.Format(time.RFC3339), Now: p.Result.Receipt.Code, Live: p.Page, Frozen: p.Frozen,
		Changes: changesJSON(p.Changes), Meaning: []redefinitionJSON{},
	}
	if at := p.Result.Edition.Published; !at.IsZero() {
		out.Published = at.Format(time.RFC3339)
	}
	for _, m := range p.Meaning {
		x := redefinitionJSON{Code: m.Code, Label: m.Label, Gone: m.Gone}
		for _, f := range m.Fields {
			x.Fields = append(x.Fields, fieldChangeJSON(f))
		}
		out.Meaning = append(out.Meaning, x)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func changesJSON(list []Change) []changeJSON {
	out := make([]changeJSON, 0, len(list))
	for _, c := range list {
		out = append(out, changeJSON(c))
	}
	return out
}

// Verdict is one sentence about the replay.
func (p *Replay) Verdict() string {
	if p.Same {
		return "Ce résultat est le même que lorsque ce reçu a été établi, octet pour octet."
	}
	return "Ce résultat n’est plus celui du reçu : voici ce que vous pouvez en voir aujourd’hui."
}

// WriteText says the same for a terminal.
func (p *Replay) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Reçu %s : %s\n%s\n", p.Receipt.Code, p.Title, p.Verdict())
	fmt.Fprintf(&b, "Édition %d, définitions %s, établi le %s\n", p.Receipt.Edition, p.Receipt.Definitions, belvedere.ShortDate(p.Receipt.At))
	if p.Now.Number > p.Receipt.Edition {
		fmt.Fprintf(&b, "La dernière édition est la %d.\n", p.Now.Number)
	}
	writeChanges(&b, p.Changes)
	for _, m := range p.Meaning {
		if m.Gone {
			fmt.Fprintf(&b, "- définition : %s n’est plus au catalogue\n", m.Label)
			continue
		}
		fmt.Fprintf(&b, "- définition : %s a changé depuis (le résultat suit l’ancienne)\n", m.Label)
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "    %s : %s\n    aujourd’hui : %s\n", f.Name, orNone(f.Old), orNone(f.New))
		}
	}
	if !p.Same {
		fmt.Fprintf(&b, "Ce qui est montré porte le reçu %s.\n", p.Result.Receipt.Code)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeChanges(b *strings.Builder, list []Change) {
	for _, c := range list {
		fmt.Fprintf(b, "- %s : %s\n", c.Kind, c.Text)
		for _, d := range c.Details {
			fmt.Fprintf(b, "    %s\n", d)
		}
	}
}
