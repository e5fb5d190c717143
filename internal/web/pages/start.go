package pages

import "belvedere/internal/web/parts"

// A Start is what to do next, in order.
type Start struct {
	parts.Frame
	Steps []Step
	Help  string
}

// A Step is one thing to do. What cannot be known to be done is never marked so.
type Step struct {
	Title, Text string
	Done        bool
	Links       []parts.Link
}

// next is the first step that is not done, -1 when none is left.
func next(list []Step) int {
	for i, s := range list {
		if !s.Done {
			return i
		}
	}
	return -1
}
