// Package codec serves a codec server for Temporal's Web UI and command line, which show decrypted payloads through it. A
// client needs the token, and of web pages only the Web UI is answered.
package codec

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/streitfall/streitfall/workflows/encryption"
)

// Config is the configuration of a codec server.
type Config struct {
	// Keys are those of the workers.
	Keys encryption.Keys
	// Addr is the address to listen on (host:port). The server speaks plain HTTP: beyond this machine it needs a TLS proxy.
	Addr string
	// Token authenticates clients.
	Token string
	// Origin is the origin of the Web UI (https://temporal.example.com). If it is empty, no web page is answered.
	Origin string
}

const (
	defaultAddr = "127.0.0.1:8081"
	minToken    = 16
)

// ConfigFromEnv reads the configuration from environment variables and returns every fault at once. No fault repeats a
// key or the token.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	c := Config{Addr: cmp.Or(getenv("CODEC_ADDR"), defaultAddr), Token: getenv("CODEC_TOKEN"), Origin: getenv("CODEC_ORIGIN")}
	var faults []error
	var err error
	if c.Keys, err = encryption.ParseKeys(getenv("PAYLOAD_KEYS")); err != nil {
		faults = append(faults, fmt.Errorf("PAYLOAD_KEYS: %w", err))
	} else if !c.Keys.Any() {
		faults = append(faults, errors.New("PAYLOAD_KEYS is required: the keys of the workers"))
	}
	if len(c.Token) < minToken {
		faults = append(faults, fmt.Errorf("CODEC_TOKEN must have at least %d characters (openssl rand -hex 32)", minToken))
	}
	if c.Origin != "" && !isOrigin(c.Origin) {
		faults = append(faults, fmt.Errorf("CODEC_ORIGIN is %.64q; it must be the Web UI's scheme, host and port alone, such as http://localhost:8233", c.Origin))
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		faults = append(faults, fmt.Errorf("CODEC_ADDR is %.64q; write it like :8081 or 127.0.0.1:8081", c.Addr))
	}
	return c, errors.Join(faults...)
}

// isOrigin reports whether text is an origin as browsers write it.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Scheme+"://"+u.Host == text
}
