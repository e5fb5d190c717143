package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"belvedere"
)

// Requests keeps the files of declared procedures: what was asked, where each stands, and all that
// happened to it. What happens is written whole or not at all, a grant that it gives included.
type Requests interface {
	// KeepProcedure gives the number of the revision that a declaration is, made when its text is new.
	KeepProcedure(ctx context.Context, code, text string, at time.Time) (revision int, err error)
	// ProcedureText is a revision as it was declared. NotFound when there is none.
	ProcedureText(ctx context.Context, code string, revision int) (string, error)

	// ListRequests gives those that pass the filter, newest first, and how many there are.
	ListRequests(ctx context.Context, f RequestFilter, p Page) ([]Request, int, error)
	Request(ctx context.Context, id int64) (Request, error)
	// RequestEvents gives what happened to one, oldest first; ProcedureEvents to all of a procedure, by
	// request and number.
	RequestEvents(ctx context.Context, id int64) ([]RequestEvent, error)
	ProcedureEvents(ctx context.Context, procedure string) ([]RequestEvent, error)
	// MoveRequest adds a request (ID 0) or replaces it under the rule of versions (Conflict), appends its
	// event and, when it gives one, makes a grant with those who approved it.
	MoveRequest(ctx context.Context, m RequestMove) (Request, error)
	// NoteRequest appends an event that changes nothing of a request: a reminder. With a number (Seq) it is
	// that event or none: Conflict when another came first.
	NoteRequest(ctx context.Context, e RequestEvent) error
	// DeleteDraft forgets a request that was never filed.
	DeleteDraft(ctx context.Context, id int64) error
	// PurgeRequest forgets who asked what and why; states, dates and seals stay.
	PurgeRequest(ctx context.Context, id int64, at time.Time) error

	// Vote says whether an account wants a request; Voted which requests an account wants.
	Vote(ctx context.Context, request, account int64, wanted bool, at time.Time) error
	Voted(ctx context.Context, account int64) (map[int64]bool, error)

	// Approvals gives who approved the grants that came of requests, by grant, oldest first.
	Approvals(ctx context.Context) (map[int64][]Approval, error)

	// StandIns are those in place, by account; PutStandIn with no deputy removes one.
	StandIns(ctx context.Context) ([]StandIn, error)
	PutStandIn(ctx context.Context, d StandIn) error
	// Managers are those declared, by account; PutManager with no manager removes one.
	Managers(ctx context.Context) (map[int64]int64, error)
	PutManager(ctx context.Context, account, manager int64, by string, at time.Time) error
}

// A RequestState is where a file stands, in the words that all procedures share.
type RequestState string

// The states of a file.
const (
	RequestDraft       RequestState = "brouillon"
	RequestFiled       RequestState = "deposee"
	RequestToComplete  RequestState = "a_completer"
	RequestExamined    RequestState = "en_examen"
	RequestGranted     RequestState = "accordee"
	RequestGrantedPart RequestState = "accordee_partie"
	RequestRefused     RequestState = "refusee"
	RequestWithdrawn   RequestState = "retiree"
	RequestLapsed      RequestState = "echue"
	RequestDone        RequestState = "executee"
	RequestClosed      RequestState = "close"
	RequestDropped     RequestState = "sans_suite" // nobody went on with it
)

// requestLabels are the states as pages show them.
var requestLabels = map[RequestState]string{
	RequestDraft: "brouillon", RequestFiled: "déposée", RequestToComplete: "à compléter", RequestExamined: "en examen", RequestGranted: "accordée",
	RequestGrantedPart: "accordée en partie", RequestRefused: "refusée", RequestWithdrawn: "retirée", RequestLapsed: "échue", RequestDone: "exécutée", RequestClosed: "close",
	RequestDropped: "sans suite",
}

// Label is the state as pages show it.
func (s RequestState) Label() string {
	if l, ok := requestLabels[s]; ok {
		return l
	}
	return string(s)
}

// A Request is a file.
type Request struct {
	ID        int64
	Version   int64 // raised by each move
	Procedure string
	Revision  int
	Account   int64 // who files it
	Name      string
	Title     string
	State     RequestState
	Step      string
	Asked     string // JSON
	Own       string // JSON: what the authority puts beside
	Created   time.Time
	Filed     time.Time
	Since     time.Time // when its step began
	Due       time.Time // when its step is late
	Ended     time.Time
	Purged    time.Time
	Votes     int // read only
}

// A RequestEvent is one thing that happened to a file.
type RequestEvent struct {
	Request int64
	Seq     int64 // from 1, given by the registry
	At      time.Time
	Account int64 // 0: the program
	Name    string
	Deputy  string // for whom, when a deputy acted
	Act     string
	Before  RequestState
	After   RequestState
	Step    string
	Next    string
	Holder  string
	Reason  string
	Changes string // JSON
	Content string // fingerprint of what a purge removes, given by the registry
	Seal    string // given by the registry
}

// A RequestMove is a file as it becomes, what brought it there, and what comes of it.
type RequestMove struct {
	Request   Request
	Event     RequestEvent
	Grant     *Grant // made, its Request that of the file
	Approvals []Approval
}

// An Approval is one of those who approved a grant.
type Approval struct {
	Account int64
	Name    string
	At      time.Time
}

// A StandIn (suppléant) acts in the place of someone between two days.
type StandIn struct {
	Account, Deputy int64
	From, To        time.Time // calendar dates; To is the first day after
}

// On tells whether a deputy stands in on a day.
func (d StandIn) On(day time.Time) bool { return !day.Before(d.From) && day.Before(d.To) }

// A RequestFilter keeps the requests that meet all that it says; its zero value keeps all.
type RequestFilter struct {
	Procedure string
	Account   int64
	States    []RequestState
	Open      bool      // has a step
	EndedBy   time.Time // ended not after, and not purged
	Text      string
}

// content is the fingerprint of what a purge removes from an event.
func (e *RequestEvent) content() string {
	return fingerprint(fmt.Sprint(e.Account), e.Name, e.Deputy, e.Reason, e.Changes)
}

// seal chains an event to the one before.
func (e *RequestEvent) seal(previous string) string {
	return fingerprint(previous, fmt.Sprint(e.Request, e.Seq, micros(e.At)), e.Act, string(e.Before), string(e.After), e.Step, e.Next, e.Holder, e.Content)
}

// fingerprint is taken over texts each preceded by its length, so that none passes for another.
func fingerprint(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d:%s", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// VerifyEvents tells whether the events of a file are those that were written: none altered, added
// between others, or removed before the last. What a purge removed is not judged.
func VerifyEvents(list []RequestEvent, purged bool) error {
	previous := ""
	for i, e := range list {
		if e.Seq != int64(i+1) || e.Seal != e.seal(previous) || !purged && e.Content != e.content() {
			return belvedere.Errorf(belvedere.Internal, "L’événement %d de la demande n°\u00a0%d n’est plus celui qui a été écrit.", i+1, e.Request)
		}
		previous = e.Seal
	}
	return nil
}
