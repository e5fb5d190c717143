package rule

import (
	"unicode/utf8"

	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

var pupilFields = Rule{
	Number: 9, Code: "champs_eleve", Title: "Ce que SIECLE doit savoir de chaque élève", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Chaque élève présent a une division, un INE de onze caractères qui n’est qu’à lui, un sexe et un régime\u202f; un ELEVE_ID ne désigne qu’un élève. L’INE d’un nouvel élève peut manquer quelques jours.",
	Origin: "Anomalies ACDIV, IDNAT, CSEXE et REGIM de SIECLE",
	needs:  [][]string{needPupils},
	run: func(f *facts, found func(Finding)) {
		for _, p := range f.pupils {
			if p.active() {
				f.judgeFields(p, found)
			}
		}
		f.withoutDivision(found)
		f.sameINE(found)
		f.sameID(found)
	},
}

// said tells whether the file gives a field to anybody: an extraction has the columns that
// someone chose, and says nothing by those it lacks.
func (f *facts) said(field func(p *pupil) record.Value) bool {
	for _, p := range f.pupils {
		if field(p).Present {
			return true
		}
	}
	return false
}

// requiredFields are those that each pupil has. The MEF has a check of its own.
var requiredFields = []struct {
	part, field, message, mend string
	of                         func(p *pupil) record.Value
}{
	{"ine", "INE", " n’a pas d’INE.", "Lancez la recherche de l’INE dans SIECLE\u202f; il peut manquer quelques jours à un nouvel élève.", func(p *pupil) record.Value { return p.ine }},
	{"sexe", "CODE_SEXE", " n’a pas de sexe.", "Renseignez-le dans la fiche de l’élève.", func(p *pupil) record.Value { return p.sex }},
	{"regime", "CODE_REGIME", " n’a pas de régime.", "Renseignez son régime dans SIECLE\u00a0: la demi-pension en dépend.", func(p *pupil) record.Value { return p.regime }},
}

func (f *facts) judgeFields(p *pupil, found func(Finding)) {
	for _, r := range requiredFields {
		if f.saidOnce(r.part, r.of) && r.of(p).Text == "" {
			x := p.about(r.part)
			x.Message, x.Mend, x.A = p.title()+r.message, r.mend, p.side(r.field, "")
			found(x)
		}
	}
	if n := utf8.RuneCountInString(p.ine.Text); n > 0 && n != 11 {
		x := p.about("ine")
		x.Message = "L’INE de " + p.title() + " a " + itoa(int64(n)) + " caractères au lieu de onze."
		x.Mend, x.A = "Corrigez l’INE dans SIECLE.", p.side("INE", p.ine.Text)
		found(x)
	}
}

// saidOnce remembers what said tells.
func (f *facts) saidOnce(name string, field func(p *pupil) record.Value) bool {
	v, ok := f.told[name]
	if !ok {
		v = f.said(field)
		f.told[name] = v
	}
	return v
}

// withoutDivision says who is in no division. Before structures are loaded, in summer, nobody
// is in one: that is one finding, and no contradiction.
func (f *facts) withoutDivision(found func(Finding)) {
	active, placed := 0, 0
	for _, p := range f.pupils {
		if p.active() {
			active++
			placed += min(1, len(p.divisions))
		}
	}
	if active > 0 && placed == 0 {
		found(Finding{Key: "divisions",
			Message: "Aucun élève n’a encore de division.",
			Mend:    "Après la répartition, exportez de nouveau les élèves. De juin à août, c’est normal.",
			A:       Side{Source: "siecle", Import: f.importOf("siecle_eleve").id, Field: "STRUCTURES"}})
		return
	}
	for _, p := range f.pupils {
		if p.active() && len(p.divisions) == 0 {
			x := p.about("division")
			x.Severity = Blocking
			x.Message = p.title() + " n’a pas de division\u00a0: aucun effectif ne compte cet élève, et aucune classe ne remettrait son courrier."
			x.Mend, x.A = "Donnez-lui une division dans SIECLE, ou saisissez sa sortie.", p.side("CODE_STRUCTURE", "")
			found(x)
		}
	}
}

// sameINE says that two pupils bear one INE. Someone who left and came back is the same pupil.
func (f *facts) sameINE(found func(Finding)) {
	first := map[string]*pupil{}
	for _, p := range f.pupils {
		if p.ine.Text == "" {
			continue
		}
		o := first[p.ine.Text]
		if o == nil {
			first[p.ine.Text] = p
			continue
		}
		if o.id == p.id || o.identity() == p.identity() && o.active() != p.active() {
			continue
		}
		x := o.about(key("meme_ine", p.key()))
		x.Severity, x.With = Blocking, p.Subject
		x.Message = o.title() + " et " + p.title() + " ont le même INE."
		x.Mend = "Vérifiez les deux dossiers dans SIECLE\u00a0: l’un des INE est à corriger, ou l’élève est inscrit deux fois."
		x.A, x.B = o.side("INE", o.ine.Text), p.side("INE", p.ine.Text)
		found(x)
	}
}

// identity is what two records of the same child share.
func (p *pupil) identity() string {
	return vault.Fold(p.name) + "|" + vault.Fold(p.first) + "|" + p.birth
}

func (f *facts) sameID(found func(Finding)) {
	for _, p := range f.pupils {
		o := f.byPupil[p.id]
		if o == p {
			continue
		}
		found(Finding{Key: key("eleve_id", p.id), Severity: Blocking, Who: o.Subject, Structure: p.division(),
			Message: "Deux élèves du fichier ont le même ELEVE_ID\u00a0: " + o.title() + " et " + p.title() + ".",
			Mend:    "Refaites l’export depuis SIECLE\u202f; un fichier retouché à la main se contredit souvent ainsi.",
			A:       o.side("ELEVE_ID", o.id), B: p.side("ELEVE_ID", p.id)})
	}
}
