package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// stopWithin is how long a server may take to stop in good order; it needs one to two seconds.
const stopWithin = 10 * time.Second

// Stop stops the server, waits until it is gone and removes what it wrote, except Options.DBFile. It reports a
// server that ended before on its own or had to be killed. Stopping again does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	err := s.child.stop(stopWithin)
	if err != nil {
		err = fmt.Errorf("stop temporal: %w", err)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Kill ends the server as a crash would and waits until it is gone. Restart brings it back; Stop is still
// needed to tidy up.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.child.kill(); err != nil {
		return fmt.Errorf("kill temporal: %w", err)
	}
	return nil
}

// Restart starts a server that is gone once more, on the same addresses and with the same Options.DBFile.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errors.New("restart temporal: it has been stopped")
	}
	if !s.child.gone() {
		return errors.New("restart temporal: it is still running")
	}
	if err := s.launch(ctx); err != nil {
		return fmt.Errorf("restart temporal: %w", err)
	}
	return nil
}

// Logs returns the end of what the server has printed since its last start, for messages about failures.
func (s *Server) Logs() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child.output.String()
}
