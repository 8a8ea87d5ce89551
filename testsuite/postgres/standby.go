package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/streitfall/streitfall/starter/process"
)

// StartStandby creates a server that replicates this one and can be read. From then on a COMMIT here waits until the standby
// has it on its disk, so that Promote loses nothing that was confirmed.
func (s *Server) StartStandby(ctx context.Context) (*Server, error) {
	dir, err := os.MkdirTemp("", "streitfall-postgres-")
	if err != nil {
		return nil, fmt.Errorf("start a standby: %w", err)
	}
	standby := &Server{dir: dir, programs: s.programs, owner: s.owner, password: s.password}
	standby.Server = process.NewServer(process.Program{Name: "postgres", Command: standby.command, Ready: standby.ready, Remove: standby.remove})
	err = standby.owner.own(dir)
	if err == nil {
		err = standby.copyFrom(ctx, s)
	}
	if err == nil {
		err = standby.launchAnywhere(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a standby: %w", err), os.RemoveAll(dir))
	}
	if err := s.Execute(ctx, "alter system set synchronous_standby_names = '*'", "select pg_reload_conf()"); err != nil {
		return nil, errors.Join(err, standby.Stop())
	}
	return standby, nil
}

// copyFrom copies the data of the primary, with the settings of a standby.
func (s *Server) copyFrom(ctx context.Context, primary *Server) error {
	postgres, err := filepath.EvalSymlinks(s.programs.postgres) // the folder of a link need not have the other programs
	if err != nil {
		return err
	}
	copyAll := s.prepare(filepath.Join(filepath.Dir(postgres), "pg_basebackup"),
		"--pgdata="+s.data(), "--host="+process.Host, fmt.Sprintf("--port=%d", primary.port), "--username="+superuser,
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	copyAll.Env = append(copyAll.Env, "PGPASSWORD="+s.password)
	if _, err := process.Run(ctx, copyAll); err != nil {
		return fmt.Errorf("pg_basebackup: %w", err)
	}
	return nil
}

// Promote makes a standby a primary, and returns when it takes writes.
func (s *Server) Promote(ctx context.Context) error {
	return s.Execute(ctx, "alter system reset synchronous_standby_names", "select pg_reload_conf()", "select pg_promote()")
}

// Execute runs statements as the superuser, each by itself.
func (s *Server) Execute(ctx context.Context, statements ...string) error {
	connection, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := connection.Exec(ctx, statement); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", statement, err), connection.Close(ctx))
		}
	}
	return connection.Close(ctx)
}

// Address is the host and the port.
func (s *Server) Address() string { return fmt.Sprintf("%s:%d", process.Host, s.port) }
