package report

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// partName names a part by what it holds.
func partName(kind string, text []byte) string {
	sum := sha256.Sum256(text)
	return kind + "-" + hex.EncodeToString(sum[:16])
}

// mostPart bounds what a part unpacks to.
const mostPart = 64 << 20

// pack writes a text for the registry, smaller when it gets smaller.
func pack(text []byte) string {
	var packed bytes.Buffer
	out, _ := flate.NewWriter(&packed, flate.BestSpeed)
	if _, err := out.Write(text); err == nil && out.Close() == nil {
		if small := base64.StdEncoding.EncodeToString(packed.Bytes()); len(small) < len(text) {
			return "z" + small
		}
	}
	return "t" + string(text)
}

func unpack(part string) ([]byte, error) {
	switch {
	case strings.HasPrefix(part, "t"):
		return []byte(part[1:]), nil
	case strings.HasPrefix(part, "z"):
		packed, err := base64.StdEncoding.DecodeString(part[1:])
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), mostPart))
	}
	return nil, fmt.Errorf("a part of a receipt is missing or damaged")
}

// readPart reads a part into a value.
func readPart(parts map[string]string, name string, into any) ([]byte, error) {
	text, err := unpack(parts[name])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text, json.Unmarshal(text, into)
}

// rightsPart is what a viewer could see when a receipt was issued: lists of schools stand once,
// whoever names them.
type rightsPart struct {
	Fingerprint string             `json:"fingerprint"`
	Lists       [][]belvedere.UAI  `json:"lists"`
	AllSchools  bool               `json:"all_schools,omitempty"`
	Schools     int                `json:"schools"` // place of the list, -1 without
	AllWidgets  bool               `json:"all_widgets,omitempty"`
	Widgets     []string           `json:"widgets,omitempty"`
	Own         int                `json:"own"`
	Everything  bool               `json:"everything,omitempty"`
	Themes      map[string]setPart `json:"themes,omitempty"`
	Indicators  map[int]setPart    `json:"indicators,omitempty"`
	Extended    map[int]int        `json:"extended,omitempty"`
	Signed      []signedPart       `json:"agreements,omitempty"`
	Parts       []openedPart       `json:"parts,omitempty"`

	Members map[string][]string `json:"members,omitempty"`
}

// openedPart is one right of a scope that has several.
type openedPart struct {
	Grant      int64    `json:"grant,omitempty"`
	AllSchools bool     `json:"all_schools,omitempty"`
	Schools    int      `json:"schools"`
	AllWidgets bool     `json:"all_widgets,omitempty"`
	Widgets    []string `json:"widgets,omitempty"`

	Within   []belvedere.Within `json:"within,omitempty"`
	Datasets []string           `json:"datasets,omitempty"`
}

type setPart struct {
	All  bool `json:"all,omitempty"`
	List int  `json:"list"`
}

type signedPart struct {
	ID      int64         `json:"id"`
	Version int64         `json:"version"`
	School  belvedere.UAI `json:"school,omitempty"`
}

// scopePart writes a scope.
func scopePart(s belvedere.Scope) rightsPart {
	p := rightsPart{Fingerprint: s.Fingerprint, AllSchools: s.AllSchools, AllWidgets: s.AllWidgets, Everything: s.Sharing.Everything, Members: s.Members}
	places := map[string]int{}
	list := func(schools []belvedere.UAI) int {
		if len(schools) == 0 {
			return -1
		}
		key := fmt.Sprint(schools)
		at, ok := places[key]
		if !ok {
			at = len(p.Lists)
			places[key], p.Lists = at, append(p.Lists, schools)
		}
		return at
	}
	p.Schools, p.Own = list(s.Schools), list(s.Own)
	p.Widgets = widgetList(s.Widgets)
	p.Themes, p.Indicators, p.Extended = map[string]setPart{}, map[int]setPart{}, map[int]int{}
	for _, code := range slices.Sorted(maps.Keys(s.Sharing.Themes)) { // in order: lists are placed as they come
		p.Themes[code] = setPart{s.Sharing.Themes[code].All, list(s.Sharing.Themes[code].Schools)}
	}
	for _, n := range slices.Sorted(maps.Keys(s.Sharing.Indicators)) {
		p.Indicators[n] = setPart{s.Sharing.Indicators[n].All, list(s.Sharing.Indicators[n].Schools)}
	}
	for _, n := range slices.Sorted(maps.Keys(s.Sharing.Extended)) {
		p.Extended[n] = list(s.Sharing.Extended[n])
	}
	for _, a := range s.Agreements {
		p.Signed = append(p.Signed, signedPart(a))
	}
	for _, part := range s.Parts {
		p.Parts = append(p.Parts, openedPart{part.Grant, part.AllSchools, list(part.Schools), part.AllWidgets, widgetList(part.Widgets), part.Within, part.Datasets})
	}
	return p
}

