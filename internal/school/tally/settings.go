package tally

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// The settings of what leaves, by name in the vault. The token lies there because a vault is encrypted.
const (
	settingTo      = "envoi.vers"      // address of a remote territory; absent: the local one
	settingToken   = "envoi.jeton"     // its token
	settingPrivate = "envoi.prive"     // "oui": its address may be of a private network
	settingByHand  = "envoi.a_la_main" // datasets that leave by hand alone, parted by commas
	settingNight   = "envoi.passage"   // date of the last nightly count
)

// A Destination is where the figures of a school go; the zero one is the territory of this installation.
type Destination struct {
	URL     string // of the console: https://belvedere.exemple.fr
	Token   string
	Private bool // its name may resolve to an address of a private network
}

func setting(tx *vault.Tx, name string) (value string, err error) {
	_, err = tx.Get("SELECT valeur FROM reglage WHERE nom = ?", []any{name}, &value)
	return value, err
}

func set(tx *vault.Tx, name, value, by string) error {
	if value == "" {
		_, err := tx.Exec("DELETE FROM reglage WHERE nom = ?", name)
		return err
	}
	_, err := tx.Exec(`INSERT INTO reglage (nom, valeur, le, par) VALUES (?, ?, ?, ?)
		ON CONFLICT (nom) DO UPDATE SET valeur = excluded.valeur, le = excluded.le, par = excluded.par`, name, value, vault.Micros(tx.Vault().Now()), by)
	return err
}

// destination is where a school sends.
func destination(tx *vault.Tx) (d Destination, err error) {
	var private string
	for name, into := range map[string]*string{settingTo: &d.URL, settingToken: &d.Token, settingPrivate: &private} {
		if *into, err = setting(tx, name); err != nil {
			return d, err
		}
	}
	d.Private = private == "oui"
	return d, nil
}

// byHand are the datasets that leave by hand alone.
func byHand(tx *vault.Tx) ([]string, error) {
	text, err := setting(tx, settingByHand)
	if text == "" {
		return nil, err
	}
	return strings.Split(text, ","), err
}

// SetDestination says where the figures of a school go from now on. What waits goes there too.
func (s *Service) SetDestination(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, d Destination) (err error) {
	defer belvedere.Wrap(&err, "tally.SetDestination(%s)", uai)
	if who.Kind != belvedere.Operator {
		return belvedere.Errorf(belvedere.Forbidden, "La destination des chiffres se règle en ligne de commande, sur la machine du serveur.")
	}
	if d.URL != "" {
		if _, err := s.Remote(d); err != nil {
			return err
		}
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	private := ""
	if d.Private {
		private = "oui"
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		for name, value := range map[string]string{settingTo: d.URL, settingToken: d.Token, settingPrivate: private} {
			if err := set(tx, name, value, who.Login); err != nil {
				return err
			}
		}
		// The queue has an order per destination: what waits for another is counted again.
		_, err := tx.Exec("UPDATE envoi SET etat = 'abandonne', reponse = ? WHERE etat = 'attente' AND vers <> ?", "La destination a changé avant l’envoi.", d.URL)
		return err
	})
}

// SetByHand says which datasets leave by hand alone; the others leave by themselves each night.
func (s *Service) SetByHand(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, datasets []string) (err error) {
	defer belvedere.Wrap(&err, "tally.SetByHand(%s)", uai)
	if err := May(who, uai); err != nil {
		return err
	}
	if err := s.known(datasets); err != nil {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error { return set(tx, settingByHand, strings.Join(datasets, ","), who.Login) })
}
