package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// stopWithin is how long a server may take to stop in good order.
const stopWithin = 10 * time.Second

// Stop stops the server, waits until it is gone and removes all that it wrote. It reports a server that ended
// before on its own or had to be killed. Stopping again does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	var err error
	if s.killed {
		removeSharedMemory(s.data())
	} else if err = s.child.stop(stopWithin); err != nil {
		err = fmt.Errorf("stop postgres: %w", err)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Kill ends the server and all its processes as a loss of power would (SIGKILL) and waits until they are gone.
// Restart brings it back; Stop is still needed to tidy up.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.killed || s.stopped {
		return nil
	}
	s.killed = true
	if err := s.child.kill(); err != nil {
		return fmt.Errorf("kill postgres: %w", err)
	}
	return nil
}

// Restart starts a server that is gone once more, on the same port and data, and returns when it has recovered.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errors.New("restart postgres: it has been stopped")
	}
	if !s.child.gone() {
		return errors.New("restart postgres: it is still running")
	}
	if err := s.launch(ctx); err != nil {
		return fmt.Errorf("restart postgres: %w", err)
	}
	return nil
}

// removeSharedMemory removes the few bytes of System V memory by which a server guards its data folder. A killed
// one leaves them to its next start, of which there is none. The seventh line of its lock file names them: key, id.
func removeSharedMemory(data string) {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) < 7 {
		return
	}
	if names := strings.Fields(lines[6]); len(names) == 2 {
		_ = exec.Command("ipcrm", "-m", names[1]).Run() // at worst they stay until the machine restarts
	}
}
