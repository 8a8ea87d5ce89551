// Package process runs programs for the demo and for tests, above all servers that are killed at any moment, as by a
// crash, and restarted on the data that they have written.
//
// A process has a process group of its own, so that Ctrl-C leaves the order of stopping to the program. Killing it kills
// its children. On Linux it also dies with the program that has started it. The package needs Unix.
package process

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// exitTimeout bounds the wait for the children of a process after its end.
const exitTimeout = 10 * time.Second

// Process is a program that is running or has run. Only one goroutine at a time may stop or kill it.
type Process struct {
	cmd     *exec.Cmd
	output  tail
	printed chan struct{}
	exited  chan struct{}
	err     error // the result, once exited is closed
	killed  bool
}

// Start starts a program. Logs has what it prints, except on a standard output that the command has set.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, printed: make(chan struct{}), exited: make(chan struct{})}
	cmd.Stderr = &p.output
	if cmd.Stdout == nil {
		cmd.Stdout = &announcer{tail: &p.output, printed: p.printed}
	}
	cmd.WaitDelay = exitTimeout
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr)
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// run keeps its thread as long as the process lives: Linux kills the process when the thread that started it ends.
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

// Printed is closed once the process has printed on its standard output.
func (p *Process) Printed() <-chan struct{} { return p.printed }

// Exited is closed once the process has ended, and its children that hold its output open.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// PID returns the process ID.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Logs returns the end of the output, for error messages.
func (p *Process) Logs() string { return p.output.String() }

func (p *Process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// reason returns why a process ended that nobody stopped.
func (p *Process) reason() error {
	if p.err != nil {
		return p.err
	}
	return errors.New("exit status 0")
}

// Stop interrupts the process, and kills it if it does not end within the grace period. It returns an error if the process
// had ended before other than by Kill, or had to be killed.
func (p *Process) Stop(grace time.Duration) error {
	if p.killed {
		return nil
	}
	if p.gone() {
		return fmt.Errorf("ended on its own: %w\n%s", p.reason(), p.Logs())
	}
	// Interrupted, PostgreSQL disconnects its clients; terminated, it would wait for them.
	if err := p.signalGroup(syscall.SIGINT); err != nil {
		return errors.Join(err, p.Kill())
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("killed, because it did not end within %s", grace), p.Kill())
	}
}

// Kill kills the process and its children with SIGKILL and waits until they are gone.
func (p *Process) Kill() error {
	if p.gone() {
		return nil
	}
	p.killed = true
	return p.kill()
}

// signalGroup sends a signal to the process and its group.
func (p *Process) signalGroup(signal syscall.Signal) error {
	if err := syscall.Kill(-p.PID(), signal); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
