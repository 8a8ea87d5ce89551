package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/streitfall/streitfall/starter/process"
)

// superuser is the role in URL.
const superuser = "postgres"

// Server is a PostgreSQL server in a process of its own. Stop removes its data.
type Server struct {
	*process.Server
	dir      string
	programs programs
	owner    owner
	password string
	port     int
}

// Start creates a server and returns when it accepts connections, after about a second. The context bounds the start, not
// the life of the server. The error is ErrMissing if PostgreSQL is not installed.
func Start(ctx context.Context) (*Server, error) {
	found, err := findPrograms()
	if err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	dir, err := os.MkdirTemp("", "streitfall-postgres-")
	if err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	s := &Server{dir: dir, programs: found, password: rand.Text()}
	s.Server = process.NewServer(process.Program{Name: "postgres", Command: s.command, Ready: s.ready, Remove: s.remove})
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start postgres: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	var err error
	if s.owner, err = findOwner(); err != nil {
		return err
	}
	if err := s.owner.own(s.dir); err != nil {
		return err
	}
	if err := s.initialize(ctx); err != nil {
		return err
	}
	return s.launchAnywhere(ctx)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// URL returns the URL of a database for the superuser, with the password. It stays the same over Restart.
func (s *Server) URL(database string) string {
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.password),
		Host: net.JoinHostPort(process.Host, strconv.Itoa(s.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}).String()
}

// CreateDatabase creates an empty database.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	if err := s.Execute(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}
