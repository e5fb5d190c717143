package duckdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"belvedere"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// stageCatalog is the name of the database in memory that holds the stage tables.
const stageCatalog = "stage"

// A handle is one opening of the database. It is closed when no call uses it.
type handle struct {
	db      mapping.Database
	writer  *conn
	readers *pool
	commits epochs

	mu     sync.Mutex
	stages map[*stage]struct{} // open ones, released when the handle closes
	names  map[string]bool     // tables of the stage
}

// openHandle opens the file, locks the database down and makes the connections. Whatever
// needs the configuration is done before it is frozen.
func (e *engine) openHandle(ctx context.Context) (h *handle, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if name := catalogName(e.opts.Path); strings.EqualFold(name, stageCatalog) {
		return nil, fmt.Errorf("%s: a warehouse file cannot be named %q", e.opts.Path, name)
	}
	h = &handle{stages: map[*stage]struct{}{}, names: map[string]bool{}}
	if err := h.open(e.opts.Path, e.settings()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			h.close()
			h = nil
		}
	}()
	clearSpill(e.spill)
	if h.writer, err = h.connect(); err != nil {
		return h, err
	}
	// Few more readers than threads: beyond that queries only make each other wait.
	if h.readers, err = newPool(h, max(4, 2*e.opts.Threads)); err != nil {
		return h, err
	}
	for _, sql := range e.lockDown() {
		if err := h.writer.exec(ctx, sql); err != nil {
			return h, err
		}
	}
	for _, c := range append([]*conn{h.writer}, h.readers.free...) {
		if err := c.exec(ctx, "SET search_path = 'main,"+stageCatalog+".main'"); err != nil {
			return h, err
		}
	}
	return h, nil
}

// catalogName is the name that DuckDB gives to the database of a file.
func catalogName(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	return name
}

// settings are given at the opening: they cannot be changed by SQL, or should not be for a moment.
func (e *engine) settings() map[string]string {
	s := map[string]string{
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_unsigned_extensions":    "false",
		"allow_persistent_secrets":     "false",
		"threads":                      strconv.Itoa(e.opts.Threads),
		"temp_directory":               e.spill,
		// Exec checkpoints after each commit. One within a commit that failed would leave open
		// whether the commit took place.
		"checkpoint_threshold": "1TB",
	}
	if e.opts.MemoryLimit != "" {
		s["memory_limit"] = e.opts.MemoryLimit
	}
	return s
}

// lockDown are the statements that close the database to the outside, in this order.
func (e *engine) lockDown() []string {
	sql := []string{
		"SET GLOBAL TimeZone = 'UTC'",
		"ATTACH ':memory:' AS " + stageCatalog,
	}
	// Spilling may take half of what is free, so that it cannot fill the disk under the file.
	if free := freeBytes(filepath.Dir(e.spill)); free > 0 {
		sql = append(sql, fmt.Sprintf("SET max_temp_directory_size = '%dKiB'", free/2/1024))
	}
	dirs := []string{quoteText(e.spill)}
	if e.opts.LandingDir != "" {
		dirs = append(dirs, quoteText(e.opts.LandingDir))
	}
	return append(sql,
		"SET allowed_directories = ["+strings.Join(dirs, ", ")+"]",
		"SET enable_external_access = false",
		"SET lock_configuration = true")
}

// clearSpill removes what a killed process left in the folder of temporary files. The lock on
// the database file is held, so they belong to nobody.
func clearSpill(dir string) {
	old, _ := filepath.Glob(filepath.Join(escapeGlob(dir), "duckdb_temp_*"))
	for _, f := range old {
		os.Remove(f)
	}
}

func escapeGlob(p string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(p)
}

func (h *handle) open(path string, settings map[string]string) error {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return engineError("cannot make a configuration")
	}
	defer mapping.DestroyConfig(&config)
	for name, value := range settings {
		if mapping.SetConfig(config, name, value) == mapping.StateError {
			return belvedere.Errorf(belvedere.Invalid, "Le réglage %s de l’entrepôt n’accepte pas la valeur %q.", name, value)
		}
	}
	var message string
	if mapping.OpenExt(path, &h.db, config, &message) == mapping.StateError {
		mapping.Close(&h.db)
		return engineError(message)
	}
	return nil
}

func (h *handle) connect() (*conn, error) {
	c := &conn{cache: newCache()}
	if mapping.Connect(h.db, &c.raw) == mapping.StateError {
		return nil, engineError("cannot connect to the database")
	}
	return c, nil
}

// close ends what is open. Calls on the handle must have ended.
func (h *handle) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.stages {
		s.release()
	}
	if h.readers != nil {
		for _, c := range h.readers.free {
			c.close()
		}
	}
	if h.writer != nil {
		h.writer.close()
	}
	mapping.Close(&h.db)
}

// A pool lends reader connections. The last one used is lent first: it has the statements of
// the page in its cache and its memory warm.
type pool struct {
	tokens chan struct{}
	mu     sync.Mutex
	free   []*conn
}

func newPool(h *handle, n int) (*pool, error) {
	p := &pool{tokens: make(chan struct{}, n)}
	for range n {
		c, err := h.connect()
		if err != nil {
			return p, err
		}
		p.free = append(p.free, c)
	}
	return p, nil
}

func (p *pool) get(ctx context.Context) (*conn, error) {
	select {
	case p.tokens <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return c, nil
}

func (p *pool) put(c *conn) {
	p.mu.Lock()
	p.free = append(p.free, c)
	p.mu.Unlock()
	<-p.tokens
}

// drain takes all connections, so that no query runs, and gives what to call to lend them again;
// nil when the queries in progress took longer than the patience. Queries that come wait.
func (p *pool) drain(patience time.Duration) (resume func()) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for taken := range cap(p.tokens) {
		select {
		case p.tokens <- struct{}{}:
		case <-late.C:
			p.lend(taken)
			return nil
		}
	}
	return func() { p.lend(cap(p.tokens)) }
}

func (p *pool) lend(n int) {
	for range n {
		<-p.tokens
	}
}

// quoteText writes a text literal, quoteName an identifier.
func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
