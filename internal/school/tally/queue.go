package tally

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// An Order says what to count and send.
type Order struct {
	Year     belvedere.SchoolYear // 0: the current one
	Datasets []string             // none: those that leave by themselves
	By       string               // login, "" for the program
	Again    bool                 // also what the territory refused and did not change since
}

// Enqueue counts a year of a school and puts what differs from what was last sent in the queue.
// It tells the files that now wait.
func (s *Service) Enqueue(ctx context.Context, uai belvedere.UAI, o Order) (queued int, err error) {
	defer belvedere.Wrap(&err, "tally.Enqueue(%s)", uai)
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return 0, err
	}
	if o.Year == 0 {
		o.Year = belvedere.SchoolYearOf(v.Now().In(v.Zone()))
	}
	// Counting is long and only reads: it holds no lock. What it found is compared with the queue
	// in the transaction that writes it, and another count in between can only make it stale by seconds.
	var sheets []*sheet
	var to Destination
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		sheets, to, err = s.read(tx, o)
		return err
	})
	if err != nil {
		return 0, err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		for _, one := range sheets {
			added, err := enqueue(tx, one, to.URL, o)
			if err != nil {
				return err
			}
			if added {
				queued++
			}
		}
		return nil
	})
	if err == nil && queued > 0 {
		s.rouse(uai)
	}
	return queued, err
}

// known refuses a dataset that no school sends.
func (s *Service) known(datasets []string) error {
	for _, d := range datasets {
		if !slices.Contains(s.Datasets(), d) {
			return belvedere.Errorf(belvedere.Invalid, "Le jeu de données «\u00a0%s\u00a0» n’est pas de ceux que l’établissement envoie.", d)
		}
	}
	return nil
}

// read counts the datasets of an order.
func (s *Service) read(tx *vault.Tx, o Order) (sheets []*sheet, to Destination, err error) {
	if err := s.known(o.Datasets); err != nil {
		return nil, to, err
	}
	r, begun := newReading(tx, o.Year)
	if to, err = destination(tx); err != nil || !begun {
		return nil, to, err
	}
	held, err := byHand(tx)
	if err != nil {
		return nil, to, err
	}
	for _, c := range s.counters() {
		if len(o.Datasets) > 0 && !slices.Contains(o.Datasets, c.dataset) || len(o.Datasets) == 0 && slices.Contains(held, c.dataset) {
			continue
		}
		one, err := sheetOf(r, s.Model, c)
		if err != nil {
			return nil, to, err
		}
		sheets = append(sheets, one)
	}
	return sheets, to, nil
}

// A sent is the last that was sent of a slice.
type sent struct{ name, sum, state string }

// lastSent is the last of each slice of a dataset to a destination, and the last of all.
func lastSent(tx *vault.Tx, dataset, to string, year belvedere.SchoolYear) (each map[string]sent, latest sent, err error) {
	each = map[string]sent{}
	err = tx.Each(`SELECT t.tranche, t.sha256, e.etat FROM envoi_part t JOIN envoi e ON e.id = t.envoi
		WHERE e.jeu = ? AND e.vers = ? AND e.annee = ? AND e.etat <> 'abandonne' ORDER BY e.id, t.tranche`, []any{dataset, to, int(year)}, func(scan func(...any) error) error {
		var one sent
		err := scan(&one.name, &one.sum, &one.state)
		each[one.name], latest = one, one
		return err
	})
	return each, latest, err
}

// enqueue keeps the slices of a sheet that are to be sent as one file.
func enqueue(tx *vault.Tx, s *sheet, to string, o Order) (bool, error) {
	each, latest, err := lastSent(tx, s.dataset.Name, to, o.Year)
	if err != nil {
		return false, err
	}
	this := month(tx.Vault().Now().In(tx.Vault().Zone())).Format("2006-01")
	var due []*slice
	for _, one := range s.sealed() {
		before, known := each[one.name]
		if s.dated() && !known { // a state that is that of another day of its month
			before, known = latest, latest.name != "" && latest.name[:7] == one.name[:7]
		}
		switch {
		case known && before.state == "refuse" && o.Again:
		case known && before.sum == one.sum:
			continue
		case known && s.dataset.Name == "occupation" && one.name < this && before.state != "refuse":
			continue
		}
		due = append(due, one)
	}
	lost := s.lost(each)
	if len(due)+len(lost) == 0 {
		return false, nil
	}
	return true, insert(tx, s, due, lost, to, o)
}

