package process

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// goneWithin bounds the wait for what a process has started, once the process itself is gone.
const goneWithin = 10 * time.Second

// Process is a running program, or one that was. One goroutine at a time stops or kills it.
type Process struct {
	cmd     *exec.Cmd
	output  tail
	printed chan struct{}
	exited  chan struct{}
	err     error // why it is gone, to be read when exited is closed
	killed  bool
}

// Start starts a program. What it prints is kept for Logs, except on a standard output that the command has
// already.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, printed: make(chan struct{}), exited: make(chan struct{})}
	cmd.Stderr = &p.output
	if cmd.Stdout == nil {
		cmd.Stdout = &announcer{tail: &p.output, printed: p.printed}
	}
	cmd.WaitDelay = goneWithin
	isolate(cmd)
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// run keeps its thread for as long as the process lives: Linux kills the process when the thread that started
// it ends, and Go ends threads as it likes unless they are taken.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.err = p.cmd.Wait()
	close(p.exited)
}

// Printed is closed at the first line that the process prints on its standard output.
func (p *Process) Printed() <-chan struct{} { return p.printed }

// Exited is closed when the process is gone, and with it its children that hold its output open.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Logs returns the end of what the process has printed, for messages about failures.
func (p *Process) Logs() string { return p.output.String() }

func (p *Process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// reason is why a process is gone that nobody had asked to go.
func (p *Process) reason() error {
	if p.err != nil {
		return p.err
	}
	return errors.New("exit status 0")
}

// Stop asks the process to end and kills it when it does not within the grace. It reports a process that had
// ended before, unless by Kill, and one that had to be killed.
func (p *Process) Stop(grace time.Duration) error {
	if p.killed {
		return nil
	}
	if p.gone() {
		return fmt.Errorf("ended on its own: %w\n%s", p.reason(), p.Logs())
	}
	if err := interrupt(p.cmd.Process); err != nil {
		return errors.Join(err, p.Kill())
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("killed, because it did not end within %s", grace), p.Kill())
	}
}

// Kill ends the process and everything that it has started as a loss of power would, and waits until they are gone.
func (p *Process) Kill() error {
	if p.gone() {
		return nil
	}
	p.killed = true
	return p.kill()
}
