//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/streitfall/streitfall/starter/process"
)

// build builds the programs of the images: those of the Temporal release that docker-compose.yml names, which are kept in
// the user's cache folder, and the worker.
func (c *cluster) build(ctx context.Context) error {
	root, err := process.Run(ctx, exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/streitfall/streitfall"))
	if err != nil {
		return err
	}
	if err := c.load(ctx, filepath.Join(root, "docker-compose.yml")); err != nil {
		return err
	}
	if err := os.Mkdir(c.programs(), 0o700); err != nil {
		return err
	}
	if err := c.buildTemporal(ctx, root); err != nil {
		return err
	}
	c.worker = filepath.Join(c.programs(), "worker")
	worker := exec.CommandContext(ctx, "go", "build", "-o", c.worker, "./worker")
	worker.Dir = root // for the versions of libraries that the product has
	return quietly(worker)
}

// programs is the folder in which the scripts find the programs that they call.
func (c *cluster) programs() string { return filepath.Join(c.dir, "bin") }

func (c *cluster) buildTemporal(ctx context.Context, root string) error {
	_, version, tagged := strings.Cut(c.project.Services["temporal"].Image, ":")
	if !tagged {
		return errors.New("the image of temporal has no tag")
	}
	fmt.Printf("-- Temporal %s\n", version)
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	built := filepath.Join(cache, "streitfall", "temporal-v"+version)
	programs := map[string]string{"temporal-server": filepath.Join(built, "server"), "temporal-sql-tool": filepath.Join(built, "sql")}
	for _, program := range programs {
		if _, err := os.Stat(program); err == nil {
			continue
		}
		install := exec.CommandContext(ctx, "go", "install",
			"go.temporal.io/server/cmd/server@v"+version, "go.temporal.io/server/cmd/tools/sql@v"+version)
		install.Env = append(os.Environ(), "GOBIN="+built)
		if err := quietly(install); err != nil {
			return err
		}
	}
	// The command line is the one that the tests build: newer releases cannot be built from their module.
	tool := exec.CommandContext(ctx, "go", "tool", "-modfile=starter/devserver/temporal.mod", "-n", "temporal")
	tool.Dir = root
	if programs["temporal"], err = process.Run(ctx, tool); err != nil {
		return err
	}
	for name, program := range programs {
		if err := os.Symlink(program, filepath.Join(c.programs(), name)); err != nil {
			return err
		}
	}
	return nil
}
