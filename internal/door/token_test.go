package door_test

import (
	"strings"
	"testing"

	"belvedere/internal/door"
)

func TestToken(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token, hash, err := door.NewToken()
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := door.TokenHash(token); !ok || got != hash || len(token) != 53 || !strings.HasPrefix(token, "bvd_") || seen[token] || strings.Contains(hash, token) {
			t.Fatalf("token %s, hash %s, read as %s %v", token, hash, got, ok)
		}
		seen[token] = true
	}
	token, _, _ := door.NewToken()
	for i := range token { // one sign changed, anywhere
		other := "x"
		if token[i] == 'x' {
			other = "y"
		}
		if _, ok := door.TokenHash(token[:i] + other + token[i+1:]); ok {
			t.Errorf("sign %d is not checked", i)
		}
	}
	for _, wrong := range []string{"", "bvd_", token[:52], token + "a", " " + token[1:], strings.ToUpper(token), strings.Repeat("a", 53), token[:20] + "\x00" + token[21:]} {
		if _, ok := door.TokenHash(wrong); ok {
			t.Errorf("%q passes for a token", wrong)
		}
	}
	if got := door.WithoutTokens("/api?k=" + token + "&a=1"); strings.Contains(got, token[4:10]) || !strings.HasSuffix(got, "&a=1") {
		t.Errorf("masked: %s", got)
	}
}

func FuzzTokenHash(f *testing.F) {
	token, _, _ := door.NewToken()
	f.Add(token)
	f.Add("bvd_")
	f.Fuzz(func(t *testing.T, text string) {
		if hash, ok := door.TokenHash(text); ok && (len(hash) != 64 || len(text) != 53) {
			t.Errorf("%q: %q", text, hash)
		}
	})
}
