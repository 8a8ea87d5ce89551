package peers_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/process"
)

// service is one port of Postfix, with settings of its own.
type service struct {
	name     string
	settings map[string]string
}

// postfix is a running Postfix, with a service on each of its ports.
type postfix struct {
	addresses map[string]string
	folder    string
}

const mainConfig = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
command_directory = /usr/sbin
daemon_directory = %[2]s
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.klarna.example
mydestination =
alias_maps =
biff = no
maillog_file = /dev/stdout
# What is accepted goes nowhere.
relay_domains = merchant.example
relay_transport = discard:
default_transport = discard:
smtpd_relay_restrictions = reject_unauth_destination
`

const masterConfig = `cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
discard unix - - n - - discard
retry unix - - n - - error
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix starts Postfix with these services. Its configuration, its queue and its logins are in a folder of the test.
func startPostfix(t *testing.T, services []service) *postfix {
	t.Helper()
	asRoot(t, "Postfix")
	command := program(t, "postfix", "postfix")
	// Its users enter the folder, which the folders of tests do not allow.
	folder, err := os.MkdirTemp("", "streitfall-postfix-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	require.NoError(t, os.Chmod(folder, 0o755))
	for _, name := range []string{"etc", "queue", "data"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o755))
	}
	daemons, err := exec.Command("postconf", "-dh", "daemon_directory").Output()
	require.NoError(t, err)
	p := &postfix{folder: folder, addresses: map[string]string{}}
	require.NoError(t, exec.Command("chown", "postfix", filepath.Join(folder, "data")).Run())
	p.write(t, "main.cf", fmt.Sprintf(mainConfig, folder, strings.TrimSpace(string(daemons))))
	require.NoError(t, process.OnFreePorts(len(services), func(ports []int) error {
		master := masterConfig
		for i, service := range services {
			address := fmt.Sprintf("127.0.0.1:%d", ports[i])
			p.addresses[service.name] = address
			master += address + " inet n - n - - smtpd\n"
			for setting, value := range service.settings {
				master += fmt.Sprintf("  -o { %s = %s }\n", setting, strings.ReplaceAll(value, "FOLDER", folder))
			}
		}
		p.write(t, "master.cf", master)
		output, err := exec.Command(command, "-c", filepath.Join(folder, "etc"), "check").CombinedOutput()
		require.NoError(t, err, "%s", output)
		return p.launch(t, strings.TrimSpace(string(daemons)))
	}))
	return p
}

func (p *postfix) write(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, "etc", name), []byte(content), 0o644))
}

func (p *postfix) launch(t *testing.T, daemons string) error {
	t.Helper()
	server := process.NewServer(process.Program{
		Name: "postfix",
		Command: func() *exec.Cmd {
			return exec.Command(filepath.Join(daemons, "master"), "-c", filepath.Join(p.folder, "etc"), "-d")
		},
		Ready: func(ctx context.Context, _ *process.Process) error {
			for _, address := range p.addresses {
				if err := answers(ctx, address); err != nil {
					return err
				}
			}
			return nil
		},
		Remove: func() error { return nil },
	})
	if err := server.Launch(t.Context()); err != nil {
		return err
	}
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return nil
}

// answers waits until a server accepts connections.
func answers(ctx context.Context, address string) error {
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// greylister is a policy server of Postfix that defers each triplet of client, sender and recipient once, as postgrey does.
type greylister struct {
	net.Listener
	asked atomic.Int32
}

func newGreylister(t *testing.T) *greylister {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &greylister{Listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go g.serve(conn)
		}
	}()
	return g
}

func (g *greylister) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if lines.Text() != "" { // an empty line ends the question
			continue
		}
		action := "dunno"
		if g.asked.Add(1) == 1 {
			action = "defer_if_permit 4.2.0 Greylisted, see https://postgrey.schweikert.ch/"
		}
		if _, err := fmt.Fprintf(conn, "action=%s\n\n", action); err != nil {
			return
		}
	}
}
