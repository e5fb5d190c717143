package secret

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"belvedere"
	"belvedere/internal/durable"
)

const (
	format    = "belvedere-cles"
	version   = 1
	mostBytes = 16 << 10
)

// file is how keys lie on disk. Sum tells a damaged file from a whole one.
type file struct {
	Format  string            `json:"format"`
	Version int               `json:"version"`
	Keys    map[string]string `json:"cles"`
	Sum     string            `json:"empreinte"`
}

// Load reads the file of keys, and makes it when it does not exist: Fresh tells. Two processes
// that start together get the same keys.
func Load(path string) (*Keys, error) {
	k, err := Read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	k = generate()
	k.Fresh = true
	switch err := durable.Create(path, k.marshal(), 0o600); {
	case errors.Is(err, fs.ErrExist):
		return Read(path)
	case err != nil:
		return nil, belvedere.WrapError(belvedere.Unavailable, err,
			"Le fichier des clés %s ne peut pas être créé. Vérifiez que son dossier existe, que le compte du serveur peut y écrire et qu’il reste de la place.", path)
	}
	return k, nil
}

// Read reads a file of keys that must exist; its error is fs.ErrNotExist when it does not.
func Read(path string) (*Keys, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, belvedere.WrapError(belvedere.NotFound, err, "Le fichier des clés %s n’existe pas. Restaurez-le depuis une sauvegarde.", path)
		}
		return nil, belvedere.WrapError(belvedere.Unavailable, err, "Le fichier des clés %s ne peut pas être lu. Il doit appartenir au compte du serveur.", path)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostBytes {
		return nil, refuse(path, "ce n’est pas un fichier de clés")
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, belvedere.Errorf(belvedere.Invalid,
			"Le fichier des clés %s est accessible à d’autres que son propriétaire (droits %04o). "+
				"Fermez-le par la commande «\u00a0chmod 600 %s\u00a0». Si quelqu’un a pu le lire, remplacez les clés.", path, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, err
	}
	return parse(path, text)
}

// Check compares these keys with the fingerprint that a registry remembers of its own, "" when it
// has none yet. A file that Load has just made for an old registry does not pass, now or later.
func (k *Keys) Check(kept, path string) error {
	if kept == "" || kept == k.Fingerprint() {
		return nil
	}
	return belvedere.Errorf(belvedere.Conflict,
		"Les clés de %s ne sont pas celles de ce registre\u00a0: avec elles, aucun mot de passe ni aucun journal ne pourrait être vérifié. "+
			"Restaurez le fichier des clés d’origine depuis une sauvegarde, ou restaurez l’installation entière.", filepath.Clean(path))
}

// refuse says what is wrong with a file of keys and what to do; nothing is replaced.
func refuse(path, format string, args ...any) error {
	return belvedere.Errorf(belvedere.Invalid, "Le fichier des clés %s est refusé\u00a0: %s. Restaurez-le depuis une sauvegarde. "+
		"Rien n’a été remplacé\u00a0: de nouvelles clés rendraient illisibles les seconds facteurs et invérifiables les mots de passe et le journal.",
		path, fmt.Sprintf(format, args...))
}

// parse reads the text of a file of keys.
func parse(path string, text []byte) (*Keys, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, refuse(path, "il est vide")
	}
	if err := d.Decode(&f); err != nil || d.Decode(new(any)) != io.EOF {
		return nil, refuse(path, "il est tronqué ou abîmé")
	}
	if f.Format != format {
		return nil, refuse(path, "ce n’est pas un fichier de clés de Belvédère")
	}
	if f.Version != version {
		return nil, refuse(path, "sa version (%d) est inconnue de ce programme, qui lit la version %d", f.Version, version)
	}
	keys := map[string][]byte{}
	for _, p := range purposes {
		raw, err := base64.StdEncoding.Strict().DecodeString(f.Keys[p])
		if err != nil || len(raw) != size {
			return nil, refuse(path, "la clé «\u00a0%s\u00a0» manque ou ne compte pas %d octets", p, size)
		}
		keys[p] = raw
	}
	k := hold(keys)
	if len(f.Keys) != len(purposes) || f.Sum != k.Fingerprint() {
		return nil, refuse(path, "son contenu a été modifié")
	}
	return k, nil
}

// marshal writes keys as they lie on disk.
func (k *Keys) marshal() []byte {
	f := file{format, version, map[string]string{}, k.Fingerprint()}
	for p, key := range k.all() {
		f.Keys[p] = base64.StdEncoding.EncodeToString(key)
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(text, '\n')
}

// Fingerprint tells one set of keys from another and says nothing of them.
func (k *Keys) Fingerprint() string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(k.all())) {
		fmt.Fprintf(h, "%s\x00%s\x00", p, k.all()[p])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
