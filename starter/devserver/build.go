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

	"github.com/streitfall/streitfall/starter/process"
)

//go:embed temporal.mod
var moduleFile []byte

//go:embed temporal.sum
var moduleSums []byte

// build returns the path of the Temporal CLI in Go's build cache and builds it when it is not there.
func build(ctx context.Context, dir string, progress io.Writer) (string, error) {
	module, err := writeModule(dir)
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("there is no recent temporal and no go on PATH: install one of them, or name a server in TEMPORAL_ADDRESS")
	}
	done := narrate(progress)
	unlock := lockCache(ctx, module)
	path, err := runGo(ctx, module, "tool", "-n", "temporal")
	unlock()
	done(err == nil)
	if err != nil {
		return "", fmt.Errorf("build the Temporal CLI: %w", err)
	}
	return path, nil
}

// lockCache lets one process at a time build. The cache stands several at once, but each would compile
// everything, and tests of many packages start together. Without a lock, all goes well, only slower.
func lockCache(ctx context.Context, module string) (unlock func()) {
	cache, err := runGo(ctx, module, "env", "GOCACHE")
	if err != nil || os.MkdirAll(cache, 0o750) != nil {
		return func() {}
	}
	folder, err := os.Open(cache)
	if err != nil {
		return func() {}
	}
	lock(ctx, folder)
	return func() { _ = folder.Close() }
}

// runGo returns what the go command prints. When the context ends, the compilers that it has started end too.
func runGo(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, buildEnv(dir)
	return process.Run(ctx, cmd)
}

// writeModule writes the embedded module where Go can use it, because an installed program has no source tree.
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

// buildEnv is the user's environment, for the proxy and the caches, without what would lead Go to another
// module. GOFLAGS must not be empty: then Go takes the one that `go env -w` keeps.
func buildEnv(dir string) []string {
	env := append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=-mod=readonly")
	if os.Getenv("GOTMPDIR") == "" {
		env = append(env, "GOTMPDIR="+dir) // what a killed go leaves behind goes away with our folder
	}
	return env
}
