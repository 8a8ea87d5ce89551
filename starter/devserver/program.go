package devserver

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// The oldest server that the product is tested with, the one of temporal.mod.
const (
	oldestMajor = 1
	oldestMinor = 29
)

// found is the path that findProgram has found; the mutex guards it.
var (
	found   string
	finding sync.Mutex
)

// findProgram returns the path of a Temporal CLI: the one on PATH if it is recent, else the one that it builds. Only the
// first server of a process searches.
func findProgram(ctx context.Context, dir string, env []string, progress io.Writer) (string, error) {
	finding.Lock()
	defer finding.Unlock()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if found != "" {
		return found, nil
	}
	path, err := exec.LookPath("temporal")
	if err != nil || !suitable(version(ctx, path, env)) {
		path, err = build(ctx, dir, progress)
	}
	if err == nil {
		found = path
	}
	return path, err
}

// version returns the version that a Temporal CLI prints in the environment of the server: a wrapper on PATH that finds
// the real program in the user's home would not find it there.
func version(ctx context.Context, path string, env []string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = env
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	if err != nil {
		return ""
	}
	return string(output)
}

// suitable reports whether a version such as "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)" is recent enough.
func suitable(version string) bool {
	_, server, _ := strings.Cut(version, "(Server ")
	var major, minor int
	if _, err := fmt.Sscanf(server, "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}
