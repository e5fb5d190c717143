package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const places = `data: d
extract_places:
  - {name: partage, label: Partage, folder: FOLDER}
  - {name: dsi, sftp: "sftp.exemple.fr:22", user: belvedere, key: /etc/belvedere/id, host_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJqJqJqJqJqJqJqJqJqJqJqJqJq", path: /depot}
  - {name: nuage, s3: "https://s3.exemple.fr", bucket: extraits, region: fr-par, access_key: AK12, secret_key: s3cret}
`

func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "b.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(places, "FOLDER", dir, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, func(string) string { return "" })
	if err != nil || len(c.Places) != 3 || c.Places[2].SecretKey != "s3cret" {
		t.Fatalf("%v, %v", c, err)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	for _, text := range []string{c.String(), fmt.Sprintf("%+v %#v %v", c, c.Places, c.Places[2])} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, "AK12") || !strings.Contains(text, "extraits") {
			t.Errorf("printed: %s", text)
		}
	}
	if c.Places[2].SecretKey != "s3cret" {
		t.Error("printing changed the configuration")
	}
	bad := []Place{{Name: "A"}, {Name: "a", Folder: "relatif"}, {Name: "b", SFTP: "x", Path: "y"}, {Name: "b", S3: "http://ailleurs.fr", Bucket: "x"}, {Name: "c", Folder: dir, S3: "https://x"}}
	c.Places = bad
	err = c.Validate()
	for _, part := range []string{"[0].name", "[1].folder", "[2].sftp", "[2].host_key", "[3].name", "[3].s3", "access_key", "[4]"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("nothing of %s in %v", part, err)
		}
	}
}
