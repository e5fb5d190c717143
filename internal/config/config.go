// Package config is the one documented struct of settings. They are taken from a file, then
// from the environment, then from flags, the later ones winning; Validate reports all
// mistakes together, and a Config prints itself without its secrets, whatever the verb.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone of the territory must be known on a bare machine

	"github.com/goccy/go-yaml"
)

// Config is what a process needs to know before it starts. What an administrator may change
// while it runs lives in the registry.
type Config struct {
	Data    string `yaml:"data" env:"BELVEDERE_DATA"`         // folder of registry, warehouse and landing
	Listen  string `yaml:"listen" env:"BELVEDERE_LISTEN"`     // host:port
	Catalog string `yaml:"catalog" env:"BELVEDERE_CATALOG"`   // folder of further declarations, or ""
	Zone    string `yaml:"zone" env:"BELVEDERE_ZONE"`         // time zone of the territory
	Threads int    `yaml:"threads" env:"BELVEDERE_THREADS"`   // of the warehouse, 0 for all cores
	Memory  string `yaml:"memory" env:"BELVEDERE_MEMORY"`     // limit of the warehouse, "2GB"
	MaxFile int64  `yaml:"max_file" env:"BELVEDERE_MAX_FILE"` // bytes of one delivered file

	RegistryURL string   `yaml:"registry" env:"BELVEDERE_REGISTRY" secret:"url"` // postgres://…, or "" for SQLite in the folder
	URL         string   `yaml:"url" env:"BELVEDERE_URL"`                        // public address, "" on the machine itself: see PublicURL
	TLSCert     string   `yaml:"tls_cert" env:"BELVEDERE_TLS_CERT"`              // files of a certificate and its key: both or none
	TLSKey      string   `yaml:"tls_key" env:"BELVEDERE_TLS_KEY"`
	Proxies     []string `yaml:"proxies" env:"BELVEDERE_PROXIES"` // networks of the proxies whose X-Forwarded-* are believed
	Monitor     string   `yaml:"monitor" env:"BELVEDERE_MONITOR"` // host:port of /metrics and /sante, apart from Listen; "" for none
	KeysFile    string   `yaml:"keys" env:"BELVEDERE_KEYS"`       // file of the keys, "" for the one of the folder: see KeysPath
	Mail        Mail     `yaml:"mail"`
	Outbox      string   `yaml:"outbox" env:"BELVEDERE_OUTBOX"` // folder of mails when Mail.Host is "": see OutboxPath

	Places []Place `yaml:"extract_places,omitempty"` // where regular extracts may be put; in the file alone

	Token    string `yaml:"token" env:"BELVEDERE_TOKEN" secret:"true"` // gone: Validate says what replaces it
	Insecure bool   `yaml:"-"`                                         // listen beyond loopback without TLS, for tests only
}

// Mail is the server that sends mails. Without Host they go to the outbox.
type Mail struct {
	Host     string `yaml:"host" env:"BELVEDERE_MAIL_HOST"`
	Port     int    `yaml:"port" env:"BELVEDERE_MAIL_PORT"` // 0: 587, 465 or 25, after TLS
	User     string `yaml:"user" env:"BELVEDERE_MAIL_USER"`
	Password string `yaml:"password" env:"BELVEDERE_MAIL_PASSWORD" secret:"true"`
	From     string `yaml:"from" env:"BELVEDERE_MAIL_FROM"` // address, with a name or not
	TLS      string `yaml:"tls" env:"BELVEDERE_MAIL_TLS"`   // "" is StartTLS
}

// The ways to speak to the server of mails.
const (
	StartTLS    = "starttls" // begins in clear, must become TLS
	ImplicitTLS = "tls"      // TLS from the first byte
	NoTLS       = "aucun"    // in clear, on the loopback address only
)

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
			return c, fmt.Errorf("la configuration ne peut pas être lue\u00a0: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
			// Without the lines around the mistake, which may hold a password.
			return c, fmt.Errorf("%s\u00a0: %s", file, yaml.FormatError(err, false, false))
		}
	}
	var errs []error
	each(reflect.ValueOf(&c).Elem(), func(field reflect.Value, tag reflect.StructTag) {
		name := tag.Get("env")
		if text := getenv(name); name != "" && text != "" {
			if err := set(field, text); err != nil {
				errs = append(errs, fmt.Errorf("%s\u00a0: %q %w", name, text, err))
			}
		}
	})
	return c, errors.Join(errs...)
}

// each calls f with every setting, those of Mail included.
func each(v reflect.Value, f func(field reflect.Value, tag reflect.StructTag)) {
	for i := range v.NumField() {
		if field := v.Field(i); field.Kind() == reflect.Struct {
			each(field, f)
		} else {
			f(field, v.Type().Field(i).Tag)
		}
	}
}

// set reads a setting from a text; lists are parted by commas.
func set(field reflect.Value, text string) error {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("doit être un entier")
		}
		field.SetInt(n)
	case reflect.Slice:
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		field.Set(reflect.ValueOf(list))
	}
	return nil
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

// Paths of the data folder.
func (c Config) Registry() string  { return filepath.Join(c.Data, "registre.sqlite") }
func (c Config) Warehouse() string { return filepath.Join(c.Data, "entrepot.duckdb") }
func (c Config) Landing() string   { return filepath.Join(c.Data, "depot") }
func (c Config) Address() string   { return filepath.Join(c.Data, "serveur.json") }
func (c Config) Extracts() string  { return filepath.Join(c.Data, "extraits") }
func (c Config) Anchor() string    { return filepath.Join(c.Data, "journal.ancre") }

// KeysPath is the file of the keys, OutboxPath the folder of mails that no server sends.
func (c Config) KeysPath() string   { return or(c.KeysFile, filepath.Join(c.Data, "cles.json")) }
func (c Config) OutboxPath() string { return or(c.Outbox, filepath.Join(c.Data, "courrier")) }

func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// Location is the zone of the territory; Validate has checked it.
func (c Config) Location() *time.Location {
	z, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return z
}
