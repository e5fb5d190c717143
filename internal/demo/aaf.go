package demo

import (
	"slices"
	"strconv"
	"strings"
)

// aafFile starts a whole file of a category.
func (c *campus) aafFile(path string) (*xmlFile, error) {
	x, err := createXML(path, false)
	if err != nil {
		return nil, err
	}
	x.raw("<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n")
	x.begin("ficAlimMENESR")
	x.raw("<!-- versionAF=\"AAF-VE2407\" -->\n<!-- versionSDET=\"Annexe 4bis version 6.4\" -->\n<!-- dateGenerationExport=\"" + c.export.Format(frenchDay) + "\" -->\n")
	return x, nil
}

// An attribute of the directory: a name and its values.
type attribute struct {
	name   string
	values []string
}

func one(name, value string) attribute { return attribute{name, []string{value}} }

// add writes a request that adds an entry.
func (x *xmlFile) add(operational, category, id string, attributes ...attribute) {
	x.begin("addRequest")
	x.section("operationalAttributes", func() { x.attr(one(operational, category)) })
	x.section("identifier", func() { x.leaf("id", id) })
	x.section("attributes", func() {
		for _, a := range attributes {
			x.attr(a)
		}
	})
	x.end()
}

func (x *xmlFile) attr(a attribute) {
	x.begin("attr", "name", a.name)
	for _, v := range a.values {
		x.leaf("value", v)
	}
	if len(a.values) == 0 {
		x.leaf("value", "")
	}
	x.end()
}

// structID is the key of the school in the directory.
func (c *campus) structID() string { return strconv.Itoa(90_000 + c.s.index) }

// known are the pupils of the directory: those who are still there.
func (c *campus) known() []*pupil {
	return slices.DeleteFunc(c.present(), func(p *pupil) bool { return p.absent })
}

// regimeLabels are what the directory has in place of codes.
var regimeLabels = map[string]string{"0": "EXTERNE LIBRE", "22": "DEMI-PENSIONNAIRE 2 JOURS", "24": "DEMI-PENSIONNAIRE 4 JOURS",
	"25": "DEMI-PENSIONNAIRE 5 JOURS", "29": "DEMI-PENSIONNAIRE AU TICKET", "35": "INTERNE 5 JOURS"}

// aafPupils writes the pupils with their links.
func (c *campus) aafPupils(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	links := map[*pupil][]string{}
	for _, l := range c.links {
		links[l.pupil] = append(links[l.pupil], strings.Join([]string{strconv.Itoa(l.person.aaf), l.kin, digit(l.pays), digit(l.level == 1), digit(l.due), digit(l.pays)}, "$"))
	}
	for _, p := range c.known() {
		c.aafPupil(x, p, links[p])
	}
	return x.close()
}

func (c *campus) aafPupil(x *xmlFile, p *pupil, links []string) {
	title := "M."
	if p.girl {
		title = "Mme"
	}
	d := p.division
	if p.elsewhere != nil {
		d = p.elsewhere
	}
	var classes, dates, groups, codes, labels []string
	if d != nil {
		classes = append(classes, c.structID()+"$"+d.code)
		dates = append(dates, c.structID()+"$"+p.entry.Format(frenchDay)+"$"+d.code)
	}
	for _, g := range p.groups {
		groups = append(groups, c.structID()+"$"+g.code)
	}
	for _, o := range p.options {
		codes, labels = append(codes, o.code), append(labels, o.label)
	}
	id := strconv.Itoa(p.aaf)
	x.add("categoriePersonne", "Eleve", id, one("ENTPersonJointure", id), one("ENTEleveINE", p.ine), one("ENTEleveStructRattachId", strconv.Itoa(p.id)),
		one("ENTPersonDateNaissance", p.birth.Format(frenchDay)), one("ENTPersonNomPatro", p.last), one("sn", p.last), one("givenName", p.first),
		one("ENTPersonAutresPrenoms", p.first), one("personalTitle", title), attribute{"ENTElevePersRelEleve", links}, one("ENTEleveBoursier", "N"),
		one("ENTEleveRegime", regimeLabels[p.regime]), one("ENTEleveTransport", map[bool]string{true: "O", false: "N"}[p.transport]),
		one("ENTEleveStatutEleve", "SCOLAIRE"), one("ENTEleveMEF", p.formation.mef), one("ENTEleveLibelleMEF", p.formation.label),
		one("ENTEleveNivFormation", p.formation.label), one("ENTEleveFiliere", p.formation.label),
		attribute{"ENTEleveEnseignements", labels}, attribute{"ENTEleveCodeEnseignements", codes},
		one("ENTPersonStructRattach", c.structID()), attribute{"ENTEleveClasses", classes}, attribute{"ENTEleveGroupes", groups},
		attribute{"ENTEleveDateEntreeClasses", dates}, one("ENTEleveDateSortieClasses", ""))
}

// aafGuardians writes those whom a pupil of the directory has.
func (c *campus) aafGuardians(path string) error {
	x, err := c.aafFile(path)
	if err != nil {
		return err
	}
	in := map[*pupil]bool{}
	for _, p := range c.known() {
		in[p] = true
	}
	children := map[*person][]string{}
	for _, l := range c.links {
		if in[l.pupil] {
			children[l.person] = append(children[l.person], strconv.Itoa(l.pupil.aaf))
		}
	}
	for _, p := range c.persons {
		if len(children[p]) == 0 {
			continue
		}
		id, name, title := strconv.Itoa(p.aaf), p.last, "M."
		if p.usual != "" {
			name = p.usual
		}
		if p.woman {
			title = "Mme"
		}
		home := address{}
		if p.address != nil {
			home = *p.address
		}
		x.add("categoriePersonne", "PersRelEleve", id, one("ENTPersonJointure", id), one("ENTPersonDateNaissance", ""), one("ENTPersonNomPatro", p.last),
			one("sn", name), one("givenName", p.first), one("personalTitle", title), one("homePhone", p.home), one("telephoneNumber", ""), one("mobile", p.mobile),
			one("mail", p.mail), one("ENTPersonMobileSMS", map[bool]string{true: "O", false: "N"}[p.sms]), one("ENTPersonAdresse", home.street+"$$$"),
			one("ENTPersonCodePostal", home.town.postcode), one("ENTPersonVille", postal(home.town)), one("ENTPersonPays", "FRANCE"),
			attribute{"ENTAuxPersRelEleveEleve", children[p]})
	}
	return x.close()
}
