package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// lifetimes are how long each worker runs before it is killed. The second one lives longer than the five seconds that
// Temporal needs to notice that the first one has gone.
var lifetimes = []time.Duration{1500 * time.Millisecond, 5 * time.Second}

// downtime is how long no worker runs.
const downtime = time.Second

// killWorker kills the worker and starts another one, twice, while disputes are driven.
func (d *demo) killWorker(ctx context.Context, driven *sync.WaitGroup) error {
	ended := make(chan struct{})
	go func() {
		driven.Wait()
		close(ended)
	}()
	for _, lifetime := range lifetimes {
		select {
		case <-ctx.Done():
			return nil // the disputes fail by the same context
		case <-ended:
			return errors.New("the disputes have ended before the worker could die")
		case <-time.After(lifetime):
		}
		d.acts(worker, fmt.Sprintf("process %d dies by SIGKILL, in the middle of its work.", d.worker.Process().PID()))
		if err := d.worker.Kill(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(downtime):
		}
		if err := d.worker.Restart(ctx); err != nil {
			return err
		}
		d.acts(worker, fmt.Sprintf("process %d takes over; Temporal knows where everything stood.", d.worker.Process().PID()))
	}
	return nil
}
