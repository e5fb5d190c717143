package config

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// A Place is where regular extracts may be put: one of folder, sftp and s3. People choose among these by name; no
// address comes from anywhere else.
type Place struct {
	Name  string `yaml:"name"`            // lower-case letters, digits and hyphens
	Label string `yaml:"label,omitempty"` // as pages show it

	Folder string `yaml:"folder,omitempty"` // absolute

	SFTP    string `yaml:"sftp,omitempty"` // host:port
	User    string `yaml:"user,omitempty"`
	KeyFile string `yaml:"key,omitempty"`      // file of the private key
	HostKey string `yaml:"host_key,omitempty"` // "ssh-ed25519 AAAA…": the server that answers with another is refused
	Path    string `yaml:"path,omitempty"`     // folder on the server

	S3        string `yaml:"s3,omitempty"` // https://host
	Region    string `yaml:"region,omitempty"`
	Bucket    string `yaml:"bucket,omitempty"`
	Prefix    string `yaml:"prefix,omitempty"`
	AccessKey string `yaml:"access_key,omitempty"`
	SecretKey string `yaml:"secret_key,omitempty"`
}

// hidden is a place without its secrets.
func (p Place) hidden() plainPlace {
	for _, secret := range []*string{&p.AccessKey, &p.SecretKey} {
		if *secret != "" {
			*secret = masked
		}
	}
	return plainPlace(p)
}

// plainPlace is a Place that prints as it is.
type plainPlace Place

// MarshalYAML and Format print a place without its secrets.
func (p Place) MarshalYAML() (any, error) { return p.hidden(), nil }

func (p Place) String() string {
	text, err := yaml.Marshal(p.hidden())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (p Place) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

var placeName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (c Config) validatePlaces(f *faults) {
	seen := map[string]bool{}
	for i, p := range c.Places {
		at := "extract_places[" + strconv.Itoa(i) + "]"
		if !placeName.MatchString(p.Name) || seen[p.Name] {
			f.add("%s.name\u00a0: %q doit être un nom à lui, en lettres minuscules, chiffres et traits d’union", at, p.Name)
		}
		seen[p.Name] = true
		n := 0
		for _, kind := range []string{p.Folder, p.SFTP, p.S3} {
			if kind != "" {
				n++
			}
		}
		switch {
		case n != 1:
			f.add("%s\u00a0: un lieu est un dossier (folder), un serveur SFTP (sftp) ou un dépôt S3 (s3), et un seul", at)
		case p.Folder != "":
			if info, err := os.Stat(p.Folder); err != nil || !info.IsDir() || !filepath.IsAbs(p.Folder) {
				f.add("%s.folder\u00a0: %q n’est pas un dossier de cette machine, nommé depuis la racine", at, p.Folder)
			}
		case p.SFTP != "":
			p.validateSFTP(f, at)
		default:
			p.validateS3(f, at)
		}
	}
}

func (p Place) validateSFTP(f *faults, at string) {
	if host, port, err := net.SplitHostPort(p.SFTP); err != nil || host == "" || port == "" {
		f.add("%s.sftp\u00a0: %q doit s’écrire hôte:port, par exemple sftp.exemple.fr:22", at, p.SFTP)
	}
	if p.User == "" || p.KeyFile == "" || !strings.HasPrefix(p.Path, "/") {
		f.add("%s\u00a0: user, key (fichier de la clé privée) et path (dossier du serveur, depuis la racine) vont avec sftp", at)
	}
	if kind, key, _ := strings.Cut(p.HostKey, " "); len(key) < 40 || !strings.Contains(kind, "-") {
		f.add("%s.host_key\u00a0: la clé du serveur, telle que «\u00a0ssh-keyscan\u00a0» l’écrit après le nom, doit être donnée\u00a0: sans elle, n’importe quel serveur pourrait répondre", at)
	}
	if info, err := os.Stat(p.KeyFile); err == nil && info.Mode().Perm()&0o077 != 0 {
		f.add("%s.key\u00a0: %q est accessible à d’autres\u202f; fermez-le par «\u00a0chmod 600 %s\u00a0»", at, p.KeyFile, p.KeyFile)
	}
}

func (p Place) validateS3(f *faults, at string) {
	u, err := url.Parse(p.S3)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		f.add("%s.s3\u00a0: %q doit s’écrire https://hôte, sans chemin\u202f; http:// ne vaut que pour cette machine", at, p.S3)
	}
	if p.Bucket == "" || p.AccessKey == "" || p.SecretKey == "" {
		f.add("%s\u00a0: bucket, access_key et secret_key vont avec s3", at)
	}
}
