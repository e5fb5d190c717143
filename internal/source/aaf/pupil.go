package aaf

import (
	"strconv"
	"strings"

	"belvedere/internal/source/record"
)

func text(s string) record.Value { return record.Value{Text: s, Present: true} }

func readPupil(r *request, give give) error {
	if err := give(Pupil, r.first("ENTEleveINE"), r.first("ENTEleveStructRattachId"), r.first("ENTPersonDateNaissance"), r.first("ENTPersonNomPatro"),
		r.first("sn", "ENTPersonNom"), r.first("givenName", "ENTPersonPrenom"), r.first("personalTitle", "ENTPersonCivilite"), r.first("ENTEleveRegime"),
		r.first("ENTEleveTransport"), r.first("ENTEleveStatutEleve"), r.first("ENTEleveMEF"), r.first("ENTEleveLibelleMEF"),
		r.first("ENTEleveNivFormation"), r.first("ENTEleveFiliere"), r.first("ENTEleveNiveau"), r.first("ENTEleveCycle"),
		r.first("ENTPersonStructRattach"), dayOf(r.first("ENTEleveDateEntreeStructRattach")), dayOf(r.first("ENTEleveDateSortieStructRattach"))); err != nil {
		return err
	}
	if err := pupilClasses(r, give); err != nil {
		return err
	}
	for p := range r.parts("ENTEleveGroupes", 2) {
		if err := give(PupilGroup, p...); err != nil {
			return err
		}
	}
	if err := studies(r, give); err != nil {
		return err
	}
	return links(r, give)
}

// dayOf takes the day from a composite « struct$dd/mm/yyyy ».
func dayOf(v record.Value) record.Value {
	if i := strings.LastIndexByte(v.Text, '$'); i >= 0 {
		v.Text = strings.TrimSpace(v.Text[i+1:])
	}
	return v
}

// pupilClasses gives the classes of a pupil with the dates that stand in lists of their own:
// « struct$dd/mm/yyyy$class ».
func pupilClasses(r *request, give give) error {
	dates := func(attr string) map[[2]string]record.Value {
		m := map[[2]string]record.Value{}
		for p := range r.parts(attr, 3) {
			m[[2]string{p[0].Text, p[2].Text}] = p[1]
		}
		return m
	}
	in, out := dates("ENTEleveDateEntreeClasses"), dates("ENTEleveDateSortieClasses")
	for _, attr := range []string{"ENTEleveClasses", "ENTPersonClasses"} {
		for p := range r.parts(attr, 2) {
			k := [2]string{p[0].Text, p[1].Text}
			if err := give(PupilClass, p[0], p[1], in[k], out[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// studies pairs the list of labels with that of codes.
func studies(r *request, give give) error {
	var labels, codes []record.Value
	for s := range r.all("ENTEleveEnseignements") {
		labels = append(labels, text(s))
	}
	for s := range r.all("ENTEleveCodeEnseignements") {
		codes = append(codes, text(s))
	}
	for i := range max(len(labels), len(codes)) {
		var code, label record.Value
		if i < len(codes) {
			code = codes[i]
		}
		if i < len(labels) {
			label = labels[i]
		}
		if err := give(PupilStudy, text(strconv.Itoa(i+1)), code, label); err != nil {
			return err
		}
	}
	return nil
}

// olderLinks are the attributes by which feeds before ENTElevePersRelEleve named guardians.
var olderLinks = []string{"ENTEleveParents", "ENTElevePere", "ENTEleveMere", "ENTEleveAutoriteParentale", "ENTElevePersRelEleve1", "ENTElevePersRelEleve2"}

// links gives the guardians of a pupil, by the attribute of six parts or, when it says nothing, by the older ones.
func links(r *request, give give) error {
	rank := 0
	for p := range r.parts("ENTElevePersRelEleve", 6) {
		rank++
		if err := give(Link, append(append([]record.Value{text(strconv.Itoa(rank))}, p...), text("ENTElevePersRelEleve"))...); err != nil {
			return err
		}
	}
	if rank > 0 {
		return nil
	}
	var people []string
	from := map[string]string{}
	for _, attr := range olderLinks {
		for id := range r.all(attr) {
			if from[id] == "" {
				people = append(people, id)
			}
			from[id] = strings.TrimSpace(from[id] + " " + attr)
		}
	}
	for i, id := range people {
		none := record.Value{}
		if err := give(Link, text(strconv.Itoa(i+1)), text(id), none, none, none, none, none, text(from[id])); err != nil {
			return err
		}
	}
	return nil
}
