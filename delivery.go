package belvedere

import (
	"fmt"
	"time"
)

// A DeliveryState is the life of a delivery (DESIGN section 5).
type DeliveryState string

// received → read → checked → staged → published, or refused.
const (
	Received  DeliveryState = "recue"
	Read      DeliveryState = "lue"
	Checked   DeliveryState = "controlee"
	Staged    DeliveryState = "preparee"
	Published DeliveryState = "publiee"
	Refused   DeliveryState = "refusee"
)

// Label is the state in words.
func (s DeliveryState) Label() string {
	switch s {
	case Received:
		return "reçue"
	case Read:
		return "lue"
	case Checked:
		return "contrôlée"
	case Staged:
		return "préparée"
	case Published:
		return "publiée"
	case Refused:
		return "refusée"
	}
	return string(s)
}

// Final tells whether the state is the last.
func (s DeliveryState) Final() bool { return s == Published || s == Refused }

// A Delivery is one file accepted from one source.
type Delivery struct {
	Seq       int64  // number in the registry, in order of arrival
	ID        string // given by the sender (PUT /api/v1/livraisons/{id}) or made from the hash
	Source    string // who delivers: "fichier", a vendor, "demonstration"
	Dataset   string // "" until read, for files that a form recognises
	Form      string // form that read it, "" for the published format
	FileName  string // as the sender called it, for display only
	SHA256    string // of the bytes received, also the name in the landing folder
	Size      int64
	Announced []string // slices announced by the sender, or empty
	Only      []UAI    // schools that the sender may deliver (of its token), nil: all
	State     DeliveryState
	Reason    string // why it was refused, in French, with what to do
	Rows      int64  // rows read
	Kept      int64  // rows kept after checks
	Set       int64  // rows set aside because a finer source holds their slice, or skipped by the form
	Faults    int64  // faults found (the first ones are kept as rows)
	Warnings  int64
	Edition   int // edition that published it, 0 before
	Received  time.Time
	Finished  time.Time
	Progress  Progress
}

// Progress of a running delivery: Done of Total, in bytes of the file.
type Progress struct {
	Step  string
	Done  int64
	Total int64
}

// A DeliverySlice is a part of a dataset that a delivery replaced.
type DeliverySlice struct {
	Dataset  string // a file may feed several
	Slice    string // "0350017D/2025-11"
	Rows     int64
	Replaced int64 // Seq of the delivery that held it, 0 when none did
}

// A Severity grades a fault.
type Severity string

// An error leaves a row out; a warning keeps it.
const (
	SeverityError   Severity = "erreur"
	SeverityWarning Severity = "avertissement"
)

// A Fault is one defect in a file, with its place. Line and Column start at 1, 0 when the file
// as a whole is meant; Column counts fields. The message is in French and says why; Mend says what to do.
type Fault struct {
	File     string // member of an archive, or ""
	Line     int64
	Column   int
	Field    string
	Value    string
	Rule     string // stable code: "uai_lettre", "code_inconnu", …
	Severity Severity
	Message  string
	Mend     string
}

// Error writes the fault as one line.
func (f Fault) Error() string {
	at := fmt.Sprintf("ligne %d", f.Line)
	if f.Line == 0 {
		at = "fichier"
	}
	if f.File != "" {
		at = f.File + ", " + at
	}
	switch {
	case f.Field != "" && f.Column > 0:
		at += fmt.Sprintf(", colonne %d (%s)", f.Column, f.Field)
	case f.Field != "":
		at += fmt.Sprintf(", colonne «\u00a0%s\u00a0»", f.Field)
	}
	return at + " : " + f.Message
}

// An Edition is the numbered state of all data after a publication.
type Edition struct {
	Number    int
	Published time.Time
	Label     string
}
