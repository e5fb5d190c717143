// Package lockedzip writes and reads ZIP archives whose members are encrypted as WinZip says (AE-2): AES-256 in
// counter mode under a key that PBKDF2 makes of a passphrase, with an authentication code of each member. The
// common tools open them: 7-Zip, WinZip, the archivers of macOS and Linux.
//
// Names and sizes of members are not hidden, and PBKDF2 turns 1,000 times only: the passphrase must be one that
// nobody guesses. Passphrase makes such a one.
package lockedzip

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"time"
)

// The numbers of the specification, for keys of 256 bits.
const (
	method     = 99     // "encrypted": the true method stands in the extra field
	extraField = 0x9901 // AE-x
	keySize    = 32
	saltSize   = 16
	checkSize  = 2
	codeSize   = 10
	turns      = 1000
	encrypted  = 0x1
	described  = 0x8 // sizes follow the data
	utf8Name   = 0x800
)

// ErrPassphrase tells that the passphrase is another, ErrDamaged that the member is not what was written.
var (
	ErrPassphrase = errors.New("lockedzip: another passphrase")
	ErrDamaged    = errors.New("lockedzip: the member was altered")
)

// A Writer writes an archive. Members are written one after the other.
type Writer struct {
	zip        *zip.Writer
	passphrase string
	last       *member
}

// NewWriter begins an archive.
func NewWriter(w io.Writer, passphrase string) *Writer {
	return &Writer{zip: zip.NewWriter(w), passphrase: passphrase}
}

// Create begins a member and ends the one before.
func (w *Writer) Create(name string, modified time.Time) (io.Writer, error) {
	if err := w.end(); err != nil {
		return nil, err
	}
	header := &zip.FileHeader{Name: name, Method: method, Flags: encrypted | described | utf8Name, Extra: extra(), Modified: modified}
	header.ReaderVersion, header.CreatorVersion = 51, 51
	raw, err := w.zip.CreateRaw(header)
	if err != nil {
		return nil, err
	}
	header.Extra = extra() // CreateRaw may have added the time, which other readers do not need
	salt := make([]byte, saltSize)
	rand.Read(salt)
	key, code, check, err := keys(w.passphrase, salt)
	if err != nil {
		return nil, err
	}
	out := &sealer{to: raw, stream: newCounter(key), code: code}
	if _, err := raw.Write(append(salt, check...)); err != nil {
		return nil, err
	}
	deflate, err := flate.NewWriter(out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	w.last = &member{header: header, sealer: out, deflate: deflate}
	return w.last, nil
}

// Close ends the archive; it does not close what it was written to.
func (w *Writer) Close() error { return errors.Join(w.end(), w.zip.Close()) }

// end writes the code of the member under way, and tells its sizes.
func (w *Writer) end() error {
	m := w.last
	if m == nil {
		return nil
	}
	w.last = nil
	if err := m.deflate.Close(); err != nil {
		return err
	}
	if _, err := m.sealer.to.Write(m.sealer.code.Sum(nil)[:codeSize]); err != nil {
		return err
	}
	m.header.UncompressedSize64 = m.size
	m.header.CompressedSize64 = m.sealer.size + saltSize + checkSize + codeSize
	//lint:ignore SA1019 the directory of the archive is written from these where they fit
	m.header.UncompressedSize = uint32(min(m.header.UncompressedSize64, 1<<32-1))
	//lint:ignore SA1019 the same
	m.header.CompressedSize = uint32(min(m.header.CompressedSize64, 1<<32-1))
	return nil
}

type member struct {
	header  *zip.FileHeader
	sealer  *sealer
	deflate *flate.Writer
	size    uint64
}

func (m *member) Write(p []byte) (int, error) {
	n, err := m.deflate.Write(p)
	m.size += uint64(n)
	return n, err
}

// extra says AE-2, AES-256, deflated.
func extra() []byte {
	b := binary.LittleEndian.AppendUint16(nil, extraField)
	b = binary.LittleEndian.AppendUint16(b, 7)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = append(b, 'A', 'E', 3)
	return binary.LittleEndian.AppendUint16(b, zip.Deflate)
}

func keys(passphrase string, salt []byte) (key []byte, code hash.Hash, check []byte, err error) {
	all, err := pbkdf2.Key(sha1.New, passphrase, salt, turns, 2*keySize+checkSize)
	if err != nil {
		return nil, nil, nil, err
	}
	return all[:keySize], hmac.New(sha1.New, all[keySize:2*keySize]), all[2*keySize:], nil
}

// A sealer encrypts, then authenticates what it wrote.
type sealer struct {
	to     io.Writer
	stream cipher.Stream
	code   hash.Hash
	size   uint64
	buffer []byte
}

func (s *sealer) Write(p []byte) (int, error) {
	s.buffer = append(s.buffer[:0], p...)
	s.stream.XORKeyStream(s.buffer, s.buffer)
	s.code.Write(s.buffer)
	n, err := s.to.Write(s.buffer)
	s.size += uint64(n)
	return n, err
}

// A counter is AES in counter mode as WinZip counts: little-endian, from 1.
type counter struct {
	block cipher.Block
	n     uint64
	key   [aes.BlockSize]byte
	used  int
}

func newCounter(key []byte) *counter {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the size of the key is ours
	}
	return &counter{block: block, used: aes.BlockSize}
}

func (c *counter) XORKeyStream(dst, src []byte) {
	for i, b := range src {
		if c.used == aes.BlockSize {
			c.n++
			var at [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(at[:], c.n)
			c.block.Encrypt(c.key[:], at[:])
			c.used = 0
		}
		dst[i] = b ^ c.key[c.used]
		c.used++
	}
}

// MostMember bounds what Open unpacks of a member.
const MostMember = 4 << 30

// Open decrypts a member of an archive whose members this package, or WinZip's way, encrypted.
func Open(f *zip.File, passphrase string) ([]byte, error) {
	if f.Method != method || f.UncompressedSize64 > MostMember {
		return nil, errors.New("lockedzip: the member is not encrypted in this way")
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(f.CompressedSize64)))
	if err != nil || len(raw) < saltSize+checkSize+codeSize {
		return nil, errors.Join(ErrDamaged, err)
	}
	key, code, check, err := keys(passphrase, raw[:saltSize])
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(check, raw[saltSize:saltSize+checkSize]) {
		return nil, ErrPassphrase
	}
	body := raw[saltSize+checkSize : len(raw)-codeSize]
	code.Write(body)
	if !hmac.Equal(code.Sum(nil)[:codeSize], raw[len(raw)-codeSize:]) {
		return nil, ErrDamaged
	}
	newCounter(key).XORKeyStream(body, body)
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body)), MostMember))
}

// alphabet has no letter that is taken for a digit.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Passphrase makes one of 125 random bits: five groups of five.
func Passphrase() string {
	raw := make([]byte, 25)
	rand.Read(raw)
	out := make([]byte, 0, 29)
	for i, b := range raw {
		if i > 0 && i%5 == 0 {
			out = append(out, '-')
		}
		out = append(out, alphabet[b%32])
	}
	return string(out)
}
