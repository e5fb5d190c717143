package vault

import "strings"

// levels gives the level of the territory (catalog/codes/niveaux.yaml) of a MEFSTAT4, the first
// four characters of MEFSTAT11. It was read off the 2,504 formations of a real feed of the
// ministry (AAF, MefEducNat), by their labels; 2113 and 2114 are older forms of 2115 and 2116.
// A formation that no level of the territory names goes to "autre" or "superieur_autre".
var levels = map[string]string{
	"1110": "pre_elementaire", "1111": "pre_elementaire", "1112": "pre_elementaire", "1113": "pre_elementaire",
	"1121": "cp", "1122": "ce1", "1123": "ce2", "1124": "cm1", "1125": "cm2",
	"1211": "elementaire", "1311": "elementaire", "1411": "ulis_ecole",
	"2111": "6eme", "2112": "5eme", "2113": "4eme", "2114": "3eme", "2115": "4eme", "2116": "3eme",
	"2118": "autre", "2119": "ulis", "2132": "autre", "2135": "autre", // relay classes, pre-apprenticeship
	"2211": "2nde", "2212": "1ere", "2213": "terminale",
	"2311": "cap1", "2321": "cap1", "2322": "cap2", "2331": "cap1", "2332": "cap2", "2333": "cap2",
	"2381": "2nde_pro", "2382": "1ere_pro", "2383": "terminale_pro",
	"2361": "1ere_pro", "2371": "1ere_pro", "2372": "terminale_pro",
	"2351": "2nde_pro", "2352": "terminale_pro", "2341": "2nde_pro", // BEP
	"23B1": "autre", "23C1": "autre", "23C2": "autre", "2391": "autre", "2511": "autre", "2512": "autre", // BMA, MC, BP
	"2431": "6eme_segpa", "2432": "5eme_segpa", "2433": "4eme_segpa", "2434": "3eme_segpa",
	"3111": "cpge1", "3112": "cpge2",
	"3211": "bts1", "3221": "bts1", "3222": "bts2", "3231": "bts1", "3232": "bts2", "3233": "bts2",
	"3242": "superieur_autre", "3251": "superieur_autre", "3261": "superieur_autre", "3262": "superieur_autre",
	"3281": "superieur_autre", "3282": "superieur_autre", "3291": "licence3", "3292": "licence3",
	"32A1": "superieur_autre", "32A2": "superieur_autre", "32A3": "superieur_autre",
	"32B1": "superieur_autre", "32B2": "superieur_autre", "3931": "superieur_autre",
}

// programs gives the levels of the years of a program, the first three digits of a MEF, in the same
// feed, for files that carry no MEFSTAT. The tenth digit is the year.
var programs = map[string][]string{
	"001": {"cp"}, "100": {"6eme"}, "101": {"5eme"}, "102": {"4eme"}, "103": {"3eme"}, "106": {"ulis"},
	"164": {"6eme_segpa"}, "165": {"5eme_segpa"}, "166": {"4eme_segpa"}, "167": {"3eme_segpa"},
	"200": {"2nde"}, "201": {"1ere"}, "202": {"terminale"}, "210": {"2nde"}, "211": {"1ere"}, "212": {"terminale"},
	"220": {"2nde"}, "221": {"1ere"}, "222": {"terminale"},
	"240": {"cap1"}, "270": {"cap1"}, "241": {"cap1", "cap2"}, "271": {"cap1", "cap2"}, "242": {"cap1", "cap2", "cap2"},
	"247": {"2nde_pro", "1ere_pro", "terminale_pro"}, "276": {"2nde_pro", "1ere_pro", "terminale_pro"},
	"301": {"cpge1", "cpge2"}, "310": {"bts1"}, "370": {"bts1"}, "311": {"bts1", "bts2"}, "371": {"bts1", "bts2"},
}

// levelOfMEF is the level of a MEF by its digits.
func levelOfMEF(mef string) string {
	if len(mef) < 10 {
		return ""
	}
	years := programs[mef[:3]]
	if len(years) == 1 {
		return years[0]
	}
	// The ninth is how many years it has: local variants of four years, or of one, are told by their label.
	if n := int(mef[9] - '1'); n >= 0 && n < len(years) && int(mef[8]-'0') == len(years) {
		return years[n]
	}
	return ""
}

