package place_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"belvedere/internal/extract/place"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

const name = "extrait-inscriptions-x7kq2m9xd.zip"

var content = bytes.Repeat([]byte("lignes "), 50_000)

func put(t *testing.T, s place.Settings, name string, size int64, r io.ReadSeeker) error {
	t.Helper()
	s.Name = "essai"
	p, err := place.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p.Put(context.Background(), name, size, func() (io.ReadCloser, error) {
		_, err := r.Seek(0, io.SeekStart)
		return io.NopCloser(r), err
	})
}

// broken gives half of the content, then fails.
func broken() io.ReadSeeker {
	return cutReader{bytes.NewReader(content[:len(content)/2])}
}

type cutReader struct{ *bytes.Reader }

func (c cutReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("cut")
	}
	return n, err
}

// WriteTo keeps io.Copy from going round Read.
func (c cutReader) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

// whole checks that a folder holds the file and nothing else.
func whole(t *testing.T, dir string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("%d files", len(list))
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	s := place.Settings{Folder: dir}
	if err := put(t, s, name, int64(len(content)), broken()); err == nil {
		t.Error("half a file was put")
	}
	if err := put(t, s, name, int64(len(content))+1, bytes.NewReader(content)); err == nil {
		t.Error("a short file was put")
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("%v is left", list)
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := put(t, s, name, 1, strings.NewReader("x")); err == nil {
		t.Error("a file was replaced")
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Errorf("what an earlier try left: %v", err)
	}
	whole(t, dir)
	for _, bad := range []string{"../x", "a/b", "", ".cache", "A", "x\x00"} {
		if err := put(t, s, bad, 1, strings.NewReader("x")); err == nil {
			t.Errorf("%q was put", bad)
		}
	}
}

// A server of SFTP in this process: its address, its host key, and the private key that it lets in.
func sftpServer(t *testing.T) (address, hostKey, keyFile string) {
	t.Helper()
	_, host, _ := ed25519.GenerateKey(rand.Reader)
	hostSigner, err := ssh.NewSignerFromKey(host)
	if err != nil {
		t.Fatal(err)
	}
	_, user, _ := ed25519.GenerateKey(rand.Reader)
	userSigner, err := ssh.NewSignerFromKey(user)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(user, "")
	if err != nil {
		t.Fatal(err)
	}
	keyFile = filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != "belvedere" || !bytes.Equal(key.Marshal(), userSigner.PublicKey().Marshal()) {
			return nil, errors.New("unknown")
		}
		return nil, nil
	}}
	config.AddHostKey(hostSigner)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveSFTP(conn, config)
		}
	}()
	return l.Addr().String(), string(ssh.MarshalAuthorizedKey(hostSigner.PublicKey())), keyFile
}

func serveSFTP(conn net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, asked, err := c.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range asked {
				r.Reply(r.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel)
		if err == nil {
			server.Serve()
		}
		channel.Close()
	}
}

