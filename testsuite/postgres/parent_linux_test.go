package postgres

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asParent makes the test binary a program that starts a server, prints its URL, and waits to be killed.
const asParent = "POSTGRES_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) == "" {
		os.Exit(m.Run())
	}
	server, err := Start(context.Background()) //nolint:forbidigo // TestMain has no testing.T
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, server.URL("postgres"))
	select {}
}

func TestServerDiesWithItsParent(t *testing.T) {
	t.Parallel()
	if _, err := findPrograms(); err != nil {
		t.Skip(err)
	}
	executable, err := os.Executable()
	require.NoError(t, err)
	// A killed parent removes nothing, so it gets a temporary folder of the test, which its server can enter.
	folder, err := os.MkdirTemp("", "streitfall-parent-") //nolint:usetesting // the test's own is closed to other users
	require.NoError(t, err)
	t.Cleanup(func() {
		servers, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		require.Len(t, servers, 1)
		require.NoError(t, (&Server{dir: servers[0]}).remove())
		require.NoError(t, os.RemoveAll(folder))
	})
	require.NoError(t, os.Chmod(folder, 0o755))
	parent := exec.CommandContext(t.Context(), executable)
	parent.Env = append(os.Environ(), asParent+"=1", "TMPDIR="+folder)
	parent.Stderr = os.Stderr
	output, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	lines := bufio.NewScanner(output)
	require.True(t, lines.Scan(), "the parent prints the URL")
	url := lines.Text()
	require.True(t, answers(t, url))

	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	require.Eventually(t, func() bool { return !answers(t, url) }, 5*time.Second, 10*time.Millisecond)
}
