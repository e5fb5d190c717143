package place

import (
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
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: 20 * time.Second}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	config := &ssh.ClientConfig{User: s.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.FixedHostKey(s.host),
		HostKeyAlgorithms: algorithms(s.host.Type()), Timeout: 20 * time.Second}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c, chans, reqs, err := ssh.NewClientConn(conn, s.address, config)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
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

func (s *sftpServer) put(ctx context.Context, name string, size int64, content io.Reader) (err error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // what waits for the server ends with the context
	client, err := sftp.NewClient(conn)
	if err != nil {
		return err
	}
	defer client.Close()
	final, temp := path.Join(s.folder, name), path.Join(s.folder, ".incomplet-"+name)
	if _, err := client.Lstat(final); err == nil {
		return fmt.Errorf("%s is there already", final)
	}
	out, err := client.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, content)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d", n, size)
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = client.Rename(temp, final)
	}
	if err != nil {
		return errors.Join(err, client.Remove(temp))
	}
	return nil
}
