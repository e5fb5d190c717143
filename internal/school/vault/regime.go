package vault

import "strings"

// pension is what a regime means for meals and nights: externe, demi_pension, internat,
// interne_externe, demi_pension_ailleurs, or "" when it says nothing. Codes are those of SIECLE
// (formats.md 1.6); the directory and timetable tools write labels.
func pension(regime string) string {
	code := strings.TrimSpace(regime)
	switch {
	case code == "":
		return ""
	case code == "0" || code == "1":
		return "externe"
	case code == "4":
		return "interne_externe"
	case code == "6":
		return "demi_pension_ailleurs"
	case code == "3" || code == "5" || len(code) == 2 && code[0] == '3':
		return "internat"
	case code == "2" || len(code) == 2 && code[0] == '2':
		return "demi_pension"
	}
	label := Fold(regime)
	for _, w := range []struct{ word, means string }{
		{"HORS", "demi_pension_ailleurs"}, {"INTERNE EXTERNE", "interne_externe"}, {"IN EX", "interne_externe"},
		{"DEMI PENSION", "demi_pension"}, {"DP", "demi_pension"}, {"TICKET", "demi_pension"}, {"AU TIC", "demi_pension"},
		{"INTERN", "internat"}, {"EXTERN", "externe"}, {"EX", "externe"},
	} {
		if strings.Contains(label, w.word) {
			return w.means
		}
	}
	return ""
}

// kinship turns the code of one character of before 2018 into the one of two (formats.md 1.6), and
// keeps the others.
func kinship(code string) string {
	switch code = strings.TrimSpace(code); code {
	case "1":
		return "20"
	case "2":
		return "10"
	case "3":
		return "50"
	case "4":
		return "39"
	case "5":
		return "51"
	case "6":
		return "90"
	case "7":
		return "70"
	}
	return code
}
