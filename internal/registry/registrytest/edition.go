package registrytest

import (
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// stage brings deliveries to the step before publication.
func (s *suite) stage(rank int, seqs ...int64) {
	s.t.Helper()
	for _, seq := range seqs {
		d, err := s.Delivery(s.ctx, seq)
		s.must(err)
		d.State = belvedere.Staged
		s.must(s.Record(s.ctx, d, rank, nil))
	}
}

// publish makes an edition of one delivery that replaces slices of "effectifs".
func (s *suite) publish(seq int64, slices ...string) int {
	s.t.Helper()
	s.stage(int(seq)*10, seq)
	e, err := s.PlanEdition(s.ctx, "essai", []registry.Planned{{Seq: seq, Slices: parts(slices...)}})
	s.must(err)
	s.must(s.FinishEdition(s.ctx, e.Number, arrival))
	return e.Number
}

func parts(names ...string) (list []belvedere.DeliverySlice) {
	for _, name := range names {
		list = append(list, belvedere.DeliverySlice{Dataset: "effectifs", Slice: name, Rows: 3})
	}
	return list
}

func testPublication(t *testing.T, s *suite) {
	a, b := s.accept(file("fichier", "", "", "a")), s.accept(file("fichier", "", "", "b"))
	if _, err := s.PlanEdition(s.ctx, "trop tôt", []registry.Planned{{Seq: a.Seq}}); err == nil {
		t.Fatal("a delivery that is not staged was planned")
	}
	s.stage(20, a.Seq, b.Seq)
	e, err := s.PlanEdition(s.ctx, "première", []registry.Planned{{Seq: a.Seq, Slices: parts("0350017D/2025")}, {Seq: b.Seq}})
	s.must(err)
	if e.Number != 1 {
		t.Errorf("first edition is %d", e.Number)
	}
	if _, err := s.PlanEdition(s.ctx, "seconde", nil); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("two plans at once: %v", err)
	}
	if plans, err := s.again().OpenPlans(s.ctx); err != nil || len(plans) != 1 || plans[0].Label != "première" {
		t.Errorf("OpenPlans: %v, %v", plans, err)
	}
	if list, err := s.Slices(s.ctx, a.Seq); err != nil || len(list) != 0 {
		t.Errorf("slices show before the edition: %v, %v", list, err)
	}
	s.must(s.FinishEdition(s.ctx, 1, arrival))
	s.must(s.FinishEdition(s.ctx, 1, arrival.Add(time.Hour)))
	got, err := s.Delivery(s.ctx, b.Seq)
	if err != nil || got.State != belvedere.Published || got.Edition != 1 || !got.Finished.Equal(arrival) {
		t.Errorf("delivery: %+v, %v", got, err)
	}
	if list, err := s.Slices(s.ctx, a.Seq); err != nil || len(list) != 1 || list[0] != parts("0350017D/2025")[0] {
		t.Errorf("slices: %v, %v", list, err)
	}
	list, total, err := s.ListEditions(s.ctx, registry.Page{})
	if err != nil || total != 1 || !list[0].Published.Equal(arrival) {
		t.Errorf("editions: %v, %v", list, err)
	}
	if in, err := s.EditionDeliveries(s.ctx, 1); err != nil || len(in) != 2 || in[0].Seq != a.Seq {
		t.Errorf("deliveries of the edition: %v, %v", in, err)
	}
	if err := s.AbandonEdition(s.ctx, 1); err == nil {
		t.Error("a published edition was abandoned")
	}
}

func testAbandon(t *testing.T, s *suite) {
	a := s.accept(file("fichier", "", "", "a"))
	s.stage(20, a.Seq)
	e, err := s.PlanEdition(s.ctx, "", []registry.Planned{{Seq: a.Seq, Slices: parts("0350017D/2025")}})
	s.must(err)
	s.must(s.AbandonEdition(s.ctx, e.Number))
	if state := s.state(a.Seq); state != belvedere.Received {
		t.Errorf("state after abandon: %s", state)
	}
	if n := s.publish(a.Seq, "0350017D/2025"); n != e.Number {
		t.Errorf("number %d was lost: %d", e.Number, n)
	}
}

func testHeldBy(t *testing.T, s *suite) {
	for _, letter := range []string{"a", "b", "c"} {
		s.accept(file("fichier", "", "", letter))
	}
	s.publish(1, "0350017D/2024", "0350017D/2025")
	s.publish(2, "0350017D/2025", "0350001L/2025")
	s.stage(99, 3)
	_, err := s.PlanEdition(s.ctx, "en cours", []registry.Planned{{Seq: 3, Slices: parts("0350017D/2025")}})
	s.must(err)
	want := []string{"0350017D/2024", "0350017D/2025", "0350001L/2025", "0350001L/2026"}
	held, err := s.HeldBy(s.ctx, "effectifs", want, 0)
	s.must(err)
	if fmt.Sprint(held) != "map[0350001L/2025:{2 20} 0350017D/2024:{1 10} 0350017D/2025:{2 20}]" {
		t.Errorf("now: %v", held)
	}
	held, err = s.HeldBy(s.ctx, "effectifs", want, 2)
	s.must(err)
	if fmt.Sprint(held) != "map[0350017D/2024:{1 10} 0350017D/2025:{1 10}]" {
		t.Errorf("before edition 2: %v", held)
	}
	held, err = s.HeldBy(s.ctx, "structures", want, 0)
	if err != nil || len(held) != 0 {
		t.Errorf("other dataset: %v, %v", held, err)
	}
}

func testRequeue(t *testing.T, s *suite) {
	for _, letter := range []string{"a", "b", "c", "d"} {
		s.accept(file("fichier", "", "", letter))
	}
	s.must(s.SetState(s.ctx, 1, belvedere.Read))
	s.stage(10, 2, 3)
	s.publish(4, "0350017D/2025")
	_, err := s.PlanEdition(s.ctx, "", []registry.Planned{{Seq: 3}})
	s.must(err)
	if n, err := s.Requeue(s.ctx); err != nil || n != 2 {
		t.Errorf("requeued %d, %v", n, err)
	}
	for seq, want := range map[int64]belvedere.DeliveryState{1: belvedere.Received, 2: belvedere.Received, 3: belvedere.Staged, 4: belvedere.Published} {
		if got := s.state(seq); got != want {
			t.Errorf("delivery %d is %s, want %s", seq, got, want)
		}
	}
}
