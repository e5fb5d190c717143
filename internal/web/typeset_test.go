package web

import (
	"bytes"
	"strings"
	"testing"
)

func set(page string) string {
	var out bytes.Buffer
	typeset(&out, []byte(page))
	return out.String()
}

// TestTypeset sets texts, and nothing else.
func TestTypeset(t *testing.T) {
	for page, want := range map[string]string{
		`<p title="a : b">Un : deux ; trois ? « quatre » !</p>`: "<p title=\"a : b\">Un\u00a0: deux\u202f; trois\u202f? «\u00a0quatre\u00a0»\u202f!</p>",
		`<code>a : b</code> c : d`:                              "<code>a : b</code> c\u00a0: d",
		`<textarea rows="2">a : b « c »</textarea>`:             `<textarea rows="2">a : b « c »</textarea>`,
		`<pre tabindex="0"><code>x ; y</code></pre>`:            `<pre tabindex="0"><code>x ; y</code></pre>`,
		`l&#39;année, &#39;x&#39;, 5&#39;`:                      `l’année, &#39;x&#39;, 5&#39;`,
		`a :b, 12 :30, http://x.example/?y`:                     `a :b, 12 :30, http://x.example/?y`,
		`<label>Nom <span>:</span></label> fin :`:               "<label>Nom <span>:</span></label> fin\u00a0:",
		`<p>ouvert`: `<p>ouvert`,
		`a < b : c`: `a < b : c`,
	} {
		if got := set(page); got != want {
			t.Errorf("%q\n gives %q\n want  %q", page, got, want)
		}
	}
}

// FuzzTypeset holds that a page differs in its spaces and apostrophes only, and that setting twice is setting once.
func FuzzTypeset(f *testing.F) {
	f.Add(`<p title="a : b">Un : deux</p><code>x ; y</code> l&#39;an « a »`)
	f.Add(`<textarea>`)
	f.Add("« » : ; ! ?\u00a0:")
	back := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "&#39;")
	f.Fuzz(func(t *testing.T, page string) {
		got := set(page)
		if back.Replace(got) != back.Replace(page) {
			t.Errorf("%q became %q", page, got)
		}
		if again := set(got); again != got {
			t.Errorf("%q became %q", got, again)
		}
	})
}
