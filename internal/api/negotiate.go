package api

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"belvedere"
)

// negotiate picks the format of the parameter, else the one that the Accept header wants most, the first
// of equals in the order of contentTypes; JSON where nothing is asked. Who accepts nothing of what there is
// is told so, rather than sent what it cannot read.
func negotiate(format, accept string) (string, string, error) {
	if format != "" {
		for _, c := range contentTypes {
			if c.format == strings.ToLower(format) {
				return c.format, c.mime, nil
			}
		}
		return "", "", belvedere.Errorf(belvedere.Invalid, "format : %q est inconnu ; %s", format, formatNames())
	}
	ranges := acceptRanges(accept)
	best, most := -1, 0.0
	for i, c := range contentTypes {
		if q := wantOf(ranges, c.mime); q > most {
			best, most = i, q
		}
	}
	if best < 0 {
		return "", "", &refusal{status: http.StatusNotAcceptable, header: "Vary", value: "Accept",
			detail: "L’en-tête Accept n’admet aucun des formats de cette adresse\u00a0: " + formatNames() + ". Retirez-le, ou nommez un format par le paramètre format."}
	}
	return contentTypes[best].format, contentTypes[best].mime, nil
}

func formatNames() string {
	var names []string
	for _, c := range contentTypes {
		names = append(names, c.format)
	}
	return strings.Join(names[:len(names)-1], ", ") + " ou " + names[len(names)-1]
}

// An acceptRange is one element of an Accept header: a type, all of a family, or all.
type acceptRange struct {
	want string
	q    float64
}

// acceptRanges reads an Accept header; elements that are none are left aside, and an empty header admits all.
func acceptRanges(accept string) (out []acceptRange) {
	for _, part := range strings.Split(accept, ",") {
		want, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || !strings.Contains(want, "/") {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		out = append(out, acceptRange{want, q})
	}
	if len(out) == 0 {
		out = []acceptRange{{"*/*", 1}}
	}
	return out
}

// wantOf is how much a type is wanted: the most precise range decides.
func wantOf(ranges []acceptRange, contentType string) (q float64) {
	name, _, _ := strings.Cut(contentType, ";")
	family, _, _ := strings.Cut(name, "/")
	precise := -1
	for _, r := range ranges {
		rank := -1
		switch r.want {
		case name:
			rank = 2
		case family + "/*":
			rank = 1
		case "*/*":
			rank = 0
		}
		if rank > precise {
			precise, q = rank, r.q
		}
	}
	return q
}

// held tells whether who asks holds an answer already: by its tag, weak or strong, or by any.
func held(ifNoneMatch, tag string) bool {
	for _, one := range strings.Split(ifNoneMatch, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}
