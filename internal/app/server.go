package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/web"
)

// Handler is the whole site: pages and API.
func (a *App) Handler() (http.Handler, error) {
	pages, err := web.New(web.Config{
		Reports: a.Reporter, Deliveries: a.Registry, Viewer: a.viewerOf, Export: a,
		Receive: func(ctx context.Context, v belvedere.Viewer, u web.Upload) (belvedere.Delivery, error) {
			d, _, err := a.Ingest.Accept(ctx, ingest.Submission{Source: "depot", Dataset: u.Dataset, FileName: u.FileName, Body: u.Body})
			return d, err
		},
		Health: a.Health, Zone: a.Config.Location(), Log: a.Log, MostUpload: a.Config.MaxFile,
	})
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{
		Reports: a.Reporter, Registry: a.Registry, Ingest: a.Ingest, Viewer: a.viewerOf, Write: a.Write,
		Token: a.Config.Token, MaxFile: a.Config.MaxFile, Log: a.Log,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", programs)
	mux.Handle("/", pages)
	return mux, nil
}

// viewerOf is who asks: the built-in administrator until accounts exist. When the registry
// cannot say which agreements hold, nobody sees anything.
func (a *App) viewerOf(r *http.Request) belvedere.Viewer {
	v, err := a.Operator(r.Context())
	if err != nil {
		a.Log.Error("rights cannot be read", "error", err)
		return belvedere.Viewer{Name: v.Name}
	}
	return v
}

// Health asks registry and warehouse for a sign of life, and looks whether the files that they
// hold open still bear their names: what is written to a file without name is lost at the end.
func (a *App) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, name := range []string{a.Config.Registry(), a.Config.Warehouse(), a.Config.Landing()} {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("the data folder is damaged: %w", err)
		}
	}
	if _, err := a.Registry.Settings(ctx); err != nil {
		return err
	}
	return a.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT 1"}, func([]any) error { return nil })
}

// Serve listens until the context ends, then lets running requests finish. Ready is called
// with the address once the server answers.
func (a *App) Serve(ctx context.Context, ready func(address string)) (err error) {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return belvedere.WrapError(belvedere.Unavailable, err, "le serveur ne peut pas écouter sur %s : une autre application l’occupe peut-être", a.Config.Listen)
	}
	address := listener.Addr().String()
	if err := a.writeAddress(address); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.removeAddress()) }()
	server := &http.Server{
		Handler: a.localOnly(handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ReadTimeout: 30 * time.Minute, WriteTimeout: 30 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	work, stop := context.WithCancel(ctx)
	worked := make(chan error, 1)
	go func() { worked <- a.Ingest.Worker(work) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	ready(address)
	select {
	case err = <-served:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		if err = server.Shutdown(grace); err != nil {
			a.Log.Warn("some requests did not end in time; they are cut", "error", err)
			err = server.Close() // their senders got no answer, and ask or send again
		}
		<-served
	}
	stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-worked)
}

// localOnly refuses requests that name another host than this machine: a page of another site
// must not read figures through a name that it points at the loopback address.
func (a *App) localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if !a.Config.Insecure && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "Ce serveur ne répond qu’à cette machine.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serverFile tells other processes where the server of a data folder answers.
type serverFile struct {
	Address string `json:"adresse"`
	PID     int    `json:"pid"`
}

func (a *App) writeAddress(address string) error {
	text, err := json.Marshal(serverFile{address, os.Getpid()})
	if err != nil {
		return err
	}
	return os.WriteFile(a.Config.Address(), text, 0o600)
}

func (a *App) removeAddress() error {
	if err := os.Remove(a.Config.Address()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ServerAddress is where the server that holds this data folder answers.
func (a *App) ServerAddress() (string, error) {
	text, err := os.ReadFile(a.Config.Address())
	if err != nil {
		return "", fmt.Errorf("no server is known for this data folder: %w", err)
	}
	var s serverFile
	if err := json.Unmarshal(text, &s); err != nil {
		return "", err
	}
	return s.Address, nil
}
