package directory

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// identity starts the sheet of a person.
func (f *feed) identity(category string, p *person) sheet {
	s := sheet{category: category, id: f.join(p.who), who: p.who}
	s.add("ENTPersonJointure", s.id)
	s.add("ENTPersonDateNaissance", frenchDay(p.birth))
	s.add("ENTPersonNomPatro", p.last)
	s.add("sn", cmp.Or(p.usage, p.last))
	s.add("givenName", p.first)
	return s
}

// frenchDay writes a date of the vault as the feed does.
func frenchDay(iso string) string {
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return ""
	}
	return belvedere.ShortDate(d)
}

// title is the civility of someone, from his sex where the source gives none.
func title(p *person) string {
	return cmp.Or(p.civility, map[string]string{"M": "M.", "F": "Mme"}[p.sex])
}

// flag writes a 0/1 column, yes and no in words of a sort.
func flag(v *int64, yes, no string) string {
	switch {
	case v == nil:
		return ""
	case *v == 1:
		return yes
	}
	return no
}

// regimes are the labels of what a regime means, for sources that write codes.
var regimes = map[string]string{"externe": "EXTERNE LIBRE", "demi_pension": "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT", "internat": "INTERNE DANS L'ETABLISSEMENT",
	"interne_externe": "INTERNE EXTERNE", "demi_pension_ailleurs": "DEMI-PENSIONNAIRE HORS L'ETABLISSEMENT"}

func (f *feed) pupilSheet(p *pupil) sheet {
	s := f.identity("Eleve", &p.person)
	s.add("personalTitle", title(&p.person))
	s.add("ENTEleveINE", p.ine)
	s.add("ENTEleveStructRattachId", p.number)
	s.add("ENTElevePersRelEleve", f.linkValues(p)...)
	regime := p.regime
	if len(regime) < 4 { // a code
		regime = regimes[p.pension]
	}
	s.add("ENTEleveRegime", regime)
	s.add("ENTEleveTransport", flag(p.transport, "O", "N"))
	s.add("ENTEleveStatutEleve", cmp.Or(map[string]string{"ST": "SCOLAIRE", "AP": "APPRENTI"}[p.status], p.status))
	s.add("ENTEleveMEF", p.mef)
	s.add("ENTEleveLibelleMEF", p.mefLabel)
	var labels, codes []string
	for _, o := range p.options {
		labels, codes = append(labels, cmp.Or(o.label, o.code)), append(codes, o.code)
	}
	s.add("ENTEleveEnseignements", labels...)
	s.add("ENTEleveCodeEnseignements", codes...)
	s.add("ENTPersonStructRattach", f.structure)
	s.add("ENTEleveClasses", f.structures([]string{p.division})...)
	s.add("ENTEleveGroupes", f.structures(p.groups)...)
	var entry string
	if d := frenchDay(p.enters); d != "" {
		entry = composite(f.structure, d)
	}
	s.add("ENTEleveDateEntreeStructRattach", entry)
	return s
}

// structures are the composite names of divisions or groups.
func (f *feed) structures(codes []string) (values []string) {
	for _, c := range codes {
		if c != "" {
			values = append(values, composite(f.structure, c))
		}
	}
	return values
}

// linkValues are the links of a pupil: person, kinship, payer, legal rank, contact, payment. Of
// those who answer by law the first is 1, the others 2.
func (f *feed) linkValues(p *pupil) (values []string) {
	legal := 0
	for _, l := range p.links {
		rank := ""
		switch {
		case l.level == 1:
			legal = min(2, legal+1)
			rank = strconv.Itoa(legal)
		case l.level > 1:
			rank = "0"
		}
		pays := flag(l.pays, "1", "0")
		values = append(values, composite(f.join(who{vault.Guardian, l.guardian}), l.kinship, pays, rank, flag(l.contact, "1", "0"), pays))
	}
	return values
}

func (f *feed) guardianSheet(g *guardian) sheet {
	s := f.identity("PersRelEleve", &g.person)
	s.add("personalTitle", title(&g.person))
	s.add("homePhone", g.home)
	s.add("telephoneNumber", g.work)
	s.add("mobile", g.mobile)
	s.add("mail", g.mail)
	s.add("ENTPersonMobileSMS", flag(g.sms, "O", "N"))
	address := ""
	if len(g.address) > 0 {
		lines := append(slices.Clone(g.address), "", "", "")
		address = composite(lines[:4]...)
	}
	s.add("ENTPersonAdresse", address)
	s.add("ENTPersonCodePostal", g.postcode)
	s.add("ENTPersonVille", g.town)
	s.add("ENTPersonPays", g.country)
	var pupils []string
	for _, id := range g.pupils {
		pupils = append(pupils, f.join(who{vault.Pupil, id}))
	}
	s.add("ENTAuxPersRelEleveEleve", pupils...)
	return s
}

func (f *feed) memberSheet(m *member) sheet {
	s := f.identity("PersEducNat", &m.person)
	s.add("personalTitle", title(&m.person))
	s.add("mail", m.mail)
	s.add("ENTPersonStructRattach", f.structure)
	s.add("ENTAuxEnsClasses", f.structures(codes(m.divisions))...)
	s.add("ENTAuxEnsGroupes", f.structures(codes(m.groups))...)
	for _, a := range []struct {
		name string
		list []taught
	}{{"ENTAuxEnsClassesMatieres", m.divisions}, {"ENTAuxEnsGroupesMatieres", m.groups}} {
		var values []string
		for _, t := range a.list {
			if t.subject != "" {
				values = append(values, composite(f.structure, t.code, t.subject))
			}
		}
		s.add(a.name, values...)
	}
	s.add("ENTAuxEnsClassesPrincipal", f.structures(m.head)...)
	function := ""
	if m.function != "" {
		function = composite(f.structure, m.function, m.function, "", "")
	}
	s.add("ENTPersonFonctions", function)
	teaches := map[bool]string{true: "O", false: "N"}[m.teaches]
	s.add("PersEducNatPresenceDevantEleves", teaches)
	s.add("ENTPersonCategorieEnseignant", teaches)
	number := ""
	if m.numberType == "epp" {
		number = m.number
	}
	s.add("ENTPersonSTSId", number)
	return s
}
