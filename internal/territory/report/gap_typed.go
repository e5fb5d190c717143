package report

import "belvedere"

func (b *gapBuilder) explainTyped() error {
	return belvedere.Errorf(belvedere.Invalid, "todo")
}