// words begin labels of formations, ONDE levels and class names; the longest wins. Folded.
var words = []struct{ prefix, level string }{
	{"6EME SEGPA", "6eme_segpa"}, {"5EME SEGPA", "5eme_segpa"}, {"4EME SEGPA", "4eme_segpa"}, {"3EME SEGPA", "3eme_segpa"},
	{"6E SEGPA", "6eme_segpa"}, {"5E SEGPA", "5eme_segpa"}, {"4E SEGPA", "4eme_segpa"}, {"3E SEGPA", "3eme_segpa"},
	{"ULIS", "ulis"}, {"UPI", "ulis"}, {"UNITE PEDAGOGIQUE D INTEGRATION", "ulis"},
	{"6EME", "6eme"}, {"5EME", "5eme"}, {"5 EME", "5eme"}, {"4EME", "4eme"}, {"3EME", "3eme"},
	{"6E", "6eme"}, {"5E", "5eme"}, {"4E", "4eme"}, {"3E", "3eme"},
	{"SIXIEME", "6eme"}, {"CINQUIEME", "5eme"}, {"QUATRIEME", "4eme"}, {"TROISIEME", "3eme"},
	{"2NDPRO", "2nde_pro"}, {"2NDE PRO", "2nde_pro"}, {"2DE PRO", "2nde_pro"}, {"SECONDE PRO", "2nde_pro"}, {"SECPRO", "2nde_pro"},
	{"1ERPRO", "1ere_pro"}, {"1ERE PRO", "1ere_pro"}, {"PREMIERE PRO", "1ere_pro"},
	{"TLEPRO", "terminale_pro"}, {"TLE PRO", "terminale_pro"}, {"TERMINALE PRO", "terminale_pro"},
	{"2NDE", "2nde"}, {"2DE", "2nde"}, {"2GT", "2nde"}, {"SECONDE", "2nde"},
	{"1ERE", "1ere"}, {"PREMIERE", "1ere"}, {"TERMINALE", "terminale"}, {"TLE", "terminale"}, {"TERM", "terminale"},
	{"1CAP", "cap1"}, {"2CAP", "cap2"}, {"3CAP", "cap2"}, {"CPGE1", "cpge1"}, {"CPGE2", "cpge2"}, {"1BTS", "bts1"}, {"2BTS", "bts2"}, {"3BTS", "bts2"},
	{"TPS", "pre_elementaire"}, {"PS", "pre_elementaire"}, {"MS", "pre_elementaire"}, {"GS", "pre_elementaire"},
	{"TOUTE PETITE SECTION", "pre_elementaire"}, {"PETITE SECTION", "pre_elementaire"}, {"MOYENNE SECTION", "pre_elementaire"}, {"GRANDE SECTION", "pre_elementaire"},
	{"CP", "cp"}, {"CE1", "ce1"}, {"CE2", "ce2"}, {"CM1", "cm1"}, {"CM2", "cm2"},
	{"COURS PREPARATOIRE", "cp"}, {"COURS ELEMENTAIRE 1", "ce1"}, {"COURS ELEMENTAIRE 2", "ce2"}, {"COURS MOYEN 1", "cm1"}, {"COURS MOYEN 2", "cm2"},
}

// Level is the level of the territory of a formation: by its MEFSTAT (4 or 11 characters), else by
// the digits of its MEF, else by its label; "" when nothing tells.
func Level(mef, mefstat, label string) string {
	if len(mefstat) >= 4 {
		if l, ok := levels[strings.ToUpper(mefstat[:4])]; ok {
			return l
		}
	}
	if l := levelOfMEF(mef); l != "" {
		return l
	}
	if l := levelOfLabel(label); l != "" {
		return l
	}
	switch {
	case len(mefstat) < 4:
		return ""
	case mefstat[0] == '3':
		return "superieur_autre"
	}
	return "autre"
}

// levelOfLabel reads a level at the beginning of a label.
func levelOfLabel(label string) string {
	label = Fold(label)
	best, level := 0, ""
	for _, w := range words {
		if len(w.prefix) > best && startsWord(label, w.prefix) {
			best, level = len(w.prefix), w.level
		}
	}
	return level
}

// startsWord tells whether a text begins with a word that no letter goes on: "6EME2" is of 6EME,
// "CPE" is not of CP.
func startsWord(text, prefix string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && (rest == "" || rest[0] < 'A' || rest[0] > 'Z')
}
