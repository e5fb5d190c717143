package semantic_test

import (
	"encoding/base64"
	"io/fs"
	"testing"
	"testing/fstest"

	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

// A snapshot gives the model of the same version, and its folders give the same snapshot.
func TestSnapshot(t *testing.T) {
	own := fstest.MapFS{"README": {Data: []byte("no declaration")},
		"codes/couleurs.yaml": {Data: []byte("codes:\n  - list: couleurs\n    label: Couleur\n    codes:\n      - {code: rouge, label: Rouge}\n")}}
	for name, folders := range map[string][]fs.FS{"shipped": {catalog.FS}, "own": {catalog.FS, own}, "own without file": {catalog.FS, fstest.MapFS{}}} {
		t.Run(name, func(t *testing.T) {
			want, err := semantic.Load(folders...)
			if err != nil {
				t.Fatal(err)
			}
			text, err := semantic.Snapshot(folders...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := semantic.LoadSnapshot(text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Version != want.Version || len(got.Indicators) != len(want.Indicators) || len(got.CodeLists) != len(want.CodeLists) {
				t.Errorf("version %s, want %s; %d indicators, want %d", got.Version, want.Version, len(got.Indicators), len(want.Indicators))
			}
			again, err := semantic.OpenSnapshot(text)
			if err != nil || len(again) != len(folders) {
				t.Fatalf("%d folders, want %d, %v", len(again), len(folders), err)
			}
			if second, err := semantic.Snapshot(again...); err != nil || second != text {
				t.Errorf("a snapshot of the snapshot differs: %v", err)
			}
		})
	}
}

func TestDamagedSnapshot(t *testing.T) {
	text, err := semantic.Snapshot(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"empty": "", "no text": "\x00", "cut": text[:len(text)/2/4*4], "other": base64.StdEncoding.EncodeToString([]byte("other"))} {
		if _, err := semantic.LoadSnapshot(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	packed[len(packed)/3] ^= 1
	if m, err := semantic.LoadSnapshot(base64.StdEncoding.EncodeToString(packed)); err == nil {
		want, _ := semantic.Load(catalog.FS)
		if m.Version == want.Version {
			t.Error("a damaged snapshot gives the model of the whole one")
		}
	}
}
