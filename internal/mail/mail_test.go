package mail

import (
	"context"
	"strings"
	"testing"
	"time"

	"belvedere"
)

func TestCheckAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"thomas.dubois@collectivite.fr": true, "a@b": true, "a+b@c-d.example.org": true, "o'brien@x.fr": true,
		"": false, "a": false, "@b.fr": false, "a@": false, "a@b@c.fr": false, "a b@c.fr": false, "a@b c.fr": false,
		"a@b.fr\r\nBcc: x@y.fr": false, "a@b.fr\n": false, "a@b.fr, c@d.fr": false, "Jean <a@b.fr>": false, "<a@b.fr>": false,
		"a@[127.0.0.1]": false, "é@b.fr": false, "a@é.fr": false, "a@b..fr": false, "a@-b.fr": false, "a@b.fr.": false,
		"\u202ea@b.fr": false, "a\x00@b.fr": false, `"a b"@c.fr`: false, "a@b.fr\u200b": false, ".a@b.fr": false, "a%b@c_d.fr": false,
		strings.Repeat("a", 65) + "@b.fr": false, "a@" + strings.Repeat("b.", 130) + "fr": false, strings.Repeat("a", 10_000): false,
	} {
		err := CheckAddress(address)
		if (err == nil) != ok || err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%.60q: error %v, want ok %v", address, err, ok)
		}
		if err != nil && (len(err.Error()) > 400 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == '\u202e' })) {
			t.Errorf("%.60q: the error repeats what is hostile", address)
		}
	}
}

// hostileTexts is what people type who wish us ill, or whose machine does.
var hostileTexts = map[string]string{
	"line break":   "Claire\r\nBcc: victim@example.org",
	"line feed":    "Claire\nSubject: other",
	"return":       "Claire\rX: y",
	"nul":          "Claire\x00",
	"direction":    "Claire \u202eNAVROM",
	"isolate":      "\u2066Claire\u2069",
	"zero width":   "Cl\u200baire",
	"separator":    "Claire\u2028MORVAN",
	"bad encoding": "Claire\xff\xfe",
	"long":         strings.Repeat("a", 10_000),
}

func TestSendersRefuseHostileLines(t *testing.T) {
	o, err := NewOutbox(t.TempDir()+"/courrier", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	good := Message{To: "a@b.fr", ToName: "Claire MORVAN", Subject: "Objet", Text: "Texte"}
	if err := o.Send(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for name, text := range hostileTexts {
		for field, m := range map[string]Message{
			"name":    {To: good.To, ToName: text, Subject: good.Subject, Text: good.Text},
			"subject": {To: good.To, ToName: good.ToName, Subject: text, Text: good.Text},
			"address": {To: text + "@b.fr", Subject: good.Subject, Text: good.Text},
		} {
			if err := o.Send(t.Context(), m); belvedere.KindOf(err) != belvedere.Invalid {
				t.Errorf("%s as %s: error %v", name, field, err)
			}
		}
	}
	for name, m := range map[string]Message{
		"no subject": {To: "a@b.fr", Text: "x"},
		"no text":    {To: "a@b.fr", Subject: "x"},
		"heavy":      {To: "a@b.fr", Subject: "x", Text: strings.Repeat("x", longestBody+1)},
	} {
		if err := o.Send(t.Context(), m); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, total, err := o.List(0, 0); err != nil || total != 1 {
		t.Errorf("%d letters, %v", total, err)
	}
}

// TestLettersTakeHostileValues composes each letter with hostile values everywhere: it can be
// sent, and what was typed is neither a line, nor markup, nor an address to follow.
func TestLettersTakeHostileValues(t *testing.T) {
	texts := map[string]string{"markup": `<script>alert(1)</script><img src=x onerror="y">`, "quote": `" onmouseover="x`}
	for name, text := range hostileTexts {
		texts[name] = text
	}
	for name, text := range texts {
		c := Console{Territory: text, URL: "javascript:alert(1)//" + text}
		p := Person{Name: text, Address: "a@b.fr", Login: text}
		at := time.Unix(0, 0)
		for letter, m := range map[string]Message{
			"invitation": c.Invitation(p, "javascript:"+text, at), "ready": c.AccountReady(p), "reset": c.Reset(p, "https://a.fr/\" x="+text, at),
			"email": c.EmailChange(p, text, at), "security": c.SecurityNotice(p, MethodAdded, at, text, text, text),
			"agreement": c.AgreementReminder(p, []Ending{{text, text, at, text}}), "trial": c.Trial(p),
		} {
			if err := m.check(); err != nil {
				t.Errorf("%s in %s: %v", name, letter, err)
			}
			for _, bad := range []string{"<script", "<img", "javascript:", "onmouseover=\"x\"", "\r", "\x00", "\u202e", "\u2066", "\nBcc", "\nSubject"} {
				if strings.Contains(m.HTML, bad) || strings.Contains(m.Text, bad) && bad[0] != '<' && bad != "javascript:" {
					t.Errorf("%s in %s: holds %q", name, letter, bad)
				}
			}
			if len(m.Text) > 5000 {
				t.Errorf("%s in %s: %d bytes", name, letter, len(m.Text))
			}
		}
	}
}

func TestReminderOfManyAgreementsIsBounded(t *testing.T) {
	list := make([]Ending, 1000)
	for i := range list {
		list[i] = Ending{School: "0350001A", Last: belvedere.Date(2026, 12, 31)}
	}
	m := Console{}.AgreementReminder(Person{Address: "a@b.fr"}, list)
	if err := m.check(); err != nil || !strings.Contains(m.Text, "950"+belvedere.NoBreak+"conventions de plus") {
		t.Errorf("error %v in %.300s", err, m.Text)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("a@b.fr", "Claire", "Objet")
	for _, text := range hostileTexts {
		f.Add(text, text, text)
	}
	f.Fuzz(func(t *testing.T, to, name, subject string) {
		m := Message{To: to, ToName: name, Subject: subject, Text: "x"}
		if m.check() != nil {
			return
		}
		raw := wire(t, m)
		l, err := parseLetter([]byte(raw))
		if err != nil {
			t.Fatalf("%q is not read: %v", raw, err)
		}
		if strings.Count(raw, "\r\nTo: ") != 1 || strings.Contains(strings.ToLower(raw), "\r\nbcc:") || !strings.Contains(l.To, to) {
			t.Errorf("headers of %q", raw)
		}
	})
}

// wire is what a message looks like to a server.
func wire(t *testing.T, m Message) string {
	t.Helper()
	from, err := parseFrom("Console <console@console.test>")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := compose(m, from, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if _, err := msg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// senderFunc is a sender in a test.
type senderFunc func(context.Context, Message) error

func (f senderFunc) Send(ctx context.Context, m Message) error { return f(ctx, m) }
