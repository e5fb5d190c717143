package gap

import (
	"fmt"
	"testing"

	"belvedere"
)

func on(dim string, values ...string) belvedere.Filter {
	return belvedere.Filter{Dim: dim, Values: values}
}

func TestFactors(t *testing.T) {
	year := belvedere.Period{Kind: belvedere.ThisYear, From: belvedere.SchoolYear(2025).First(), To: belvedere.SchoolYear(2025).End()}
	a := Figure{Indicator: "eleves", Where: []belvedere.Filter{on("type", "lycee", "college"), on("sexe", "F")}, Period: year, Edition: 6}.Normal()
	b := Figure{Indicator: "demi_pensionnaires", Where: []belvedere.Filter{on("type", "college", "lycee", "lycee"), on("etablissement", "0350017D")}, Period: year, Edition: 7}.Normal()
	factors := Factors(a, b)
	if got := fmt.Sprint(factors); got != "[{edition } {population } {perimetre etablissement} {filtre sexe}]" {
		t.Fatalf("factors %s", got)
	}
	if back := Factors(b, a); fmt.Sprint(back) != fmt.Sprint(factors) {
		t.Errorf("the way back differs by %v", back)
	}
	if got := Between(a, b, factors, 0); fmt.Sprint(got) != fmt.Sprint(a) {
		t.Errorf("the first world is %v, want %v", got, a)
	}
	if got := Between(a, b, factors, 0b1111); fmt.Sprint(got) != fmt.Sprint(b) {
		t.Errorf("the last world is %v, want %v", got, b)
	}
	mixed := Between(a, b, factors, 0b1001) // later data, without the filter on sex
	if mixed.Edition != 7 || mixed.Indicator != "eleves" || len(mixed.Where) != 1 || mixed.Where[0].Dim != "type" {
		t.Errorf("the world between is %+v", mixed)
	}
}
