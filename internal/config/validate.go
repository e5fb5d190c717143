package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// faults gathers the mistakes of a configuration.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

// Validate reports every mistake at once.
func (c Config) Validate() error {
	var f faults
	c.validateData(&f)
	c.validateNetwork(&f)
	c.validateRegistry(&f)
	c.Mail.validate(&f)
	c.validatePlaces(&f)
	if c.Token != "" {
		f.add("token\u00a0: ce réglage (et BELVEDERE_TOKEN) n’existe plus. Retirez-le, puis créez un jeton par «\u00a0belvedere token create\u00a0»")
	}
	return errors.Join(f...)
}

func (c Config) validateData(f *faults) {
	if c.Data == "" {
		f.add("data\u00a0: le dossier des données doit être nommé")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		f.add("zone\u00a0: le fuseau horaire %q est inconnu\u202f; exemple\u00a0: Europe/Paris", c.Zone)
	}
	if c.Catalog != "" {
		if info, err := os.Stat(c.Catalog); err != nil || !info.IsDir() {
			f.add("catalog\u00a0: %q n’est pas un dossier", c.Catalog)
		}
	}
	if c.Threads < 0 {
		f.add("threads\u00a0: %d doit être positif, ou 0 pour tous les cœurs", c.Threads)
	}
	if !validMemory(c.Memory) {
		f.add("memory\u00a0: %q doit s’écrire comme 2GB ou 512MB", c.Memory)
	}
	if c.MaxFile < 1 {
		f.add("max_file\u00a0: %d doit être un nombre d’octets positif", c.MaxFile)
	}
}

// validateNetwork wants passwords to travel under TLS: our own, or the one of a proxy that we know.
func (c Config) validateNetwork(f *faults) {
	host := validAddress(f, "listen", c.Listen)
	if c.Monitor != "" {
		validAddress(f, "monitor", c.Monitor)
		if c.Monitor == c.Listen {
			f.add("monitor\u00a0: %q est déjà l’adresse de la console (listen)\u202f; donnez-lui un autre port", c.Monitor)
		}
	}
	c.validateProxies(f)
	c.validateCertificate(f)
	https := c.validateURL(f)
	own, proxied := c.TLSCert != "" && c.TLSKey != "", https && len(c.Proxies) > 0
	if c.Insecure || own || proxied {
		return
	}
	if host != "" && !loopback(host) {
		f.add("listen\u00a0: %q n’est pas une adresse locale\u00a0: les mots de passe y circuleraient en clair. Donnez un certificat (tls_cert et tls_key), "+
			"ou l’adresse publique en https (url) et le réseau du serveur mandataire qui porte le certificat (proxies), ou écoutez sur 127.0.0.1", c.Listen)
	} else if https {
		f.add("url\u00a0: %q demande un certificat (tls_cert et tls_key), ou le réseau du serveur mandataire qui le porte (proxies\u00a0: 127.0.0.1 s’il tourne sur cette machine)", c.URL)
	}
}

// validAddress checks host:port and gives the host, "" when it is wrong.
func validAddress(f *faults, name, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		f.add("%s\u00a0: %q doit s’écrire hôte:port, par exemple 127.0.0.1:8080", name, address)
		return ""
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		f.add("%s\u00a0: le port %q doit être un entier de 0 à 65535", name, port)
	}
	if host == "" {
		return "0.0.0.0"
	}
	return host
}

func (c Config) validateProxies(f *faults) {
	for _, text := range c.Proxies {
		p, err := parseNetwork(text)
		switch {
		case err != nil:
			f.add("proxies\u00a0: %q n’est ni une adresse ni un réseau\u202f; exemples\u00a0: 10.0.0.5, 10.0.0.0/24", text)
		case p.Bits() < 8:
			f.add("proxies\u00a0: %q est trop large\u00a0: n’importe qui pourrait prétendre à une autre adresse. Nommez le serveur mandataire seul", text)
		}
	}
}

