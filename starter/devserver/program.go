package devserver

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// The oldest server that the product is tested with, the one of temporal.mod.
const (
	oldestMajor = 1
	oldestMinor = 29
)

// known is what findProgram found. Whoever holds the one place in the channel may look and set: unlike for a
// mutex, one can stop waiting for it.
var (
	known string
	turn  = make(chan struct{}, 1)
)

// findProgram returns the path of a Temporal CLI: the one on PATH, or else the one that it builds. Only the
// first server of a process pays for the search.
func findProgram(ctx context.Context, dir string, env []string, progress io.Writer) (string, error) {
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if known != "" {
		return known, nil
	}
	path, err := exec.LookPath("temporal")
	if err != nil || !suitable(version(ctx, path, env)) {
		path, err = build(ctx, dir, progress)
	}
	if err == nil {
		known = path
	}
	return path, err
}

// version asks in the environment of the server: a stand-in on PATH that finds the real program by way of the
// user's home would not find it there.
func version(ctx context.Context, path string, env []string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = env
	cmd.WaitDelay = time.Second
	answer, err := cmd.Output()
	if err != nil {
		return ""
	}
	return string(answer)
}

// suitable reads "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)".
func suitable(version string) bool {
	_, server, found := strings.Cut(version, "(Server ")
	var major, minor int
	if n, err := fmt.Sscanf(server, "%d.%d", &major, &minor); !found || err != nil || n != 2 {
		return false
	}
	return major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}
