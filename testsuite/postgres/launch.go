package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/streitfall/streitfall/starter/process"
)

// readyPoll is the interval of connection attempts during a start.
const readyPoll = 10 * time.Millisecond

// initialize creates the data folder. It passes the superuser's password in a file, because everybody can read the arguments
// of a command.
func (s *Server) initialize(ctx context.Context) error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := s.owner.own(secret); err != nil {
		return err
	}
	// Without sync, because there is no data yet.
	cmd := s.prepare(s.programs.initdb, "--pgdata="+s.data(), "--username="+superuser, "--pwfile="+secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	if _, err := process.Run(ctx, cmd); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	return os.Remove(secret)
}

// prepare returns a command for the owner, in the server's folder, and without PostgreSQL's environment variables.
func (s *Server) prepare(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	s.owner.apply(cmd)
	cmd.Dir = s.dir // the owner may not be allowed to enter the current folder
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PG") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	return cmd
}

func (s *Server) launchAnywhere(ctx context.Context) error {
	return process.OnFreePorts(1, func(ports []int) error {
		s.port = ports[0]
		return s.Launch(ctx)
	})
}

func (s *Server) command() *exec.Cmd {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port)}
	for _, setting := range []string{
		"listen_addresses=" + process.Host,
		"unix_socket_directories=" + s.dir,
		"max_connections=200",
		"fsync=on",
		"synchronous_commit=on",
		"dynamic_shared_memory_type=mmap", // in the folder, which is removed also after Kill
	} {
		args = append(args, "-c", setting)
	}
	return s.prepare(s.programs.postgres, args...)
}

// ready returns when the server accepts connections. Another server on the port does not know the password.
func (s *Server) ready(ctx context.Context, _ *process.Process) error {
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
			return err
		}
	}
}

// remove removes the data, and the System V shared memory that guards the data folder: a killed server leaves it to its next
// start. The seventh line of the lock file has its key and ID.
func (s *Server) remove() error {
	content, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if lines := strings.Split(string(content), "\n"); err == nil && len(lines) > 6 {
		if ids := strings.Fields(lines[6]); len(ids) == 2 {
			_ = exec.Command("ipcrm", "-m", ids[1]).Run() // at worst it stays until the machine restarts
		}
	}
	return os.RemoveAll(s.dir)
}
