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
	// readyWithin is how long a server may take until it can be used, its recovery after a crash included.
	readyWithin = 20 * time.Second
	// stopWithin is how long a server may take to stop in good order: one to two seconds, more on a busy machine.
	stopWithin = 30 * time.Second
)

var errNotReady = fmt.Errorf("not ready within %s", readyWithin)

// Program is what a server runs.
type Program struct {
	// Name is what errors call the server.
	Name string
	// Command makes the command of one start.
	Command func() *exec.Cmd
	// Ready returns when the server can be used. Its context ends when the process does, with the reason as cause.
	Ready func(context.Context, *Process) error
	// Remove removes what the server wrote, after its end.
	Remove func() error
}

// Server is a program that serves until it is stopped. It can be killed meanwhile and started again.
type Server struct {
	program Program

	mu      sync.Mutex // guards what follows
	child   *Process
	stopped bool
}

// NewServer makes a server that is not started yet.
func NewServer(program Program) *Server {
	return &Server{program: program}
}

// Launch starts the program and returns when it can be used. The context bounds the start, not the life of the
// server.
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
	ctx, cancel := child.starting(ctx)
	defer cancel()
	if err := s.program.Ready(ctx, child); err != nil {
		return errors.Join(context.Cause(ctx), err, child.Kill(), errors.New(child.Logs()))
	}
	return nil
}

// starting is a context for the start of a process: it ends when the process does, or takes too long.
func (p *Process) starting(ctx context.Context) (context.Context, func()) {
	ctx, cancelTimeout := context.WithTimeoutCause(ctx, readyWithin, errNotReady)
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-p.exited:
			cancel(fmt.Errorf("ended early: %w", p.reason()))
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		cancelTimeout()
	}
}

// Stop stops the server, waits until it is gone and removes what it wrote. It reports a server that ended before
// on its own or had to be killed. Stopping again does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	err := s.child.Stop(stopWithin)
	if err != nil {
		err = fmt.Errorf("stop %s: %w", s.program.Name, err)
	}
	return errors.Join(err, s.program.Remove())
}

// Kill ends the server as a loss of power would (SIGKILL) and waits until it is gone. Restart brings it back; Stop
// is still needed to tidy up.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.child.Kill(); err != nil {
		return fmt.Errorf("kill %s: %w", s.program.Name, err)
	}
	return nil
}

// Restart starts a server that is gone once more, on the same addresses and on what it had written.
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

// Process is the process of the last start.
func (s *Server) Process() *Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}
