package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"
)

const (
	// readyTimeout bounds a start, recovery after a crash included: seconds, more on a busy machine.
	readyTimeout = time.Minute
	// stopGrace is how long a server may take to stop in good order: one to two seconds, more on a busy machine.
	stopGrace = 30 * time.Second
)

var errNotReady = fmt.Errorf("not ready within %s", readyTimeout)

// Program describes a server.
type Program struct {
	// Name is the server's name in error messages.
	Name string
	// Command returns the command of a start.
	Command func() *exec.Cmd
	// Ready returns once the server can be used. Its context ends when the process does, with the reason as its cause.
	Ready func(context.Context, *Process) error
	// Remove removes what the server has written, after its end.
	Remove func() error
}

// Server is a program that runs until it is stopped. It can be killed and restarted before.
type Server struct {
	program Program

	mu      sync.Mutex // guards what follows
	child   *Process
	stopped bool
}

// NewServer returns a server that is not started yet.
func NewServer(program Program) *Server {
	return &Server{program: program}
}

// Launch starts the server and returns once it is ready. The context bounds the start, not the life of the server.
func (s *Server) Launch(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.launch(ctx)
}

func (s *Server) launch(ctx context.Context) error {
	child, err := Start(s.program.Command())
	if err != nil {
		return err
	}
	s.child = child
	ctx, cancelTimeout := context.WithTimeoutCause(ctx, readyTimeout, errNotReady)
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
	if err := s.program.Ready(ctx, child); err != nil {
		return errors.Join(context.Cause(ctx), err, child.Kill(), errors.New(child.Logs()))
	}
	return nil
}

// Stop stops the server, waits until it is gone and removes what it has written. It returns an error if the server had
// ended on its own or had to be killed. Stopping again does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	err := s.child.Stop(stopGrace)
	if err != nil {
		err = fmt.Errorf("stop %s: %w", s.program.Name, err)
	}
	return errors.Join(err, s.program.Remove())
}

// Kill kills the server with SIGKILL, as a loss of power would, and waits until it is gone. It can be restarted, and
// has to be stopped in any case.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.child.Kill(); err != nil {
		return fmt.Errorf("kill %s: %w", s.program.Name, err)
	}
	return nil
}

// Restart starts a server that is gone again, on the same addresses and on the data that it has written.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return fmt.Errorf("restart %s: it has been stopped", s.program.Name)
	}
	if !s.child.gone() {
		return fmt.Errorf("restart %s: it is still running", s.program.Name)
	}
	if err := s.launch(ctx); err != nil {
		return fmt.Errorf("restart %s: %w", s.program.Name, err)
	}
	return nil
}

// Process returns the process of the last start.
func (s *Server) Process() *Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}
