package devserver

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// launches is how many sets of ports a start tries.
const launches = 3

// launchAnywhere launches the server on free ports. Between the choice and the use of a port another process
// can take it; then others are tried.
func (s *Server) launchAnywhere(ctx context.Context) error {
	var err error
	for range launches {
		if s.port, s.uiPort, err = freePorts(); err != nil {
			return err
		}
		if err = s.launch(ctx); err == nil || !portTaken(err) {
			return err
		}
	}
	return err
}

// launch starts the process on the chosen ports and waits until it can be used.
func (s *Server) launch(ctx context.Context) error {
	// Without the context, which bounds the start and not the life of the server.
	cmd := exec.Command(s.program, s.arguments()...)
	cmd.Env = childEnv(s.home())
	child, err := startProcess(cmd)
	if err != nil {
		return err
	}
	s.child = child
	if err := s.awaitReady(ctx, child); err != nil {
		_ = child.kill()
		return fmt.Errorf("%w\n%s", err, child.output.String())
	}
	return nil
}

func (s *Server) arguments() []string {
	args := []string{
		"server", "start-dev", "--ip", host, "--port", strconv.Itoa(s.port),
		"--log-level", "error",
	}
	if s.options.DBFile != "" {
		args = append(args, "--db-filename", s.options.DBFile)
	}
	if s.options.UI {
		return append(args, "--ui-port", strconv.Itoa(s.uiPort))
	}
	return append(args, "--headless")
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

// freePorts finds two different free ports, by listening on both at once.
func freePorts() (port, uiPort int, err error) {
	first, err := net.Listen("tcp", host+":0")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = first.Close() }()
	second, err := net.Listen("tcp", host+":0")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = second.Close() }()
	return portOf(first), portOf(second), nil
}

func portOf(l net.Listener) int {
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return address.Port
}

// portTaken reads the one reason that other ports help against, in the words of Unix and of Windows.
func portTaken(err error) bool {
	return strings.Contains(err.Error(), "address already in use") ||
		strings.Contains(err.Error(), "Only one usage of each socket address")
}
