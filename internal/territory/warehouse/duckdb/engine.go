package duckdb

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

// Options of an engine.
type Options struct {
	// Path of the database file, made if absent with its folder. Empty keeps everything in
	// memory, for tests: nothing can then be recovered from a fatal error.
	Path string
	// LandingDir is the only folder whose files may be read (ReadParquet) and written, under
	// "sortie" (WriteParquet). Empty refuses both.
	LandingDir string
	// Threads that queries may use, 0 for as many as Go may.
	Threads int
	// MemoryLimit of DuckDB's buffers ("2GB"), empty for DuckDB's own default, 80 % of the memory.
	// The process needs some more: plans and single values are not counted.
	MemoryLimit string
	// Log receives what failed without failing a call (a checkpoint), nil for the default logger.
	Log *slog.Logger
}

// Open opens the warehouse and locks it down. The error is belvedere.Unavailable when another
// process holds the file and *ErrCorrupt when the file cannot be read.
func Open(ctx context.Context, opts Options) (_ warehouse.Engine, err error) {
	defer belvedere.Wrap(&err, "duckdb.Open(%q)", opts.Path)
	e := &engine{opts: opts, writing: make(chan struct{}, 1), log: opts.Log}
	e.idle = sync.NewCond(&e.mu)
	if e.log == nil {
		e.log = slog.Default()
	}
	if e.opts.Threads <= 0 {
		e.opts.Threads = runtime.GOMAXPROCS(0)
	}
	if err := e.places(); err != nil {
		return nil, err
	}
	if !claim(e.opts.Path) {
		return nil, lockError(engineError("Conflicting lock: this process"))
	}
	if e.h, err = e.openHandle(ctx); err != nil {
		disclaim(e.opts.Path)
		return nil, e.explainOpen(err)
	}
	return e, nil
}

// places makes the paths absolute and free of links and their folders real.
func (e *engine) places() (err error) {
	if e.opts.LandingDir != "" {
		if err := os.MkdirAll(e.opts.LandingDir, 0o750); err != nil {
			return err
		}
		if e.opts.LandingDir, err = realPath(e.opts.LandingDir); err != nil {
			return err
		}
	}
	if e.opts.Path == "" {
		e.spill, err = os.MkdirTemp("", "belvedere-duckdb-")
		return err
	}
	if strings.Contains(e.opts.Path, "?") { // DuckDB would read options behind it
		return belvedere.Errorf(belvedere.Invalid, "Le chemin de l’entrepôt ne peut pas contenir de point d’interrogation"+belvedere.NoBreak+": %s", e.opts.Path)
	}
	dir := filepath.Dir(e.opts.Path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if dir, err = realPath(dir); err != nil {
		return err
	}
	e.opts.Path = filepath.Join(dir, filepath.Base(e.opts.Path))
	e.spill = e.opts.Path + ".tmp"
	return nil
}

func realPath(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// DuckDB's lock on the file holds between processes only, so a second Open within this one
// would write over the first: the paths in use are kept here.
var inUse struct {
	sync.Mutex
	paths map[string]bool
}

func claim(path string) bool {
	inUse.Lock()
	defer inUse.Unlock()
	if path == "" {
		return true
	}
	if inUse.paths[path] {
		return false
	}
	if inUse.paths == nil {
		inUse.paths = map[string]bool{}
	}
	inUse.paths[path] = true
	return true
}

func disclaim(path string) {
	inUse.Lock()
	defer inUse.Unlock()
	delete(inUse.paths, path)
}

// An engine is a warehouse.Engine over one handle at a time.
type engine struct {
	opts    Options
	spill   string // folder of DuckDB's temporary files
	log     *slog.Logger
	writing chan struct{} // holds a token while a transaction is written

	mu     sync.Mutex
	idle   *sync.Cond // signalled when calls falls to 0
	h      *handle    // nil when it could not be opened again
	calls  int        // in progress on h
	broken bool       // DuckDB refuses everything: open again before the next call
	closed bool
}

// begin counts a call in and gives the handle, opened again if the last one broke. It never
// waits for calls in progress, for one of them may be waiting for this one.
func (e *engine) begin(ctx context.Context) (*handle, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if e.broken {
		if err := e.reopen(ctx); err != nil {
			return nil, err
		}
	}
	e.calls++
	return e.h, nil
}

func (e *engine) reopen(ctx context.Context) (err error) {
	if e.calls > 0 || e.opts.Path == "" {
		return errAgain
	}
	if e.h != nil {
		e.h.close()
		e.h = nil
	}
	if e.h, err = e.openHandle(ctx); err != nil {
		return e.explainOpen(err)
	}
	e.broken = false
	e.log.Warn("warehouse opened again after a fatal error", "path", e.opts.Path)
	return nil
}

// end counts a call out and puts its error in the words of the contract.
func (e *engine) end(err *error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls--
	if fatal(*err) {
		e.broken = true
	}
	if e.calls == 0 {
		e.idle.Broadcast()
	}
	*err = e.explain(*err)
}

// Close waits for the calls in progress, abandons open stages, checkpoints and closes.
func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	for e.calls > 0 {
		e.idle.Wait()
	}
	var err error
	if e.h != nil {
		if e.opts.Path != "" && !e.broken {
			err = e.explain(e.h.writer.exec(context.Background(), "CHECKPOINT"))
		}
		e.h.close()
	}
	os.RemoveAll(e.spill)
	disclaim(e.opts.Path)
	return err
}
