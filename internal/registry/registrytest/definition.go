package registrytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// proposal is a version of the mean number of pupils per class from a day on.
func proposal(from time.Time) registry.Proposal {
	return registry.Proposal{Indicator: "classes", From: from, Note: "Sans les élèves d’ULIS.", Num: "effectifs.eleves - effectifs.ulis",
		NumLabel: "élèves hors ULIS", Reason: "Les élèves d’ULIS ont leur dispositif.", By: "Claire@MORVAN", At: arrival}
}

func (s *suite) fillDefinitions() {
	s.t.Helper()
	p, err := s.AddProposal(s.ctx, proposal(belvedere.Date(2025, 9, 1)))
	s.must(err)
	_, err = s.DecideProposal(s.ctx, registry.Decision{ID: p.ID, State: registry.Accepted, Reason: "Conforme à la circulaire.", By: "Claire@MORVAN", At: arrival, Impact: "3 chiffres"})
	s.must(err)
	s.must(s.PutOwner(s.ctx, registry.Owner{Indicator: "classes", Account: 1, Name: "Claire MORVAN", By: "Claire@MORVAN", At: arrival}))
	_, err = s.AskQuestion(s.ctx, registry.Question{Indicator: "classes", Text: "Les <b>ULIS</b> sont-elles comptées\u202f?", By: "Max@Fabre", At: arrival})
	s.must(err)
}

func testProposals(t *testing.T, s *suite) {
	first, err := s.AddProposal(s.ctx, proposal(belvedere.Date(2024, 9, 1)))
	s.must(err)
	second, err := s.AddProposal(s.ctx, proposal(belvedere.Date(2025, 9, 1)))
	s.must(err)
	if v := s.definitions(); v != 0 || first.ID == second.ID || first.State != registry.Proposed {
		t.Errorf("version %d, %+v", v, first)
	}
	no, err := s.DecideProposal(s.ctx, registry.Decision{ID: second.ID, State: registry.Rejected, Reason: "Trop tôt.", By: "Max@Fabre", At: arrival, Impact: "12 chiffres"})
	s.must(err)
	if v := s.definitions(); v != 0 || no.State != registry.Rejected || no.Decision != "Trop tôt." || no.DecidedBy != "Max@Fabre" || !no.Decided.Equal(arrival) || no.Impact != "12 chiffres" {
		t.Errorf("version %d, %+v", v, no)
	}
	_, err = s.DecideProposal(s.ctx, registry.Decision{ID: first.ID, State: registry.Accepted, Reason: "Oui.", By: "Max@Fabre", At: arrival})
	s.must(err)
	if v, err := s.again().DefinitionsVersion(s.ctx); err != nil || v != 1 {
		t.Errorf("version %d, %v", v, err)
	}
	list, total, err := s.again().ListProposals(s.ctx, registry.ProposalFilter{Indicator: "classes", State: registry.Accepted}, registry.Page{})
	if err != nil || total != 1 || len(list) != 1 || list[0].ID != first.ID || list[0].Num != "effectifs.eleves - effectifs.ulis" || !list[0].From.Equal(belvedere.Date(2024, 9, 1)) {
		t.Errorf("accepted %+v, %d, %v", list, total, err)
	}
	if list, total, err := s.ListProposals(s.ctx, registry.ProposalFilter{}, registry.Page{Limit: 1}); err != nil || total != 2 || list[0].ID != second.ID {
		t.Errorf("all %+v, %d, %v", list, total, err)
	}
	_, twice := s.DecideProposal(s.ctx, registry.Decision{ID: first.ID, State: registry.Rejected, Reason: "Non."})
	s.kinds(belvedere.Conflict, map[string]error{"twice": twice})
	_, absent := s.DecideProposal(s.ctx, registry.Decision{ID: 99, State: registry.Rejected, Reason: "Non."})
	_, none := s.Proposal(s.ctx, 99)
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent, "none": none})
	_, mute := s.DecideProposal(s.ctx, registry.Decision{ID: first.ID, State: registry.Accepted})
	_, undecided := s.DecideProposal(s.ctx, registry.Decision{ID: first.ID, State: registry.Proposed, Reason: "x"})
	long := proposal(belvedere.Date(2026, 9, 1))
	long.Note = strings.Repeat("é", 2001)
	_, tooLong := s.AddProposal(s.ctx, long)
	_, undated := s.AddProposal(s.ctx, proposal(time.Time{}))
	s.kinds(belvedere.Invalid, map[string]error{"mute": mute, "undecided": undecided, "long": tooLong, "undated": undated})
}

