package dossier

// Check says what is wrong with a filter on rows of a kind, before any row is read: the column, the comparison, how a
// value is written.
func (f Filter) Check(k *Kind) error {
	_, _, err := f.condition(k)
	return err
}
