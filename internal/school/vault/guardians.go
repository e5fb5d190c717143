package vault

import (
	"fmt"
	"slices"
	"strings"
)

// knownGuardian is a guardian that the vault has already, with what recognises him.
type knownGuardian struct {
	id      int64
	key     string
	clues   []string // address, phones, mail, "child and kinship": of one form
	present bool
}

// guardians gives each guardian of the source his local id and writes him and his links.
func (c *consolidation) guardians() error {
	list, kind, err := c.gatherGuardians()
	if err != nil || kind == "" {
		return err
	}
	known, byID, err := c.knownGuardians()
	if err != nil {
		return err
	}
	ambiguous := matchGuardians(list, known, byID)
	source := c.kinds[kind].source
	for _, g := range list {
		if err := c.writeGuardian(g, source); err != nil {
			return err
		}
		c.guardian[g.ref] = g.id
		if ambiguous[g] {
			if err := c.note("personne_ambigue", who{Guardian, g.id}, g.name(),
				fmt.Sprintf("Plusieurs responsables connus pourraient être %s\u00a0: une nouvelle fiche a été ouverte.", g.name())); err != nil {
				return err
			}
		}
	}
	if err := c.mergedInSource(list, known); err != nil {
		return err
	}
	return c.writeLinks(list, source)
}

// matchGuardians finds who each guardian was: by identifier, then by the same name with one more
// thing in common.
func matchGuardians(list []*guardianIn, known []*knownGuardian, byID map[string][]*knownGuardian) (ambiguous map[*guardianIn]bool) {
	taken := map[int64]bool{}
	take := func(g *guardianIn, id int64) {
		g.id, taken[id] = id, true
	}
	for _, g := range list {
		for _, name := range []string{"personne_id=" + g.personID, "aaf=" + g.join, "ent=" + g.ent} {
			for _, k := range byID[name] {
				if g.id == 0 && !taken[k.id] && k.sharesName(g) {
					take(g, k.id)
				}
			}
		}
	}
	byKey := map[string][]*knownGuardian{}
	for _, k := range known {
		if !taken[k.id] {
			byKey[k.key] = append(byKey[k.key], k)
		}
	}
	ambiguous = map[*guardianIn]bool{}
	for _, g := range list {
		if g.id != 0 {
			continue
		}
		var fits []*knownGuardian
		for _, k := range byKey[g.key()] {
			if !taken[k.id] && k.shares(g.clues()) {
				fits = append(fits, k)
			}
		}
		switch {
		case len(fits) == 1:
			take(g, fits[0].id)
		case len(fits) > 1:
			ambiguous[g] = true
		}
	}
	return ambiguous
}

// sharesName tells that an identifier still names the same person: after a merge in SIECLE it may
// not, and then neither name fits.
func (k *knownGuardian) sharesName(g *guardianIn) bool {
	last, first, _ := strings.Cut(k.key, "|")
	return last == Fold(g.last) || last == Fold(g.usage) || first == Fold(g.first) || k.shares(g.clues())
}

func (k *knownGuardian) shares(clues []string) bool {
	return slices.ContainsFunc(clues, func(c string) bool { return slices.Contains(k.clues, c) })
}

// clues are what recognises a guardian besides the name.
func (g *guardianIn) clues() []string {
	list := cluesOf(g.address.key(), g.mail, g.home, g.mobile, g.work)
	for _, l := range g.links {
		list = append(list, childClue(l.pupil, l.kinship))
	}
	return list
}

func childClue(pupil int64, kinship string) string {
	return fmt.Sprintf("enfant=%d/%s", pupil, kinship)
}

func cluesOf(address, mail string, phones ...string) (list []string) {
	if address != "" {
		list = append(list, "adresse="+address)
	}
	if mail != "" {
		list = append(list, "mel="+strings.ToLower(mail))
	}
	for _, p := range phones {
		if d := Phone(p); d != "" {
			list = append(list, "tel="+d)
		}
	}
	return list
}

