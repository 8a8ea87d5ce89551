package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// logEnd is how much of the log an error shows.
const logEnd = 4 << 10

// process is a running server, or one that was.
type process struct {
	cmd     *exec.Cmd
	logFile string
	exited  chan struct{} // closed when the process is gone
	err     error         // why, to be read when exited is closed
}

func startProcess(cmd *exec.Cmd, logFile string) (*process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd.Stdout, cmd.Stderr = log, log
	p := &process{cmd: cmd, logFile: logFile, exited: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// run keeps its thread for as long as the process lives.
func (p *process) run(started chan<- error) {
	unlock := lockThread()
	defer unlock()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.err = p.cmd.Wait()
	close(p.exited)
}

// lockThread takes a thread for itself: Linux kills a process when the thread that started it ends, and Go ends
// threads as it likes unless they are taken.
func lockThread() (unlock func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
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

// log is the end of what the server has printed.
func (p *process) log() string {
	content, err := os.ReadFile(p.logFile)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(content[max(0, len(content)-logEnd):]))
}

// stop asks the process to end and kills it when it does not within the grace.
func (p *process) stop(grace time.Duration) error {
	if p.gone() {
		return fmt.Errorf("ended on its own: %w\n%s", p.reason(), p.log())
	}
	// Interrupted it disconnects its clients; terminated it would wait for them.
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return errors.Join(err, p.kill())
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("killed, because it did not end within %s", grace), p.kill())
	}
}
