package web_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/vault"
	"belvedere/internal/web"
)

// A name that the vault of the school holds, and one like it that it does not.
const (
	heldName   = "ZYGOMATIQUE"
	absentName = "ZYGOMATIQUX"
)

// countedVaults counts how often a vault is asked for: no name is read without.
type countedVaults struct {
	board.Vaults
	asked *atomic.Int64
}

func (c countedVaults) Vault(ctx context.Context, uai belvedere.UAI, create bool) (*vault.Vault, error) {
	c.asked.Add(1)
	return c.Vaults.Vault(ctx, uai, create)
}

// countVaults makes all that reads names from here on ask for vaults by a counter.
func (f *fort) countVaults(c *web.Config) {
	c.Board.Vaults = countedVaults{c.Board.Vaults, &f.vaults}
	c.Directory = directory.New(directory.Config{Vaults: c.Board.Vaults, Now: c.Now})
}

// A probe asks about a name where "NOM" stands, in its address or in its form.
type probe struct{ address, form string }

// probes are the ways in which someone without a grant could ask whether a name is there, or what another number
// of a person holds.
func (f *fort) probes() (list []probe) {
	own := string(school.Scope.Own[0])
	for _, address := range []string{
		"/explorateur?indicateurs=eleves&lignes=niveau&filtre.nom=NOM", "/explorateur?indicateurs=eleves&lignes=niveau&filtre.niveau=NOM", "/explorateur?indicateurs=eleves&lignes=NOM",
		"/explorateur?indicateurs=NOM", "/explorateur?indicateurs=eleves&lignes=niveau&tri=NOM", "/explorateur?indicateurs=eleves&lignes=niveau&population=NOM", "/recherche?q=NOM",
		"/requetes?q=NOM", "/tableaux-de-bord?q=NOM", "/gouvernance/questions?q=NOM", "/demandes?q=NOM", "/indicateurs?q=NOM", "/tableaux-de-bord/NOM", "/formules/NOM", "/populations/NOM",
		"/ecole/" + own + "/eleves?q=NOM", "/ecole/" + own + "/personnes?q=NOM", "/ecole/" + own + "/NOM", "/gouvernance/coherence?etablissement=" + own + "&regle=NOM", "/pourquoi?page=NOM", "/ecart?a=NOM",
	} {
		list = append(list, probe{"GET " + address, ""})
	}
	for _, form := range []string{"texte=NOM", "texte=eleves[nom%3DNOM]", "texte=eleves[niveau%3DNOM]", "code=NOM&texte=eleves"} {
		list = append(list, probe{"POST /formules/nouvelle", "geste=essayer&libelle=Essai&" + form})
	}
	for _, form := range []string{"texte=nom%3DNOM", "texte=niveau%3DNOM"} {
		list = append(list, probe{"POST /populations/nouvelle", "geste=essayer&code=essai&libelle=Essai&" + form})
	}
	return append(list, probe{"POST /extractions/nouvelle", "etape=3&sujet=personnes&filtre=nom%3DNOM"}, probe{"POST /ecole/" + own + "/personnes/correspondances", "nom=NOM"})
}

// A seen is what whoever asks could learn from, and what the server did for it.
type seenAnswer struct {
	status int
	text   string // headers and body, without what was typed
	vaults int64
	took   time.Duration
}

