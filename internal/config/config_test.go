package config

import (
	"os"
	"path/filepath"
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

func TestLoadRefusesUnknownKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "belvedere.yaml")
	if err := os.WriteFile(file, []byte("data: a\nlisen: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, os.Getenv); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("error = %v, want one that names the key", err)
	}
}

func TestValidateReportsAllMistakes(t *testing.T) {
	c := Default()
	c.Zone, c.Listen, c.Memory, c.Token = "Mars/Olympus", "0.0.0.0:80", "lots", "short"
	err := c.Validate()
	for _, want := range []string{"zone", "listen", "memory", "token"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
}

func TestValidateListensOnLoopbackOnly(t *testing.T) {
	for listen, ok := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "localhost:0": true, "127.8.9.1:80": true,
		"0.0.0.0:8080": false, ":8080": false, "192.168.1.2:80": false, "[::]:80": false, "example.org:80": false,
	} {
		c := Default()
		c.Listen = listen
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("Listen %q: error %v, want ok %v", listen, err, ok)
		}
	}
}

func TestStringHidesTheToken(t *testing.T) {
	c := Default()
	c.Token = strings.Repeat("s3cret", 8)
	if strings.Contains(c.String(), "s3cret") {
		t.Error("String shows the token")
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
