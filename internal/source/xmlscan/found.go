package xmlscan

import (
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
)

// The rules of the faults that a Reader finds by itself.
const (
	RuleLost     = "caractere_perdu" // a letter that became a question mark
	RuleEncoding = "encodage"        // UTF-8 in a one-byte encoding
	RuleUAI      = "uai_invalide"
	RuleYear     = "annee_invalide"
	RuleDate     = "date_export_invalide"
	RuleHead     = "entete_tardif" // the head comes behind the rows
)

// found hands a row over. Its texts are cut from one string, made once for the row.
func (r *reading) found(p *rowPlan, line int64) error {
	if err := r.head(); err != nil {
		return err
	}
	r.row = r.row[:0]
	for _, i := range p.registers {
		if i >= 0 && r.registers[i].present {
			r.row = append(r.row, r.registers[i].text...)
		}
	}
	if len(r.row) > r.most {
		return r.scan.errorf(belvedere.TooLarge, 0, "un élément dépasse "+sizeOf(int64(r.most))+".")
	}
	all := string(r.row)
	r.values = r.values[:0]
	for _, i := range p.registers {
		v := record.Value{}
		if i >= 0 && r.registers[i].present {
			n := len(r.registers[i].text)
			v, all = record.Value{Text: all[:n], Present: true}, all[n:]
		}
		r.values = append(r.values, v)
	}
	f := Found{record.Record{Kind: p.Kind, Values: r.values, Line: line}, r.visitor}
	for _, i := range p.names {
		if err := f.checkName(i); err != nil {
			return err
		}
	}
	if p.Then != nil {
		if err := p.Then(&f); err != nil {
			return err
		}
	}
	r.needed = r.needed || p.Kind == r.spec.Need
	return r.visitor.Record(f.Record)
}

// Doubt reports a defect of a field that leaves the row as it is.
func (f *Found) Doubt(i int, rule, message, mend string) error {
	return f.visitor.Fault(belvedere.Fault{
		Line: f.Line, Field: f.Kind.Fields[i], Value: excerpt([]byte(f.Text(i))), Rule: rule,
		Severity: belvedere.SeverityWarning, Message: french(message), Mend: french(mend),
	})
}

func (f *Found) checkName(i int) error {
	if lost, ok := Lost(f.Line, f.Kind.Fields[i], f.Text(i)); ok {
		return f.visitor.Fault(lost)
	}
	return nil
}

// Lost reports a name in which a question mark stands for a letter.
func Lost(line int64, field, name string) (belvedere.Fault, bool) {
	if !strings.Contains(name, "?") {
		return belvedere.Fault{}, false
	}
	return belvedere.Fault{Line: line, Field: field, Value: excerpt([]byte(name)), Rule: RuleLost, Severity: belvedere.SeverityWarning,
		Message: french("Le nom contient un point d’interrogation : l’outil d’origine a perdu un caractère qu’il ne sait pas écrire."),
		Mend:    "Corrigez le nom dans l’outil d’origine, sans signe ni lettre étrangers au français, puis exportez de nouveau."}, true
}

// head tells the visitor what the document says of itself, once.
func (r *reading) head() error {
	if r.headed {
		return nil
	}
	r.headed = true
	h := record.Head{Format: r.spec.Code, Source: r.spec.Source, Version: r.said("version")}
	var faults []belvedere.Fault
	doubt := func(field, rule, message string) {
		faults = append(faults, belvedere.Fault{Field: field, Value: excerpt([]byte(r.said(field))), Rule: rule,
			Severity: belvedere.SeverityError, Message: french(message), Mend: "Exportez de nouveau le fichier depuis l’application d’origine."})
	}
	if s := r.said("uai"); s != "" {
		uai, err := belvedere.ParseUAI(s)
		if h.School = uai; err != nil {
			doubt("uai", RuleUAI, "L’en-tête du fichier ne dit pas de quel établissement il vient : "+err.Error()+".")
		}
	}
	if s := r.said("year"); s != "" {
		if h.Year = year(s); h.Year == 0 {
			doubt("year", RuleYear, "L’année scolaire de l’en-tête n’est pas une année à quatre chiffres.")
		}
	}
	if s := r.said("exported"); s != "" {
		if h.Exported = moment(s); h.Exported.IsZero() {
			doubt("exported", RuleDate, "La date d’export de l’en-tête n’est pas de la forme « jj/mm/aaaa hh:mm:ss ».")
		}
	}
	if err := r.visitor.Head(h); err != nil {
		return err
	}
	for _, f := range faults {
		if err := r.visitor.Fault(f); err != nil {
			return err
		}
	}
	r.told = r.tells()
	return nil
}

// tells counts what the document has said of itself so far.
func (r *reading) tells() (n int) {
	for _, i := range r.plan.head {
		if r.registers[i].present {
			n++
		}
	}
	return n
}

// said is what the document says of itself.
func (r *reading) said(field string) string {
	i, ok := r.plan.head[field]
	if !ok || !r.registers[i].present {
		return ""
	}
	return string(r.registers[i].text)
}

// year reads the first year of "2026" or "2026-2027", 0 for anything else.
func year(s string) int {
	n, err := strconv.Atoi(s[:min(len(s), 4)])
	if err != nil || n < 1900 || n > 2200 || len(s) > 4 && '0' <= s[4] && s[4] <= '9' {
		return 0
	}
	return n
}

// moment reads a date of export, in the hour of mainland France; zero when it is none.
func moment(s string) time.Time {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	for _, layout := range []string{"02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// end looks at the document as a whole, once it has been read.
func (r *reading) end() error {
	if r.spec.Need != nil && !r.needed {
		return belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier est refusé : "+r.spec.Nobody+" Vérifiez l’année choisie et refaites l’export."))
	}
	if err := r.head(); err != nil {
		return err
	}
	if r.tells() > r.told {
		err := r.visitor.Fault(belvedere.Fault{Rule: RuleHead, Severity: belvedere.SeverityError,
			Message: french("L’en-tête vient après les données : l’établissement et l’année n’ont pas pu en être lus à temps."),
			Mend:    "Exportez de nouveau le fichier depuis l’application d’origine, sans le modifier."})
		if err != nil {
			return err
		}
	}
	if line := r.scan.Mixed(); line > 0 {
		return r.visitor.Fault(belvedere.Fault{Line: line, Rule: RuleEncoding, Severity: belvedere.SeverityWarning,
			Message: french("À partir de cette ligne, le texte est en UTF-8 alors que le fichier déclare un autre encodage : les accents seront faux."),
			Mend:    "N’ouvrez pas le fichier dans un éditeur avant de l’envoyer : exportez-le de nouveau."})
	}
	return nil
}
