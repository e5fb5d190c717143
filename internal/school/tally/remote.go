package tally

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"belvedere"
)

// A Remote is the console of a territory on another machine, reached through its API
// (docs/FORMATS.md) with a token.
type Remote struct {
	base   *url.URL
	token  string
	client *http.Client
}

// mostAnswer bounds what is read of an answer.
const mostAnswer = 1 << 20

// NewRemote checks an address: TLS, or this very machine. The addresses that its name resolves to
// are judged when the connection is made, whatever the name said before.
func NewRemote(d Destination) (*Remote, error) {
	bad := func(why string) error {
		return belvedere.Errorf(belvedere.Invalid, "L’adresse de la collectivité est refusée\u00a0: %s.", why)
	}
	u, err := url.Parse(strings.TrimRight(d.URL, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, bad("elle doit s’écrire https://console.exemple.fr")
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip.IsValid() && ip.Unmap().IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return nil, bad("elle doit commencer par https://")
	}
	if strings.TrimSpace(d.Token) == "" {
		return nil, belvedere.Errorf(belvedere.Invalid, "Le jeton manque\u00a0: demandez-le à un administrateur de la console de la collectivité.")
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		return judge(address, loopback, d.Private)
	}}
	return &Remote{base: u, token: d.Token, client: &http.Client{
		Timeout:       5 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a token goes nowhere else
		Transport:     &http.Transport{Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute, DisableKeepAlives: true},
	}}, nil
}

// shared is the range of addresses that carriers share (RFC 6598): private in all but name.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// judge refuses to reach where a name should not lead: this machine or its network.
func judge(address string, loopback, private bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	switch {
	case ip.IsLoopback() != loopback:
	case ip.IsUnspecified(), ip.IsMulticast(), ip.IsLinkLocalUnicast():
	case !private && (ip.IsPrivate() || shared.Contains(ip)):
	default:
		return nil
	}
	return belvedere.Errorf(belvedere.Unavailable, "Le nom de la console mène à une adresse interdite (%s)\u00a0: vérifiez-le, ou autorisez les adresses privées.", ip)
}

// address is that of a delivery.
func (r *Remote) address(s Submission, send bool) string {
	u := r.base.JoinPath("api", "v1", "livraisons", s.ID)
	if send {
		u.RawQuery = url.Values{"jeu": {s.Dataset}, "fichier": {s.FileName}, "tranche": s.Announced()}.Encode()
	}
	return u.String()
}

// Accept sends a file, packed. The answer comes once the territory keeps it.
func (r *Remote) Accept(ctx context.Context, s Submission) (Receipt, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed) // no name, no time: the same bytes each time
	if _, err := w.Write(s.Body); err != nil {
		return Receipt{}, err
	}
	if err := w.Close(); err != nil {
		return Receipt{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, r.address(s, true), &packed)
	if err != nil {
		return Receipt{}, err
	}
	req.Header.Set("Content-Type", "application/gzip")
	return r.do(req)
}

// Follow asks for the state of a delivery.
func (r *Remote) Follow(ctx context.Context, s Submission) (Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address(s, false), nil)
	if err != nil {
		return Receipt{}, err
	}
	return r.do(req)
}

func (r *Remote) do(req *http.Request) (Receipt, error) {
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Accept", "application/json")
	res, err := r.client.Do(req)
	if err != nil {
		var known *belvedere.Error
		if errors.As(err, &known) {
			return Receipt{}, known
		}
		return Receipt{}, belvedere.WrapError(belvedere.Unavailable, err, "La console %s ne répond pas.", r.base.Host)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return Receipt{}, belvedere.WrapError(belvedere.Unavailable, err, "La réponse de la console %s est coupée.", r.base.Host)
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusAccepted {
		return Receipt{}, r.refusal(res, body)
	}
	var answer struct {
		Number  int64                   `json:"numero"`
		State   belvedere.DeliveryState `json:"etat"`
		Reason  string                  `json:"motif"`
		Edition int                     `json:"edition"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.State == "" {
		return Receipt{}, belvedere.WrapError(belvedere.Unavailable, err, "La console %s ne répond pas comme un Belvédère.", r.base.Host)
	}
	return Receipt{Number: answer.Number, State: answer.State, Edition: answer.Edition, Reason: clip(answer.Reason)}, nil
}

// refusal says what a status means for the queue: given up, or tried again.
func (r *Remote) refusal(res *http.Response, body []byte) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(body, &problem) // another server may answer anything: the status is enough
	kind := belvedere.Unavailable
	switch res.StatusCode {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		kind = belvedere.Invalid
	case http.StatusConflict:
		kind = belvedere.Conflict
	case http.StatusRequestEntityTooLarge:
		kind = belvedere.TooLarge
	case http.StatusForbidden:
		kind = belvedere.Forbidden
	case http.StatusUnauthorized:
		return belvedere.Errorf(belvedere.Unavailable, "La console %s ne reconnaît pas le jeton de l’établissement\u00a0: demandez-en un autre.", r.base.Host)
	}
	if problem.Detail != "" && kind != belvedere.Unavailable {
		return belvedere.Errorf(kind, "%s", clip(problem.Detail))
	}
	return belvedere.WrapError(kind, fmt.Errorf("status %d", res.StatusCode), "La console %s a répondu %s.", r.base.Host, res.Status)
}

// clip keeps what a server says short.
func clip(s string) string {
	if r := []rune(s); len(r) > 500 {
		return string(r[:500]) + "…"
	}
	return s
}
