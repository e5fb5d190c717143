package webtest

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// Receipt is the code of the only receipt.
const Receipt = "7KQ2-M9XD"

// Receipts answers one receipt, the same or not.
type Receipts struct {
	Changed bool
	Outcome *report.Verification
	Asked   int
}

// Replay answers the receipt.
func (f *Receipts) Replay(_ context.Context, _ belvedere.Viewer, code string) (*report.Replay, error) {
	if report.ReadCode(code) != Receipt {
		return nil, belvedere.Errorf(belvedere.NotFound, "Aucun reçu ne porte ce code parmi ceux que vos droits ouvrent.")
	}
	r := Table(3, 2, func(i int) (string, string) { return "", []string{"Élèves", "Classes"}[i] }, false)
	p := &report.Replay{
		Receipt: registry.Receipt{Code: Receipt, Hash: "00ff", Digest: "ff00", Edition: 412, Definitions: "b124b68bf248d7da", Program: "0.1.0", Rules: "secret-3", At: Published, Login: "Claire@MORVAN"},
		Title:   "Moyens généraux par établissement", Page: "/moyens/par-etablissement", Frozen: "/moyens/par-etablissement?edition=412",
		Heading: belvedere.Heading{Title: "Moyens généraux par établissement", Selection: "année 2025-2026"}, Result: r, Same: !f.Changed,
		Now: belvedere.Edition{Number: 415},
	}
	if f.Changed {
		p.Changes = []report.Change{{Kind: report.ChangeAgreement, Text: "Des conventions ont changé.", Details: []string{"Convention n° 12 de Collège Jean-Moulin : retirée le 12/11/2026"}, Moves: true}}
		p.Meaning = []report.Redefinition{{Code: "eleves", Label: "Élèves", Fields: []report.FieldChange{{Name: "Calcul", Old: "effectifs.eleves", New: "effectifs.eleves[sexe=F]"}}}, {Label: "Internes", Gone: true}}
	}
	return p, nil
}

// Verified is the last outcome.
func (f *Receipts) Verified(context.Context) (*report.Verification, error) { return f.Outcome, nil }

// VerifyReceipts counts how often it was asked.
func (f *Receipts) VerifyReceipts(context.Context) error {
	f.Asked++
	f.Outcome = &report.Verification{Program: "0.1.0", At: Published.Add(time.Hour), Checked: 3, Same: 2, Different: []report.Verdict{{Code: Receipt, Title: "Moyens", Edition: 412}}}
	return nil
}
