package devserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/starter/process"
)

func (s *Server) launchAnywhere(ctx context.Context) error {
	return process.OnFreePorts(2, func(ports []int) error {
		s.port, s.uiPort = ports[0], ports[1]
		return s.Launch(ctx)
	})
}

// schedulerWorkers is how many tasks of a kind the server processes at a time, as in docker-compose.yml. With the default
// of 512, thousands of timers that fire at the same instant time out on a small machine and start again.
const schedulerWorkers = 16

func (s *Server) command() *exec.Cmd {
	args := []string{
		"server", "start-dev", "--ip", process.Host, "--port", strconv.Itoa(s.port),
		"--log-level", "error",
	}
	for _, queue := range []string{"timer", "transfer", "visibility"} {
		args = append(args, "--dynamic-config-value", fmt.Sprintf("history.%sProcessorSchedulerWorkerCount=%d", queue, schedulerWorkers))
	}
	if s.options.DBFile != "" {
		args = append(args, "--db-filename", s.options.DBFile)
	}
	if s.options.UI {
		args = append(args, "--ui-port", strconv.Itoa(s.uiPort))
	} else {
		args = append(args, "--headless")
	}
	cmd := exec.Command(s.program, args...) //nolint:gosec // the program is the one that the user has installed, or ours
	cmd.Env = childEnv(s.home())
	return cmd
}

// childEnv returns the environment of the server: ours without the configuration of Temporal.
func childEnv(home string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TEMPORAL_") {
			env = append(env, variable)
		}
	}
	return append(env,
		"HOME="+home, "XDG_CONFIG_HOME="+home, "TEMPORAL_VERSION_CHECK_DISABLED=1")
}
