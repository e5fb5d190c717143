package place_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/extract/place"

	"golang.org/x/crypto/ssh"
)

// refused puts a file that a place must not take, and looks at what is said: whether another try may do, and the
// words that name the place and the remedy.
func refused(t *testing.T, s place.Settings, kind belvedere.Kind, words ...string) {
	t.Helper()
	err := put(t, s, "autre.zip", int64(len(content)), bytes.NewReader(content))
	if belvedere.KindOf(err) != kind {
		t.Errorf("kind %d, not %d: %v", belvedere.KindOf(err), kind, err)
	}
	for _, w := range words {
		if !strings.Contains(belvedere.Message(err), w) {
			t.Errorf("%q is not said in %q", w, belvedere.Message(err))
		}
	}
}

func TestFolderFaults(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "parti")
	refused(t, place.Settings{Folder: gone}, belvedere.Invalid, gone, "n’existe plus", "extract_places")
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "ailleurs")
	if err := os.Symlink(out, filepath.Join(dir, ".incomplet-autre.zip")); err != nil {
		t.Fatal(err)
	}
	if err := put(t, place.Settings{Folder: dir}, "autre.zip", 3, strings.NewReader("abc")); err == nil {
		t.Error("a link was followed out of the folder")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written out of the folder")
	}
}

func TestSFTPFaults(t *testing.T) {
	dir := t.TempDir()
	address, hostKey, keyFile := sftpServer(t)
	good := place.Settings{SFTP: address, User: "belvedere", KeyFile: keyFile, HostKey: hostKey, Path: dir}
	_, other, _ := sftpServer(t)
	changed, renamed, moved, closed := good, good, good, good
	changed.HostKey = other
	refused(t, changed, belvedere.Invalid, address, "autre clé", "SHA256:", "host_key")
	renamed.User = "root"
	refused(t, renamed, belvedere.Invalid, "n’admet pas, ou plus, la clé de «\u00a0root\u00a0»", keyFile)
	moved.Path = filepath.Join(dir, "depot")
	refused(t, moved, belvedere.Invalid, moved.Path, "n’existe pas, ou plus")
	closed.SFTP = "127.0.0.1:1"
	refused(t, closed, belvedere.Unavailable, "127.0.0.1:1", "refuse la connexion")
	for name, key := range map[string]func(ed25519.PrivateKey) (*pem.Block, error){
		"protégée par une phrase de passe": func(k ed25519.PrivateKey) (*pem.Block, error) {
			return ssh.MarshalPrivateKeyWithPassphrase(k, "", []byte("phrase"))
		},
		"ne se lit pas": func(ed25519.PrivateKey) (*pem.Block, error) {
			return &pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}, nil
		},
	} {
		_, private, _ := ed25519.GenerateKey(rand.Reader)
		block, err := key(private)
		if err != nil {
			t.Fatal(err)
		}
		locked := good
		locked.KeyFile = filepath.Join(t.TempDir(), "id")
		if err := os.WriteFile(locked.KeyFile, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, locked, belvedere.Invalid, locked.KeyFile, name)
	}
	good.KeyFile = filepath.Join(dir, "rien")
	refused(t, good, belvedere.Invalid, "n’existe plus", "key")
}

func TestS3Faults(t *testing.T) {
	store := &s3{t: t, secret: "tres-secret", objects: map[string][]byte{}}
	server := httptest.NewServer(store)
	defer server.Close()
	s := place.Settings{S3: server.URL, Bucket: "extraits", AccessKey: "AK", SecretKey: "tres-secret", Region: "fr-par"}
	wrong := s
	wrong.SecretKey = "autre"
	refused(t, wrong, belvedere.Invalid, "refuse la signature", "secret_key et region")
	for _, c := range []struct {
		status int
		code   string
		kind   belvedere.Kind
		words  string
	}{
		{403, "InvalidAccessKeyId", belvedere.Invalid, "expirée ou retirée"}, {403, "AccessDenied", belvedere.Invalid, "ne laisse pas cette clé écrire"},
		{403, "RequestTimeTooSkewed", belvedere.Unavailable, "horloge"}, {404, "NoSuchBucket", belvedere.Invalid, "«\u00a0extraits\u00a0» n’existe pas"},
		{301, "PermanentRedirect", belvedere.Invalid, "n’est pas suivie"}, {400, "AuthorizationHeaderMalformed", belvedere.Invalid, "region"},
		{507, "XMinioStorageFull", belvedere.Unavailable, "plus de place"}, {503, "SlowDown", belvedere.Unavailable, "indisponible"}, {400, "Chose", belvedere.Invalid, "Chose"},
	} {
		store.answer, store.code = c.status, c.code
		refused(t, s, c.kind, strings.TrimPrefix(server.URL, "http://"), c.words)
	}
	server.Close()
	refused(t, s, belvedere.Unavailable, "refuse la connexion")
}

// A store that cannot promise to replace nothing is asked first whether the name is free.
func TestS3WithoutConditions(t *testing.T) {
	store := &s3{t: t, secret: "tres-secret", objects: map[string][]byte{}, plain: true}
	server := httptest.NewServer(store)
	defer server.Close()
	s := place.Settings{S3: server.URL, Bucket: "extraits", AccessKey: "AK", SecretKey: "tres-secret"}
	for range 2 { // the second finds what the first left
		if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if got := store.objects["/extraits/"+name]; !bytes.Equal(got, content) {
		t.Errorf("%d bytes", len(got))
	}
	if err := put(t, s, name, 1, strings.NewReader("x")); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a file was replaced: %v", err)
	}
}

// A store that cuts the connection in the middle, or answers before the end, keeps nothing of ours.
func TestS3Cut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body.Read(make([]byte, 100))
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	s := place.Settings{S3: server.URL, Bucket: "extraits", AccessKey: "AK", SecretKey: "x"}
	refused(t, s, belvedere.Unavailable, "la connexion s’est coupée")
}
