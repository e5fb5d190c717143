package parts

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"belvedere/internal/chart"
)

//go:embed css/*.css js/*.js mark.svg
var files embed.FS

// AssetsPrefix is the folder of the addresses of assets; a checksum follows it, so that an
// address always names the same bytes and may be cached for ever.
const AssetsPrefix = "/assets/"

// The names that pages ask for.
const (
	styleSheet = "belvedere.css"
	mainModule = "belvedere.js"
	markImage  = "mark.svg"
)

// An Asset is a file served as it is, compressed once at start.
type Asset struct {
	Type      string // Content-Type
	Body      []byte
	Gzip      []byte // nil when compression gains nothing
	Integrity string // for the integrity attribute
}

// An AssetSet is all assets under one checksum: a module imports its neighbours by a relative
// path, so they change address together.
type AssetSet struct {
	Sum   string
	Files map[string]Asset
}

// Assets is the set embedded in the program.
var Assets = sync.OnceValue(loadAssets)

// URL is the address of an asset.
func (s *AssetSet) URL(name string) string { return AssetsPrefix + s.Sum + "/" + name }

func loadAssets() *AssetSet {
	bodies := map[string][]byte{styleSheet: joinStyles()}
	scripts, _ := fs.Glob(files, "js/*.js")
	for _, name := range append(scripts, markImage) {
		bodies[path.Base(name)] = read(name)
	}
	names := make([]string, 0, len(bodies))
	for name := range bodies {
		names = append(names, name)
	}
	sort.Strings(names)
	set := &AssetSet{Files: map[string]Asset{}}
	sum := sha256.New()
	for _, name := range names {
		sum.Write([]byte(name))
		sum.Write(bodies[name])
		set.Files[name] = newAsset(name, bodies[name])
	}
	set.Sum = hex.EncodeToString(sum.Sum(nil))[:16]
	return set
}

// joinStyles puts the style files one after the other, in the order of their numbers: later
// rules (narrow screens, print, preferences) win over earlier ones.
func joinStyles() []byte {
	names, _ := fs.Glob(files, "css/*.css")
	sort.Strings(names)
	var b bytes.Buffer
	for _, name := range names {
		b.Write(read(name))
	}
	b.Write(chart.CSS)
	return b.Bytes()
}

// read gives an embedded file; the names come from the embedding itself, so it cannot fail.
func read(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return body
}

func newAsset(name string, body []byte) Asset {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	digest := sha512.Sum384(body)
	a := Asset{
		Type:      kinds[strings.ToLower(path.Ext(name))],
		Body:      body,
		Integrity: "sha384-" + base64.StdEncoding.EncodeToString(digest[:]),
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(body)
	z.Close()
	if b.Len() < len(body) {
		a.Gzip = b.Bytes()
	}
	return a
}
