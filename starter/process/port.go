package process

import (
	"net"
	"strings"
)

// Host is the only interface that servers listen on: not all of them ask for a password.
const Host = "127.0.0.1"

// launches is how many sets of ports a start tries.
const launches = 3

// OnFreePorts launches with so many free ports of Host. Between the choice and the use of a port another process
// can take it; then others are tried.
func OnFreePorts(count int, launch func(ports []int) error) error {
	var err error
	for range launches {
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

// PortTaken tells the one reason that other ports help against, in the words of Unix and of Windows.
func PortTaken(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "address already in use") || strings.Contains(text, "only one usage of each socket address")
}

// freePorts finds different free ports, by listening on all at once.
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
