package devserver

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/testsuite/process"
)

func (s *Server) launchAnywhere(ctx context.Context) error {
	return process.OnFreePorts(2, func(ports []int) error {
		s.port, s.uiPort = ports[0], ports[1]
		return s.Launch(ctx)
	})
}

func (s *Server) command() *exec.Cmd {
	args := []string{
		"server", "start-dev", "--ip", process.Host, "--port", strconv.Itoa(s.port),
		"--log-level", "error",
	}
	if s.options.DBFile != "" {
		args = append(args, "--db-filename", s.options.DBFile)
	}
	if s.options.UI {
		args = append(args, "--ui-port", strconv.Itoa(s.uiPort))
	} else {
		args = append(args, "--headless")
	}
	cmd := exec.Command(s.program, args...)
	cmd.Env = childEnv(s.home())
	return cmd
}

// childEnv is the environment of the server: ours without anything that configures Temporal.
func childEnv(home string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TEMPORAL_") {
			env = append(env, variable)
		}
	}
	return append(env,
		"HOME="+home, "USERPROFILE="+home, "APPDATA="+home,
		"TEMPORAL_VERSION_CHECK_DISABLED=1")
}
