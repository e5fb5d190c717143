package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
)

// kills is how often TestKill ends the server without warning.
const kills = 16

// TestKill kills the serving program at random moments while files are pushed to it. Whatever
// was acknowledged is published whole by the next one, whatever was not may be sent again under
// the same identifier, and the figures are exactly those of the files.
func TestKill(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister))
	sharing(t, data)
	chance := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	var sent []shot
	for round := range kills {
		token := tokenFor(t, data, fmt.Sprint("tour ", round)) // each may push 120 files a minute
		s, err := start(binary(t), data, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var shots []shot
		var fire sync.WaitGroup
		fire.Go(func() { shots = bombard(ctx, s, token, round) })
		time.Sleep(time.Duration(20+chance.IntN(700)) * time.Millisecond) // the moment of the kill is the input of this test
		s.kill()
		cancel()
		fire.Wait()
		sent = append(sent, shots...)
	}
	s := serve(t, data)
	acknowledged := 0
	for _, one := range sent {
		if one.acknowledged {
			acknowledged++
		} else if err := one.push(t.Context(), s, ""); err != nil { // the same identifier again, as senders do
			t.Fatal(err)
		}
	}
	t.Logf("%d files, %d acknowledged before a kill", len(sent), acknowledged)
	if acknowledged == 0 {
		t.Error("no file was acknowledged: nothing was tested")
	}
	total := int64(0)
	for _, one := range sent {
		one.settled(t, s)
		total += one.requests()
	}
	asked := []string{"query", "--indicators", "demandes", "--by", "mois", "--where", "annee=2025", "--total"}
	out := done(t, data, asked...)
	if !strings.Contains(out, fmt.Sprintf("total,Ensemble,%d\n", total)) {
		t.Errorf("figures are not those of the files, want %d in all:\n%s", total, out)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	done(t, data, "--quiet", "rebuild")
	if again := done(t, data, asked...); again != out {
		t.Errorf("a rebuilt warehouse answers otherwise:\n%s\nbefore\n%s", again, out)
	}
}

// A shot is one pushed file: a school year of requests of one school. No two are of the same school.
type shot struct {
	token        string
	round, nth   int
	acknowledged bool
}

// bombard pushes files, one after the other, until the server is gone.
func bombard(ctx context.Context, s *server, token string, round int) []shot {
	var list []shot
	for n := 0; ctx.Err() == nil && n < 40; n++ {
		one := shot{token: token, round: round, nth: n}
		err := one.push(ctx, s, "")
		one.acknowledged = err == nil
		list = append(list, one)
	}
	return list
}

var natures = []string{"maintenance", "informatique", "secretariat"}

// text is the file.
func (o shot) text() string {
	var b strings.Builder
	b.WriteString("etablissement,mois,nature,demandes\n")
	school := belvedere.UAIFromNumber(int32(9_900_000 + o.round*1000 + o.nth))
	for _, month := range []string{"2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"} {
		for i, nature := range natures {
			fmt.Fprintf(&b, "%s,%s,%s,%d\n", school, month, nature, o.round+o.nth+i)
		}
	}
	return b.String()
}

func (o shot) rows() int64 { return int64(7 * len(natures)) }

// requests is the sum of the file.
func (o shot) requests() int64 { return 7 * int64(3*(o.round+o.nth)+0+1+2) }

// push sends the file; nil means that the server has acknowledged it.
func (o shot) push(ctx context.Context, s *server, prefer string) error {
	_, err := o.send(ctx, s, prefer)
	return err
}

func (o shot) send(ctx context.Context, s *server, prefer string) (string, error) {
	url := fmt.Sprintf("%s/api/v1/livraisons/essai-%d-%d?jeu=travaux&source=essai", s.url, o.round, o.nth)
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, strings.NewReader(o.text()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Prefer", prefer)
	status, body, err := do(bearing(req, o.token))
	if err == nil && status != http.StatusAccepted && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, body)
	}
	return body, err
}

// settled sends the file once more, which is answered with what became of the first: it must be
// published whole.
func (o shot) settled(t *testing.T, s *server) {
	t.Helper()
	body, err := o.send(t.Context(), s, "wait=60")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		State string `json:"etat"`
		Kept  int64  `json:"gardees"`
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	if d.State != "publiee" || d.Kept != o.rows() {
		t.Errorf("file %d of round %d is not published whole: %s", o.nth, o.round, body)
	}
}
