package process

import (
	"net"
	"strings"
)

// Host is the only interface on which servers listen, because not all of them ask for a password.
const Host = "127.0.0.1"

// portAttempts is how many sets of ports OnFreePorts tries.
const portAttempts = 3

// OnFreePorts calls launch with so many free ports of Host. If another process takes one of them before launch does, it
// tries others.
func OnFreePorts(count int, launch func(ports []int) error) error {
	var err error
	for range portAttempts {
		ports, portErr := freePorts(count)
		if portErr != nil {
			return portErr
		}
		if err = launch(ports); err == nil || !PortTaken(err) {
			return err
		}
	}
	return err
}

// PortTaken reports whether an error, or the output of a program in it, says that a port is in use.
func PortTaken(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "address already in use")
}

// freePorts finds different free ports by listening on all of them at once.
func freePorts(count int) ([]int, error) {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", net.JoinHostPort(Host, "0"))
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }()
		if address, ok := listener.Addr().(*net.TCPAddr); ok {
			ports = append(ports, address.Port)
		}
	}
	return ports, nil
}
