package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crashes is how often TestKillAmongPeople ends the server without warning.
const crashes = 6

// TestKillAmongPeople kills the serving program at random moments while users are created and
// pages read. Whoever was acknowledged is there, whole and in the journal, nobody is there by half,
// and the chain of the journal is sound.
func TestKillAmongPeople(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	sharing(t, data)
	withAdministrator(t, data)
	chance := rand.New(rand.NewPCG(2, uint64(time.Now().UnixNano())))
	var made []string
	read := 0
	for round := range crashes {
		s, err := start(binary(t), data, nil)
		if err != nil {
			t.Fatal(err)
		}
		v := s.signedIn(t, administrator)
		ctx, cancel := context.WithCancel(t.Context())
		var names []string
		var pages atomic.Int64
		var people sync.WaitGroup
		people.Go(func() { names = hire(ctx, v, round) })
		people.Go(func() {
			for ctx.Err() == nil {
				if status, _, err := v.try(ctx, http.MethodGet, "/moyens/par-etablissement?annee=2025", nil); err == nil && status == http.StatusOK {
					pages.Add(1)
				}
			}
		})
		time.Sleep(time.Duration(100+chance.IntN(600)) * time.Millisecond) // the moment of the kill is the input of this test
		s.kill()
		cancel()
		people.Wait()
		made, read = append(made, names...), read+int(pages.Load())
	}
	t.Logf("%d users acknowledged, %d pages read before %d kills", len(made), read, crashes)
	if len(made) == 0 || read == 0 {
		t.Error("nothing was acknowledged: nothing was tested")
	}
	if out := done(t, data, "audit", "verify"); !strings.Contains(out, "intactes") {
		t.Errorf("the journal after the kills: %s", out)
	}
	wholePeople(t, data, made)
}

// hire creates users until the server is gone, and names those that were acknowledged.
func hire(ctx context.Context, v *visitor, round int) (names []string) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("Essai-%s-%s", letters(round), letters(n))
		status, _, err := v.try(ctx, http.MethodPost, "/administration/utilisateurs/nouveau", url.Values{
			"version": {"0"}, "nom": {name}, "prenom": {"Paul"}, "mail": {strings.ToLower(name) + "@valmont.example"}, "fonction": {"Essai"},
			"place": {"collectivite"}, "portee": {"choisis"}, "etablissement": {"9990001X", "9990002Y"},
		})
		if err == nil && status == http.StatusSeeOther {
			names = append(names, name)
		}
	}
	return names
}

// letters writes a number in letters, as names have.
func letters(n int) string {
	return strings.NewReplacer("0", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6", "g", "7", "h", "8", "i", "9", "j").Replace(fmt.Sprint(n))
}

// wholePeople wants everyone of a list among the accounts and in the journal, and no account by half.
func wholePeople(t *testing.T, data string, made []string) {
	t.Helper()
	var list []struct {
		LastName string   `json:"nom"`
		First    string   `json:"prenom"`
		Email    string   `json:"adresse"`
		Login    string   `json:"identifiant"`
		Function string   `json:"fonction"`
		State    string   `json:"etat"`
		Schools  []string `json:"etablissements"`
	}
	if err := json.Unmarshal([]byte(done(t, data, "user", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	journal := done(t, data, "--quiet", "audit", "list", "--action", "utilisateur", "--limit", "100000")
	found := map[string]bool{}
	for _, a := range list {
		if a.Login == administrator {
			continue
		}
		found[a.LastName] = true
		if a.First != "Paul" || a.Email != strings.ToLower(a.LastName)+"@valmont.example" || a.Function != "Essai" || a.State != "invite" || len(a.Schools) != 2 {
			t.Errorf("an account by half: %+v", a)
		}
	}
	for _, name := range made {
		if !found[name] {
			t.Errorf("%s was acknowledged and is not there", name)
		}
		if !strings.Contains(journal, "Paul@"+strings.ToUpper(name)) {
			t.Errorf("%s was created without an entry in the journal", name)
		}
	}
}
