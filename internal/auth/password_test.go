package auth

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/trustelem/zxcvbn/frequency"
)

// corpus gives common passwords as people dress them up to reach fifteen characters.
func corpus() []string {
	var words []string
	for _, list := range frequency.FrequencyLists {
		words = append(words, list...)
	}
	words = append(words, frenchWords()...)
	slices.Sort(words)
	words = slices.Compact(words)
	dress := []func(string) string{
		func(w string) string { return pad(w, "1234567890") },
		func(w string) string { return pad(strings.ToUpper(w[:1])+w[1:], "2024!!!!!!!") },
		func(w string) string { return pad(w+w, w) },
		func(w string) string { return pad("123456789012", w) },
		func(w string) string { return pad(asDigits(w), "000000000") },
		func(w string) string { return pad(w, "!") },
		func(w string) string { return pad(w+".", "azertyuiop") },
	}
	out := make([]string, 0, len(words)*2)
	for i, w := range words {
		out = append(out, dress[i%len(dress)](w))
		if i%8 == 0 {
			out = append(out, dress[(i+3)%len(dress)](w))
		}
	}
	return out
}

func pad(w, with string) string {
	for len(w) < shortest {
		w += with
	}
	return w
}

func asDigits(w string) string {
	return strings.NewReplacer("a", "4", "e", "3", "i", "1", "o", "0", "s", "5").Replace(w)
}

func TestCommonPasswordsAreRefused(t *testing.T) {
	all := corpus()
	if len(all) < 100_000 {
		t.Fatalf("%d passwords are too few", len(all))
	}
	if Raced { // one in twenty: the detector finds nothing more in the others
		some := all[:0]
		for i := 0; i < len(all); i += 20 {
			some = append(some, all[i])
		}
		all = some
	}
	var passed sync.Map
	var n atomic.Int64
	var wg sync.WaitGroup
	for part := range slices.Chunk(all, len(all)/4+1) {
		wg.Go(func() {
			for _, p := range part {
				if (Policy{}).check(p, nil) == "" {
					n.Add(1)
					passed.Store(p, fmt.Sprintf("%.2g", guesses(p, nil)))
				}
			}
		})
	}
	wg.Wait()
	if n.Load() > 0 {
		shown := 0
		passed.Range(func(k, v any) bool {
			t.Logf("%v %v", k, v)
			shown++
			return shown < 40
		})
		t.Errorf("%d of %d common passwords passed", n.Load(), len(all))
	}
}

func TestPasswordsOfContext(t *testing.T) {
	names := []string{"Claire", "Morvan", "Claire@MORVAN", "claire.morvan", "departement", "Jacques Prévert", "Saint-Malo", "belvedere", "Territoire de la Sarvane"}
	for _, p := range []string{
		"Claire.Morvan.2024", "MorvanClaire1985", "claire@morvan!!!!", "C1a1re-M0rv4n-35!", "jacquesprevert35", "JacquesPrévert2025",
		"saintmalo-35400!", "Belvédère2024!!!", "belvedereBelvedere", "B3lv3d3r3-2025-!", "departement35000", "claireclaireclaire",
	} {
		if (Policy{}).check(p, names) == "" {
			t.Errorf("%q passed", p)
		}
	}
	for _, p := range []string{
		"azertyuiop12345", "qsdfghjklmwxcvbn", "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "abcdefghijklmnopq", "123456789012345", "98765432109876543",
		"motdepassemotdepasse", "Motdepasse12345!", "1985031419850314", "14/03/198514/03/1985", "&é\"'(-è_çà)=&é\"'(", "azeqsdwxcrtyfghvbn",
		"collegecollege2025", "Administrateur35!", "Bonjour-Bonjour-1", "soleilsoleil2025", "passwordpassword", "wordpasswordpass", "DROWSSAP12345678",
		"p a s s w o r d 1", "1q2w3e4r5t6y7u8i", "qwertyuiop[]asdf", "juillet2025juillet", "                  ",
	} {
		if (Policy{}).check(p, nil) == "" {
			t.Errorf("%q passed: %g", p, guesses(p, nil))
		}
	}
}

func TestGoodPasswords(t *testing.T) {
	names := []string{"Claire", "Morvan", "Claire@MORVAN", "college", "Jacques Prévert", "Saint-Malo", "belvedere"}
	for _, p := range []string{
		"les girafes mangent tard", "trombone éléphant vélo myrtille", "un été à dévaler des pentes", "correct horse battery staple",
		"zuGhe4taiP7aeH2o", "claire aime les trombones mauves", "où va le hérisson de Günther ?", "Ἀθήνα κόκκινο ποτάμι ξύλο", "九つの海を渡る黒い鳥と白い月の歌",
		strings.Repeat("k7 Zq-", 3) + "vent d’ouest sur la grange", "mille huit parapluies bancals",
	} {
		if problem := (Policy{}).check(p, names); problem != "" {
			t.Errorf("%q is refused: %s (%g)", p, problem, guesses(p, foldAll(names)))
		}
	}
}

func TestLengths(t *testing.T) {
	fifteen := "tuba vélo à œuf"
	for password, ok := range map[string]bool{
		fifteen: true, "tuba vélo à œu": false, strings.Repeat("tuba vélo à œuf kiwi ", 12) + "four": true,
		strings.Repeat("x7 tuba vélo œuf kiwi ", 12): false, "tuba vélo\x00 à œuf kiwi": false, "tuba vélo\n à œuf kiwi": false,
		"tuba vélo \xff à œuf kiwi": false, "": false,
	} {
		if problem := (Policy{}).check(password, nil); (problem == "") != ok {
			t.Errorf("%q: %q", password, problem)
		}
	}
	if n := len([]rune(strings.Repeat("tuba vélo à œuf kiwi ", 12) + "four")); n != 256 {
		t.Fatalf("the longest of the table has %d characters", n)
	}
}

func TestSeedRules(t *testing.T) {
	p := Policy{Seed: true}
	for password, ok := range map[string]bool{
		"zu4ghi&e": true, "zughi&eo": false, "zu4ghieo": false, "1234567&": false, "zu4gh&e": false,
		"Morvan1&": false, "Claire@MORVAN1": false, "password1!": false, "P4ssw0rd&": false, "Soleil2024!": false, "vif tuba 7&": true,
	} {
		if problem := p.check(password, []string{"Claire", "Morvan", "Claire@MORVAN"}); (problem == "") != ok {
			t.Errorf("%q: %q", password, problem)
		}
	}
}

func TestStrength(t *testing.T) {
	for p, want := range map[string]string{"motdepasse12345": "faible", "": "faible", "tuba kaki 8 vélo": "forte", "les girafes mangent 4 trombones mauves": "maximale"} {
		if got := StrengthOf(p).Word(); got != want {
			t.Errorf("%q is %s (%g), want %s", p, got, guesses(p, nil), want)
		}
	}
}
