package vault

import (
	"cmp"
	"strings"
)

// A guardianIn is a guardian as the source of the year says it, with his links.
type guardianIn struct {
	ref         string // PERSONNE_ID, rank…
	personID    string
	join, ent   string // identifiers of the academy's directory, of the ENT
	civility    string
	last, first string
	usage       string
	home        string
	mobile      string
	work        string
	mail        string
	sms         any
	addressID   string
	address     address
	links       []linkIn
	id          int64
}

// A linkIn says for whom a guardian answers.
type linkIn struct {
	pupil   int64
	kinship string
	rank    int // 1 legal, 2 in charge, 3 contact, 0 unknown
	pays    any
	contact any
	lodges  any
}

func (g *guardianIn) key() string { return nameKey(g.last, g.first) }

func (g *guardianIn) name() string { return g.last + " " + g.first }

// gatherGuardians reads the guardians of the first source that has some, and their links.
func (c *consolidation) gatherGuardians() (list []*guardianIn, kind string, err error) {
	kind = c.first("siecle_personne", "onde_responsable", "aaf_responsable", "ent_responsable")
	switch kind {
	case "siecle_personne":
		list, err = c.siecleGuardians()
	case "onde_responsable":
		list, err = c.ondeGuardians()
	case "aaf_responsable":
		list, err = c.aafGuardians()
	case "ent_responsable":
		list, err = c.entGuardians()
	}
	return list, kind, err
}

func (c *consolidation) siecleGuardians() (list []*guardianIn, err error) {
	places, err := c.siecleAddresses("siecle_adresse")
	if err != nil {
		return nil, err
	}
	by := map[string]*guardianIn{}
	err = c.rows("siecle_personne", []string{"personne_id", "civilite", "nom", "nom_usage", "prenom", "tel_personnel",
		"tel_portable", "tel_professionnel", "mel", "accepte_sms", "adresse_id"}, func(r SourceRow) error {
		g := &guardianIn{ref: r.Text(0), personID: r.Text(0), civility: civility(r.Text(1)), last: r.Text(2), usage: r.Text(3), first: r.Text(4),
			home: r.Text(5), mobile: r.Text(6), work: r.Text(7), mail: r.Text(8), sms: truth(r.Text(9)), addressID: r.Text(10), address: places[r.Text(10)]}
		if by[g.ref] == nil {
			by[g.ref] = g
			list = append(list, g)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.rows("siecle_lien", []string{"eleve_id", "personne_id", "niveau", "parente", "payeur", "contact", "heberge"}, func(r SourceRow) error {
		pupil, g := c.people[r.Text(0)], by[r.Text(1)]
		if pupil == 0 || g == nil {
			return c.note("lien_orphelin", who{}, r.Text(0)+" / "+r.Text(1), "Un lien de responsabilité nomme un élève ou une personne absents des fichiers.")
		}
		g.links = append(g.links, linkIn{pupil, kinship(r.Text(3)), number(r.Text(2)), truth(r.Text(4)), truth(r.Text(5)), truth(r.Text(6))})
		return nil
	})
	return list, err
}

func (c *consolidation) ondeGuardians() (list []*guardianIn, err error) {
	by := map[string]*guardianIn{}
	err = c.rows("onde_responsable", []string{"rang", "civilite", "nom", "nom_usage", "prenom", "tel_domicile", "tel_portable", "tel_travail", "courriel",
		"adresse", "code_postal", "commune", "pays"}, func(r SourceRow) error {
		g := &guardianIn{ref: r.Text(0), civility: civility(r.Text(1)), last: r.Text(2), usage: r.Text(3), first: r.Text(4), home: r.Text(5),
			mobile: r.Text(6), work: r.Text(7), mail: r.Text(8), address: address{[4]string{r.Text(9)}, r.Text(10), r.Text(11), r.Text(12)}}
		by[g.ref] = g
		list = append(list, g)
		return nil
	})
	if err != nil {
		return nil, err
	}
	children := c.childrenByName()
	err = c.rows("onde_lien", []string{"responsable_rang", "enfant_nom", "enfant_nom_usage", "enfant_prenom"}, func(r SourceRow) error {
		g := by[r.Text(0)]
		pupil := cmp.Or(children[nameKey(r.Text(1), r.Text(3))], children[nameKey(r.Text(2), r.Text(3))])
		if g == nil || pupil == 0 {
			return c.note("lien_orphelin", who{}, r.Text(1)+" "+r.Text(3), "Un enfant nommé par un responsable n’est pas parmi les élèves, ou deux élèves portent son nom.")
		}
		g.links = append(g.links, linkIn{pupil: pupil, rank: 1})
		return nil
	})
	return list, err
}

// civility writes the titles of files in one way.
func civility(s string) string {
	switch Fold(s) {
	case "M", "MR", "MONSIEUR", "1":
		return "M."
	case "MME", "MADAME", "MLLE", "MADEMOISELLE", "2", "3":
		return "Mme"
	}
	return strings.TrimSpace(s)
}
