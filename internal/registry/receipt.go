package registry

import (
	"context"
	"time"
)

// Receipts keeps what lets a result be made again, and never a figure of it.
type Receipts interface {
	// KeepReceipts keeps receipts with the parts that they name, in one transaction, and gives each
	// as it is kept: one whose hash is there already keeps its code, instant and holder. The code
	// is the first of Codes that no other hash bears.
	KeepReceipts(ctx context.Context, list []NewReceipt, parts map[string]string) ([]Receipt, error)

	// Receipt finds one by its code. NotFound when there is none.
	Receipt(ctx context.Context, code string) (Receipt, error)

	// ReceiptParts gives the texts of the parts that are kept, by name.
	ReceiptParts(ctx context.Context, names ...string) (map[string]string, error)

	// ListReceipts gives those issued since an instant (the zero time: ever), newest first, and how many there are.
	ListReceipts(ctx context.Context, since time.Time, p Page) ([]Receipt, int, error)

	// PurgeReceipts forgets receipts issued before an instant, one for those seen on screen only
	// and one for those of files, with the parts that no other names, and says how many.
	PurgeReceipts(ctx context.Context, screens, files time.Time) (int, error)

	// ForgetHolders takes the names of people from the receipts issued before an instant.
	ForgetHolders(ctx context.Context, before time.Time) (int, error)
}

// A Receipt is what makes a result again: the question, what answered it, and the hash that the
// result had. Question, Heading, Rights and Edits name parts.
type Receipt struct {
	Code        string
	Hash        string // of all that follows down to Program
	Question    string
	Heading     string
	Definitions string // version of the catalogue
	Edition     int
	Rights      string
	Edits       string // "" when nobody said anything over the deliveries
	Rules       string // state of the release rules, "" without any
	Program     string
	Digest      string // hash of the result
	Filed       bool   // it stands in a file or in an answer to a program
	At          time.Time
	Account     int64 // who first got it, 0 for a token or the operator
	Login       string
}

// A NewReceipt is one to keep under the first of its codes that is free.
type NewReceipt struct {
	Receipt
	Codes []string
}
