package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestValidateReportsAllMistakes(t *testing.T) {
	c := Default()
	c.Data, c.Zone, c.Listen, c.Memory, c.Threads, c.MaxFile = "", "Mars/Olympus", "0.0.0.0:80", "lots", -1, 0
	c.Catalog, c.Monitor, c.URL, c.TLSCert = "/nowhere", "9090", "console.test", "only.pem"
	c.Proxies = []string{"0.0.0.0/0", "::/0", "everywhere"}
	c.RegistryURL, c.Token = "mysql://a:s3cret@b/c", "whatever"
	c.Mail = Mail{Port: -1, User: "u", TLS: "peut-être"}
	err := c.Validate()
	for _, want := range []string{
		"data", "zone", "listen", "memory", "threads", "max_file", "catalog", "monitor", "url", "tls_cert et tls_key",
		`"0.0.0.0/0" est trop large`, `"::/0" est trop large`, `"everywhere"`, "registry", "mail.host", "belvedere token create",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Error("the error shows the password of the registry")
	}
}

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidateWantsTLSBeyondLoopback(t *testing.T) {
	cert, key := certificate(t)
	for _, c := range []struct {
		listen, url string
		proxies     []string
		tls, ok     bool
	}{
		{listen: "127.0.0.1:8080", ok: true},
		{listen: "[::1]:8080", ok: true},
		{listen: "localhost:0", ok: true},
		{listen: "127.8.9.1:80", ok: true},
		{listen: "0.0.0.0:8080"},
		{listen: ":8080"},
		{listen: "192.168.1.2:80"},
		{listen: "[::]:80"},
		{listen: "example.org:80"},
		{listen: "0.0.0.0:443", tls: true, ok: true},
		{listen: "0.0.0.0:443", tls: true, url: "https://console.test", ok: true},
		{listen: "0.0.0.0:443", tls: true, url: "http://console.test"},
		{listen: "0.0.0.0:80", url: "https://console.test"},
		{listen: "0.0.0.0:80", proxies: []string{"10.0.0.1"}},
		{listen: "0.0.0.0:80", url: "http://console.test", proxies: []string{"10.0.0.1"}},
		{listen: "0.0.0.0:80", url: "https://console.test", proxies: []string{"10.0.0.1"}, ok: true},
		{listen: "127.0.0.1:80", url: "https://console.test", proxies: []string{"127.0.0.1"}, ok: true},
		{listen: "127.0.0.1:80", url: "https://console.test"},
		{listen: "127.0.0.1:80", url: "http://console.test"},
		{listen: "127.0.0.1:80", url: "http://localhost:80", ok: true},
	} {
		s := Default()
		s.Listen, s.URL, s.Proxies = c.listen, c.url, c.proxies
		if c.tls {
			s.TLSCert, s.TLSKey = cert, key
		}
		if err := s.Validate(); (err == nil) != c.ok {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

func TestValidateSaysWhatToDo(t *testing.T) {
	c := Default()
	c.Listen = "0.0.0.0:80"
	err := c.Validate()
	for _, want := range []string{"tls_cert", "proxies", "url", "127.0.0.1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
	if c.Insecure = true; c.Validate() != nil {
		t.Error("tests cannot listen beyond loopback")
	}
}

func TestValidateURL(t *testing.T) {
	for _, url := range []string{
		"console.test", "https://", "https://a.test/console", "https://a:b@c.test", "https://a.test?x", "https://a.test#x",
		"ftp://a.test", "javascript:alert(1)", "https://:443", "//a.test", "https://a.test\n",
	} {
		c := Default()
		c.URL, c.Proxies = url, []string{"127.0.0.1"}
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "url") {
			t.Errorf("%q: error %v", url, err)
		}
	}
}

func TestValidateCertificate(t *testing.T) {
	cert, key := certificate(t)
	other, _ := certificate(t)
	for name, pair := range map[string][2]string{
		"one alone": {cert, ""}, "the other alone": {"", key}, "absent": {"/nowhere", key}, "of another": {other, key}, "swapped": {key, cert},
	} {
		c := Default()
		c.TLSCert, c.TLSKey = pair[0], pair[1]
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "tls_cert et tls_key") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.TLSCert, c.TLSKey = cert, key
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a key that all can read: error %v", err)
	}
}

func TestValidateRegistry(t *testing.T) {
	for url, ok := range map[string]bool{
		"":                                             true,
		"postgres://a:b@localhost/belvedere":           true,
		"postgresql://a:b@127.0.0.1:5433/x":            true,
		"postgres://a@[::1]/x?sslmode=disable":         true,
		"postgres:///x?host=/run/postgresql":           true,
		"postgres://a:b@db.test/x":                     false,
		"postgres://a:b@db.test/x?sslmode=allow":       false,
		"postgres://a:b@db.test/x?sslmode=require":     false,
		"postgres://a:b@db.test/x?sslmode=verify-full": true,
		"postgres://a:b@localhost":                     false,
		"postgres:a":                                   false,
		"host=localhost dbname=x":                      false,
		"sqlite://x":                                   false,
	} {
		c := Default()
		c.RegistryURL = url
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("%q: error %v", url, err)
		}
	}
}

func TestValidateMail(t *testing.T) {
	good := Mail{Host: "smtp.test", From: "Console <console@console.test>", User: "u", Password: "p"}
	for name, c := range map[string]struct {
		change func(m *Mail)
		want   string
	}{
		"good":              {func(*Mail) {}, ""},
		"outbox":            {func(m *Mail) { *m = Mail{From: "a@b.test"} }, ""},
		"local and clear":   {func(m *Mail) { m.Host, m.TLS = "127.0.0.1", NoTLS }, ""},
		"clear":             {func(m *Mail) { m.TLS = NoTLS }, "mail.tls"},
		"unknown":           {func(m *Mail) { m.TLS = "ssl" }, "mail.tls"},
		"port in the host":  {func(m *Mail) { m.Host = "smtp.test:25" }, "mail.host"},
		"port":              {func(m *Mail) { m.Port = 70000 }, "mail.port"},
		"no sender":         {func(m *Mail) { m.From = "" }, "mail.from"},
		"a sender in parts": {func(m *Mail) { m.From = "a@b.test\r\nBcc: c@d.test" }, "mail.from"},
		"user alone":        {func(m *Mail) { m.Password = "" }, "mail.user"},
		"no host":           {func(m *Mail) { m.Host = "" }, "mail.host"},
	} {
		s := Default()
		s.Mail = good
		c.change(&s.Mail)
		err := s.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	c := Config{Proxies: []string{"10.0.0.5", "10.1.2.3/16", "::1", "::ffff:192.0.2.0/120"}}
	var want []netip.Prefix
	for _, p := range []string{"10.0.0.5/32", "10.1.0.0/16", "::1/128", "192.0.2.0/24"} {
		want = append(want, netip.MustParsePrefix(p))
	}
	if got := c.TrustedProxies(); !slices.Equal(got, want) {
		t.Errorf("TrustedProxies = %v, want %v", got, want)
	}
}

func TestPublicURL(t *testing.T) {
	for want, c := range map[string]Config{
		"http://127.0.0.1:8080": {Listen: "127.0.0.1:8080"},
		"https://0.0.0.0:443":   {Listen: "0.0.0.0:443", TLSCert: "c"},
		"https://console.test":  {Listen: "127.0.0.1:8080", URL: "https://console.test/"},
	} {
		if got := c.PublicURL(); got != want || c.HTTPS() != strings.HasPrefix(want, "https") {
			t.Errorf("PublicURL = %s, want %s", got, want)
		}
	}
}

// TestSecretsNeverShow prints a configuration in all the ways that a program may.
func TestSecretsNeverShow(t *testing.T) {
	c := Default()
	c.Token, c.Mail.Password = "s3cret-token", "s3cret-mail"
	for _, url := range []string{"postgres://a:s3cret-a@h/b?password=s3cret-b&sslpassword=s3cret-c", "host=h password=s3cret-d", "postgres:s3cret-e", ":s3cret"} {
		c.RegistryURL = url
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			fmt.Fprintf(&out, verb+verb+verb+verb, c, &c, c.Mail, struct{ C Config }{c})
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "c", c, "m", c.Mail)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "c", c, "p", &c)
		if strings.Contains(out.String(), "s3cret") || strings.Contains(out.String(), fmt.Sprintf("%x", "s3cret")) {
			t.Errorf("%s: a secret shows in %s", url, out.String())
		}
		if !strings.Contains(out.String(), "127.0.0.1:8080") {
			t.Error("the rest does not show")
		}
	}
	if c.Mail.Password != "s3cret-mail" || c.Token != "s3cret-token" {
		t.Error("printing changed the configuration")
	}
}

// certificate writes a pair that signs itself.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