// widgetList are the open widgets, sorted.
func widgetList(set map[string]bool) (out []string) {
	for code, on := range set {
		if on {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// widgetSet is the set that a list names, nil when all are open.
func widgetSet(all bool, list []string) map[string]bool {
	if all {
		return nil
	}
	out := map[string]bool{}
	for _, code := range list {
		out[code] = true
	}
	return out
}

// scope reads a scope back. It decides nothing for anyone: it makes again what a receipt names.
func (p rightsPart) scope() belvedere.Scope {
	list := func(at int) []belvedere.UAI {
		if at < 0 || at >= len(p.Lists) {
			return nil
		}
		return p.Lists[at]
	}
	s := belvedere.Scope{AllSchools: p.AllSchools, Schools: list(p.Schools), AllWidgets: p.AllWidgets, Own: list(p.Own), Fingerprint: p.Fingerprint, Members: p.Members}
	s.Widgets = widgetSet(p.AllWidgets, p.Widgets)
	s.Sharing = belvedere.Sharing{Everything: p.Everything, Themes: map[string]belvedere.SchoolSet{}, Indicators: map[int]belvedere.SchoolSet{}, Extended: map[int][]belvedere.UAI{}}
	for code, set := range p.Themes {
		s.Sharing.Themes[code] = belvedere.SchoolSet{All: set.All, Schools: list(set.List)}
	}
	for n, set := range p.Indicators {
		s.Sharing.Indicators[n] = belvedere.SchoolSet{All: set.All, Schools: list(set.List)}
	}
	for n, at := range p.Extended {
		s.Sharing.Extended[n] = list(at)
	}
	for _, a := range p.Signed {
		s.Agreements = append(s.Agreements, belvedere.AgreementRef(a))
	}
	for _, part := range p.Parts {
		s.Parts = append(s.Parts, belvedere.Part{Grant: part.Grant, AllSchools: part.AllSchools, Schools: list(part.Schools),
			AllWidgets: part.AllWidgets, Widgets: widgetSet(part.AllWidgets, part.Widgets), Within: part.Within, Datasets: part.Datasets})
	}
	return s
}

// editPart is what someone said over the deliveries of a school: a correction, with its fields, or
// a contest, of which the words stay with the school that wrote them.
type editPart struct {
	School  belvedere.UAI `json:"school"`
	Dataset string        `json:"dataset,omitempty"` // of a contest
	Fields  []string      `json:"fields,omitempty"`  // of a correction: name=value
	Sum     string        `json:"sum,omitempty"`     // of a contest
}

// editParts lists the corrections and the contests that stand.
func editParts(e edits) []editPart {
	var out []editPart
	for _, x := range e.list {
		out = append(out, editPart{School: x.School, Fields: editFields(x)})
	}
	for _, c := range e.contests {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %q %q", c.Dataset, c.From.Unix(), c.Line, c.Text))
		out = append(out, editPart{School: c.School, Dataset: c.Dataset, Sum: hex.EncodeToString(sum[:8])})
	}
	return out
}

// editFields are the corrections of a school in words.
func editFields(x registry.SchoolEdit) []string {
	var out []string
	if x.Postcodes != nil {
		out = append(out, "codes postaux"+belvedere.NoBreak+": "+strings.Join(x.Postcodes, ", "))
	}
	for _, day := range []struct {
		name string
		on   time.Time
	}{{"ouverture", x.Opened}, {"fermeture", x.Closed}} {
		if !day.on.IsZero() {
			out = append(out, day.name+belvedere.NoBreak+": "+belvedere.ShortDate(day.on))
		}
	}
	if x.MergedInto != "" {
		out = append(out, "devient"+belvedere.NoBreak+": "+string(x.MergedInto))
	}
	return out
}

// decidedParts adds the parts of rights and corrections to texts and gives their names.
func (r *Reporter) decidedParts(ctx context.Context, scope belvedere.Scope, hash string, texts map[string]string) (rights, said string, err error) {
	rights = "d-" + scope.Fingerprint
	if !r.keeper.holds(rights) {
		text, err := json.Marshal(scopePart(scope))
		if err != nil {
			return "", "", err
		}
		texts[rights] = pack(text)
	}
	if hash == "" {
		return rights, "", nil
	}
	said = "c-" + hash
	if !r.keeper.holds(said) {
		e, err := r.schoolEdits(ctx)
		if err != nil {
			return "", "", err
		}
		if e.hash != hash { // corrected between the answer and its receipt
			return "", "", belvedere.Errorf(belvedere.Unavailable, "Une correction vient d’être enregistrée\u00a0: redemandez la page.")
		}
		text, err := json.Marshal(editParts(e))
		if err != nil {
			return "", "", err
		}
		texts[said] = pack(text)
	}
	return rights, said, nil
}
