package registrytest

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// asked is an extract that waits.
func asked(account int64) registry.Extract {
	return registry.Extract{Account: account, Login: "Claire@MORVAN", Kind: "personnes", Subject: "inscriptions", School: "0350017D", Label: "Inscriptions",
		Spec: `{"colonnes":["étape"]}`, Purpose: "Enquête", Basis: "mission", Recipients: "Service", Days: 30, Format: "csv", State: registry.ExtractWaiting,
		Created: arrival, Asked: arrival}
}

func (s *suite) fillExtracts() {
	s.t.Helper()
	e, err := s.CreateExtract(s.ctx, asked(1))
	s.must(err)
	_, err = s.UpdateExtract(s.ctx, e.ID, func(e *registry.Extract) error {
		e.State, e.Salt, e.Code, e.Flagged = registry.ExtractReady, "s1.abc", "X7KQ2M9XD", "volume"
		e.Expires, e.Due, e.Ended = arrival.Add(time.Hour), arrival.AddDate(0, 1, 0), arrival
		return nil
	})
	s.must(err)
	_, err = s.CreateExtractSchedule(s.ctx, registry.ExtractSchedule{Account: 1, Label: "Chaque lundi", Spec: "{}", Rhythm: "lundi", Place: "partage", Created: arrival})
	s.must(err)
}

func testExtracts(t *testing.T, s *suite) {
	s.fillAccounts()
	s.fillExtracts()
	whole, err := s.UpdateExtract(s.ctx, 1, fillFields)
	s.must(err)
	if read, err := s.again().Extract(s.ctx, 1); err != nil || !reflect.DeepEqual(read, whole) {
		t.Errorf("read %+v\nwrote %+v, %v", read, whole, err)
	}
	refused := belvedere.Errorf(belvedere.Conflict, "non")
	_, err = s.UpdateExtract(s.ctx, 1, func(e *registry.Extract) error { e.Label = "autre"; return refused })
	_, none := s.Extract(s.ctx, 99)
	s.kinds(belvedere.Conflict, map[string]error{"refused": err})
	s.kinds(belvedere.NotFound, map[string]error{"none": none})
	if e, _ := s.Extract(s.ctx, 1); e.Label != whole.Label {
		t.Error("a refused change was written")
	}
	for range registry.MostDrafts + 3 {
		d := asked(2)
		d.State = registry.ExtractDraft
		_, err := s.CreateExtract(s.ctx, d)
		s.must(err)
	}
	if _, total, err := s.ListExtracts(s.ctx, registry.ExtractFilter{Account: 2}, registry.Page{}); err != nil || total != registry.MostDrafts {
		t.Errorf("%d drafts, %v", total, err)
	}
	testOverdue(t, s)
	testTakenOnce(t, s)
	s.must(s.DeleteAccount(s.ctx, 2, 0))
	if n, err := s.ForgetExtracts(s.ctx, arrival.AddDate(1, 0, 0)); err != nil || n != registry.MostDrafts {
		t.Errorf("forgot %d, %v", n, err)
	}
}

// fillFields gives each field a value of its own, so that two that are exchanged show.
func fillFields(e *registry.Extract) error {
	v := reflect.ValueOf(e).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			if v.Type().Field(i).Name != "State" {
				f.SetString(v.Type().Field(i).Name)
			}
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(100 + i))
		case reflect.Bool:
			f.SetBool(i%2 == 0)
		case reflect.Struct:
			f.Set(reflect.ValueOf(arrival.Add(time.Duration(i) * time.Hour)))
		}
	}
	return nil
}

// testTakenOnce has servers take what waits: each extract once, and one at a time of an account.
func testTakenOnce(t *testing.T, s *suite) {
	for _, account := range []int64{1, 1, 2} {
		_, err := s.CreateExtract(s.ctx, asked(account))
		s.must(err)
	}
	taken := make(chan registry.Extract, 8)
	var all sync.WaitGroup
	for range cap(taken) {
		r := s.again()
		all.Go(func() {
			e, found, err := r.TakeExtract(s.ctx, arrival.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			if found {
				taken <- e
			}
		})
	}
	all.Wait()
	close(taken)
	accounts := map[int64]int{}
	for e := range taken {
		accounts[e.Account]++
		if e.State != registry.ExtractRunning || e.Tries != 1 {
			t.Errorf("taken as %+v", e)
		}
	}
	if len(accounts) != 2 || accounts[1] != 1 || accounts[2] != 1 {
		t.Errorf("under way by account: %v", accounts)
	}
}

func testExtractSchedules(t *testing.T, s *suite) {
	s.fillAccounts()
	s.fillExtracts()
	s.must(s.StopExtractSchedule(s.ctx, 1, "habilitation finie"))
	one, err := s.again().ExtractSchedule(s.ctx, 1)
	if err != nil || one.Stopped != "habilitation finie" || one.Place != "partage" || one.Created != arrival {
		t.Errorf("%+v, %v", one, err)
	}
	for range registry.MostExtractSchedules - 1 {
		_, err := s.CreateExtractSchedule(s.ctx, registry.ExtractSchedule{Account: 1, Label: "x", Created: arrival})
		s.must(err)
	}
	_, many := s.CreateExtractSchedule(s.ctx, registry.ExtractSchedule{Account: 1, Label: "x", Created: arrival})
	s.kinds(belvedere.Conflict, map[string]error{"many": many})
	s.must(s.DeleteExtractSchedule(s.ctx, 1))
	_, gone := s.ExtractSchedule(s.ctx, 1)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone, "stop": s.StopExtractSchedule(s.ctx, 1, "")})
	if list, err := s.ListExtractSchedules(s.ctx, 1); err != nil || len(list) != registry.MostExtractSchedules-1 {
		t.Errorf("%d left, %v", len(list), err)
	}
}

// testOverdue finds the extracts whose copies should be gone: taken or put somewhere, and nobody said that they are.
func testOverdue(t *testing.T, s *suite) {
	late := func() (n int) {
		_, n, err := s.ListExtracts(s.ctx, registry.ExtractFilter{Overdue: arrival.AddDate(0, 2, 0)}, registry.Page{})
		s.must(err)
		return n
	}
	change := func(f func(*registry.Extract)) {
		_, err := s.UpdateExtract(s.ctx, 1, func(e *registry.Extract) error {
			e.State, e.Due, e.Downloads, e.Destroyed = registry.ExtractExpired, arrival.AddDate(0, 1, 0), 1, time.Time{}
			f(e)
			return nil
		})
		s.must(err)
	}
	for name, c := range map[string]struct {
		change func(*registry.Extract)
		want   int
	}{
		"taken": {func(*registry.Extract) {}, 1}, "never taken": {func(e *registry.Extract) { e.Downloads = 0 }, 0}, "put": {func(e *registry.Extract) { e.Downloads, e.State = 0, registry.ExtractSent }, 1},
		"destroyed": {func(e *registry.Extract) { e.Destroyed = arrival }, 0}, "not due yet": {func(e *registry.Extract) { e.Due = arrival.AddDate(0, 3, 0) }, 0}, "never due": {func(e *registry.Extract) { e.Due = time.Time{} }, 0},
	} {
		change(c.change)
		if n := late(); n != c.want {
			t.Errorf("%s: %d overdue", name, n)
		}
	}
	change(func(e *registry.Extract) { e.State = registry.ExtractReady })
}
