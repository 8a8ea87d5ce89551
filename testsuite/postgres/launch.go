package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// launches is how many ports a start tries.
	launches = 3
	// readyWithin is how long a server may take until it answers, its recovery after Kill included.
	readyWithin = 20 * time.Second
	// readyPoll is how often it is asked.
	readyPoll = 10 * time.Millisecond
)

var errNotReady = fmt.Errorf("not ready within %s", readyWithin)

// initialize makes the data folder. The superuser's password is in a file meanwhile, because everybody can read
// the arguments of a command.
func (s *Server) initialize(ctx context.Context) error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := s.owner.own(secret); err != nil {
		return err
	}
	// Without sync: before the first launch there is nothing that could be lost.
	cmd := exec.CommandContext(ctx, s.programs.initdb, "--pgdata="+s.data(), "--username="+superuser, "--pwfile="+secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	s.prepare(cmd)
	cmd.WaitDelay = time.Second
	unlock := lockThread()
	output, err := cmd.CombinedOutput()
	unlock()
	if err != nil {
		reason := fmt.Sprintf("%v\n%s", err, output)
		return errors.Join(ctx.Err(), errors.New("initdb: "+strings.TrimSpace(reason)))
	}
	return os.Remove(secret)
}

// prepare gives a program its user, its place and an environment without settings for PostgreSQL.
func (s *Server) prepare(cmd *exec.Cmd) {
	isolate(cmd, s.owner)
	cmd.Dir = s.dir // ours may be closed to the user
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PG") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
}

// launchAnywhere launches the server on a free port. Between the choice and the use of a port another process
// can take it; then another is tried.
func (s *Server) launchAnywhere(ctx context.Context) error {
	var err error
	for range launches {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.launch(ctx); err == nil || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
	return err
}

// launch starts the process on the chosen port and waits until it takes connections.
func (s *Server) launch(ctx context.Context) error {
	// Without the context, which bounds the start and not the life of the server.
	cmd := exec.Command(s.programs.postgres, s.arguments()...)
	s.prepare(cmd)
	child, err := startProcess(cmd, filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	s.child, s.killed = child, false
	if err := s.awaitReady(ctx, child); err != nil {
		return errors.Join(err, errors.New(child.log()), child.kill())
	}
	return nil
}

func (s *Server) arguments() []string {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port)}
	for _, setting := range []string{
		"listen_addresses=" + host,
		"unix_socket_directories=" + s.dir,
		"max_connections=200",
		"fsync=on",
		"synchronous_commit=on",
		"dynamic_shared_memory_type=mmap", // in the folder, where it goes away after Kill too
	} {
		args = append(args, "-c", setting)
	}
	return args
}

// awaitReady returns when the server takes connections, or at once with the reason when it ends before. A
// stranger on the port does not know the password.
func (s *Server) awaitReady(ctx context.Context, child *process) error {
	ctx, cancelTimeout := context.WithTimeoutCause(ctx, readyWithin, errNotReady)
	defer cancelTimeout()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-child.exited:
			cancel(fmt.Errorf("ended early: %w", child.reason()))
		case <-ctx.Done():
		}
	}()
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		connection, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return connection.Close(ctx)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
