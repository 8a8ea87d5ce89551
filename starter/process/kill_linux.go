package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// dieWithParent ties the life of a process to the thread that starts it.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }

// kill kills the process, its group and its children. The children of PostgreSQL have groups of their own, and would
// finish what they are doing.
func (p *Process) kill() error {
	// Stopped, it starts no more children.
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	children, err := childrenOf(p.PID())
	err = errors.Join(err, p.signalGroup(syscall.SIGKILL))
	for _, child := range children {
		if e := syscall.Kill(child, syscall.SIGKILL); !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	<-p.exited
	return errors.Join(err, awaitExit(children))
}

// awaitExit waits until processes have ended that are not our own children.
func awaitExit(pids []int) error {
	deadline := time.Now().Add(exitTimeout)
	for _, pid := range pids {
		for ; alive(pid); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				return fmt.Errorf("process %d has not ended within %s", pid, exitTimeout)
			}
		}
	}
	return nil
}

func alive(pid int) bool {
	s, err := readStat(filepath.Join("/proc", fmt.Sprint(pid), "stat"))
	return err == nil && s.state != "Z" && s.state != "X"
}

func childrenOf(parent int) ([]int, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var children []int
	for _, file := range files {
		if s, err := readStat(file); err == nil && s.parent == parent { // an error: it has just ended
			children = append(children, s.pid)
		}
	}
	return children, nil
}

// stat is the part of /proc/PID/stat that is needed: "PID (NAME) STATE PARENT …", where the name may contain anything.
type stat struct {
	pid, parent int
	state       string
}

func readStat(file string) (s stat, err error) {
	content, err := os.ReadFile(file) //nolint:gosec // the file is in /proc
	if err != nil {
		return s, err
	}
	line := string(content)
	if _, err := fmt.Sscan(line, &s.pid); err != nil {
		return s, err
	}
	_, err = fmt.Sscan(line[strings.LastIndexByte(line, ')')+1:], &s.state, &s.parent)
	return s, err
}
