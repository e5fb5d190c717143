package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/web/parts"
)

// Deliveries is the journal of what was received.
type Deliveries struct {
	Frame    parts.Frame
	List     []belvedere.Delivery // with times in the zone of the territory
	Total    int
	Pages    []parts.Link
	States   []parts.Link // to show one state only
	Datasets []DatasetChoice
	Labels   map[string]string // of datasets and forms
	MostSize int64             // bytes that a file may have
	Open     bool              // files can be dropped here
}

// A DatasetChoice is an option of the form.
type DatasetChoice struct{ Code, Label string }

// label gives the French name of a dataset or a form.
func label(labels map[string]string, code string) string {
	if l := labels[code]; l != "" {
		return l
	}
	return code
}

// deliveryAddress is the page of a delivery.
func deliveryAddress(seq int64) string { return "/livraisons/" + strconv.FormatInt(seq, 10) }

// ProgressWords says in words how far a delivery is; the list, its page and the polling
// script all show them.
func ProgressWords(d belvedere.Delivery) string {
	if d.State.Final() || d.Progress.Step == "" {
		return d.State.Label()
	}
	words := d.Progress.Step
	if d.Progress.Total > 0 {
		words += belvedere.NoBreak + ": " + size(d.Progress.Done) + " sur " + size(d.Progress.Total)
	}
	return words
}

// stateClass gives a refusal and a running step their colour; the word says it too.
func stateClass(s belvedere.DeliveryState) string {
	switch {
	case s == belvedere.Refused:
		return "state-word refused"
	case !s.Final():
		return "state-word running"
	}
	return "state-word"
}

// faultNoun is the word behind the count of faults.
func faultNoun(d belvedere.Delivery) string {
	if d.Faults+d.Warnings > 1 {
		return "défauts"
	}
	return "défaut"
}

// faultWords counts errors and warnings.
func faultWords(d belvedere.Delivery) string {
	if d.Faults == 0 && d.Warnings == 0 {
		return "0"
	}
	return count(d.Faults + d.Warnings)
}
