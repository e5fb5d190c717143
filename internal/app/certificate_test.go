package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// MakeCertificate writes a certificate of this machine and its key into a folder.
func MakeCertificate(t testing.TB, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "console.exemple.fr"}, DNSNames: []string{"console.exemple.fr", "localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(name, kind string, der []byte) {
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(cert, "CERTIFICATE", der)
	write(key, "PRIVATE KEY", secret)
	return cert, key
}

// TestCertificateIsRenewed replaces the files while the server runs: the new certificate is given
// from the next look on, and one that is half written leaves the former in use.
func TestCertificateIsRenewed(t *testing.T) {
	dir := t.TempDir()
	cert, key := MakeCertificate(t, dir, 1)
	c := &certificate{cert: cert, key: key}
	given := func(what string, want int64) {
		t.Helper()
		pair, err := c.get(nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n := pair.Leaf.SerialNumber.Int64(); n != want {
			t.Errorf("%s: certificate %d, want %d", what, n, want)
		}
	}
	later := time.Now().Add(time.Minute)
	changed := func() {
		later = later.Add(time.Minute)
		if err := os.Chtimes(cert, later, later); err != nil {
			t.Fatal(err)
		}
	}
	given("at first", 1)
	MakeCertificate(t, dir, 2)
	changed()
	given("before the next look", 1)
	c.looked = time.Time{}
	given("renewed", 2)
	if err := os.WriteFile(cert, []byte("-----BEGIN CERT"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed()
	c.looked = time.Time{}
	given("half written", 2)
	MakeCertificate(t, dir, 3)
	changed()
	c.looked = time.Time{}
	given("whole again", 3)
	if _, err := (&certificate{cert: filepath.Join(dir, "absent"), key: key}).get(nil); err == nil {
		t.Error("no certificate at all is given")
	}
}
