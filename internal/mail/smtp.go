package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"

	"belvedere"
)

// The ways to speak to a server.
const (
	StartTLS    = "starttls" // begins in clear, must become TLS before anything else
	ImplicitTLS = "tls"      // TLS from the first byte
	NoTLS       = "aucun"    // in clear; with a server of this machine only
)

// A Server is what sends our mails.
type Server struct {
	Host     string
	Port     int // 0: 587, 465 or 25, after TLS
	User     string
	Password string
	From     string        // address, with a name or not
	TLS      string        // "" is StartTLS
	Timeout  time.Duration // of each exchange; 0: 15 s
	Now      func() time.Time

	roots *tls.Config // who signs certificates, for tests
}

// SMTP sends through a server, over a connection of its own for each message.
type SMTP struct {
	client *gomail.Client
	from   mail.Address
	now    func() time.Time
	whole  time.Duration // of a message in all
}

// NewSMTP prepares to send through a server; it does not speak to it yet.
func NewSMTP(s Server) (_ *SMTP, err error) {
	from, err := parseFrom(s.From)
	if err != nil {
		return nil, err
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Timeout <= 0 {
		s.Timeout = 15 * time.Second
	}
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.roots != nil {
		config.RootCAs = s.roots.RootCAs
	}
	options := []gomail.Option{gomail.WithTimeout(s.Timeout), gomail.WithTLSConfig(config), gomail.WithoutNoop()}
	port := 587
	switch s.TLS {
	case "", StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		port = 465
		options = append(options, gomail.WithSSL())
	case NoTLS:
		if port = 25; !loopback(s.Host) {
			return nil, belvedere.Errorf(belvedere.Invalid,
				"Le courrier ne part pas en clair vers %s\u00a0: il contient des liens de connexion. Réglez mail.tls à starttls ou tls.", s.Host)
		}
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, belvedere.Errorf(belvedere.Invalid, "mail.tls\u00a0: «\u00a0%s\u00a0» doit être starttls, tls ou aucun.", clean(s.TLS, 20))
	}
	if s.Port != 0 {
		port = s.Port
	}
	options = append(options, gomail.WithPort(port))
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Invalid, err, "Le serveur de courrier est mal réglé.")
	}
	return &SMTP{client, from, s.Now, 4 * s.Timeout}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send delivers a message to the server. An error of kind Unavailable may pass with time.
func (s *SMTP) Send(ctx context.Context, m Message) (err error) {
	defer belvedere.Wrap(&err, "Send(%s)", clean(m.Subject, 60))
	msg, err := compose(m, s.from, s.now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.whole)
	defer cancel()
	err = s.client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil // a farewell that fails takes nothing back
	}
	var sent *gomail.SendError
	if errors.As(err, &sent) && sent.ErrorCode() >= 500 && !sent.IsTemp() {
		return belvedere.WrapError(belvedere.Invalid, err, "Le serveur de courrier refuse l’adresse ou le message.")
	}
	return belvedere.WrapError(belvedere.Unavailable, err, "Le serveur de courrier ne répond pas comme il le doit. L’envoi sera tenté de nouveau.")
}
