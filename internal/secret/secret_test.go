package secret

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

func load(t testing.TB) *Keys {
	t.Helper()
	k, err := Load(filepath.Join(t.TempDir(), "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeysDifferByPurposeAndInstallation(t *testing.T) {
	seen := map[string]string{}
	for _, k := range []*Keys{load(t), load(t)} {
		for _, purpose := range append(purposes, Journal+"/ancre") {
			code := string(k.MAC(purpose, []byte("x")))
			if other, twice := seen[code]; twice {
				t.Errorf("%s and %s make the same code", purpose, other)
			}
			seen[code] = purpose
		}
	}
}

func TestMACTellsPartsApart(t *testing.T) {
	k := load(t)
	seen := map[string]string{}
	for _, parts := range []string{"ab|c", "a|bc", "abc", "|abc", "abc|", "a|b|c", ""} {
		var list [][]byte
		for p := range strings.SplitSeq(parts, "|") {
			list = append(list, []byte(p))
		}
		code := hex.EncodeToString(k.MAC(Journal, list...))
		if other, twice := seen[code]; twice {
			t.Errorf("%q and %q make the same code", parts, other)
		}
		seen[code] = parts
		if again := hex.EncodeToString(k.MAC(Journal, list...)); again != code {
			t.Errorf("%q makes two codes", parts)
		}
	}
}

func TestMACWantsADeclaredPurpose(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a purpose that nobody declared has a key")
		}
	}()
	load(t).MAC("autre")
}

func TestSealOpensInItsPlaceOnly(t *testing.T) {
	k, plain := load(t), []byte("JBSWY3DPEHPK3PXP")
	text := k.Seal("totp/42", plain)
	if strings.Contains(text, string(plain)) || text == k.Seal("totp/42", plain) {
		t.Error("Seal shows what it holds, or repeats itself")
	}
	if got, err := k.Open("totp/42", text); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Open = %q, %v", got, err)
	}
	flipped := []byte(text)
	flipped[len(flipped)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another place":        func() ([]byte, error) { return k.Open("totp/43", text) },
		"another installation": func() ([]byte, error) { return load(t).Open("totp/42", text) },
		"altered":              func() ([]byte, error) { return k.Open("totp/42", string(flipped)) },
		"cut short":            func() ([]byte, error) { return k.Open("totp/42", text[:20]) },
		"empty":                func() ([]byte, error) { return k.Open("totp/42", "") },
		"plain":                func() ([]byte, error) { return k.Open("totp/42", string(plain)) },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opens as %q", name, got)
		}
	}
}

func TestSealHoldsNothing(t *testing.T) {
	k := load(t)
	if got, err := k.Open("a", k.Seal("a", nil)); err != nil || len(got) != 0 {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestBearer(t *testing.T) {
	k := load(t)
	if !k.IsBearer(k.Bearer()) || k.IsBearer("") || k.IsBearer(load(t).Bearer()) || len(k.Bearer()) < 43 {
		t.Error("the bearer of the command line is not the one of its keys")
	}
}

func TestDeriveDiffersByUse(t *testing.T) {
	k := load(t)
	a, b := k.Derive(Cookie, "a"), k.Derive(Cookie, "b")
	if len(a) != 32 || bytes.Equal(a, b) || !bytes.Equal(a, k.Derive(Cookie, "a")) {
		t.Error("derived keys are not apart")
	}
}

// TestKeysNeverShow prints keys in all the ways that a program may, alone and inside others.
func TestKeysNeverShow(t *testing.T) {
	k := load(t)
	type app struct {
		Keys   *Keys
		Value  Keys
		hidden *Keys
		value  Keys
	}
	a := app{k, *k, k, *k}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%5.3v"} {
		for _, what := range []any{k, *k, a, &a, []any{k, *k}, map[string]any{"k": *k}} {
			fmt.Fprintf(&out, verb+"\n", what)
		}
	}
	for _, log := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(log).Info("x", "keys", k, "value", *k, "app", a, "pointer", &a)
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	if !strings.Contains(out.String(), hidden) {
		t.Error("the output does not name the keys at all")
	}
	for name, key := range k.all() {
		for _, way := range []string{
			hex.EncodeToString(key[:6]), strings.Trim(fmt.Sprint(key[:6]), "[]"), string(key), fmt.Sprintf("%#v", key[:4])[7:20],
		} {
			if strings.Contains(strings.ToLower(out.String()), way) {
				t.Errorf("the key of %s shows as %q", name, way)
			}
		}
	}
}
