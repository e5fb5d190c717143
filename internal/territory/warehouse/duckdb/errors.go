package duckdb

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"belvedere"
)

// ErrCorrupt tells that the warehouse file is not a database that this engine can read: another
// format, another version, or damaged. The file is left untouched: move it aside with its .wal
// and rebuild from the landing folder. Find it with errors.As.
type ErrCorrupt struct {
	Path  string
	Cause error
}

// Error names the file and the cause.
func (e *ErrCorrupt) Error() string { return e.Path + " : " + e.Unwrap().Error() }

// Unwrap gives the error with the message for the visitor.
func (e *ErrCorrupt) Unwrap() error {
	return belvedere.WrapError(belvedere.Unavailable, e.Cause,
		"L’entrepôt de statistiques est illisible. Il peut être reconstruit à partir des livraisons conservées.")
}

// engineError is what DuckDB said, word for word; it is for the operator.
type engineError string

func (e engineError) Error() string { return string(e) }

var (
	errClosed = belvedere.Errorf(belvedere.Unavailable, "L’entrepôt de statistiques est fermé.")
	errAgain  = belvedere.Errorf(belvedere.Unavailable, "L’entrepôt de statistiques redémarre. Recommencez dans un instant.")

	lockedBy = regexp.MustCompile(`PID (\d+)`)
)

// has tells whether the text of a DuckDB error contains one of the marks.
func has(err error, marks ...string) bool {
	var said engineError
	if !errors.As(err, &said) {
		return false
	}
	for _, m := range marks {
		if strings.Contains(string(said), m) {
			return true
		}
	}
	return false
}

// fatal tells that DuckDB refuses everything from now on, until the file is opened again.
func fatal(err error) bool {
	return has(err, "FATAL Error", "INTERNAL Error", "database has been invalidated")
}

// diskFull recognises the ways in which DuckDB repeats ENOSPC and EDQUOT.
func diskFull(err error) bool {
	return has(err, "No space left on device", "Disk quota exceeded", "not enough space on the disk")
}

// damaged recognises a file that is not a readable database. A WAL that cannot be replayed
// counts, and so does a file written by a later version: both are cured by a rebuild.
func damaged(err error) bool {
	return !diskFull(err) && has(err, "not a valid DuckDB database file", "Corrupt database file", "checksum",
		"Serialization Error", "Failure while replaying WAL", "WAL replay", "version number",
		"storage version", "does not match", "Could not read enough bytes", "Could not read all bytes",
		"is an existing extension") // a file of another program that DuckDB has an extension for
}

// explain turns what DuckDB said into what the caller is promised. Errors of the caller pass.
func (e *engine) explain(err error) error {
	var told *belvedere.Error
	switch {
	case err == nil || errors.As(err, &told):
		return err
	case diskFull(err):
		return belvedere.WrapError(belvedere.Unavailable, err,
			"Le disque est plein"+belvedere.NoBreak+": libérez de la place, puis recommencez. Les données déjà publiées sont intactes.")
	case has(err, "Could not set lock", "Conflicting lock", "being used by another process"):
		return lockError(err)
	case has(err, "Out of Memory Error", "failed to offload data block", "could not allocate block", "failed to allocate"):
		return belvedere.WrapError(belvedere.Unavailable, err,
			"La mémoire et l’espace temporaire accordés à l’entrepôt de statistiques ne suffisent pas à cette opération.")
	case has(err, "Corrupt database file", "computed checksum"):
		return &ErrCorrupt{Path: e.opts.Path, Cause: err}
	case fatal(err):
		return belvedere.WrapError(belvedere.Unavailable, err, "L’entrepôt de statistiques redémarre. Recommencez dans un instant.")
	}
	return err
}

// explainOpen is explain for the opening of the file, where damage shows in more ways.
func (e *engine) explainOpen(err error) error {
	if damaged(err) {
		return &ErrCorrupt{Path: e.opts.Path, Cause: err}
	}
	return e.explain(err)
}

func lockError(err error) error {
	who := "un autre programme"
	if m := lockedBy.FindStringSubmatch(err.Error()); m != nil {
		who = "un autre programme (processus " + m[1] + ")"
	}
	return belvedere.WrapError(belvedere.Unavailable, err,
		"L’entrepôt de statistiques est déjà ouvert par %s. Arrêtez-le, ou attendez qu’il ait fini.", who)
}

// interrupted puts the error of the context in front of what DuckDB said about the interruption.
func interrupted(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && has(err, "INTERRUPT Error", "Interrupted") {
		return fmt.Errorf("%w (%v)", cause, err)
	}
	return err
}
