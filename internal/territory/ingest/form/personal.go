package form

import "belvedere/internal/mapping"

// Personal is the first header that announces who people are, "" when none does.
func Personal(header []string) string {
	for _, h := range header {
		if mapping.Look(h, nil).Identity != "" {
			return h
		}
	}
	return ""
}
