package secret_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"belvedere/internal/secret"
)

const block = 64<<10 + 16

func sealed(t *testing.T, key, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	s := secret.NewStreamSealer(&b, key)
	if n, err := s.Write(plain); n != len(plain) || err != nil {
		t.Fatal(n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStream(t *testing.T) {
	key := make([]byte, 32)
	rand.Read(key)
	for _, n := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 200_000} {
		plain := make([]byte, n)
		rand.Read(plain)
		body := sealed(t, key, plain)
		got, err := io.ReadAll(iotest.HalfReader(secret.NewStreamOpener(bytes.NewReader(body), key)))
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes: %d, %v", n, len(got), err)
		}
		for name, bad := range map[string][]byte{
			"cut": body[:len(body)-1], "longer": append(bytes.Clone(body), 0), "altered": flip(body, len(body)/2),
			"without its end": body[:max(0, len(body)-1)/block*block], "another order": swapped(body),
		} {
			got, err := io.ReadAll(secret.NewStreamOpener(bytes.NewReader(bad), key))
			if bytes.Equal(bad, body) {
				continue // too short for this one
			}
			if !errors.Is(err, secret.ErrStream) || !bytes.HasPrefix(plain, got) {
				t.Errorf("%d bytes, %s: %d bytes read, %v", n, name, len(got), err)
			}
		}
		if _, err := io.ReadAll(secret.NewStreamOpener(bytes.NewReader(body), make([]byte, 32))); !errors.Is(err, secret.ErrStream) {
			t.Errorf("another key: %v", err)
		}
	}
}

func flip(b []byte, at int) []byte {
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}

func swapped(b []byte) []byte {
	if len(b) < 2*block {
		return b
	}
	return bytes.Join([][]byte{b[block : 2*block], b[:block], b[2*block:]}, nil)
}
