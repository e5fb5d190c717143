package registry

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"belvedere"
)

// What an operator can mend, by the code of PostgreSQL or its class.
var postgresFaults = map[string]string{
	"53100": "Le disque du serveur PostgreSQL est plein. Libérez de la place, puis réessayez.",
	"55P03": busyRegistry, "57014": busyRegistry, "40001": busyRegistry, "40P01": busyRegistry, "25P03": busyRegistry,
	"28":    "Le serveur PostgreSQL refuse le compte du registre. Vérifiez l’adresse, le compte et le mot de passe.",
	"3D000": "La base du registre n’existe pas sur le serveur PostgreSQL. Créez-la, ou corrigez l’adresse.",
	"3F000": "Le schéma du registre n’existe pas dans la base PostgreSQL, ou son compte n’y a pas accès. Créez-le, ou corrigez l’adresse.",
	"42501": "Le compte PostgreSQL du registre n’a pas le droit d’écrire dans sa base. Donnez-le-lui, puis réessayez.",
	"25006": "Le serveur PostgreSQL du registre est en lecture seule. Donnez l’adresse du serveur principal.",
	"53":    "Le serveur PostgreSQL du registre n’a plus de connexion ou de mémoire à donner. Réessayez dans un instant.",
	"57P":   silentRegistry, "08": silentRegistry,
}

const (
	busyRegistry   = "Le registre est occupé par une autre opération. Réessayez dans un instant."
	silentRegistry = "Le serveur PostgreSQL du registre ne répond pas. Vérifiez qu’il est démarré et joignable, puis réessayez."
)

// explainPostgres gives the failures of the server that an operator can mend their kind.
func explainPostgres(err error) error {
	var ours *belvedere.Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, context.Canceled) {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		for _, n := range []int{5, 3, 2} {
			if len(refused.Code) >= n {
				if message, known := postgresFaults[refused.Code[:n]]; known {
					return belvedere.WrapError(belvedere.Unavailable, err, "%s", message)
				}
			}
		}
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		(errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)) || pgconn.SafeToRetry(err) {
		return belvedere.WrapError(belvedere.Unavailable, err, silentRegistry)
	}
	return err
}
