package devserver

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/streitfall/streitfall/starter/process"
)

//go:embed temporal.mod
var moduleFile []byte

//go:embed temporal.sum
var moduleSums []byte

// build returns the path of the Temporal CLI in Go's build cache, and builds it if it is not there.
func build(ctx context.Context, dir string, progress io.Writer) (string, error) {
	module, err := writeModule(dir)
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("found neither a recent temporal nor go on PATH: install one of them, or name a server in TEMPORAL_ADDRESS")
	}
	done := reportProgress(progress)
	unlock := lockCache(ctx, module)
	path, err := runGo(ctx, module, "tool", "-n", "temporal")
	unlock()
	done(err == nil)
	if err != nil {
		return "", fmt.Errorf("build the Temporal CLI: %w", err)
	}
	return path, nil
}

// lockCache waits until no other process builds, or until ctx ends. The cache allows concurrent builds, but each of them
// would compile everything, and the tests of many packages start together. If the lock fails, the build is only slower.
func lockCache(ctx context.Context, module string) (unlock func()) {
	cache, err := runGo(ctx, module, "env", "GOCACHE")
	if err != nil || os.MkdirAll(cache, 0o750) != nil {
		return func() {}
	}
	folder, err := os.Open(cache) //nolint:gosec // Go's own answer
	if err != nil {
		return func() {}
	}
	for errors.Is(syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}
	return func() { _ = folder.Close() } // which releases the lock
}

// runGo returns the output of the go command. If ctx ends, the compilers that it has started end too.
func runGo(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...) //nolint:gosec // the arguments are constants
	cmd.Dir, cmd.Env = dir, buildEnv(dir)
	return process.Run(ctx, cmd)
}

// writeModule writes the embedded module to a folder, because an installed program has no source tree.
func writeModule(dir string) (string, error) {
	module := filepath.Join(dir, "module")
	if err := os.Mkdir(module, 0o700); err != nil {
		return "", err
	}
	return module, errors.Join(
		os.WriteFile(filepath.Join(module, "go.mod"), moduleFile, 0o600),
		os.WriteFile(filepath.Join(module, "go.sum"), moduleSums, 0o600),
	)
}

// buildEnv returns the user's environment, which has the proxy and the caches, without what selects another module.
// GOFLAGS must not be empty, else Go takes the value of `go env -w`.
func buildEnv(dir string) []string {
	env := append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=-mod=readonly")
	if os.Getenv("GOTMPDIR") == "" {
		env = append(env, "GOTMPDIR="+dir) // what a killed go leaves behind is removed with our folder
	}
	return env
}
