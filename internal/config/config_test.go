package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestLoadTakesFileThenEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "belvedere.yaml")
	if err := os.WriteFile(file, []byte("data: /srv/a\nlisten: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, func(k string) string { return map[string]string{"BELVEDERE_DATA": "/srv/b"}[k] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/srv/b" || c.Listen != "127.0.0.1:1" || c.Zone != "Europe/Paris" {
		t.Errorf("Load = %+v", c)
	}
}

func TestLoadTakesEverySettingFromTheEnvironment(t *testing.T) {
	given := map[string]string{
		"BELVEDERE_THREADS": "3", "BELVEDERE_MAX_FILE": "1000", "BELVEDERE_REGISTRY": "postgres://a@localhost/b",
		"BELVEDERE_URL": "https://console.test", "BELVEDERE_PROXIES": "10.0.0.1, 10.1.0.0/16,", "BELVEDERE_KEYS": "/etc/k",
		"BELVEDERE_MONITOR": "127.0.0.1:9", "BELVEDERE_OUTBOX": "/srv/o", "BELVEDERE_TLS_CERT": "c", "BELVEDERE_TLS_KEY": "k",
		"BELVEDERE_MAIL_HOST": "smtp.test", "BELVEDERE_MAIL_PORT": "2525", "BELVEDERE_MAIL_USER": "u",
		"BELVEDERE_MAIL_PASSWORD": "p", "BELVEDERE_MAIL_FROM": "a@b.test", "BELVEDERE_MAIL_TLS": "tls",
	}
	c, err := Load("", func(k string) string { return given[k] })
	want := Default()
	want.Threads, want.MaxFile, want.RegistryURL, want.URL = 3, 1000, "postgres://a@localhost/b", "https://console.test"
	want.Proxies, want.KeysFile, want.Monitor, want.Outbox = []string{"10.0.0.1", "10.1.0.0/16"}, "/etc/k", "127.0.0.1:9", "/srv/o"
	want.TLSCert, want.TLSKey = "c", "k"
	want.Mail = Mail{"smtp.test", 2525, "u", "p", "a@b.test", "tls"}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("Load = %v, %v", c, err)
	}
	given = map[string]string{"BELVEDERE_THREADS": "many", "BELVEDERE_MAIL_PORT": "x"}
	if _, err := Load("", func(k string) string { return given[k] }); err == nil ||
		!strings.Contains(err.Error(), "THREADS") || !strings.Contains(err.Error(), "MAIL_PORT") {
		t.Errorf("error %v, want one that names both", err)
	}
}

func TestLoadDoesNotShowThePassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "belvedere.yaml")
	text := "mail:\n  password: s3cret\n  pasword: s3cret\nregistry: postgres://a:s3cret@h/b\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, os.Getenv); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error %v, want one without the password", err)
	}
}

func TestPathsHaveDefaultsInTheFolder(t *testing.T) {
	c := Config{Data: "/srv"}
	if c.KeysPath() != "/srv/cles.json" || c.OutboxPath() != "/srv/courrier" || c.Anchor() != "/srv/journal.ancre" {
		t.Errorf("paths %s, %s, %s", c.KeysPath(), c.OutboxPath(), c.Anchor())
	}
	c.KeysFile, c.Outbox = "/run/k", "/var/o"
	if c.KeysPath() != "/run/k" || c.OutboxPath() != "/var/o" {
		t.Errorf("paths %s, %s", c.KeysPath(), c.OutboxPath())
	}
}

func TestLoadRefusesUnknownKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "belvedere.yaml")
	if err := os.WriteFile(file, []byte("data: a\nlisen: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, os.Getenv); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("error = %v, want one that names the key", err)
	}
}

func TestLoadRefusesWhatIsNoSmallFile(t *testing.T) {
	large := filepath.Join(t.TempDir(), "belvedere.yaml")
	if err := os.WriteFile(large, []byte(strings.Repeat("# x\n", 50_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{large, os.DevNull, t.TempDir()} {
		if _, err := Load(file, os.Getenv); err == nil || !strings.Contains(err.Error(), "fichier ordinaire") {
			t.Errorf("%s: %v", file, err)
		}
	}
}
