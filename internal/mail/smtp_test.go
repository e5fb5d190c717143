package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
)

// A post is a server of mails inside the test: enough of SMTP to see what we send, and in clear
// or not.
type post struct {
	net.Listener
	tls      *tls.Config
	implicit bool
	plain    bool   // does not offer STARTTLS
	answer   string // to RCPT, "" accepts

	mu       sync.Mutex
	received []received
	clear    []string // commands seen before TLS
}

type received struct{ from, to, data, user, password string }

func newPost(t *testing.T, change ...func(*post)) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	p := &post{Listener: l, tls: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: k}}}}
	for _, f := range change {
		f(p)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); group.Wait() })
	return p
}

// server is how to reach the post.
func (p *post) server(t *testing.T) Server {
	t.Helper()
	cert, err := x509.ParseCertificate(p.tls.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	a := p.Addr().(*net.TCPAddr)
	return Server{Host: "127.0.0.1", Port: a.Port, From: "Console <console@console.test>", Timeout: 5 * time.Second, roots: &tls.Config{RootCAs: roots}}
}

func (p *post) serve(c net.Conn) {
	defer func() { c.Close() }()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	secure := p.implicit
	if secure {
		c = tls.Server(c, p.tls)
	}
	in := bufio.NewReader(c)
	reply := func(s string) { c.Write([]byte(s + "\r\n")) }
	reply("220 post")
	var m received
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		if !secure {
			p.mu.Lock()
			p.clear = append(p.clear, line)
			p.mu.Unlock()
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			if secure || p.plain {
				reply("250-post\r\n250 AUTH PLAIN")
			} else {
				reply("250-post\r\n250 STARTTLS")
			}
		case "STARTTLS":
			reply("220 go")
			c = tls.Server(c, p.tls)
			in, secure = bufio.NewReader(c), true
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if parts := strings.Split(string(raw), "\x00"); len(parts) == 3 {
				m.user, m.password = parts[1], parts[2]
			}
			reply("235 welcome")
		case "MAIL":
			m.from = rest
			reply("250 ok")
		case "RCPT":
			m.to = rest
			if p.answer != "" {
				reply(p.answer)
			} else {
				reply("250 ok")
			}
		case "DATA":
			reply("354 go")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(line, "."))
			}
			m.data = b.String()
			p.mu.Lock()
			p.received = append(p.received, m)
			p.mu.Unlock()
			reply("250 kept")
		case "QUIT":
			reply("221 bye")
			return
		default:
			reply("250 ok")
		}
	}
}

func TestSMTPSends(t *testing.T) {
	for name, c := range map[string]struct {
		tls             string
		implicit, plain bool
		user            string
	}{
		"starttls": {tls: "", user: "console"}, "tls": {tls: ImplicitTLS, implicit: true, user: "console"}, "clear": {tls: NoTLS, plain: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, func(p *post) { p.implicit, p.plain = c.implicit, c.plain })
			s := p.server(t)
			s.TLS, s.User, s.Password = c.tls, c.user, "s3cret"
			m := letters(t)["mot-de-passe"]
			sender, err := NewSMTP(s)
			if err != nil {
				t.Fatal(err)
			}
			if err := sender.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.received) != 1 {
				t.Fatalf("%d messages arrived", len(p.received))
			}
			got := p.received[0]
			l, err := parseLetter([]byte(got.data))
			if err != nil || l.Text != m.Text || l.Subject != m.Subject || !strings.Contains(got.to, "<thomas.dubois@collectivite.fr>") || !strings.Contains(got.from, "<console@console.test>") {
				t.Errorf("arrived: %+v, %v", got, err)
			}
			if c.user != "" && (got.user != "console" || got.password != "s3cret") {
				t.Errorf("signed in as %q", got.user)
			}
			for _, want := range []string{"Auto-Submitted: auto-generated", "Message-ID: <", "@console.test>", "multipart/alternative"} {
				if !strings.Contains(got.data, want) {
					t.Errorf("lacks %q:\n%s", want, got.data)
				}
			}
			if strings.Contains(strings.ToLower(got.data), "go-mail") {
				t.Error("names the library")
			}
			for _, line := range p.clear {
				if !c.plain && !strings.HasPrefix(line, "EHLO") && line != "STARTTLS" {
					t.Errorf("sent in clear: %s", line)
				}
			}
		})
	}
}

func TestSMTPWantsTLS(t *testing.T) {
	// STARTTLS is taken away, as someone on the way would do.
	p := newPost(t, func(p *post) { p.plain = true })
	sender, err := NewSMTP(p.server(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letters(t)["essai"]); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("error %v", err)
	}
	stranger := newPost(t)
	s := stranger.server(t)
	s.roots = nil
	if sender, err = NewSMTP(s); err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letters(t)["essai"]); err == nil {
		t.Error("a certificate that nobody signed is believed")
	}
	if len(p.received)+len(stranger.received) != 0 {
		t.Error("the letter left")
	}
}

func TestSMTPTellsForGoodFromForNow(t *testing.T) {
	for answer, want := range map[string]belvedere.Kind{
		"550 5.1.1 no such user": belvedere.Invalid, "451 4.3.0 later": belvedere.Unavailable, "421 busy": belvedere.Unavailable,
	} {
		p := newPost(t, func(p *post) { p.answer = answer })
		sender, err := NewSMTP(p.server(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.Send(t.Context(), letters(t)["essai"]); belvedere.KindOf(err) != want {
			t.Errorf("%s: error %v", answer, err)
		}
	}
}

func TestSMTPDoesNotHangOn(t *testing.T) {
	p := newPost(t)
	s := p.server(t)
	p.Close() // nobody answers any more
	sender, err := NewSMTP(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letters(t)["essai"]); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("nobody: error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender.Send(ctx, letters(t)["essai"]); err == nil {
		t.Error("sends after its context ended")
	}
}

func TestNewSMTPRefuses(t *testing.T) {
	for name, s := range map[string]Server{
		"clear to another machine": {Host: "smtp.test", From: "a@b.fr", TLS: NoTLS},
		"unknown way":              {Host: "smtp.test", From: "a@b.fr", TLS: "ssl"},
		"no sender":                {Host: "smtp.test"},
		"sender with a line break": {Host: "smtp.test", From: "a@b.fr\r\nBcc: c@d.fr"},
		"sender turned around":     {Host: "smtp.test", From: "\u202ex <a@b.fr>"},
		"no host":                  {From: "a@b.fr"},
		"port":                     {Host: "smtp.test", From: "a@b.fr", Port: 70000},
	} {
		if _, err := NewSMTP(s); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
