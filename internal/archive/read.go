package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"

	"belvedere"
)

// mostWork bounds what an archive may ask of the machine to derive its key (2^18: half a second
// and 256 MB): a hostile file must not take more.
const mostWork = 18

// mostFiles bounds the files of an archive.
const mostFiles = 5_000_000

// Read hands over each file of an archive in turn, then compares all of them with the manifest.
// What use kept is only to be trusted when Read returns without error.
func Read(r io.Reader, passphrase string, use func(name string, size int64, content io.Reader) error) (m Manifest, err error) {
	plain, err := open(r, passphrase)
	if err != nil {
		return m, err
	}
	zip, err := gzip.NewReader(plain)
	if err != nil {
		return m, damaged(err)
	}
	defer zip.Close()
	files, text := map[string]File{}, []byte(nil)
	for in := tar.NewReader(zip); ; {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, damaged(err)
		}
		if text != nil || head.Typeflag != tar.TypeReg || !safe(head.Name) || len(files) == mostFiles {
			return m, damaged(fmt.Errorf("unexpected entry %q", head.Name))
		}
		if head.Name == manifestName {
			if text, err = io.ReadAll(io.LimitReader(in, 2<<30)); err != nil {
				return m, damaged(err)
			}
			continue
		}
		if _, twice := files[head.Name]; twice {
			return m, damaged(fmt.Errorf("entry %q stands twice", head.Name))
		}
		content := &summed{Reader: in, hash: sha256.New()}
		err = use(head.Name, head.Size, content)
		if content.err != nil { // whatever use made of it
			return m, damaged(content.err)
		}
		if err != nil {
			return m, fmt.Errorf("%s: %w", head.Name, err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return m, damaged(err)
		}
		files[head.Name] = File{head.Name, content.size, hex.EncodeToString(content.hash.Sum(nil))}
	}
	// What follows the tar must be read: the end of the encryption proves that nothing was cut off.
	if _, err := io.Copy(io.Discard, zip); err != nil {
		return m, damaged(err)
	}
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return m, damaged(err)
	}
	return compare(text, files)
}

// compare holds the files that came against the manifest.
func compare(text []byte, files map[string]File) (m Manifest, err error) {
	if text == nil {
		return m, damaged(errors.New("no manifest: the file is cut"))
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, damaged(err)
	}
	if m.Format != 1 {
		return m, belvedere.Errorf(belvedere.Unavailable, "La sauvegarde a été écrite par une version plus récente de Belvédère (%s). Installez-la pour la restaurer.", m.Version)
	}
	if len(m.Files) != len(files) {
		return m, damaged(fmt.Errorf("%d files, the manifest lists %d", len(files), len(m.Files)))
	}
	for _, want := range m.Files {
		if files[want.Name] != want {
			return m, damaged(fmt.Errorf("file %q differs from the manifest", want.Name))
		}
	}
	return m, nil
}

// open takes the encryption away.
func open(r io.Reader, passphrase string) (io.Reader, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(len(plainMark))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(head, []byte(plainMark)) {
		_, err := in.Discard(len(plainMark))
		return in, err
	}
	if !bytes.HasPrefix(head, []byte("age-encryption.org/")) {
		return nil, belvedere.Errorf(belvedere.Invalid, "Ce fichier n’est pas une sauvegarde de Belvédère.")
	}
	if passphrase == "" {
		return nil, belvedere.Errorf(belvedere.Invalid, "La sauvegarde est chiffrée : donnez sa phrase de passe.")
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(mostWork)
	plain, err := age.Decrypt(in, identity)
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Invalid, err, "La phrase de passe n’est pas la bonne, ou la sauvegarde est abîmée.")
	}
	return plain, nil
}

func damaged(cause error) error {
	return belvedere.WrapError(belvedere.Invalid, cause, "La sauvegarde est abîmée ou incomplète : rien n’est restauré. Prenez-en une autre.")
}
