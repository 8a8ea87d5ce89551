package peers_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/process"
)

const dovecotConfig = `base_dir = FOLDER/run
state_dir = FOLDER/run
log_path = /dev/stderr
protocols =
auth_failure_delay = 0
ssl = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
passdb {
  driver = passwd-file
  args = FOLDER/users
}
service auth {
  unix_listener FOLDER/auth {
    mode = 0666
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

// startDovecot starts Dovecot as the server that checks logins for Postfix, and returns the path of its socket.
func startDovecot(t *testing.T, user, password string) (socket string) {
	t.Helper()
	asRoot(t, "Dovecot")
	dovecot := program(t, "dovecot", "dovecot-core")
	folder, err := os.MkdirTemp("", "streitfall-dovecot-") //nolint:usetesting // its users enter the folder
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	require.NoError(t, os.Chmod(folder, 0o755))
	write := func(name, content string) string {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(content, "FOLDER", folder)), 0o644))
		return file
	}
	write("users", user+":{PLAIN}"+password+"\n")
	config := write("dovecot.conf", dovecotConfig)
	socket = filepath.Join(folder, "auth")
	server := process.NewServer(process.Program{
		Name: "dovecot", Command: func() *exec.Cmd { return exec.Command(dovecot, "-F", "-c", config) },
		Ready: func(ctx context.Context, _ *process.Process) error {
			for {
				if _, err := os.Stat(socket); err == nil {
					return nil
				}
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(20 * time.Millisecond):
				}
			}
		},
		Remove: func() error { return nil },
	})
	require.NoError(t, server.Launch(t.Context()))
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return socket
}
