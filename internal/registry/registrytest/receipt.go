package registrytest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func receipt(hash string, at time.Time) registry.NewReceipt {
	return registry.NewReceipt{
		Receipt: registry.Receipt{Hash: hash, Question: "q-1", Heading: "h-1", Definitions: "v1", Edition: 3, Rights: "r-1", Edits: "e-1", Rules: "s1",
			Program: "0.1.0", Digest: "d-" + hash, At: at, Account: 2, Login: "Claire@MORVAN"},
		Codes: []string{hash[:4], hash[:6], hash[:8]},
	}
}

var receiptParts = map[string]string{"q-1": `{"by":["niveau"]}`, "h-1": "é \u2028", "r-1": "{}", "e-1": "[]"}

func testReceipts(t *testing.T, s *suite) {
	one := receipt("AAAABBBBCCCC", arrival)
	kept, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{one}, receiptParts)
	want := one.Receipt
	want.Code = "AAAA"
	if err != nil || !reflect.DeepEqual(kept, []registry.Receipt{want}) {
		t.Fatalf("kept %+v, %v", kept, err)
	}

	// The same again keeps code, instant and holder; a file says so for good.
	again := receipt("AAAABBBBCCCC", arrival.Add(time.Hour))
	again.Login, again.Account, again.Filed = "Autre@PERSONNE", 3, true
	want.Filed = true
	if kept, err = s.again().KeepReceipts(s.ctx, []registry.NewReceipt{again}, nil); err != nil || !reflect.DeepEqual(kept, []registry.Receipt{want}) {
		t.Errorf("again %+v, %v", kept, err)
	}
	if kept, err = s.KeepReceipts(s.ctx, []registry.NewReceipt{one}, nil); err != nil || !reflect.DeepEqual(kept, []registry.Receipt{want}) {
		t.Errorf("on screen after a file %+v, %v", kept, err)
	}
	if got, err := s.Receipt(s.ctx, "AAAA"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v", got, err)
	}
	if got, err := s.ReceiptParts(s.ctx, "q-1", "h-1", "absent"); err != nil || !reflect.DeepEqual(got, map[string]string{"q-1": receiptParts["q-1"], "h-1": receiptParts["h-1"]}) {
		t.Errorf("parts %q, %v", got, err)
	}
	_, err = s.Receipt(s.ctx, "ZZZZ")
	s.kinds(belvedere.NotFound, map[string]error{"unknown": err})
}

