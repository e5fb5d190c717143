package registry

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"belvedere"
)

var postgresDialect = dialect{
	folder:   "postgres",
	numbered: true,
	lock:     "SELECT pg_advisory_xact_lock(1650814838)", // "belv": one writer at a time, as on SQLite
	patient:  "SET LOCAL statement_timeout = 0",
	snapshot: sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	elements: "json_array_elements_text(CAST(CAST(? AS TEXT) AS JSON))",
	conns:    8,
	explain:  explainPostgres,
	sequence: func(ctx context.Context, q querier, t table) (last int64, err error) {
		var name string
		if err := q.row(ctx, "SELECT pg_get_serial_sequence(?, ?)", []any{t.name, t.number}, &name); err != nil {
			return 0, err
		}
		err = q.row(ctx, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "+name, nil, &last)
		return last, err
	},
	setSequence: func(ctx context.Context, q querier, t table, last int64) error {
		return q.row(ctx, "SELECT setval(pg_get_serial_sequence(?, ?), ?)", []any{t.name, t.number, last}, &last)
	},
}

// oldestPostgres is the least major version.
const oldestPostgres = 13

// postgresLimits hold for each connection, unless the address says otherwise.
var postgresLimits = map[string]string{
	"application_name":                    "belvedere",
	"statement_timeout":                   "30000", // ms
	"lock_timeout":                        "20000", // as long as SQLite waits for another writer
	"idle_in_transaction_session_timeout": "60000",
}

// IsPostgres tells whether a place of Open is an address of PostgreSQL.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// Open opens the registry at an address of PostgreSQL or in a file of SQLite.
func Open(ctx context.Context, where string) (Registry, error) {
	if IsPostgres(where) {
		return OpenPostgres(ctx, where)
	}
	return OpenSQLite(ctx, where)
}

// OpenPostgres opens the registry in a database of PostgreSQL, "postgres://user:password@host:5432/base",
// makes its tables when they are absent, and brings its schema up to date. A schema newer than
// this program is refused. No error repeats the address, which holds a password.
func OpenPostgres(ctx context.Context, dsn string) (_ Registry, err error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, belvedere.Errorf(belvedere.Invalid,
			"L’adresse du registre n’est pas valable. Écrivez-la postgres://compte:motdepasse@hôte:5432/base.")
	}
	defer belvedere.Wrap(&err, "OpenPostgres(%s, %s)", c.Host, c.Database)
	for name, value := range postgresLimits {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	if c.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		c.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // values never travel in the text of a statement
	}
	db := stdlib.OpenDB(*c)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(time.Hour)
	s := newStore(db, &postgresDialect)
	if err := s.fitting(ctx); err != nil {
		db.Close()
		return nil, explainPostgres(err)
	}
	if err := s.write(ctx, func(tx querier) error { return migrate(ctx, tx, migrations) }); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// fitting refuses a server that would not keep what it is given.
func (s *store) fitting(ctx context.Context) error {
	var version, encoding string
	if err := s.now().row(ctx, "SELECT current_setting('server_version_num'), current_setting('server_encoding')", nil, &version, &encoding); err != nil {
		return err
	}
	if n, err := strconv.Atoi(version); err != nil || n < oldestPostgres*10000 {
		return belvedere.Errorf(belvedere.Unavailable, "Ce serveur PostgreSQL est trop ancien pour le registre\u00a0: il faut la version %d ou une plus récente.", oldestPostgres)
	}
	if encoding != "UTF8" {
		return belvedere.Errorf(belvedere.Unavailable, "La base du registre est encodée en %s\u00a0: créez-en une en UTF8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0).", encoding)
	}
	return nil
}
