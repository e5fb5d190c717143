package app_test

import (
	"context"
	"fmt"
	stdio "io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

// Names that nothing else on a page could be taken for.
var (
	schoolNames = regexp.MustCompile(`Quartz-\d{3}`)
	personNames = regexp.MustCompile(`PORTEUR-\d{3}`)
)

// A reader asks again and again, and knows what may be in an answer.
type reader struct {
	name   string // as pages write it; "" for a token and for nobody
	header []string
	paths  []string
	sees   map[string]bool // names of schools
	shares map[string]bool // of which the figures may be shown too
}

// A crowd is an installation with readers of many different rights.
type crowd struct {
	app     *app.App
	url     string
	client  *http.Client
	schools []belvedere.UAI
	figures map[string]*regexp.Regexp // of each school, by its name
	readers []*reader

	mu     sync.Mutex
	status map[int]int
	wrong  []string
}

// newCrowd makes 24 schools, of which every fourth shares nothing, and so many readers: accounts
// of the territory and of schools, with and without a widget, tokens, and nobody.
func newCrowd(t *testing.T, readers int) *crowd {
	t.Helper()
	c := &crowd{app: openBare(t), figures: map[string]*regexp.Regexp{}, status: map[int]int{}}
	c.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(c.client.CloseIdleConnections)
	register, pupils := "etablissement;nom;type\n", "etablissement;jour;niveau;sexe;eleves\n"
	for i := range 24 {
		u, figure := uai(t, fmt.Sprintf("99900%02d", i)), fmt.Sprint(41017+1013*i)
		c.schools = append(c.schools, belvedere.UAI(u))
		c.figures[c.name(i)] = regexp.MustCompile(`\b` + figure + `\b`)
		register += fmt.Sprintf("%s;%s;college\n", u, c.name(i))
		pupils += fmt.Sprintf("%s;2025-10-01;6eme;F;%s\n", u, figure)
		if i%4 != 3 {
			agree(t, c.app, registry.Agreement{School: c.schools[i], AllThemes: true})
		}
	}
	edition(t, c.app, map[string]string{"etablissements": register, "effectifs": pupils})
	edition(t, c.app, map[string]string{"effectifs": strings.ReplaceAll(pupils, "2025-10-01", "2025-10-02")})
	c.url = serve(t, c.app)
	r := rand.New(rand.NewPCG(3, 35))
	for i := range readers {
		switch {
		case i%10 == 9:
			c.readers = append(c.readers, &reader{paths: []string{pagePath, dataPath, "/connexion"}})
		case i%5 == 4:
			c.addToken(t, r, i)
		default:
			c.addAccount(t, r, i)
		}
	}
	return c
}

func (c *crowd) name(i int) string { return fmt.Sprintf("Quartz-%03d", i) }

// some draws schools for a reader, and says which names and figures that opens.
func (c *crowd) some(r *rand.Rand, own bool) (list []belvedere.UAI, sees, shares map[string]bool) {
	sees, shares = map[string]bool{}, map[string]bool{}
	for _, i := range r.Perm(len(c.schools))[:1+r.IntN(6)] {
		list, sees[c.name(i)] = append(list, c.schools[i]), true
		if own || i%4 != 3 {
			shares[c.name(i)] = true
		}
	}
	slices.Sort(list)
	return list, sees, shares
}

func (c *crowd) addAccount(t *testing.T, r *rand.Rand, i int) {
	x := registry.Account{FirstName: "Camille", LastName: fmt.Sprintf("PORTEUR-%03d", i), AllWidgets: i%7 != 0, Widgets: []string{"moyens.salles"}}
	if x.AllWidgets {
		x.Widgets = nil
	}
	if i%3 == 0 {
		x.Place = registry.InSchool
	}
	one := &reader{name: x.LastName, paths: []string{pagePath, pagePath + "&edition=1", pagePath + "&format=csv", dataPath, dataPath + "&format=csv&edition=1",
		"/recherche?q=Quartz", "/indicateurs", "/editions", "/api/v1/etablissements"}}
	x.Schools, one.sees, one.shares = c.some(r, i%3 == 0)
	if !x.AllWidgets {
		one.shares = nil
	}
	one.header = enter(t, c.app, member(t, c.app, x))
	c.readers = append(c.readers, one)
}

func (c *crowd) addToken(t *testing.T, r *rand.Rand, i int) {
	one := &reader{paths: []string{dataPath, dataPath + "&edition=1&format=csv", "/api/v1/etablissements", "/api/v1/indicateurs"}}
	x := registry.Token{Name: fmt.Sprint("programme ", i), Read: true}
	x.Schools, one.sees, one.shares = c.some(r, false)
	_, one.header = program(t, c.app, x)
	c.readers = append(c.readers, one)
}

// ask sends one request of a reader and holds the answer against what it may contain.
func (c *crowd) ask(one *reader, path string) {
	req, err := http.NewRequest(http.MethodGet, c.url+path, nil)
	if err != nil {
		c.report(0, "%v", err)
		return
	}
	for i := 0; i < len(one.header); i += 2 {
		req.Header.Set(one.header[i], one.header[i+1])
	}
	res, err := c.client.Do(req)
	if err != nil {
		c.report(0, "%s: %v", path, err)
		return
	}
	defer res.Body.Close()
	text, err := stdio.ReadAll(res.Body)
	if err != nil {
		c.report(0, "%s: %v", path, err)
		return
	}
	c.report(res.StatusCode, "")
	body := string(text)
	for _, found := range personNames.FindAllString(body, -1) {
		if found != one.name {
			c.report(0, "%s: %q read the name of %s", path, one.name, found)
		}
	}
	for _, found := range schoolNames.FindAllString(body, -1) {
		if !one.sees[found] {
			c.report(0, "%s: %q %v read of %s", path, one.name, one.sees, found)
		}
	}
	plain := unspaced.Replace(body)
	for school, figure := range c.figures {
		if !one.shares[school] && figure.MatchString(plain) {
			c.report(0, "%s: %q read the figure of %s", path, one.name, school)
		}
	}
	if len(res.Cookies()) > 0 {
		c.report(0, "%s: %q was given %v", path, one.name, res.Cookies())
	}
	if res.StatusCode == http.StatusOK && path == pagePath {
		c.whole(one, body, plain)
	}
}

// whole wants on a page all that its reader may see: an empty page would prove nothing.
func (c *crowd) whole(one *reader, body, plain string) {
	if !personNames.MatchString(body) {
		c.report(0, "the page of %s does not name its reader", one.name)
	}
	names := map[string]bool{}
	for _, found := range schoolNames.FindAllString(body, -1) {
		names[found] = true
	}
	figures := map[string]bool{}
	for school, figure := range c.figures {
		if figure.MatchString(plain) {
			figures[school] = true
		}
	}
	if one.shares != nil && (!maps.Equal(names, one.sees) || !maps.Equal(figures, one.shares)) {
		c.report(0, "the page of %s shows %v with figures of %v, want %v and %v", one.name, names, figures, one.sees, one.shares)
	}
}

func (c *crowd) report(status int, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if format == "" {
		c.status[status]++
	} else if len(c.wrong) < 20 {
		c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
	}
}

// flip gives an account one school, then another, again and again, and asks after each change,
// while all others read.
func (c *crowd) flip(t *testing.T, done <-chan struct{}) int {
	x := member(t, c.app, registry.Account{FirstName: "Camille", LastName: "PORTEUR-999", AllWidgets: true, Schools: c.schools[:1]})
	header := enter(t, c.app, x)
	for n := 0; ; n++ {
		select {
		case <-done:
			return n
		default:
		}
		i := n % 2
		x.Schools = c.schools[i : i+1]
		var err error
		if x, err = c.app.Registry.UpdateAccount(context.Background(), x); err != nil {
			c.report(0, "%v", err)
			return n
		}
		only := map[string]bool{c.name(i): true}
		c.ask(&reader{name: x.LastName, header: header, sees: only, shares: only}, pagePath)
	}
}

// TestReadersNeverMix lets many readers ask at the same time for pages, files and data: nobody
// reads the name, the schools or the figures of another. With BELVEDERE_LONG, 300 of them do so
// for two minutes.
func TestReadersNeverMix(t *testing.T) {
	readers, each, until := 40, 10, time.Time{}
	if testing.Short() {
		each = 6
	}
	if os.Getenv("BELVEDERE_LONG") != "" {
		readers, each, until = 300, 1<<30, time.Now().Add(2*time.Minute)
	}
	c := newCrowd(t, readers)
	start := time.Now()
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(readers))
	done := make(chan struct{})
	for k, one := range c.readers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(k), 9))
			for n := 0; n < each && (until.IsZero() || time.Now().Before(until)); n++ {
				c.ask(one, one.paths[(n+r.IntN(2))%len(one.paths)])
			}
			if left.Add(-1) == 0 {
				close(done)
			}
		})
	}
	flips := c.flip(t, done)
	wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for status, n := range c.status {
		total += n
		if status >= 500 {
			t.Errorf("%d answers of status %d", n, status)
		}
	}
	t.Logf("%d readers, %d answers in %v: %v; %d changes of rights meanwhile", readers, total, time.Since(start).Round(time.Millisecond), c.status, flips)
	for _, w := range c.wrong {
		t.Error(w)
	}
	if c.status[http.StatusOK] < total/2 || c.status[http.StatusSeeOther] == 0 || c.status[http.StatusUnauthorized] == 0 || flips < 2 {
		t.Errorf("%v: the test proves too little", c.status)
	}
}