func (c Config) validateCertificate(f *faults) {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		f.add("tls_cert et tls_key vont ensemble\u00a0: donnez les deux fichiers, ou aucun")
		return
	}
	if c.TLSCert == "" {
		return
	}
	if info, err := os.Stat(c.TLSKey); err == nil && info.Mode().Perm()&0o007 != 0 {
		f.add("tls_key\u00a0: %q est accessible à tous\u202f; fermez-le par «\u00a0chmod o= %s\u00a0»", c.TLSKey, c.TLSKey)
	}
	if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
		f.add("tls_cert et tls_key\u00a0: %q et %q ne forment pas un certificat et sa clé au format PEM (%w)", c.TLSCert, c.TLSKey, err)
	}
}

// validateURL tells whether the public address is https.
func (c Config) validateURL(f *faults) bool {
	if c.URL == "" {
		return false
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") ||
		u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		f.add("url\u00a0: l’adresse publique doit s’écrire https://hôte, sans chemin, par exemple https://console.departement.fr")
		return false
	}
	switch {
	case u.Scheme == "https":
		return true
	case c.TLSCert != "":
		f.add("url\u00a0: %q doit commencer par https://, puisque la console a un certificat", c.URL)
	case !c.Insecure && !loopback(u.Hostname()):
		f.add("url\u00a0: %q doit commencer par https://\u202f; http:// ne vaut que pour la machine elle-même", c.URL)
	}
	return false
}

// validateRegistry never repeats the address, which holds a password.
func (c Config) validateRegistry(f *faults) {
	if c.RegistryURL == "" {
		return
	}
	u, err := url.Parse(c.RegistryURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" || len(strings.Trim(u.Path, "/")) == 0 {
		f.add("registry\u00a0: l’adresse de PostgreSQL doit s’écrire postgres://compte:motdepasse@hôte:5432/base, ou rester vide pour le fichier du dossier des données")
		return
	}
	q := u.Query()
	host := or(u.Hostname(), q.Get("host"))
	switch mode := q.Get("sslmode"); {
	case host == "", strings.HasPrefix(host, "/"), loopback(host):
	case mode == "verify-full", mode == "verify-ca":
	default:
		f.add("registry\u00a0: le mot de passe et les comptes circuleraient jusqu’à %q sans que ce serveur soit vérifié. Ajoutez ?sslmode=verify-full à l’adresse", host)
	}
}

func (m Mail) validate(f *faults) {
	if m.From != "" {
		if _, err := mail.ParseAddress(m.From); err != nil || strings.ContainsAny(m.From, "\r\n") {
			f.add("mail.from\u00a0: %q n’est pas une adresse\u202f; exemple\u00a0: Console <console@departement.fr>", m.From)
		}
	}
	if m.Host == "" {
		if m.Port != 0 || m.User != "" || m.Password != "" || m.TLS != "" {
			f.add("mail.host\u00a0: le serveur de courrier doit être nommé, puisque d’autres réglages de mail le sont")
		}
		return
	}
	if strings.ContainsAny(m.Host, " :/@\r\n") && net.ParseIP(m.Host) == nil {
		f.add("mail.host\u00a0: %q doit être un nom seul\u202f; le port a son réglage, mail.port", m.Host)
	}
	if m.From == "" {
		f.add("mail.from\u00a0: l’adresse de l’expéditeur manque\u202f; exemple\u00a0: Console <console@departement.fr>")
	}
	if m.Port < 0 || m.Port > 65535 {
		f.add("mail.port\u00a0: %d doit être un entier de 1 à 65535, ou 0 pour le port ordinaire", m.Port)
	}
	switch m.TLS {
	case "", StartTLS, ImplicitTLS:
	case NoTLS:
		if !loopback(m.Host) {
			f.add("mail.tls\u00a0: «\u00a0aucun\u00a0» ne vaut que pour un serveur de cette machine\u00a0: les liens de connexion circuleraient en clair. Écrivez starttls ou tls")
		}
	default:
		f.add("mail.tls\u00a0: %q doit être starttls, tls ou aucun", m.TLS)
	}
	if (m.User == "") != (m.Password == "") {
		f.add("mail.user et mail.password vont ensemble\u00a0: donnez les deux, ou aucun")
	}
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