// seen sends a probe about a name.
func (f *fort) seen(h http.Handler, p probe, name string) (s seenAnswer) {
	method, address, _ := strings.Cut(strings.ReplaceAll(p.address, "NOM", name), " ")
	r := httptest.NewRequest(method, address, strings.NewReader(strings.ReplaceAll(p.form, "NOM", name)))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range f.cookies[f.as.ID] {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	before, began := f.vaults.Load(), time.Now()
	h.ServeHTTP(w, r)
	s.took, s.vaults, s.status = time.Since(began), f.vaults.Load()-before, w.Code
	s.text = fmt.Sprint(w.Header()) + w.Body.String()
	for _, form := range []string{name, strings.ToLower(name), name[:1] + strings.ToLower(name[1:]), url.QueryEscape(name)} {
		s.text = strings.ReplaceAll(s.text, form, "NOM")
	}
	return s
}

// mostAlike is how far two series of times may be apart: the statistic of Mann and Whitney passes 6.5 once in ten
// thousand million when both come from one source, on a calm machine or a busy one, since the two take turns in an
// order of chance. A shift of less than a twentieth is none that a network would let through.
const (
	mostAlike  = 6.5
	leastShift = 0.05
	turns      = 50
)

// apart compares two series: the statistic of Mann and Whitney in deviations, and by how much their medians differ.
func apart(a, b []time.Duration) (z, shift float64) {
	wins := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	n, m := float64(len(a)), float64(len(b))
	middle := func(list []time.Duration) float64 {
		list = slices.Sorted(slices.Values(list))
		return float64(list[len(list)/2])
	}
	return (wins - n*m/2) / math.Sqrt(n*m*(n+m+1)/12), middle(a)/middle(b) - 1
}

// tells says what whoever sends probes learns of a name that is there, beside one that is not; "" for nothing.
func (f *fort) tells(h http.Handler, p probe) (why string, z, shift float64) {
	there, absent := f.seen(h, p, heldName), f.seen(h, p, absentName)
	switch {
	case there.status != absent.status:
		return fmt.Sprintf("%d and %d", there.status, absent.status), 0, 0
	case there.text != absent.text:
		at := 0
		for at < min(len(there.text), len(absent.text)) && there.text[at] == absent.text[at] {
			at++
		}
		return fmt.Sprintf("answers differ: %.60q and %.60q", there.text[max(0, at-20):], absent.text[max(0, at-20):]), 0, 0
	case there.vaults != absent.vaults:
		return fmt.Sprintf("vaults are asked %d times and %d", there.vaults, absent.vaults), 0, 0
	}
	var times [2][]time.Duration
	for range turns {
		for _, i := range rand.Perm(2) {
			times[i] = append(times[i], f.seen(h, p, []string{heldName, absentName}[i]).took)
		}
	}
	if z, shift = apart(times[0], times[1]); math.Abs(z) > mostAlike && math.Abs(shift) > leastShift {
		return fmt.Sprintf("times differ: %.1f deviations, %+.0f %%", z, 100*shift), z, shift
	}
	return "", z, shift
}

// TestAttackOfNamesByTheClock asks about a name in every way as those who have no grant to it: neither answer nor
// work nor time tells whether it is there. Work is counted, time is compared with a very strict alarm.
func TestAttackOfNamesByTheClock(t *testing.T) {
	f := newFort(t)
	far, worst := "", 0.0
	for _, who := range []belvedere.Viewer{writer, school, boss} {
		f.as = who
		for _, p := range f.probes() {
			if who.ID == boss.ID && strings.HasPrefix(p.address, "POST") {
				continue // one author is enough
			}
			why, z, shift := f.tells(f, p)
			if why != "" {
				t.Errorf("%s (%s) as %s: %s", p.address, p.form, who.Login, why)
			}
			if math.Abs(z) > worst {
				worst, far = math.Abs(z), fmt.Sprintf("%s as %s: %.1f deviations, %+.1f %%", p.address, who.Login, z, 100*shift)
			}
			if s := f.seen(f, p, heldName); s.vaults != 0 && who.ID == writer.ID {
				t.Errorf("%s asks for a vault %d times for someone with no right to it", p.address, s.vaults)
			}
		}
	}
	t.Logf("the farthest: %s (%d probes of %d turns, %d processors)", far, len(f.probes()), turns, runtime.NumCPU())
}

// TestTheClockWouldTell plants leaks: one that asks the vault, one that only takes its time, one that says one byte
// more. Each is found, or the test above proves nothing.
func TestTheClockWouldTell(t *testing.T) {
	f := newFort(t)
	f.as = writer
	p := f.probes()[0]
	holds := func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, heldName) }
	for name, leak := range map[string]func(w http.ResponseWriter, r *http.Request){
		"vaults": func(_ http.ResponseWriter, r *http.Request) {
			if holds(r) {
				_, err := f.config.Dossier.Imports(r.Context(), strong(school), school.Scope.Own[0], 10)
				f.must(err)
			}
		},
		"times": func(_ http.ResponseWriter, r *http.Request) {
			for began := time.Now(); holds(r) && time.Since(began) < 3*time.Millisecond; {
			}
		},
		"answers differ": func(w http.ResponseWriter, r *http.Request) {
			if holds(r) {
				w.Header().Set("X-Trace", "1")
			}
		},
	} {
		leaky := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { leak(w, r); f.ServeHTTP(w, r) })
		if why, _, _ := f.tells(leaky, p); !strings.Contains(why, name) {
			t.Errorf("a leak by %s is found as %q", name, why)
		}
	}
	if why, _, _ := f.tells(f, p); why != "" {
		t.Errorf("without a leak: %s", why)
	}
}
