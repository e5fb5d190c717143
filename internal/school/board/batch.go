package board

import (
	"belvedere"
)

// SchoolOf is the school that a file says it is of, in any of its parts; "" when it says none.
// Parts of several schools are an error of kind Conflict.
func (s *Service) SchoolOf(f Dropped) (uai belvedere.UAI, err error) {
	parts, skipped, err := s.recognise(f)
	if err != nil {
		return "", named(f.Name, err)
	}
	if len(parts) == 0 && len(skipped) > 0 {
		return "", belvedere.Errorf(belvedere.Invalid, "%s", skipped[0])
	}
	for _, part := range parts {
		switch said := part.head.School; {
		case said == "":
		case uai != "" && said != uai:
			return "", belvedere.Errorf(belvedere.Conflict, "%s contient des fichiers des établissements %s et %s. Donnez-les séparément.", f.Name, uai, said)
		default:
			uai = said
		}
	}
	return uai, nil
}
