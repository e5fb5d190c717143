// Package place puts files where the configuration of the server allows it: in a folder, on an SFTP server whose
// key is pinned, in a bucket of an S3-compatible store. People choose a place by its name; nothing that they type
// becomes an address, so that no request of theirs makes the server speak to another machine.
//
// Put leaves the whole file under its name, or nothing under that name. A file that is there already, of the same name
// and size, is the one that an earlier try left: names hold the code of their extract.
package place

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"time"
)

// A Settings is a place as the configuration says it: one of Folder, SFTP and S3.
type Settings struct {
	Name  string
	Label string

	Folder string // absolute

	SFTP    string // host:port
	User    string
	KeyFile string // private key, read at each use
	HostKey string // "ssh-ed25519 AAAA…", as known_hosts writes it
	Path    string // folder on the server

	S3        string // https://host
	Region    string
	Bucket    string
	Prefix    string
	AccessKey string
	SecretKey string
}

// A Place takes files.
type Place struct {
	Settings
	put func(ctx context.Context, name string, size int64, open Opener) error
}

// An Opener gives the content from its beginning, each time that it is asked.
type Opener func() (io.ReadCloser, error)

// Name and Label are those of the configuration.
func (p *Place) Name() string  { return p.Settings.Name }
func (p *Place) Label() string { return p.Settings.Label }

// patience bounds one file.
const patience = 30 * time.Minute

// plainName is how files of ours are called: nothing that could lead elsewhere.
var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,200}$`)

// Put writes a file whole or not at all. Its errors say in words what refused it and what to do; one of kind
// Unavailable passes by itself.
func (p *Place) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if !plainName.MatchString(name) {
		return fmt.Errorf("%q is no name of a file of ours", name)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return p.put(ctx, name, size, func() (io.ReadCloser, error) {
		content, err := open()
		if err != nil {
			return nil, err
		}
		return &bounded{ctx: ctx, ReadCloser: content}, nil
	})
}

// New makes a place of its settings, which the configuration has checked.
func New(s Settings) (*Place, error) {
	if s.Label == "" {
		s.Label = s.Name
	}
	p := &Place{Settings: s}
	switch {
	case s.Folder != "":
		p.put = folder{s.Folder}.put
	case s.SFTP != "":
		server, err := newSFTP(s)
		if err != nil {
			return nil, err
		}
		p.put = server.put
	case s.S3 != "":
		store, err := newS3(s)
		if err != nil {
			return nil, err
		}
		p.put = store.put
	default:
		return nil, fmt.Errorf("place %q: neither folder, sftp nor s3", s.Name)
	}
	return p, nil
}

// bounded stops reading when the context ends.
type bounded struct {
	ctx context.Context
	io.ReadCloser
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}