// knownGuardians are those of the vault, and by identifier, those still borne first.
func (c *consolidation) knownGuardians() (list []*knownGuardian, byID map[string][]*knownGuardian, err error) {
	all := map[int64]*knownGuardian{}
	err = c.tx.Each("SELECT id, cle, cle_adresse, mel, tel_perso, tel_portable, tel_pro, present FROM personne ORDER BY id", nil, func(scan func(...any) error) error {
		k := &knownGuardian{}
		var address, mail, home, mobile, work string
		err := scan(&k.id, &k.key, &address, &mail, &home, &mobile, &work, &k.present)
		k.clues = cluesOf(address, mail, home, mobile, work)
		all[k.id] = k
		list = append(list, k)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = c.tx.Each("SELECT DISTINCT personne, eleve, parente FROM lien", nil, func(scan func(...any) error) error {
		var id, pupil int64
		var kinship string
		err := scan(&id, &pupil, &kinship)
		if k := all[id]; k != nil {
			k.clues = append(k.clues, childClue(pupil, kinship))
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	byID = map[string][]*knownGuardian{}
	err = c.tx.Each("SELECT qui_id, sorte, valeur FROM identifiant WHERE qui = 'personne' ORDER BY jusque IS NOT NULL, jusque DESC, depuis DESC, qui_id", nil,
		func(scan func(...any) error) error {
			var id int64
			var sort, value string
			err := scan(&id, &sort, &value)
			if k := all[id]; k != nil {
				byID[sort+"="+value] = append(byID[sort+"="+value], k)
			}
			return err
		})
	return list, byID, err
}

func (c *consolidation) writeGuardian(g *guardianIn, source string) (err error) {
	args := append([]any{g.personID, g.civility, g.last, g.usage, g.first, g.home, g.mobile, g.work, g.mail, g.sms, g.addressID}, g.address.args()...)
	args = append(args, g.key(), g.address.key(), source, c.at)
	if g.id == 0 {
		g.id, err = c.tx.Insert(`INSERT INTO personne (personne_id, civilite, nom, nom_usage, prenom, tel_perso, tel_portable, tel_pro, mel, sms, adresse_id,
			adresse1, adresse2, adresse3, adresse4, code_postal, commune, pays, cle, cle_adresse, source, vu, cree, present)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`, append(args, c.at)...)
	} else if c.latest() {
		err = c.exec(`UPDATE personne SET personne_id = ?, civilite = ?, nom = ?, nom_usage = ?, prenom = ?, tel_perso = ?, tel_portable = ?, tel_pro = ?, mel = ?,
			sms = ?, adresse_id = ?, adresse1 = ?, adresse2 = ?, adresse3 = ?, adresse4 = ?, code_postal = ?, commune = ?, pays = ?, cle = ?, cle_adresse = ?,
			source = ?, vu = ?, present = 1 WHERE id = ?`, append(args, g.id)...)
	}
	if err != nil {
		return err
	}
	for sort, value := range map[string]string{"personne_id": g.personID, "aaf": g.join, "ent": g.ent} {
		if value != "" {
			if err := c.identify(who{Guardian, g.id}, sort, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// mergedInSource follows a guardian whom the source has merged with another: his record stays,
// absent, and is one with the other for letters and accounts.
func (c *consolidation) mergedInSource(list []*guardianIn, known []*knownGuardian) error {
	here := map[int64]bool{}
	byKey := map[string][]*guardianIn{}
	for _, g := range list {
		here[g.id] = true
		byKey[g.key()] = append(byKey[g.key()], g)
	}
	if !c.latest() {
		return nil
	}
	for _, k := range known {
		if here[k.id] || !k.present {
			continue
		}
		if err := c.exec("UPDATE personne SET present = 0 WHERE id = ?", k.id); err != nil {
			return err
		}
		var into []*guardianIn
		for _, g := range byKey[k.key] {
			if k.shares(g.clues()) {
				into = append(into, g)
			}
		}
		if len(into) != 1 {
			continue
		}
		a, b := min(k.id, into[0].id), max(k.id, into[0].id)
		if err := c.exec("INSERT INTO doublon (a, b, certitude, indices, etat, le, par) VALUES (?, ?, 'certain', '[]', 'fusionne', ?, '') ON CONFLICT DO UPDATE SET etat = 'fusionne', le = excluded.le WHERE etat = 'propose'",
			a, b, c.at); err != nil {
			return err
		}
	}
	return nil
}

func (c *consolidation) writeLinks(list []*guardianIn, source string) error {
	if err := c.clear("lien"); err != nil {
		return err
	}
	for _, g := range list {
		for _, l := range g.links {
			if err := c.exec(`INSERT INTO lien (annee, eleve, personne, parente, niveau, payeur, contact, heberge, source)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				c.year, l.pupil, g.id, l.kinship, l.rank, l.pays, l.contact, l.lodges, source); err != nil {
				return err
			}
		}
	}
	return nil
}
