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

// Options say how a server differs from an empty one in memory.
type Options struct {
	// UI serves the Web UI too.
	UI bool
	// DBFile keeps everything in this SQLite file, made when it is not there. Empty means in memory.
	DBFile string
	// SearchAttributes are registered in the namespace "default" before Start returns. Those that a file
	// from an earlier start lacks are added.
	SearchAttributes []temporal.SearchAttributeKey
	// Progress is told when the server has to be built, which takes minutes. Nil means silence.
	Progress io.Writer
}

// Server is a Temporal server in a process of its own. Stop removes what it wrote, except Options.DBFile; Kill
// ends it as a crash would, and Restart brings it back on its file.
type Server struct {
	*process.Server
	options Options
	dir     string
	program string
	port    int
	uiPort  int
}

// Start starts a server and returns when it takes workflows, about a second after the program is built. The
// context bounds the start, not the life of the server.
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
	// The real home would get a file from every server, and its configuration could change the server.
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

// Address is the host:port that clients dial. It stays the same over Restart.
func (s *Server) Address() string {
	return net.JoinHostPort(process.Host, strconv.Itoa(s.port))
}

// Dial connects a client that logs nothing.
func (s *Server) Dial(ctx context.Context) (client.Client, error) {
	return client.DialContext(ctx, client.Options{HostPort: s.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
}

// UIURL is the address of the Web UI, empty without Options.UI. It stays the same over Restart.
func (s *Server) UIURL() string {
	if !s.options.UI {
		return ""
	}
	return "http://" + net.JoinHostPort(process.Host, strconv.Itoa(s.uiPort))
}
