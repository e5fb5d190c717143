package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/netutil"

	"belvedere"
)

// Serve listens until the context ends, then lets running requests finish. Ready is called
// with the public address once the server answers.
func (a *App) Serve(ctx context.Context, ready func(address string)) (err error) {
	listener, err := a.listen(a.Config.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	a.Releases.Server.Store(true)
	var watch net.Listener
	if a.Config.Monitor != "" {
		if watch, err = a.listen(a.Config.Monitor); err != nil {
			return err
		}
		defer watch.Close()
	}
	address := listener.Addr().String()
	if a.Config.URL == "" { // the port may have been chosen just now, and links name it
		scheme := "http://"
		if a.Config.TLSCert != "" {
			scheme = "https://"
		}
		if err := a.openAuth(scheme + named(a.Config.Listen, address)); err != nil {
			return err
		}
	}
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	if err := a.writeAddress(address); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.removeAddress()) }()
	return a.answer(ctx, handler, listener, watch, ready)
}

// answer serves pages and, when watch is not nil, measures, and does the work beside, until the
// context ends.
func (a *App) answer(ctx context.Context, handler http.Handler, listener, watch net.Listener, ready func(address string)) (err error) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	worked := make(chan error, 1)
	go func() { worked <- a.work(work) }()
	var servers []*http.Server
	served := make(chan error, 2)
	serve := func(handler http.Handler, l net.Listener) {
		s := a.server(handler)
		servers = append(servers, s)
		go func() { served <- a.serveOn(s, l) }()
	}
	serve(a.outward(handler), listener)
	if watch != nil {
		serve(crowded(mostAtOnce, usualPace.around(monitor(handler))), watch)
	}
	ready(a.Auth.URL)
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	for _, s := range servers {
		err = errors.Join(err, a.end(ctx, s))
	}
	stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-worked)
}

// named keeps the name under which the server was told to listen, with the port that it got:
// browsers make access keys for a name, not for an address.
func named(listen, got string) string {
	host, _, err := net.SplitHostPort(listen)
	_, port, bad := net.SplitHostPort(got)
	if err != nil || bad != nil || host == "" || net.ParseIP(host) != nil {
		return got
	}
	return net.JoinHostPort(host, port)
}

func (a *App) listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Unavailable, err, "le serveur ne peut pas écouter sur %s : une autre application l’occupe peut-être", address)
	}
	return netutil.LimitListener(l, mostConnections), nil
}

// server has no deadline for a whole request: each read and each piece of an answer has its own (paced).
func (a *App) server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

func (a *App) serveOn(s *http.Server, l net.Listener) error {
	if a.Config.TLSCert == "" {
		return s.Serve(l)
	}
	s.TLSConfig.GetCertificate = (&certificate{cert: a.Config.TLSCert, key: a.Config.TLSKey}).get
	return s.ServeTLS(l, "", "")
}

// outward is what stands between the network and the pages, from the outside in.
func (a *App) outward(handler http.Handler) http.Handler {
	if !a.Config.Insecure {
		handler = ownHost(a.ownNames(), handler)
	}
	return crowded(mostAtOnce, usualPace.around(throughProxies(a.Config.TrustedProxies(), shared(mostOfNetwork, handler))))
}

// ownNames are the hosts under which the server answers.
func (a *App) ownNames() map[string]bool {
	names := map[string]bool{}
	if u, err := url.Parse(a.Auth.URL); err == nil {
		names[strings.ToLower(u.Hostname())] = true
	}
	host, _, err := net.SplitHostPort(a.Config.Listen)
	if ip := net.ParseIP(host); err == nil && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		names["localhost"] = true
	}
	return names
}

// monitor answers who watches the server on an address of its own: nothing else is there.
func monitor(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metrics" && r.URL.Path != "/sante" {
			http.NotFound(w, r)
			return
		}
		r = r.Clone(r.Context())
		r.RemoteAddr, r.Header = "127.0.0.1:0", http.Header{"Accept": r.Header["Accept"]}
		handler.ServeHTTP(w, r)
	})
}

// end lets running requests finish for a while, then cuts them.
func (a *App) end(ctx context.Context, s *http.Server) error {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := s.Shutdown(grace); err != nil {
		a.Log.Warn("some requests did not end in time; they are cut", "error", err)
		return s.Close() // their senders got no answer, and ask or send again
	}
	return nil
}
