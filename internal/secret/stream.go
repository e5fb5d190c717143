package secret

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// A file that must not lie in clear is written as blocks of 64 KiB, each sealed with its number and with
// whether it is the last, so that blocks that are moved, dropped or cut off show.

const streamBlock = 64 << 10

// ErrStream tells that a sealed file is not what was written, or was written with another key.
var ErrStream = errors.New("secret: the sealed file is damaged, cut short or of another key")

// A stream seals or opens the blocks of one file.
type stream struct {
	aead   cipher.AEAD
	number uint64
}

// newStream takes a key of 32 bytes that seals this one file.
func newStream(key []byte) stream {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err) // keys are of our making
	}
	return stream{aead: aead}
}

func (s *stream) nonce(last bool) []byte {
	n := make([]byte, s.aead.NonceSize())
	binary.BigEndian.PutUint64(n, s.number)
	if last {
		n[8] = 1
	}
	s.number++
	return n
}

// A StreamSealer seals what is written to it. Close writes the last block: a file without it does
// not open.
type StreamSealer struct {
	stream
	to     io.Writer
	buffer []byte
	err    error
}

// NewStreamSealer seals one file with a key of 32 bytes that seals nothing else.
func NewStreamSealer(to io.Writer, key []byte) *StreamSealer {
	return &StreamSealer{stream: newStream(key), to: to, buffer: make([]byte, 0, streamBlock)}
}

func (s *StreamSealer) Write(p []byte) (n int, err error) {
	for len(p) > 0 && s.err == nil {
		if len(s.buffer) == streamBlock {
			s.flush(false)
		}
		k := copy(s.buffer[len(s.buffer):streamBlock], p)
		s.buffer, p, n = s.buffer[:len(s.buffer)+k], p[k:], n+k
	}
	return n, s.err
}

func (s *StreamSealer) flush(last bool) {
	if s.err == nil {
		_, s.err = s.to.Write(s.aead.Seal(nil, s.nonce(last), s.buffer, nil))
		s.buffer = s.buffer[:0]
	}
}

// Close seals the last block; it does not close what is under it.
func (s *StreamSealer) Close() error {
	s.flush(true)
	if s.err == nil {
		s.err = errors.New("secret: write after close")
		return nil
	}
	return s.err
}

// A StreamOpener reads what a StreamSealer wrote. It gives no byte that was not checked.
type StreamOpener struct {
	stream
	from  io.Reader
	plain []byte
	ahead []byte // the block after, to know the last
	first bool
	ended bool
}

// NewStreamOpener opens a file with its key.
func NewStreamOpener(from io.Reader, key []byte) *StreamOpener {
	return &StreamOpener{stream: newStream(key), from: from, first: true}
}

func (s *StreamOpener) block() ([]byte, error) {
	b := make([]byte, streamBlock+s.aead.Overhead())
	n, err := io.ReadFull(s.from, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

func (s *StreamOpener) Read(p []byte) (int, error) {
	for len(s.plain) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.plain)
	s.plain = s.plain[n:]
	return n, nil
}

func (s *StreamOpener) next() (err error) {
	if s.first {
		s.first = false
		if s.ahead, err = s.block(); err != nil {
			return err
		}
	}
	now := s.ahead
	if s.ahead, err = s.block(); err != nil {
		return err
	}
	s.ended = len(s.ahead) == 0
	if s.plain, err = s.aead.Open(nil, s.nonce(s.ended), now, nil); err != nil {
		s.plain = nil
		return ErrStream
	}
	return nil
}
