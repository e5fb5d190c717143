// Package config is the one documented struct of settings. They are taken from a file, then
// from the environment, then from flags, the later ones winning; Validate reports all
// mistakes together, and String prints the whole without its secrets.
package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone of the territory must be known on a bare machine

	"github.com/goccy/go-yaml"
)

// Config is what a process needs to know before it starts. What an administrator may change
// while it runs lives in the registry.
type Config struct {
	Data     string `yaml:"data" env:"BELVEDERE_DATA"`                 // folder of registry, warehouse and landing
	Listen   string `yaml:"listen" env:"BELVEDERE_LISTEN"`             // host:port
	Catalog  string `yaml:"catalog" env:"BELVEDERE_CATALOG"`           // folder of further declarations, or ""
	Zone     string `yaml:"zone" env:"BELVEDERE_ZONE"`                 // time zone of the territory
	Threads  int    `yaml:"threads" env:"BELVEDERE_THREADS"`           // of the warehouse, 0 for all cores
	Memory   string `yaml:"memory" env:"BELVEDERE_MEMORY"`             // limit of the warehouse, "2GB"
	MaxFile  int64  `yaml:"max_file" env:"BELVEDERE_MAX_FILE"`         // bytes of one delivered file
	Token    string `yaml:"token" env:"BELVEDERE_TOKEN" secret:"true"` // of the push API, "" for none
	Insecure bool   `yaml:"-"`                                         // listen beyond loopback, for tests behind a proxy only
}

// Default is a configuration that works on one machine.
func Default() Config {
	return Config{Data: "data", Listen: "127.0.0.1:8080", Zone: "Europe/Paris", Memory: "4GB", MaxFile: 8 << 30}
}

// Load reads a file, if it is named, over the defaults, then the environment.
func Load(file string, getenv func(string) string) (Config, error) {
	c := Default()
	if file != "" {
		text, err := readFile(file)
		if err != nil {
			return c, fmt.Errorf("la configuration ne peut pas être lue : %w", err)
		}
		if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
			return c, fmt.Errorf("%s : %s", file, yaml.FormatError(err, false, true))
		}
	}
	var errs []error
	text := func(name string, into *string) {
		if v := getenv(name); v != "" {
			*into = v
		}
	}
	text("BELVEDERE_DATA", &c.Data)
	text("BELVEDERE_LISTEN", &c.Listen)
	text("BELVEDERE_CATALOG", &c.Catalog)
	text("BELVEDERE_ZONE", &c.Zone)
	text("BELVEDERE_MEMORY", &c.Memory)
	text("BELVEDERE_TOKEN", &c.Token)
	number := func(name string, into func(int64)) {
		if v := getenv(name); v != "" {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s : %q doit être un entier", name, v))
				return
			}
			into(n)
		}
	}
	number("BELVEDERE_THREADS", func(n int64) { c.Threads = int(n) })
	number("BELVEDERE_MAX_FILE", func(n int64) { c.MaxFile = n })
	return c, errors.Join(errs...)
}

// mostBytes bounds the file: settings take a page.
const mostBytes = 64 << 10

// readFile reads a file of settings: no device without end, no heap of references that unfold.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostBytes {
		return nil, fmt.Errorf("%s n’est pas un fichier ordinaire de %d octets au plus", name, mostBytes)
	}
	return os.ReadFile(name)
}

// Validate reports every mistake at once.
func (c Config) Validate() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Data == "" {
		fail("data : le dossier des données doit être nommé")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		fail("zone : le fuseau horaire %q est inconnu ; exemple : Europe/Paris", c.Zone)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		fail("listen : %q doit s’écrire hôte:port, par exemple 127.0.0.1:8080", c.Listen)
	} else {
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			fail("listen : le port %q doit être un entier de 0 à 65535", port)
		}
		if !c.Insecure && !loopback(host) {
			fail("listen : %q n’est pas une adresse locale. Tant que les comptes n’existent pas, le serveur n’écoute que sur 127.0.0.1 ou [::1]", c.Listen)
		}
	}
	if c.Catalog != "" {
		if info, err := os.Stat(c.Catalog); err != nil || !info.IsDir() {
			fail("catalog : %q n’est pas un dossier", c.Catalog)
		}
	}
	if c.Threads < 0 {
		fail("threads : %d doit être positif, ou 0 pour tous les cœurs", c.Threads)
	}
	if !validMemory(c.Memory) {
		fail("memory : %q doit s’écrire comme 2GB ou 512MB", c.Memory)
	}
	if c.MaxFile < 1 {
		fail("max_file : %d doit être un nombre d’octets positif", c.MaxFile)
	}
	if c.Token != "" && len(c.Token) < 32 {
		fail("token : le jeton doit compter au moins 32 caractères")
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func validMemory(s string) bool {
	for _, unit := range []string{"MB", "GB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			v, err := strconv.Atoi(strings.TrimSpace(n))
			return err == nil && v > 0
		}
	}
	return false
}

// String prints the configuration with its secrets hidden.
func (c Config) String() string {
	if c.Token != "" {
		c.Token = "(masqué)"
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Paths of the data folder.
func (c Config) Registry() string  { return filepath.Join(c.Data, "registre.sqlite") }
func (c Config) Warehouse() string { return filepath.Join(c.Data, "entrepot.duckdb") }
func (c Config) Landing() string   { return filepath.Join(c.Data, "depot") }
func (c Config) Address() string   { return filepath.Join(c.Data, "serveur.json") }

// Location is the zone of the territory; Validate has checked it.
func (c Config) Location() *time.Location {
	z, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return z
}