// insert writes a file in the queue. Its id is made of its bytes, and of how many times the same
// bytes left before: figures that come back to what they were make another delivery.
func insert(tx *vault.Tx, s *sheet, due []*slice, lost []string, to string, o Order) error {
	body, back := s.csv(due), strings.Join(lost, " ")
	sum := sha256.Sum256([]byte(string(body) + back))
	hash := hex.EncodeToString(sum[:])
	var times int64
	if _, err := tx.Get("SELECT count(*) FROM envoi WHERE jeu = ? AND vers = ? AND sha256 = ?", []any{s.dataset.Name, to, hash}, &times); err != nil {
		return err
	}
	place := sha256.Sum256([]byte(to))
	key := fmt.Sprintf("%s-%s-%s-%d-%s", s.school, s.dataset.Name, hash[:24], times+1, hex.EncodeToString(place[:3]))
	all := slices.Clone(lost)
	for _, one := range due {
		all = append(all, one.name)
	}
	span := slices.Min(all)
	if last := slices.Max(all); last != span {
		span += "/" + last
	}
	now := vault.Micros(tx.Vault().Now())
	id, err := tx.Insert(`INSERT INTO envoi (annee, jeu, tranche, vers, cle, contenu, sha256, etat, prochain, le, par, retire) VALUES (?, ?, ?, ?, ?, ?, ?, 'attente', ?, ?, ?, ?)`,
		int(o.Year), s.dataset.Name, span, to, key, body, hash, now, now, o.By, back)
	if err != nil {
		return err
	}
	for _, one := range due {
		if _, err := tx.Exec("INSERT INTO envoi_part (envoi, tranche, sha256) VALUES (?, ?, ?)", id, one.name, one.sum); err != nil {
			return err
		}
	}
	for _, name := range lost {
		if _, err := tx.Exec("INSERT INTO envoi_part (envoi, tranche, sha256) VALUES (?, ?, ?)", id, name, withdrawn); err != nil {
			return err
		}
	}
	return nil
}

// idle is how long a school of which nothing waits is left alone: what another process puts in its
// queue is seen by then.
const idle = 15 * time.Minute

// night is the hour, on the clock of the school, from which a day is counted by itself.
const night = 3

// due tells whether the nightly count of a vault has to be made.
func due(tx *vault.Tx) (bool, string, error) {
	now := tx.Vault().Now().In(tx.Vault().Zone())
	day := now.Add(-night * time.Hour).Format(time.DateOnly)
	last, err := setting(tx, settingNight)
	return err == nil && last < day, day, err
}

// Nightly counts the current year of every vault that was not counted since the night, and sends
// what waits. A vault that fails does not hold the others.
func (s *Service) Nightly(ctx context.Context) error {
	schools, err := s.Vaults.List()
	if err != nil {
		return err
	}
	for _, uai := range schools {
		if s.resting(uai) {
			continue
		}
		if err := s.nightly(ctx, uai); err != nil && ctx.Err() == nil {
			s.Log.Error("the figures of a school could not be counted or sent", "school", uai, "err", err)
		}
	}
	return ctx.Err()
}

func (s *Service) nightly(ctx context.Context, uai belvedere.UAI) error {
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	var now bool
	var day string
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		now, day, err = due(tx)
		return err
	})
	if err != nil {
		return err
	}
	if now {
		if _, err := s.Enqueue(ctx, uai, Order{}); err != nil {
			return err
		}
		if err := v.Write(ctx, func(tx *vault.Tx) error { return set(tx, settingNight, day, "") }); err != nil {
			return err
		}
	}
	if now {
		if err := s.tell(ctx, v); err != nil {
			return err
		}
	}
	if _, err = s.Send(ctx, uai); err != nil {
		return err
	}
	var open int // that wait, or that the territory has not read yet
	err = v.Read(ctx, func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*) FROM envoi WHERE etat IN ('attente', 'envoye')", nil, &open)
		return err
	})
	if err == nil && open == 0 {
		s.rest(uai, idle)
	}
	return err
}

// Run counts each night and sends what waits, until the context ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := s.Nightly(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("the vaults cannot be listed", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.wake:
		}
	}
}