func TestSFTP(t *testing.T) {
	dir := t.TempDir()
	address, hostKey, keyFile := sftpServer(t)
	s := place.Settings{SFTP: address, User: "belvedere", KeyFile: keyFile, HostKey: hostKey, Path: dir}
	if err := put(t, s, name, int64(len(content)), broken()); err == nil {
		t.Error("half a file was put")
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("%v is left", list)
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := put(t, s, name, 1, strings.NewReader("x")); err == nil {
		t.Error("a file was replaced")
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Errorf("what an earlier try left: %v", err)
	}
	whole(t, dir)
	_, other, _ := sftpServer(t)
	s.HostKey = other
	if err := put(t, s, "autre.zip", 1, strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "host key mismatch") {
		t.Errorf("a server with another key: %v", err)
	}
	s.HostKey, s.User = hostKey, "root"
	if err := put(t, s, "autre.zip", 1, strings.NewReader("x")); err == nil {
		t.Error("another user was let in")
	}
}

// s3 is a store that checks each signature by itself, from what it received.
type s3 struct {
	t       *testing.T
	secret  string
	objects map[string][]byte
	answer  int    // to all, 0: as it should
	code    string // of that answer
	plain   bool   // does not know If-None-Match
}

// refuse answers as S3 does.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>`+code+`</Code><Message>No</Message></Error>`)
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.answer != 0 {
		w.Header().Set("Location", "http://127.0.0.1:1/ailleurs")
		refuse(w, s.answer, s.code)
		return
	}
	if want := s.signature(r); !strings.HasSuffix(r.Header.Get("Authorization"), "Signature="+want) || r.Header.Get("X-Amz-Content-Sha256") != "UNSIGNED-PAYLOAD" {
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	held, there := s.objects[r.URL.Path]
	switch alone := r.Header.Get("If-None-Match") == "*"; {
	case r.Method == http.MethodHead && !there:
		w.WriteHeader(http.StatusNotFound)
		return
	case r.Method == http.MethodHead:
		w.Header().Set("Content-Length", strconv.Itoa(len(held)))
		return
	case alone && s.plain:
		refuse(w, http.StatusNotImplemented, "NotImplemented")
		return
	case alone && there:
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away: nothing is kept
	}
	s.objects[r.URL.Path] = body
}

// signature is what the documentation of AWS says, of the headers that the request names as signed.
func (s *s3) signature(r *http.Request) string {
	fields := map[string]string{}
	for _, part := range strings.FieldsFunc(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), func(c rune) bool { return c == ',' || c == ' ' }) {
		k, v, _ := strings.Cut(part, "=")
		fields[k] = v
	}
	scope := strings.SplitN(fields["Credential"], "/", 2)[1]
	signed := strings.Split(fields["SignedHeaders"], ";")
	if !slices.IsSorted(signed) || !slices.Contains(signed, "host") || !slices.Contains(signed, "x-amz-date") {
		s.t.Errorf("signed headers %q", signed)
	}
	canonical := r.Method + "\n" + strings.SplitN(r.RequestURI, "?", 2)[0] + "\n\n"
	for _, h := range signed {
		v := r.Header.Get(h)
		if h == "host" {
			v = r.Host
		}
		canonical += h + ":" + v + "\n"
	}
	canonical += "\n" + fields["SignedHeaders"] + "\n" + r.Header.Get("X-Amz-Content-Sha256")
	sum := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + hex.EncodeToString(sum[:])
	key := []byte("AWS4" + s.secret)
	for _, part := range append(strings.Split(scope, "/"), text) {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func TestS3(t *testing.T) {
	store := &s3{t: t, secret: "tres-secret", objects: map[string][]byte{}}
	server := httptest.NewServer(store)
	defer server.Close()
	s := place.Settings{S3: server.URL, Bucket: "extraits", Prefix: "belvédère 1", AccessKey: "AK", SecretKey: "tres-secret", Region: "fr-par"}
	if err := put(t, s, name, int64(len(content)), broken()); err == nil {
		t.Error("half a file was put")
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := put(t, s, name, 1, strings.NewReader("x")); err == nil {
		t.Error("a file was replaced")
	}
	if err := put(t, s, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Errorf("what an earlier try left: %v", err)
	}
	if got := store.objects["/extraits/belvédère 1/"+name]; !bytes.Equal(got, content) || len(store.objects) != 1 {
		t.Errorf("%d bytes among %d objects", len(got), len(store.objects))
	}
	s.SecretKey = "autre"
	if err := put(t, s, "autre.zip", 1, strings.NewReader("x")); err == nil {
		t.Error("a wrong signature is taken")
	}
	s.SecretKey, store.answer = "tres-secret", http.StatusTemporaryRedirect
	if err := put(t, s, "autre.zip", 1, strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "307") {
		t.Errorf("a redirection: %v", err)
	}
}
