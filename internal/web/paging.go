package web

import (
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/web/parts"
)

// mostPages bounds the page that an address may ask for, so that an offset cannot overflow.
const mostPages = 1_000_000

// pageNumber reads the page of a list, 1 by default.
func pageNumber(query url.Values) (int, error) {
	text := query.Get("page")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostPages {
		return 0, belvedere.Errorf(belvedere.Invalid, "page : %q doit être un entier à partir de 1", clean(text, 20))
	}
	return n, nil
}

// pageLinks leads to the first and last pages and to those around the current one.
func pageLinks(path string, query url.Values, current, total, perPage int) []parts.Link {
	last := (total + perPage - 1) / perPage
	if last <= 1 {
		return nil
	}
	var out []parts.Link
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < current-3 || n > current+3) {
			if out[len(out)-1].Address != "" {
				out = append(out, parts.Link{Label: "…"})
			}
			continue
		}
		v := url.Values{}
		for name, values := range query {
			v[name] = values
		}
		v.Del("page")
		if n > 1 {
			v.Set("page", strconv.Itoa(n))
		}
		out = append(out, parts.Link{Label: strconv.Itoa(n), Address: withQuery(path, v), Current: n == current})
	}
	return out
}

func withQuery(path string, v url.Values) string {
	if q := v.Encode(); q != "" {
		return path + "?" + q
	}
	return path
}
