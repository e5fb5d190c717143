package place

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// An sftpServer takes files over SSH. Its host key is that of the configuration and no other.
type sftpServer struct {
	address, user, keyFile, folder string
	host                           ssh.PublicKey
}

func newSFTP(s Settings) (*sftpServer, error) {
	host, err := HostKey(s.HostKey)
	if err != nil {
		return nil, err
	}
	return &sftpServer{address: s.SFTP, user: s.User, keyFile: s.KeyFile, folder: s.Path, host: host}, nil
}

// HostKey reads a pinned key.
func HostKey(text string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the host key is no public key of SSH: %w", err)
	}
	return key, nil
}

func (s *sftpServer) dial(ctx context.Context) (*ssh.Client, error) {
	text, err := os.ReadFile(s.keyFile)
	if err != nil {
		return nil, s.keyFault(err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, s.keyFault(err)
	}
	conn, err := dialer().DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, networkFault(s.address, err)
	}
	config := &ssh.ClientConfig{User: s.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: s.pinned,
		HostKeyAlgorithms: algorithms(s.host.Type()), Timeout: 20 * time.Second}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c, chans, reqs, err := ssh.NewClientConn(conn, s.address, config)
	if err != nil {
		return nil, errors.Join(s.handshakeFault(err), conn.Close())
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return ssh.NewClient(c, chans, reqs), nil
}

// algorithms are those of a kind of key; SHA-1 is not among them.
func algorithms(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

// pinned lets the key of the configuration through, and no other.
func (s *sftpServer) pinned(_ string, _ net.Addr, key ssh.PublicKey) error {
	if !bytes.Equal(key.Marshal(), s.host.Marshal()) {
		return &otherHost{ssh.FingerprintSHA256(key)}
	}
	return nil
}

func (s *sftpServer) put(ctx context.Context, name string, size int64, open Opener) (err error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer func() { err = s.writeFault(err) }()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // what waits for the server ends with the context
	client, err := sftp.NewClient(conn)
	if err != nil {
		return lasting(err, "%s ne parle pas SFTP à «\u00a0%s\u00a0». Faites ouvrir ce service par qui tient ce serveur.", s.address, s.user)
	}
	defer client.Close()
	final, temp := path.Join(s.folder, name), path.Join(s.folder, unfinished+name)
	if info, err := client.Lstat(final); err == nil {
		if info.Mode().IsRegular() && info.Size() == size {
			return nil
		}
		return taken(name)
	}
	if err := send(client, temp, size, open); err != nil {
		return errors.Join(err, swept(client, temp))
	}
	if err := client.Rename(temp, final); err != nil {
		return errors.Join(err, swept(client, temp))
	}
	return nil
}

// send writes the content under a name that is not the final one, and looks at what the server has of it.
func send(client *sftp.Client, temp string, size int64, open Opener) error {
	content, err := open()
	if err != nil {
		return err
	}
	defer content.Close()
	out, err := client.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, content)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d", n, size)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	info, err := client.Lstat(temp)
	if err == nil && info.Size() != size {
		err = fmt.Errorf("the server has %d bytes of %d", info.Size(), size)
	}
	return err
}

// swept removes what is not whole; there may be nothing, or nobody to ask.
func swept(client *sftp.Client, temp string) error {
	if err := client.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s may be left: %w", temp, err)
	}
	return nil
}
