package tally

import (
	"context"
	"errors"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// An Outcome is what a pass over the queue did.
type Outcome struct {
	Acknowledged int // files that the territory now keeps
	Refused      int
	Waiting      int    // files that will be tried again
	Trouble      string // French, of the last failure
}

// A parcel is a file of the queue.
type parcel struct {
	id     int64
	to     string
	tries  int
	state  string
	retire string // slices to take back
	Submission
}

// Send sends what is due of a school, oldest first, and asks what became of what was
// acknowledged. A file that must be tried again holds those behind it, since a later one replaces
// the same slices.
func (s *Service) Send(ctx context.Context, uai belvedere.UAI) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "tally.Send(%s)", uai)
	lock := s.sender(uai)
	lock.Lock()
	defer lock.Unlock()
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return out, err
	}
	var to Destination
	if err := v.Read(ctx, func(tx *vault.Tx) (err error) { to, err = destination(tx); return err }); err != nil {
		return out, err
	}
	territory, err := s.territory(to)
	if err != nil {
		return out, err
	}
	for {
		p, found, err := next(ctx, v, to.URL)
		if err != nil || !found {
			return s.leftOver(ctx, v, to.URL, out, err)
		}
		receipt, failure := territory.Accept(ctx, p.Submission)
		if ctx.Err() != nil {
			return out, ctx.Err() // whether it arrived is asked again under the same id
		}
		if err := note(ctx, v, p, receipt, failure, &out); err != nil {
			return out, err
		}
		if failure != nil && !final(failure) {
			return s.leftOver(ctx, v, to.URL, out, nil)
		}
	}
}

// leftOver follows what was acknowledged, and counts what waits.
func (s *Service) leftOver(ctx context.Context, v *vault.Vault, to string, out Outcome, err error) (Outcome, error) {
	if err != nil {
		return out, err
	}
	if err := s.follow(ctx, v); err != nil {
		return out, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*) FROM envoi WHERE etat = 'attente' AND vers = ?", []any{to}, &out.Waiting)
		return err
	})
	return out, err
}

// territory is who receives at a destination.
func (s *Service) territory(to Destination) (Receiver, error) {
	if to.URL != "" {
		return s.Remote(to)
	}
	if s.Local == nil {
		return nil, belvedere.Errorf(belvedere.Unavailable, "Cette installation n’a pas de console de collectivité\u00a0: réglez l’adresse de celle qui reçoit les chiffres.")
	}
	return s.Local, nil
}

const parcelColumns = "SELECT id, vers, essais, etat, cle, jeu, contenu, retire FROM envoi"

func scanParcel(uai belvedere.UAI, p *parcel) []any {
	p.School = uai
	return []any{&p.id, &p.to, &p.tries, &p.state, &p.ID, &p.Dataset, &p.Body, &p.retire}
}

// next is the oldest file that waits, when its time has come.
func next(ctx context.Context, v *vault.Vault, to string) (p parcel, found bool, err error) {
	err = v.Read(ctx, func(tx *vault.Tx) error {
		var at int64
		found, err = tx.Get("SELECT prochain FROM envoi WHERE etat = 'attente' AND vers = ? ORDER BY id LIMIT 1", []any{to}, &at)
		if err != nil || !found || at > vault.Micros(v.Now()) {
			found = false
			return err
		}
		found, err = tx.Get(parcelColumns+" WHERE etat = 'attente' AND vers = ? ORDER BY id LIMIT 1", []any{to}, scanParcel(v.UAI(), &p)...)
		return err
	})
	p.Withdrawn = strings.Fields(p.retire)
	p.FileName = p.Dataset + "-" + string(v.UAI()) + ".csv"
	return p, found, err
}

// final tells a failure that the same bytes would meet again.
func final(err error) bool {
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.TooLarge, belvedere.Conflict, belvedere.Forbidden:
		return true
	}
	return false
}

// pause is how long a file waits after so many tries: from a minute to six hours.
func pause(tries int) time.Duration {
	return min(time.Minute<<min(tries-1, 10), 6*time.Hour)
}

// note writes what became of a try.
func note(ctx context.Context, v *vault.Vault, p parcel, r Receipt, failure error, out *Outcome) error {
	now := v.Now()
	return v.Write(ctx, func(tx *vault.Tx) error {
		p.tries++
		if failure == nil {
			out.Acknowledged++
			return keep(tx, p, r, vault.Micros(now))
		}
		out.Trouble = told(failure)
		if final(failure) {
			out.Refused++
			_, err := tx.Exec("UPDATE envoi SET etat = 'refuse', essais = ?, prochain = NULL, reponse = ? WHERE id = ?", p.tries, out.Trouble, p.id)
			return err
		}
		_, err := tx.Exec("UPDATE envoi SET essais = ?, prochain = ?, reponse = ? WHERE id = ?", p.tries, vault.Micros(now.Add(pause(p.tries))), out.Trouble, p.id)
		return err
	})
}

// told is a failure in words for the school.
func told(err error) string {
	var known *belvedere.Error
	if errors.As(err, &known) && known.Kind != belvedere.Internal {
		return known.Message
	}
	return "La console de la collectivité ne répond pas."
}

// keep writes the answer of the territory.
func keep(tx *vault.Tx, p parcel, r Receipt, at int64) error {
	state, answer := "envoye", "Reçu par la collectivité, en cours de lecture."
	switch r.State {
	case belvedere.Published:
		state, answer = "publie", ""
	case belvedere.Refused:
		state, answer = "refuse", r.Reason
	}
	_, err := tx.Exec(`UPDATE envoi SET etat = ?, essais = ?, prochain = NULL, reponse = ?, envoye = coalesce(envoye, ?), livraison = nullif(?, 0), edition = nullif(?, 0) WHERE id = ?`,
		state, p.tries, answer, at, r.Number, r.Edition, p.id)
	return err
}

// follow asks what became of what was acknowledged and not yet published. What a territory does
// not say now, it says at the next pass.
func (s *Service) follow(ctx context.Context, v *vault.Vault) error {
	var list []parcel
	err := v.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(parcelColumns+" WHERE etat = 'envoye' ORDER BY id", nil, func(scan func(...any) error) error {
			var p parcel
			err := scan(scanParcel(v.UAI(), &p)...)
			list = append(list, p)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, p := range list {
		to := Destination{URL: p.to}
		err := v.Read(ctx, func(tx *vault.Tx) error {
			now, err := destination(tx)
			if err == nil && now.URL == p.to {
				to = now
			}
			return err
		})
		if err != nil {
			return err
		}
		territory, err := s.territory(to)
		if err != nil {
			continue
		}
		r, err := territory.Follow(ctx, p.Submission)
		if err != nil {
			s.Log.Warn("the territory does not say what became of a delivery", "school", v.UAI(), "delivery", p.ID, "err", err)
			continue
		}
		if err := v.Write(ctx, func(tx *vault.Tx) error { return keep(tx, p, r, vault.Micros(v.Now())) }); err != nil {
			return err
		}
	}
	return nil
}
