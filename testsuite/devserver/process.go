package devserver

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// process is a running server, or one that was.
type process struct {
	cmd     *exec.Cmd
	output  *tail
	printed chan struct{} // closed at the first line on standard output
	exited  chan struct{} // closed when the process is gone, and its children that hold its output open
	err     error         // why, to be read when exited is closed
	killed  bool
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, output: &tail{}, printed: make(chan struct{}), exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &announcer{tail: p.output, printed: p.printed}, p.output
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
func (p *process) run(started chan<- error) {
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

func (p *process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// reason is why a process is gone that nobody had asked to go.
func (p *process) reason() error {
	if p.err != nil {
		return p.err
	}
	return errors.New("exit status 0")
}

// stop asks the process to end and kills it when it does not within the grace.
func (p *process) stop(grace time.Duration) error {
	if p.killed {
		return nil
	}
	if p.gone() {
		return fmt.Errorf("ended on its own: %w\n%s", p.reason(), p.output.String())
	}
	if err := interrupt(p.cmd.Process); err != nil {
		return errors.Join(err, p.kill())
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("killed, because it did not end within %s", grace), p.kill())
	}
}

// kill ends the process and everything that it started.
func (p *process) kill() error {
	if p.gone() {
		return nil
	}
	p.killed = true
	if err := kill(p.cmd.Process); err != nil {
		return err
	}
	<-p.exited
	return nil
}

// announcer passes on what is written and closes printed at the first write.
type announcer struct {
	tail    *tail
	printed chan struct{}
	once    sync.Once
}

// Write implements io.Writer.
func (a *announcer) Write(b []byte) (int, error) {
	a.once.Do(func() { close(a.printed) })
	return a.tail.Write(b)
}