// Hashes that begin alike get longer codes, in whatever order and by however many at once.
func testReceiptCollision(t *testing.T, s *suite) {
	list := []registry.NewReceipt{receipt("AAAABBBBCCCC", arrival), receipt("AAAABBDDDDDD", arrival), receipt("AAAAEEEEEEEE", arrival)}
	var codes []string
	for _, r := range list {
		kept, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{r}, nil)
		s.must(err)
		codes = append(codes, kept[0].Code)
	}
	if fmt.Sprint(codes) != "[AAAA AAAABB AAAAEE]" {
		t.Errorf("codes %v", codes)
	}
	kept, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{receipt("AAAABBDDDDDD", arrival), receipt("AAAABBDDEEEE", arrival)}, nil)
	if err != nil || kept[0].Code != "AAAABB" || kept[1].Code != "AAAABBDD" {
		t.Errorf("%+v, %v", kept, err)
	}
	if _, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{receipt("AAAABBDDFFFF", arrival)}, nil); err == nil {
		t.Error("a code was given twice")
	}

	var wg sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		wg.Go(func() {
			kept, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{receipt(fmt.Sprintf("CCCC%02d000000", i/2), arrival)}, nil)
			if err == nil {
				got[i] = kept[0].Code
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	for _, code := range got {
		seen[code]++
	}
	if len(seen) != 4 || seen["CCCC"] != 2 || seen[""] != 0 {
		t.Errorf("codes given at once %v", got)
	}
}

func testReceiptList(t *testing.T, s *suite) {
	for i := range 5 {
		r := receipt(strings.Repeat(string(rune('A'+i)), 12), arrival.AddDate(0, i, 0))
		r.Filed = i%2 == 0
		if i == 4 {
			r.Question = "q-2"
		}
		_, err := s.KeepReceipts(s.ctx, []registry.NewReceipt{r}, map[string]string{"q-1": "1", "q-2": "2", "h-1": "h", "r-1": "r", "e-1": "e"})
		s.must(err)
	}
	codes := func(since time.Time, p registry.Page) string {
		list, total, err := s.ListReceipts(s.ctx, since, p)
		s.must(err)
		text := ""
		for _, r := range list {
			text += r.Code[:1]
		}
		return fmt.Sprint(text, total)
	}
	for _, c := range []struct {
		since time.Time
		page  registry.Page
		want  string
	}{{time.Time{}, registry.Page{}, "EDCBA5"}, {arrival.AddDate(0, 3, 0), registry.Page{}, "ED2"}, {time.Time{}, registry.Page{Limit: 2, Offset: 1}, "DC5"}} {
		if got := codes(c.since, c.page); got != c.want {
			t.Errorf("since %v: %s, want %s", c.since, got, c.want)
		}
	}

	if n, err := s.ForgetHolders(s.ctx, arrival.AddDate(0, 2, 0)); n != 2 || err != nil {
		t.Errorf("%d holders forgotten, %v", n, err)
	}
	a, _ := s.Receipt(s.ctx, "AAAA")
	c, _ := s.Receipt(s.ctx, "CCCC")
	if a.Login != "" || a.Account != 0 || c.Login == "" {
		t.Errorf("holders %q, %q", a.Login, c.Login)
	}
	// Of the screen: B, D; of files: A, C, E.
	if n, err := s.PurgeReceipts(s.ctx, arrival.AddDate(0, 4, 0), arrival.AddDate(0, 1, 0)); n != 3 || err != nil {
		t.Errorf("%d purged, %v", n, err)
	}
	if got := codes(time.Time{}, registry.Page{}); got != "EC2" {
		t.Errorf("left %s", got)
	}
	if n, err := s.PurgeReceipts(s.ctx, arrival, arrival.AddDate(0, 3, 0)); n != 1 || err != nil {
		t.Errorf("%d purged, %v", n, err)
	}
	if parts, err := s.ReceiptParts(s.ctx, "q-1", "q-2", "h-1", "r-1", "e-1"); err != nil || len(parts) != 4 || parts["q-1"] != "" {
		t.Errorf("parts left %q, %v", parts, err)
	}
}

func testCatalogs(t *testing.T, s *suite) {
	one := registry.CatalogVersion{Version: "v1", Program: "0.1.0", Files: "aGVsbG8=", At: arrival}
	two := registry.CatalogVersion{Version: "v0", Program: "0.2.0", Files: "eA==", At: arrival.Add(time.Hour)}
	for _, c := range []registry.CatalogVersion{one, two} {
		if added, err := s.PutCatalog(s.ctx, c); !added || err != nil {
			t.Errorf("%s: %t, %v", c.Version, added, err)
		}
	}
	if added, err := s.PutCatalog(s.ctx, registry.CatalogVersion{Version: "v1", Files: "other"}); added || err != nil {
		t.Errorf("again: %t, %v", added, err)
	}
	if got, err := s.again().Catalog(s.ctx, "v1"); err != nil || got != one {
		t.Errorf("%+v, %v", got, err)
	}
	one.Files, two.Files = "", ""
	if list, err := s.ListCatalogs(s.ctx); err != nil || !reflect.DeepEqual(list, []registry.CatalogVersion{one, two}) {
		t.Errorf("%+v, %v", list, err)
	}
	_, err := s.Catalog(s.ctx, "v9")
	s.kinds(belvedere.NotFound, map[string]error{"unknown": err})
}
