package place

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"belvedere"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// What a place answers is said in words, with who mends it and how. An error of kind Unavailable passes by itself:
// another try may do. One of kind Invalid lasts until someone changes the place or the configuration.

func passing(cause error, text string, args ...any) error {
	return belvedere.WrapError(belvedere.Unavailable, cause, text, args...)
}

func lasting(cause error, text string, args ...any) error {
	return belvedere.WrapError(belvedere.Invalid, cause, text, args...)
}

// taken tells that a file of that name, and of another size, is there.
func taken(name string) error {
	return lasting(nil, "un autre fichier porte déjà le nom %s\u00a0: il n’est pas remplacé. Déplacez-le ou renommez-le.", name)
}

// said tells whether an error has its words already.
func said(err error) bool { return belvedere.KindOf(err) != belvedere.Internal }

// folderFault says what a folder of this machine refused.
func folderFault(path string, err error) error {
	switch {
	case err == nil || said(err):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return passing(err, "il n’y a plus de place dans le dossier %s. Libérez-en.", path)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return lasting(err, "le dossier %s n’existe plus sur le serveur. Recréez-le, ou corrigez extract_places dans la configuration.", path)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return lasting(err, "le serveur n’a pas le droit d’écrire dans le dossier %s. Donnez-le au compte qui le fait tourner (chown ou chmod).", path)
	}
	return passing(err, "le dossier %s ne répond pas. Vérifiez qu’il est monté.", path)
}

// networkFault says why a machine could not be reached.
func networkFault(host string, err error) error {
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var other x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil || said(err):
		return err
	case errors.Is(err, context.Canceled):
		return passing(err, "l’envoi à %s a été interrompu.", host)
	case errors.As(err, &name) && name.IsNotFound:
		return passing(err, "le nom de %s n’est pas connu du réseau. Vérifiez l’adresse dans la configuration, et le DNS du serveur.", host)
	case errors.As(err, &authority), errors.As(err, &other), errors.As(err, &invalid):
		return lasting(err, "le certificat de %s n’est pas reconnu, ou plus\u00a0: rien ne lui est envoyé. Faites-le renouveler par qui tient ce dépôt.", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return passing(err, "%s refuse la connexion. Vérifiez qu’il est en marche, et le port.", host)
	}
	return passing(err, "%s ne répond pas, ou la connexion s’est coupée. Vérifiez le réseau et le pare-feu.", host)
}

// An otherHost is a server that shows another key than the pinned one.
type otherHost struct{ shown string }

func (o *otherHost) Error() string { return "host key mismatch: " + o.shown }

const newHostKey = "Si ce serveur a changé de clé, faites confirmer la nouvelle par qui le tient, puis corrigez host_key dans la configuration\u202f; sinon, une autre machine répond à sa place."

// handshakeFault says why a server of SFTP did not let us in.
func (s *sftpServer) handshakeFault(err error) error {
	var other *otherHost
	switch {
	case err == nil || said(err):
		return err
	case errors.As(err, &other):
		return lasting(err, "%s se présente avec une autre clé que celle de la configuration (%s)\u00a0: rien ne lui est envoyé. "+newHostKey, s.address, other.shown)
	case strings.Contains(err.Error(), "no common algorithm for host key"):
		return lasting(err, "%s n’a pas de clé du genre de celle de la configuration\u00a0: rien ne lui est envoyé. "+newHostKey, s.address)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return lasting(err, "%s n’admet pas, ou plus, la clé de «\u00a0%s\u00a0» (expirée, retirée, ou d’un autre compte). Faites admettre la clé publique de %s par qui tient ce serveur.", s.address, s.user, s.keyFile)
	}
	return networkFault(s.address, err)
}

// keyFault says why the private key cannot be used.
func (s *sftpServer) keyFault(err error) error {
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return lasting(err, "la clé privée %s est protégée par une phrase de passe. Donnez une clé sans phrase, fermée aux autres (chmod 600).", s.keyFile)
	case errors.Is(err, fs.ErrNotExist):
		return lasting(err, "la clé privée %s n’existe plus sur le serveur. Remettez-la, ou corrigez key dans la configuration.", s.keyFile)
	case errors.Is(err, fs.ErrPermission):
		return lasting(err, "la clé privée %s n’est pas lisible par le compte qui fait tourner le serveur.", s.keyFile)
	}
	return lasting(err, "la clé privée %s ne se lit pas. Vérifiez que c’est une clé d’OpenSSH.", s.keyFile)
}

// Codes of SSH_FX_*, of version 3 and of the later ones that servers send all the same.
const (
	fxFailure = 4
	fxNoSpace = 14
	fxQuota   = 15
)

// writeFault says what a server of SFTP refused once we were in.
func (s *sftpServer) writeFault(err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil || said(err):
		return err
	case errors.Is(err, os.ErrNotExist):
		return lasting(err, "le dossier %s n’existe pas, ou plus, sur %s. Faites-le créer, ou corrigez path dans la configuration.", s.folder, s.address)
	case errors.Is(err, os.ErrPermission):
		return lasting(err, "%s ne laisse pas «\u00a0%s\u00a0» écrire dans %s. Demandez ce droit à qui tient ce serveur.", s.address, s.user, s.folder)
	case errors.As(err, &status) && (status.Code == fxNoSpace || status.Code == fxQuota):
		return passing(err, "il n’y a plus de place sur %s. Faites-en libérer par qui tient ce serveur.", s.address)
	case errors.As(err, &status) && status.Code == fxFailure:
		return passing(err, "%s n’a pas écrit le fichier dans %s\u00a0: son disque est sans doute plein. Voyez avec qui tient ce serveur.", s.address, s.folder)
	}
	return networkFault(s.address, err)
}
