package place

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// An s3Store takes files by the protocol of S3: one PUT, signed by version 4 of AWS, so that the store takes
// the file whole or not at all. No redirection is followed: the host is that of the configuration.
type s3Store struct {
	base   *url.URL
	bucket string
	prefix string
	signer
	client *http.Client
	now    func() time.Time
}

// mostPut is what one PUT may hold.
const mostPut = 5 << 30

func newS3(s Settings) (*s3Store, error) {
	base, err := url.Parse(s.S3)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, TLSHandshakeTimeout: 20 * time.Second, ResponseHeaderTimeout: 5 * time.Minute}}
	region := s.Region
	if region == "" {
		region = "us-east-1"
	}
	return &s3Store{base: base, bucket: s.Bucket, prefix: s.Prefix, signer: signer{s.AccessKey, s.SecretKey, region}, client: client, now: time.Now}, nil
}

func (s *s3Store) put(ctx context.Context, name string, size int64, content io.Reader) error {
	if size > mostPut {
		return fmt.Errorf("%d bytes are more than one PUT holds", size)
	}
	key := strings.TrimPrefix(path.Join("/", s.bucket, s.prefix, name), "/")
	at := *s.base
	at.Path, at.RawPath = "/"+key, escapedPath("/"+key)
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, at.String(), io.NopCloser(content))
	if err != nil {
		return err
	}
	r.ContentLength = size
	r.Header.Set("If-None-Match", "*") // replaces nothing, where the store knows how to
	s.sign(r, unsigned, s.now())
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 2<<10))
	if answer.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("the store answers %s: %.300s", answer.Status, text), err)
	}
	return nil
}

// unsigned stands for the hash of a body that is streamed under TLS.
const unsigned = "UNSIGNED-PAYLOAD"

// A signer signs requests by version 4 of the signatures of AWS.
type signer struct{ access, secret, region string }

// sign adds date, hash and signature to a request; all its headers are signed.
func (s signer) sign(r *http.Request, payload string, at time.Time) {
	stamp := at.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Content-Sha256", payload)
	names, canonical := s.headers(r)
	request := strings.Join([]string{r.Method, escapedPath(r.URL.Path), r.URL.Query().Encode(), canonical, names, payload}, "\n")
	scope := stamp[:8] + "/" + s.region + "/s3/aws4_request"
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{stamp[:8], s.region, "s3", "aws4_request", text} {
		key = mac(key, part)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.access+"/"+scope+",SignedHeaders="+names+",Signature="+hex.EncodeToString(key))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// headers are the names of the signed headers, and the headers in their canonical form.
func (s signer) headers(r *http.Request) (names, canonical string) {
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	all := map[string]string{"host": host}
	for name, values := range r.Header {
		all[strings.ToLower(name)] = strings.TrimSpace(strings.Join(values, ","))
	}
	var list []string
	for name := range all {
		list = append(list, name)
	}
	slices.Sort(list)
	var b strings.Builder
	for _, name := range list {
		b.WriteString(name + ":" + all[name] + "\n")
	}
	return strings.Join(list, ";"), b.String()
}

// escapedPath escapes all but the letters that RFC 3986 leaves and the slashes.
func escapedPath(p string) string {
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
