package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere/internal/app"
	"belvedere/internal/auth"
	"belvedere/internal/config"
	"belvedere/internal/registry"
)

// password is one that every rule accepts.
const password = "les girafes mangent 4 trombones!"

// enrol makes an account as its owner does, by the link of an invitation, and gives the cookie by
// which the browser is known.
func enrol(t testing.TB, a *app.App, x registry.Account) (_ registry.Account, device string) {
	t.Helper()
	ctx := context.Background()
	x.State, x.Place, x.Email = registry.Invited, registry.InTerritory, strings.ToLower(x.FirstName)+"@exemple.fr"
	x.Login, x.Created = x.FirstName+"@"+x.LastName, time.Unix(1e9, 0)
	x, err := a.Registry.CreateAccount(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	link, err := a.Auth.InviteLink(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	x, cookies, err := a.Auth.CreateAccount(ctx, path.Base(link), auth.Creation{Login: x.Login, Password: password, Again: password}, auth.From{})
	if err != nil || len(cookies) != 1 {
		t.Fatal(cookies, err)
	}
	return x, cookies[0].Name + "=" + cookies[0].Value
}

// A knocker sends sign-ins through a trusted proxy.
type knocker struct {
	url      string
	client   *http.Client
	networks int // from how many a flood comes
}

func newKnocker(t *testing.T, url string) *knocker {
	k := &knocker{url: url, networks: 20, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 200},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(k.client.CloseIdleConnections)
	return k
}

// try signs in from an address and gives the status.
func (k *knocker) try(address, login, password, cookie string) (int, error) {
	form := url.Values{"identifiant": {login}, "mot_de_passe": {password}}.Encode()
	req, err := http.NewRequest(http.MethodPost, k.url+"/connexion", strings.NewReader(form))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", address)
	req.Header.Set("Cookie", cookie)
	res, err := k.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = new(bytes.Buffer).ReadFrom(res.Body)
	return res.StatusCode, err
}

// flood sends wrong passwords, half of them for an account that exists, while its owner signs in
// from a known browser; each time that must work. It gives the statuses of the flood and how
// often the owner entered.
func (k *knocker) flood(t *testing.T, tries int, login, device string) (map[int]int, int) {
	t.Helper()
	var next atomic.Int64
	var mu sync.Mutex
	status := map[int]int{}
	var wg sync.WaitGroup
	for range 150 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(tries); i = next.Add(1) {
				name := login
				if i%2 == 0 {
					name = fmt.Sprint("inconnu", i)
				}
				got, err := k.try(fmt.Sprint("203.0.113.", int(i)%k.networks), name, "faux", "")
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				status[got]++
				mu.Unlock()
			}
		})
	}
	over := make(chan struct{})
	go func() { wg.Wait(); close(over) }()
	for entered := 0; ; entered++ {
		select {
		case <-over:
			return status, entered
		default:
		}
		if got, err := k.try("198.51.100.7", login, password, device); err != nil || got != http.StatusSeeOther {
			t.Errorf("the owner of the account, for the %dth time: %d %v", entered+1, got, err)
		}
	}
}

// judge wants only refusals, and the owner to have entered.
func judge(t *testing.T, status map[int]int, entered int) {
	t.Helper()
	for got, n := range status {
		if got != http.StatusUnauthorized && got != http.StatusTooManyRequests && got != http.StatusServiceUnavailable {
			t.Errorf("%d tries got %d", n, got)
		}
	}
	if entered < 2 {
		t.Errorf("the owner entered %d times only", entered)
	}
}

// TestFloodOfSignIns sends wrong sign-ins through the whole server: few are hashed, memory stays,
// who signed in before enters meanwhile, and anyone afterwards.
func TestFloodOfSignIns(t *testing.T) {
	a := openBare(t)
	a.Config.Proxies = []string{"127.0.0.1"}
	owner, device := enrol(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN"})
	other, _ := enrol(t, a, registry.Account{FirstName: "Odile", LastName: "RIOU"})
	k, tries := newKnocker(t, serve(t, a)), 3000
	if testing.Short() {
		k.networks, tries = 4, 600
	}
	var peak atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.Sys-m.HeapReleased))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	before, start := a.Auth.Hashes(), time.Now()
	status, entered := k.flood(t, tries, owner.Login, device)
	hashed, took := int(a.Auth.Hashes()-before)-entered, time.Since(start)
	close(stop)
	t.Logf("%d tries in %v: %v; %d hashed, the owner entered %d times, %d MB", tries, took.Round(time.Millisecond), status, hashed, entered, peak.Load()>>20)
	judge(t, status, entered)
	if most := k.networks * (60 + int(took/(3*time.Second)) + 1); hashed > most || peak.Load() > 600<<20 {
		t.Errorf("%d tries were hashed, at most %d should be; %d MB", hashed, most, peak.Load()>>20)
	}
	if got, err := k.try("192.0.2.1", other.Login, password, ""); err != nil || got != http.StatusSeeOther {
		t.Errorf("another, once the flood is over: %d %v", got, err)
	}
	if r, err := a.Journal.Verify(t.Context()); err != nil || !r.OK() || r.Entries < int64(entered) {
		t.Errorf("the journal: %+v %v", r, err)
	}
}

// TestFloodKeepsMemory floods another process with 10,000 sign-ins and reads how much memory it
// ever took, the warehouse included.
func TestFloodKeepsMemory(t *testing.T) {
	if os.Getenv("BELVEDERE_LONG") == "" {
		t.Skip("takes a minute: set BELVEDERE_LONG")
	}
	folder := t.TempDir()
	a := openOn(t, folder, "")
	owner, device := enrol(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN"})
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	cmd, url := childServer(t, folder)
	start := time.Now()
	status, entered := newKnocker(t, url).flood(t, 10_000, owner.Login, device)
	rss := highWater(t, cmd.Process.Pid)
	t.Logf("10,000 tries in %v: %v; the owner entered %d times; %d MB at most", time.Since(start).Round(time.Second), status, entered, rss>>10)
	judge(t, status, entered)
	if rss > 600<<10 {
		t.Errorf("%d MB", rss>>10)
	}
}

// childConfig is the configuration of a child: a folder, and the registry elsewhere if it is named.
func childConfig() config.Config {
	c := config.Default()
	c.Data, c.RegistryURL, c.KeysFile = os.Getenv("CHILD_DATA"), os.Getenv("CHILD_REGISTRY"), os.Getenv("CHILD_KEYS")
	c.Listen, c.Proxies = "127.0.0.1:0", []string{"127.0.0.1"}
	return c
}

// serveChild serves until its standard input ends.
func serveChild(ctx context.Context) error {
	a, err := app.Open(ctx, childConfig(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		bufio.NewReader(os.Stdin).ReadString('\n')
		stop()
	}()
	if err := a.Serve(ctx, func(url string) { fmt.Println(url) }); err != nil {
		return err
	}
	return a.Close()
}

// child runs this test binary for a work of children.
func child(work string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childWork+"="+work), env...)
	return cmd
}

func childServer(t *testing.T, folder string) (*exec.Cmd, string) {
	t.Helper()
	cmd := child("serve", "CHILD_DATA="+folder)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line)
}

// highWater is the most memory that a process ever held, in KB.
func highWater(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Skip("no VmHWM")
	return 0
}
