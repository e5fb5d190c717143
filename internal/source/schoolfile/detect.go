package schoolfile

import (
	"bytes"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/source/aaf"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/connlog"
	"belvedere/internal/source/edt"
	"belvedere/internal/source/entcsv"
	"belvedere/internal/source/onde"
	"belvedere/internal/source/record"
	"belvedere/internal/source/siecle"
	"belvedere/internal/source/sts"
	"belvedere/internal/source/table"
	"belvedere/internal/source/udt"
	"belvedere/internal/source/xmlscan"
)

// formats are all formats, those that are easily told first: logs of connections, which any
// columns may make, come last.
var formats = slices.Concat(siecle.Formats(), sts.Formats(), aaf.Formats(), edt.Formats(), udt.Formats(), onde.Formats(), entcsv.Formats(), apogee.Formats(), connlog.Formats())

// Formats are all formats that a school's files may have.
func Formats() []record.Format { return slices.Clone(formats) }

// ByCode is a format by its code, nil when there is none.
func ByCode(code string) *record.Format {
	i := slices.IndexFunc(formats, func(f record.Format) bool { return f.Code == code })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

// Detect finds the format of a file by its first bytes, 64 KiB at most; none, and why in French,
// when it is not read.
func Detect(start []byte) (*record.Format, string) {
	if why := siecle.Refused(start); why != "" {
		return nil, french(why)
	}
	for i := range formats {
		if formats[i].Detect(start) {
			return &formats[i], ""
		}
	}
	if why := refused(start); why != "" {
		return nil, french(why)
	}
	return nil, french(unknown(start))
}

// binaries are the first bytes of files that are neither XML nor tables, and what to do.
var binaries = []struct{ start, why string }{
	{"\xd0\xcf\x11\xe0", "C’est un ancien classeur Excel (.xls). Ouvrez-le et enregistrez-le au format CSV, puis envoyez le CSV."},
	{"%PDF", "C’est un document PDF. Envoyez le fichier de données que l’application exporte, en XML ou en CSV."},
	{"PAR1", "C’est un fichier Parquet. Envoyez le fichier que l’application d’origine exporte, en XML ou en CSV."},
	{"Rar!", "C’est une archive RAR. Refaites-la au format ZIP."},
	{"7z\xbc\xaf", "C’est une archive 7z. Refaites-la au format ZIP."},
}

const expected = " Sont attendus : les exports XML de SIECLE et de STS-Web, EXP_COURS et EXP_ELEVES d’EDT, le CSV d’UnDeuxTemps, " +
	"l’annuaire AAF, les extractions d’ONDE, les modèles CSV de l’ENT, les maquettes d’Apogée, les journaux de connexion."

// unknown says what was seen in a file of no known format.
func unknown(start []byte) string {
	for _, b := range binaries {
		if bytes.HasPrefix(start, []byte(b.start)) {
			return b.why
		}
	}
	if names := xmlscan.Opening(start, 1); len(names) > 0 {
		return "C’est un fichier XML dont la racine est « " + names[0] + " », qui n’est d’aucun format connu." + expected
	}
	if bytes.HasPrefix(bytes.TrimLeft(start, "\xef\xbb\xbf \t\r\n"), []byte("<")) {
		return "Le fichier commence comme un fichier XML, mais sa première balise est illisible : il est tronqué ou abîmé. Exportez-le de nouveau."
	}
	columns := table.Peek(start)
	if len(columns) < 2 {
		return "Le fichier n’est ni un fichier XML ni un tableau." + expected
	}
	if slices.ContainsFunc(columns, startsWithDigit) {
		// Not shown: the first row seems to be about a person.
		return "C’est un tableau dont la première ligne ne donne pas le nom des colonnes." + expected
	}
	const most = 6
	more := ""
	if len(columns) > most {
		columns, more = columns[:most], "…"
	}
	return "C’est un tableau dont les colonnes (" + strings.Join(columns, ", ") + more + ") ne sont d’aucun format connu." + expected
}

func startsWithDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }

// mirrors are formats that people take for one another, and how to get the right one.
var mirrors = map[[2]string]string{
	{"sts_emp", "emp_sts"}: "C’est le fichier emp_sts, que le logiciel d’emploi du temps renvoie à STS-Web (racine EDT_STS). Il faut ici le fichier sts_emp, " +
		"que STS-Web donne au logiciel d’emploi du temps (racine STS_EDT).",
	{"emp_sts", "sts_emp"}: "C’est le fichier sts_emp, que STS-Web donne au logiciel d’emploi du temps (racine STS_EDT). Il faut ici le fichier emp_sts, " +
		"que le logiciel d’emploi du temps renvoie à STS-Web (racine EDT_STS).",
	{"siecle_eleves", "siecle_responsables"}: "C’est l’export des responsables. Il faut ici l’export ElevesAvecAdresses ou ElevesSansAdresses.",
	{"siecle_responsables", "siecle_eleves"}: "C’est l’export des élèves. Il faut ici l’export ResponsablesAvecAdresses.",
}

// Mistaken says in French that a file of a format was given where another one is wanted, by
// their codes.
func Mistaken(wanted, got string) string {
	if why, ok := mirrors[[2]string{wanted, got}]; ok {
		return why
	}
	return french("Ce fichier est du format « " + label(got) + " ». Il faut ici : « " + label(wanted) + " ».")
}

func label(code string) string {
	if f := ByCode(code); f != nil {
		return f.Label
	}
	return code
}

// french puts the spaces of French typography.
func french(s string) string { return typography.Replace(s) }

var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";",
	" ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!", " »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)
