package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"belvedere"
)

// serverFile tells other processes where the server of a data folder answers: the address to
// reach it at on this machine, the public one that it goes by, and its certificate when it speaks
// TLS itself. The command line beside it may have been started without any of its settings.
type serverFile struct {
	Address string `json:"adresse"`
	URL     string `json:"url"`
	Cert    string `json:"certificat,omitempty"` // file
	PID     int    `json:"pid"`
}

func (a *App) writeAddress(address string) error {
	cert := a.Config.TLSCert
	if cert != "" {
		var err error
		if cert, err = filepath.Abs(cert); err != nil {
			return err
		}
	}
	text, err := json.Marshal(serverFile{address, a.Auth.URL, cert, os.Getpid()})
	if err != nil {
		return err
	}
	return os.WriteFile(a.Config.Address(), text, 0o600)
}

func (a *App) removeAddress() error {
	if err := os.Remove(a.Config.Address()); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// serverAt reads where the server that holds this data folder answers.
func (a *App) serverAt() (s serverFile, err error) {
	text, err := os.ReadFile(a.Config.Address())
	if err != nil {
		return s, fmt.Errorf("no server is known for this data folder: %w", err)
	}
	return s, json.Unmarshal(text, &s)
}

// Ask reads an address of the API of the server that holds this data folder, in the name of an
// account ("" or "admin": the operator), with the name that the server gives the answer as a file.
func (a *App) Ask(ctx context.Context, path, as string) (body []byte, name string, err error) {
	ctx, cancel := context.WithTimeout(ctx, mostAnswered)
	defer cancel()
	res, name, err := a.Call(ctx, http.MethodGet, path, as, nil)
	if err != nil {
		return nil, "", err
	}
	defer res.Close()
	body, err = io.ReadAll(res)
	return body, name, err
}

// mostAnswered bounds an answer that is held in memory.
const mostAnswered = 5 * time.Minute

// Call asks something of the API of the server that holds this data folder, with a JSON body unless it is nil. The
// answer is read and closed by who asked.
func (a *App) Call(ctx context.Context, method, path, as string, in any) (_ io.ReadCloser, name string, err error) {
	s, err := a.serverAt()
	if err != nil {
		return nil, "", belvedere.WrapError(belvedere.Unavailable, err, "un autre processus tient l’entrepôt et n’est pas un serveur : réessayez quand il aura fini")
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, "", err
		}
		body = bytes.NewReader(text)
	}
	req, client, err := a.localRequest(ctx, s, method, path, as, body)
	if err != nil {
		return nil, "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, "", belvedere.WrapError(belvedere.Unavailable, err, "le serveur à %s ne répond pas", s.Address)
	}
	if res.StatusCode/100 != 2 {
		defer res.Body.Close()
		return nil, "", refusal(res)
	}
	if _, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err == nil {
		name = filepath.Base(params["filename"])
	}
	return res.Body, name, nil
}

// refusal is what a server says no with.
func refusal(res *http.Response) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	if json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&problem) == nil && problem.Detail != "" {
		return belvedere.Errorf(belvedere.Invalid, "%s", problem.Detail)
	}
	return belvedere.Errorf(belvedere.Unavailable, "le serveur a répondu %s", res.Status)
}

// localRequest is a request to the server from its own machine, with the proof that only who can
// read the keys has.
func (a *App) localRequest(ctx context.Context, s serverFile, method, path, as string, body io.Reader) (*http.Request, *http.Client, error) {
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, nil, err
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme, transport := "http", &http.Transport{Proxy: nil}
	if s.Cert != "" {
		scheme = "https"
		if transport.TLSClientConfig, err = ownCertificate(s); err != nil {
			return nil, nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, scheme+"://"+net.JoinHostPort(host, port)+path, body)
	if err != nil {
		return nil, nil, belvedere.WrapError(belvedere.Invalid, err, "l’adresse %q est mal formée", path)
	}
	if public, err := url.Parse(s.URL); err == nil && public.Host != "" {
		req.Host = public.Host
	}
	req.Header.Set("Authorization", "Belvedere-Local "+a.Keys.Bearer())
	if as != "" && as != "admin" {
		req.Header.Set("Belvedere-Au-Nom-De", as)
	}
	return req, &http.Client{Transport: transport}, nil
}

// ownCertificate trusts the certificate of the server, whoever signed it.
func ownCertificate(s serverFile) (*tls.Config, error) {
	pem, err := os.ReadFile(s.Cert)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: roots, ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}, nil
}