// testSameDay: of two proposals for one day, one alone is accepted.
func testSameDay(t *testing.T, s *suite) {
	var ids []int64
	for range 2 {
		p, err := s.AddProposal(s.ctx, proposal(belvedere.Date(2025, 9, 1)))
		s.must(err)
		ids = append(ids, p.ID)
	}
	answers := make(chan error, 2)
	for _, id := range ids {
		other := s.again()
		go func() {
			_, err := other.DecideProposal(s.ctx, registry.Decision{ID: id, State: registry.Accepted, Reason: "Oui.", At: arrival})
			answers <- err
		}()
	}
	accepted := 0
	for range ids {
		if err := <-answers; err == nil {
			accepted++
		} else {
			s.kinds(belvedere.Conflict, map[string]error{"second": err})
		}
	}
	if accepted != 1 || s.definitions() != 1 {
		t.Errorf("%d accepted, version %d", accepted, s.definitions())
	}
}

func testOwners(t *testing.T, s *suite) {
	s.must(s.PutOwner(s.ctx, registry.Owner{Indicator: "classes", Name: "Service statistique", By: "a", At: arrival}))
	s.must(s.PutOwner(s.ctx, registry.Owner{Indicator: "classes", Account: 3, Name: "Claire MORVAN", By: "b", At: arrival}))
	s.must(s.PutOwner(s.ctx, registry.Owner{Indicator: "eleves", Name: "Direction des collèges", By: "a", At: arrival}))
	s.must(s.PutOwner(s.ctx, registry.Owner{Indicator: "eleves", By: "a", At: arrival}))
	got, err := s.again().Owners(s.ctx)
	want := map[string]registry.Owner{"classes": {Indicator: "classes", Account: 3, Name: "Claire MORVAN", By: "b", At: arrival}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("owners %v, %v", got, err)
	}
	s.kinds(belvedere.Invalid, map[string]error{"none": s.PutOwner(s.ctx, registry.Owner{Name: "x"})})
}

func testQuestions(t *testing.T, s *suite) {
	first, err := s.AskQuestion(s.ctx, registry.Question{Indicator: "classes", Text: "Les élèves d’ULIS sont-ils comptés\u202f?", By: "Max@Fabre", At: arrival})
	s.must(err)
	second, err := s.AskQuestion(s.ctx, registry.Question{Indicator: "eleves", Text: "À quelle date\u202f?", By: "Max@Fabre", At: arrival.Add(time.Hour)})
	s.must(err)
	got, err := s.AnswerQuestion(s.ctx, first.ID, "Oui, dans leur niveau.", "Claire@MORVAN", arrival.Add(2*time.Hour))
	if err != nil || got.Answer != "Oui, dans leur niveau." || got.AnsweredBy != "Claire@MORVAN" || !got.Answered.Equal(arrival.Add(2*time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		filter registry.QuestionFilter
		want   int64
	}{
		"open": {registry.QuestionFilter{Open: true}, second.ID}, "of": {registry.QuestionFilter{Indicator: "classes"}, first.ID},
		"answer": {registry.QuestionFilter{Text: "leur NIVEAU"}, first.ID}, "question": {registry.QuestionFilter{Text: "quelle date"}, second.ID},
		"before": {registry.QuestionFilter{Before: arrival.Add(time.Minute)}, first.ID},
	} {
		list, total, err := s.ListQuestions(s.ctx, c.filter, registry.Page{})
		if err != nil || total != 1 || len(list) != 1 || list[0].ID != c.want {
			t.Errorf("%s: %+v, %d, %v", name, list, total, err)
		}
	}
	_, empty := s.AskQuestion(s.ctx, registry.Question{Indicator: "classes", Text: " "})
	_, long := s.AskQuestion(s.ctx, registry.Question{Indicator: "classes", Text: strings.Repeat("x", 2001)})
	_, mute := s.AnswerQuestion(s.ctx, first.ID, "", "x", arrival)
	s.kinds(belvedere.Invalid, map[string]error{"empty": empty, "long": long, "mute": mute})
	_, absent := s.AnswerQuestion(s.ctx, 99, "x", "x", arrival)
	_, none := s.Question(s.ctx, 99)
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent, "none": none})
}

func (s *suite) definitions() int64 {
	s.t.Helper()
	v, err := s.DefinitionsVersion(s.ctx)
	s.must(err)
	return v
}
