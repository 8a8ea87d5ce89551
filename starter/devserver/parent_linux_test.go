package devserver

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asParent makes the test binary a program that starts a server, prints its address, and waits to be killed.
const asParent = "DEVSERVER_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) == "" {
		os.Exit(m.Run())
	}
	server, err := Start(context.Background(), Options{}) //nolint:forbidigo // TestMain has no testing.T
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, server.Address())
	select {}
}

func TestServerDiesWithItsParent(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	require.NoError(t, err)
	parent := exec.CommandContext(t.Context(), executable)
	// A killed parent removes nothing, so it gets a temporary folder of the test.
	parent.Env = append(os.Environ(), asParent+"=1", "TMPDIR="+t.TempDir())
	parent.Stderr = os.Stderr
	output, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	lines := bufio.NewScanner(output)
	require.True(t, lines.Scan(), "the parent prints the address")
	address := lines.Text()
	require.True(t, answers(address))

	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	require.Eventually(t, func() bool { return !answers(address) }, 5*time.Second, 10*time.Millisecond)
}
