package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// lifetimes are how long each worker lives that dies: the first while all disputes begin, the next after Temporal
// has noticed that it has gone, which takes five seconds.
var lifetimes = []time.Duration{1500 * time.Millisecond, 5 * time.Second}

// downtime is how long nobody takes its place.
const downtime = time.Second

// killWorker lets the worker die and come back while disputes are driven.
func (s *stage) killWorker(ctx context.Context, live *live, driven *sync.WaitGroup) error {
	ended := make(chan struct{})
	go func() {
		driven.Wait()
		close(ended)
	}()
	for _, lifetime := range lifetimes {
		select {
		case <-ctx.Done():
			return nil // whoever drives the disputes says so
		case <-ended:
			return errors.New("the disputes have ended before the worker could die")
		case <-time.After(lifetime):
		}
		live.line("worker ", "demo", fmt.Sprintf("process %d dies by SIGKILL, whatever it is at", s.worker.Process().PID()))
		if err := s.worker.Kill(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(downtime):
		}
		if err := s.worker.Restart(ctx); err != nil {
			return err
		}
		live.line("worker ", "demo", fmt.Sprintf("process %d takes over what is left", s.worker.Process().PID()))
	}
	return nil
}
