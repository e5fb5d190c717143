package dossier

// specials are the formats that are no tables, read by code.
var specials = []string{}

// special makes an import of files whose format is read by code; ok is false when they are not of one.
func (s *Service) special(name string, files []File) (b Batch, ok bool, err error) {
	return b, false, nil
}
