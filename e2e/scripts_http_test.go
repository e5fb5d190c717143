package e2e_test

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strings"
)

// A call is one request of a script.
type call struct {
	method, url string
	headers     []string
	data, into  string // files: of the body to send, for the body that comes
	ca          string // file of the certificate to trust
}

// httpCommand is "http [-H header] [-d file | -f name=value] [-o file] [-ca file] METHOD URL": it prints
// status, headers (to the errors) and body, and follows no redirection. Its exit code is 1 from
// status 400 on.
func httpCommand() {
	var c call
	form := url.Values{}
	flags := flag.NewFlagSet("http", flag.ExitOnError)
	flags.Func("H", "header: value", func(s string) error { c.headers = append(c.headers, s); return nil })
	flags.Func("f", "name=value of a form", func(s string) error {
		name, value, _ := strings.Cut(s, "=")
		form.Add(name, value)
		return nil
	})
	flags.StringVar(&c.data, "d", "", "file to send")
	flags.StringVar(&c.into, "o", "", "file for the body")
	flags.StringVar(&c.ca, "ca", "", "certificate to trust")
	flags.Parse(os.Args[1:])
	c.method, c.url = flags.Arg(0), flags.Arg(1)
	status, err := c.send(form)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if status >= 400 {
		os.Exit(1)
	}
}

// body is what the request sends.
func (c call) body(form url.Values) (io.ReadCloser, error) {
	if c.data != "" {
		return os.Open(c.data)
	}
	return io.NopCloser(strings.NewReader(form.Encode())), nil
}

func (c call) request(form url.Values) (*http.Request, error) {
	body, err := c.body(form)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(c.method, c.url, body)
	if err != nil {
		return nil, err
	}
	if len(form) > 0 || c.data == "" && c.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range c.headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Add(name, strings.TrimSpace(value))
		if strings.EqualFold(name, "Host") {
			req.Host = strings.TrimSpace(value)
		}
	}
	return req, nil
}

// plainClient follows nothing, and trusts the certificate of a file when there is one.
func plainClient(ca string) (*http.Client, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if ca == "" {
		return client, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return client, nil
}

func (c call) send(form url.Values) (int, error) {
	req, err := c.request(form)
	if err != nil {
		return 0, err
	}
	client, err := plainClient(c.ca)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	names := make([]string, 0, len(res.Header))
	for name := range res.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, strings.Join(res.Header[name], " | "))
	}
	var out io.Writer = os.Stdout
	if c.into != "" {
		f, err := os.Create(c.into)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		out = f
	}
	_, err = io.Copy(out, res.Body)
	return res.StatusCode, err
}
