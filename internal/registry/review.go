package registry

import (
	"context"
	"time"
)

// Reviews keeps the campaigns in which each live grant is confirmed, or ends.
type Reviews interface {
	// OpenReview begins one with the grants that it names.
	OpenReview(ctx context.Context, r Review, grants []int64) (Review, error)
	// ListReviews gives all, newest first.
	ListReviews(ctx context.Context) ([]Review, error)
	// ReviewLines gives those of one, by grant.
	ReviewLines(ctx context.Context, review int64) ([]ReviewLine, error)
	// AnswerReview keeps a decision; one that ends a grant revokes it in the same transaction. Conflict
	// when the review is closed.
	AnswerReview(ctx context.Context, l ReviewLine) error
	// CloseReview ends one and revokes every grant that nobody confirmed; it gives them. A second time
	// is harmless.
	CloseReview(ctx context.Context, id int64, by string, at time.Time) ([]Grant, error)
}

// A Review is a campaign.
type Review struct {
	ID     int64
	Label  string
	Opened time.Time
	By     string
	Closes time.Time // when unanswered grants end
	Closed time.Time
}

// Decisions of a review about a grant.
const (
	ReviewConfirmed = "confirmee"
	ReviewEnded     = "retiree"
)

// A ReviewLine is a grant of a review.
type ReviewLine struct {
	Review, Grant int64
	Decision      string // "" as long as there is none
	By            string
	At            time.Time
	Reason        string
}
