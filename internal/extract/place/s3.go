package place

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
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
		Transport: &http.Transport{Proxy: nil, DialContext: dialer().DialContext, TLSHandshakeTimeout: 20 * time.Second, ExpectContinueTimeout: 5 * time.Second, ResponseHeaderTimeout: 5 * time.Minute}}
	region := s.Region
	if region == "" {
		region = "us-east-1"
	}
	return &s3Store{base: base, bucket: s.Bucket, prefix: s.Prefix, signer: signer{s.AccessKey, s.SecretKey, region}, client: client, now: time.Now}, nil
}

func (s *s3Store) put(ctx context.Context, name string, size int64, open Opener) error {
	if size > mostPut {
		return lasting(nil, "le fichier dépasse 5 Gio, ce qu’un dépôt S3 prend en une fois. Resserrez l’extrait, ou prenez le format Parquet.")
	}
	status, code, err := s.send(ctx, name, size, open, true)
	if err == nil && status == http.StatusNotImplemented { // a store that cannot promise to replace nothing
		if _, there, e := s.held(ctx, name); e != nil || there {
			status, err = http.StatusPreconditionFailed, e
		} else {
			status, code, err = s.send(ctx, name, size, open, false)
		}
	}
	if err == nil && status == http.StatusPreconditionFailed {
		n, there, e := s.held(ctx, name)
		if e == nil && there && n == size {
			return nil
		}
		if err = e; e == nil {
			return taken(name)
		}
	}
	if err != nil {
		return networkFault(s.base.Host, err)
	}
	return s.answerFault(status, code)
}

// held gives the size of the file of a name, if there is one.
func (s *s3Store) held(ctx context.Context, name string) (size int64, there bool, err error) {
	r, err := s.request(ctx, http.MethodHead, name, nil)
	if err != nil {
		return 0, false, err
	}
	s.sign(r, unsigned, s.now())
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, false, err
	}
	defer answer.Body.Close()
	return answer.ContentLength, answer.StatusCode == http.StatusOK, nil
}

// send puts the content under its name, and gives the status and the code of the answer. alone asks the store to
// replace nothing.
func (s *s3Store) send(ctx context.Context, name string, size int64, open Opener, alone bool) (status int, code string, err error) {
	content, err := open()
	if err != nil {
		return 0, "", err
	}
	defer content.Close()
	r, err := s.request(ctx, http.MethodPut, name, io.NopCloser(content))
	if err != nil {
		return 0, "", err
	}
	if r.ContentLength = size; alone {
		r.Header.Set("If-None-Match", "*")
	}
	s.sign(r, unsigned, s.now())
	r.Header.Set("Expect", "100-continue") // a refusal comes before the file; not signed: proxies take it away
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 8<<10))
	if err != nil && answer.StatusCode < 300 {
		return 0, "", err // a store that says yes and goes away has not said it
	}
	return answer.StatusCode, errorCode(text), nil
}

// request addresses a file by the path of its bucket.
func (s *s3Store) request(ctx context.Context, method, name string, body io.Reader) (*http.Request, error) {
	key := strings.TrimPrefix(path.Join("/", s.bucket, s.prefix, name), "/")
	at := *s.base
	at.Path, at.RawPath = "/"+key, escapedPath("/"+key)
	return http.NewRequestWithContext(ctx, method, at.String(), body)
}

// codeOfError is where an answer of S3 calls its error by a word: no more of what a store says is read.
var codeOfError = regexp.MustCompile(`<Code>\s*([A-Za-z0-9.]{1,80})\s*</Code>`)

// errorCode is what an answer of S3 calls its error.
func errorCode(text []byte) string {
	if m := codeOfError.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// answerFault says what a store refused.
func (s *s3Store) answerFault(status int, code string) error {
	if status == http.StatusOK || status == http.StatusCreated || status == http.StatusNoContent {
		return nil
	}
	host := s.base.Host
	cause := fmt.Errorf("the store answers %d %s", status, code)
	switch {
	case code == "SignatureDoesNotMatch":
		return lasting(cause, "%s refuse la signature. Vérifiez secret_key et region dans la configuration.", host)
	case code == "InvalidAccessKeyId", code == "ExpiredToken", code == "InvalidToken", status == http.StatusUnauthorized:
		return lasting(cause, "%s ne connaît pas, ou plus, la clé d’accès (expirée ou retirée). Faites-en donner une autre, et changez access_key et secret_key.", host)
	case code == "RequestTimeTooSkewed":
		return passing(cause, "%s trouve l’heure de ce serveur fausse. Réglez son horloge (NTP).", host)
	case code == "QuotaExceeded", code == "XMinioStorageFull", code == "ServiceQuotaExceededException", status == http.StatusInsufficientStorage:
		return passing(cause, "il n’y a plus de place dans le dépôt «\u00a0%s\u00a0» de %s. Faites-en libérer, ou relever le quota.", s.bucket, host)
	case code == "NoSuchBucket", status == http.StatusNotFound:
		return lasting(cause, "le dépôt «\u00a0%s\u00a0» n’existe pas, ou plus, sur %s. Faites-le créer, ou corrigez bucket dans la configuration.", s.bucket, host)
	case status == http.StatusForbidden:
		return lasting(cause, "%s ne laisse pas cette clé écrire dans le dépôt «\u00a0%s\u00a0». Demandez ce droit à qui le tient.", host, s.bucket)
	case status >= 300 && status < 400, code == "AuthorizationHeaderMalformed", code == "PermanentRedirect":
		return lasting(cause, "%s renvoie vers une autre adresse (réponse %d)\u00a0: elle n’est pas suivie. Corrigez s3 et region dans la configuration.", host, status)
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return passing(cause, "%s est indisponible en ce moment (réponse %d).", host, status)
	}
	return lasting(cause, "%s refuse le fichier (réponse %d %s). Voyez avec qui tient ce dépôt.", host, status, code)
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
