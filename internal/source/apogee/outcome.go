package apogee

import (
	"strings"

	"belvedere/internal/source/table"
)

// outcomes are what words of the label of a result say, those first that hold others: « non admis »
// is not « admis », and « admissible » decides nothing yet.
var outcomes = []struct{ word, issue string }{
	{"attente", "attente"}, {"abandon", "abandon"}, {"demission", "abandon"},
	{"absen", "absent"}, {"defaill", "absent"},
	{"nonadmis", "ajourne"}, {"nonacqui", "ajourne"}, {"nonvalid", "ajourne"}, {"ajourn", "ajourne"}, {"refus", "ajourne"}, {"elimin", "ajourne"}, {"redoubl", "ajourne"},
	{"admissible", "autre_issue"}, {"dispens", "autre_issue"}, {"encours", "attente"},
	{"admis", "admis"}, {"acqui", "admis"}, {"valid", "admis"}, {"compens", "admis"}, {"obtenu", "admis"},
}

// Outcome is the issue that the label of a result tells: admis, ajourne, absent, abandon, attente, or
// autre_issue. Codes are those of each university: its own labels decide, never a list of codes of ours.
func Outcome(label string) string {
	squashed := table.Normalise(label)
	for _, o := range outcomes {
		if strings.Contains(squashed, o.word) {
			return o.issue
		}
	}
	return "autre_issue"
}
