package devserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/starter/process"
)

// Options configure a server. The zero value is an empty one in memory.
type Options struct {
	// UI serves the Web UI too.
	UI bool
	// DBFile is the SQLite file for all data, created if it does not exist. Empty means in memory.
	DBFile string
	// SearchAttributes are registered in the namespace "default" before Start returns, also in an existing file.
	SearchAttributes []temporal.SearchAttributeKey
	// Progress receives the progress of the build, which takes minutes. Nil discards it.
	Progress io.Writer
}

// Server is a Temporal server in a process of its own. Stop removes what it has written, except Options.DBFile.
type Server struct {
	*process.Server
	options Options
	dir     string
	program string
	port    int
	uiPort  int
}

// Start starts a server and returns when it is ready, about a second after the program is built. The context bounds the
// start, not the life of the server.
func Start(ctx context.Context, o Options) (*Server, error) {
	dir, err := os.MkdirTemp("", "streitfall-temporal-")
	if err != nil {
		return nil, fmt.Errorf("start temporal: %w", err)
	}
	s := newServer(dir, o)
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start temporal: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

func newServer(dir string, o Options) *Server {
	s := &Server{options: o, dir: dir}
	s.Server = process.NewServer(process.Program{
		Name: "temporal", Command: s.command, Ready: s.ready, Remove: func() error { return os.RemoveAll(dir) },
	})
	return s
}

func (s *Server) start(ctx context.Context) error {
	// In the user's home, the server would leave a file and find a configuration.
	if err := os.Mkdir(s.home(), 0o700); err != nil {
		return err
	}
	program, err := findProgram(ctx, s.dir, childEnv(s.home()), s.options.Progress)
	if err != nil {
		return err
	}
	s.program = program
	return s.launchAnywhere(ctx)
}

func (s *Server) home() string { return filepath.Join(s.dir, "home") }

// Address returns the host:port that clients dial. It stays the same over Restart.
func (s *Server) Address() string {
	return net.JoinHostPort(process.Host, strconv.Itoa(s.port))
}

// Dial connects a client without a log.
func (s *Server) Dial(ctx context.Context) (client.Client, error) {
	return client.DialContext(ctx, client.Options{HostPort: s.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
}

// UIURL returns the URL of the Web UI, or "" without Options.UI. It stays the same over Restart.
func (s *Server) UIURL() string {
	if !s.options.UI {
		return ""
	}
	return "http://" + net.JoinHostPort(process.Host, strconv.Itoa(s.uiPort))
}
