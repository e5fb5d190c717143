package e2e_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver" // to harm what the program keeps
	"github.com/rogpeppe/go-internal/testscript"
)

// runs gives the output of the program on the data folder of a script.
func runs(ts *testscript.TestScript, args ...string) string {
	bin, err := program()
	ts.Check(err)
	cmd := exec.Command(bin, append([]string{"--quiet"}, args...)...)
	cmd.Env = append(os.Environ(), "BELVEDERE_DATA="+ts.Getenv("BELVEDERE_DATA"))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		ts.Fatalf("belvedere %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// signInCommand is "signin IDENTIFIANT [file]": it enters by a link of the command line and puts the
// header of the session in $COOKIE. The file is the certificate to trust.
func signInCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: signin identifiant [certificate]")
	}
	ca := ""
	if len(args) == 2 {
		ca = ts.MkAbs(args[1])
	}
	client, err := plainClient(ca)
	ts.Check(err)
	link := runs(ts, "user", "link", args[0])
	res, err := client.Post(link, "application/x-www-form-urlencoded", nil)
	ts.Check(err)
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		ts.Fatalf("%s: %s", link, res.Status)
	}
	for _, c := range res.Cookies() {
		if strings.TrimPrefix(c.Name, "__Host-") == "belvedere" {
			ts.Setenv("COOKIE", "Cookie: "+c.Name+"="+c.Value)
			return
		}
	}
	ts.Fatalf("no session was opened: %v", res.Cookies())
}

// tokenCommand is "token [flags of belvedere token create]": it puts the header in $AUTH.
func tokenCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! token")
	}
	ts.Setenv("AUTH", "Authorization: Bearer "+runs(ts, append([]string{"token", "create"}, args...)...))
}

// fieldCommand is "field VARIABLE file pattern n": the n-th word of the first line that holds the
// pattern becomes a variable; - is any line.
func fieldCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: field VARIABLE file pattern n")
	}
	n, err := strconv.Atoi(args[3])
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		if words := strings.Fields(line); (args[2] == "-" || strings.Contains(line, args[2])) && len(words) >= n {
			ts.Setenv(args[0], words[n-1])
			return
		}
	}
	ts.Fatalf("no line of %s holds %q and %d words", args[1], args[2], n)
}

// sqlCommand is "sql file statement": it changes a SQLite file behind the back of the program.
func sqlCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql file statement")
	}
	db, err := sql.Open("sqlite3", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	res, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("%s: %d rows changed, %v", args[1], n, err)
	}
}

// flipCommand is "flip file": bytes in its middle become others.
func flipCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip file")
	}
	text := []byte(ts.ReadFile(args[0]))
	for i := range min(16, len(text)/2) { // one bit may stand in a reference to other zeros, and change nothing
		text[len(text)/2+i] ^= 0xff
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// truncateCommand is "truncate new old": the first half of a file.
func truncateCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate new old")
	}
	text := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:len(text)/2]), 0o600))
}

// portCommand is "port VARIABLE": a port of this machine where nothing listens.
func portCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Check(l.Close())
	ts.Setenv(args[0], port)
}

// certificateCommand is "certificate cert.pem key.pem": a certificate of this machine that it signs itself.
func certificateCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate cert.pem key.pem")
	}
	ts.Check(writeCertificate(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

func writeCertificate(certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
	}
	return nil
}
