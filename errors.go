package belvedere

import (
	"errors"
	"fmt"
)

// A Kind is what an error means to the one who caused it; web and API turn it into a status.
type Kind int

// The closed list of kinds.
const (
	Internal    Kind = iota // our fault: the visitor sees no detail
	Invalid                 // the request or file is wrong
	NotFound                // no such thing, or no right to know of it
	Conflict                // the same id with other content
	Forbidden               // known but not allowed
	TooLarge                // over a documented limit
	Unavailable             // try again later (locked, full disk)
)

// An Error carries a message that a visitor may read, in French, and the cause for the operator.
type Error struct {
	Kind    Kind
	Message string
	Cause   error
}

// Error writes message and cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + " : " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error of a kind with a message for the visitor.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// WrapError adds a message for the visitor to a cause that only the operator sees.
func WrapError(kind Kind, cause error, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// KindOf is the kind of the first Error in the chain, Internal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Message is what a visitor may read of an error.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Kind != Internal {
		return e.Message
	}
	return "Une erreur interne est survenue. Elle est notée dans le journal du serveur."
}

// Wrap adds the operation and its arguments to an error on the way out of a function:
//
//	defer belvedere.Wrap(&err, "Publish(%d)", id)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
