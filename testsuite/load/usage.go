package main

import (
	"context"
	"os"
	"time"

	"github.com/prometheus/procfs"
)

// usage is what a lane has cost since its start. Processor time is known on Linux only; elsewhere it is 0.
type usage struct {
	worker, temporal, here time.Duration
	// memory is what the worker's process holds now, in bytes.
	memory float64
	calls  float64
}

func (u usage) minus(before usage) usage {
	u.worker -= before.worker
	u.temporal -= before.temporal
	u.here -= before.here
	u.calls -= before.calls
	return u
}

// use reads what a lane has cost.
func (s *stage) use(ctx context.Context, l *lane) (u usage, err error) {
	u.worker, u.memory = cost(l.worker.Process().PID())
	u.here, _ = cost(os.Getpid())
	if s.embedded != nil {
		u.temporal, _ = cost(s.embedded.Process().PID())
	} else {
		u.temporal = machine() - u.worker - u.here
	}
	u.calls, err = l.calls(ctx)
	return u, err
}

// cost is the processor time of a process and its memory in bytes.
func cost(pid int) (cpu time.Duration, memory float64) {
	process, err := procfs.NewProc(pid)
	if err != nil {
		return 0, 0
	}
	stat, err := process.Stat()
	if err != nil {
		return 0, 0
	}
	return seconds(stat.CPUTime()), float64(stat.ResidentMemory())
}

// machine is the processor time of everything on the machine. What is left of it beside us is called by this name and
// no other: a given Temporal and its database can be anywhere, and something else can run.
func machine() time.Duration {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return 0
	}
	stat, err := fs.Stat()
	if err != nil {
		return 0
	}
	cpu := stat.CPUTotal
	return seconds(cpu.User + cpu.Nice + cpu.System + cpu.IRQ + cpu.SoftIRQ)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
