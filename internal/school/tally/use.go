package tally

import (
	"fmt"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// connectionSource is connections with what the datasets need. A log that does not say the
// profile leaves it to who the user is; one that does not say the medium is that of a web site.
const connectionSource = ` FROM (SELECT c.annee, c.jour, c.instant,
	CASE WHEN c.profil <> '' THEN c.profil WHEN c.qui = 'eleve' THEN 'eleves' WHEN c.qui = 'personne' THEN 'responsables'
		WHEN c.qui = 'personnel' THEN coalesce(nullif(a.categorie, ''), 'personnels') ELSE 'autres' END AS profil,
	coalesce(nullif(c.support, ''), 'web') AS support, coalesce(c.ent, -1) AS ent,
	CASE WHEN c.qui_id IS NULL THEN c.usager ELSE c.qui || '/' || c.qui_id END AS usager
	FROM connexion c LEFT JOIN affectation a ON c.qui = 'personnel' AND a.annee = c.annee AND a.personnel = c.qui_id
	WHERE c.annee = ? AND c.jour < ?)`

// ended is the first day that has not ended: days before it are counted.
func (r *reading) ended() string {
	if r.over() {
		return r.year.End().Format(time.DateOnly)
	}
	return r.today.Format(time.DateOnly)
}

// forgotten tells whether the vault may have forgotten connections of the year already: counted
// again, they would be fewer than those that left, so they are not counted.
func (r *reading) forgotten() bool {
	return vault.DefaultRetention(r.tx.Vault().Now()).Connections.After(r.year.First())
}

// entCodes are the codes of ways, by what the vault holds plus one: unknown, no, yes.
var entCodes = []string{"", "non", "oui"}

// connections counts by hour of the school's clock, days of 23 and 25 hours included.
func (r *reading) connections(s *sheet) error {
	if r.forgotten() {
		return nil
	}
	type key struct {
		hour           int64 // Unix
		profile, media string
		ent            int
	}
	counts := map[key]int64{}
	// Quarters of an hour: the shift of every time zone is made of them.
	err := r.tx.Each("SELECT instant / 900000000, profil, support, ent, count(*)"+connectionSource+" GROUP BY 1, 2, 3, 4", []any{int(r.year), r.ended()},
		func(scan func(...any) error) error {
			var quarter, n int64
			var k key
			if err := scan(&quarter, &k.profile, &k.media, &k.ent, &n); err != nil {
				return err
			}
			at := time.Unix(quarter*900, 0).In(r.zone)
			k.hour = at.Add(-time.Duration(at.Minute()) * time.Minute).Unix()
			counts[k] += n
			return nil
		})
	if err != nil {
		return err
	}
	for k, n := range counts {
		if err := s.add(time.Unix(k.hour, 0).In(r.zone), []string{k.profile, k.media, entCodes[k.ent+1]}, count(n)); err != nil {
			return err
		}
	}
	return nil
}

// The ways of coming in that are told apart, and what the lists of persons make of them.
var (
	ownProfiles = []string{"eleves", "responsables", "accompagnants", "enseignants", "personnels", "autres"}
	ownMedia    = []string{"logiciel", "web", "web_mobile", "application"}

	mediaGroups = []struct {
		code  string
		parts []string
	}{
		{"ensemble", ownMedia}, {"net", ownMedia[1:]}, {"mobile", ownMedia[2:]},
		{"logiciel", ownMedia[:1]}, {"web", ownMedia[1:2]}, {"web_mobile", ownMedia[2:3]}, {"application", ownMedia[3:]},
	}
)

// ways is a set of ways of coming in: a bit for each profile, medium and way.
type ways [2]uint64

func (w *ways) set(i int)            { w[i/64] |= 1 << (i % 64) }
func (w ways) meets(other ways) bool { return w[0]&other[0] != 0 || w[1]&other[1] != 0 }

func bit(profile, media, ent int) int { return (profile*len(ownMedia)+media)*len(entCodes) + ent }

// A crowd is a line of the dataset: codes, and the ways that belong to it.
type crowd struct {
	codes []string
	ways  ways
}

// crowds are all lines. Who came by an unknown way is in "ensemble" alone, as is who has another profile.
var crowds = func() (list []crowd) {
	for _, profile := range append([]string{"ensemble"}, ownProfiles[:len(ownProfiles)-1]...) {
		for _, media := range mediaGroups {
			for _, ent := range []string{"ensemble", "oui", "non"} {
				c := crowd{codes: []string{profile, media.code, ent}}
				for p, one := range ownProfiles {
					for m, medium := range ownMedia {
						for e, way := range entCodes {
							if (profile == "ensemble" || profile == one) && slices.Contains(media.parts, medium) && (ent == "ensemble" || ent == way) {
								c.ways.set(bit(p, m, e))
							}
						}
					}
				}
				list = append(list, c)
			}
		}
	}
	return list
}()

// persons counts who came at least once in each day, month and in the year: a person once per
// line, however many times, and by whatever of its profiles.
func (r *reading) persons(s *sheet) error {
	if r.forgotten() {
		return nil
	}
	type span struct {
		grain belvedere.TimeGrain
		start time.Time
	}
	came := map[span]map[string]ways{}
	err := r.tx.Each("SELECT DISTINCT jour, usager, profil, support, ent"+connectionSource, []any{int(r.year), r.ended()}, func(scan func(...any) error) error {
		var day, user, profile, media string
		var ent int
		if err := scan(&day, &user, &profile, &media, &ent); err != nil {
			return err
		}
		date, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return err
		}
		i, err := wayOf(profile, media, ent)
		if err != nil {
			return err
		}
		for _, one := range []span{{belvedere.ByDay, date}, {belvedere.ByMonth, month(date)}, {belvedere.ByYear, r.year.First()}} {
			if came[one] == nil {
				came[one] = map[string]ways{}
			}
			w := came[one][user]
			w.set(i)
			came[one][user] = w
		}
		return nil
	})
	if err != nil {
		return err
	}
	for one, users := range came {
		for _, c := range crowds {
			n := int64(0)
			for _, w := range users {
				if w.meets(c.ways) {
					n++
				}
			}
			if n == 0 {
				continue
			}
			if err := s.addPeriod(one.grain, one.start, c.codes, count(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

// wayOf is the bit of a profile, medium and way; parts of the staff are staff.
func wayOf(profile, media string, ent int) (int, error) {
	if profile == "vie_scolaire" || profile == "administratifs" {
		profile = "personnels"
	}
	p, m := slices.Index(ownProfiles, profile), slices.Index(ownMedia, media)
	if p < 0 || m < 0 || ent < -1 || ent > 1 {
		return 0, fmt.Errorf("a connection of an unknown profile or medium")
	}
	return bit(p, m, ent+1), nil
}
