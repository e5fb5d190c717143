package place

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSignature signs the two examples of requests to an object that AWS publishes for S3.
func TestSignature(t *testing.T) {
	s := signer{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"}
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		method, url, payload, want string
		headers                    map[string]string
	}{
		{"GET", "https://examplebucket.s3.amazonaws.com/test.txt", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", map[string]string{"Range": "bytes=0-9"}},
		{"PUT", "https://examplebucket.s3.amazonaws.com/test$file.text", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
			"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
			map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"}},
	} {
		r, err := http.NewRequest(x.method, x.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range x.headers {
			r.Header.Set(name, value)
		}
		s.sign(r, x.payload, at)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+x.want) {
			t.Errorf("%s: %s", x.method, got)
		}
	}
}
