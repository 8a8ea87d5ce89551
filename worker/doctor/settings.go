package doctor

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"

	"github.com/streitfall/streitfall/dispute/keyring"
	"github.com/streitfall/streitfall/worker/assembly"
)

// examineSettings reads the configuration as a worker does. What it says of one system does not keep the others from being
// examined.
func (e *examination) examineSettings() {
	config, err := assembly.ConfigFromEnv(e.Getenv)
	e.config = config
	faults := 0
	fault := func(err error) {
		faults++
		e.wrong(CheckSettings, err, "correct the variable for all workers; none starts like this")
	}
	each(err, fault)
	options, err := assembly.ConnectionFromEnv(e.Getenv)
	e.options = options
	each(err, fault)
	for _, contradiction := range e.contradictions() {
		faults++
		e.wrong(CheckSettings, contradiction.fault, contradiction.help)
	}
	if faults == 0 {
		e.ok(CheckSettings, "complete")
	}
}

// contradiction is what single settings that are each allowed say together.
type contradiction struct {
	fault error
	help  string
}

// metadata is where clouds tell each of their machines its credentials.
var metadata = netip.MustParseAddr("169.254.169.254")

func (e *examination) contradictions() (all []contradiction) {
	server, err := url.Parse(e.config.SMTPURL)
	if err == nil && server.User != nil && server.Query().Get("tls") == "none" && !isLocal(server.Hostname()) {
		all = append(all, contradiction{
			errors.New("SMTP_URL has a password and tls=none: a password never goes over the network unencrypted"),
			"end SMTP_URL with ?tls=required, or begin it with smtps://",
		})
	}
	for _, network := range e.config.WebhookNetworks {
		if network.Contains(metadata) {
			all = append(all, contradiction{
				fmt.Errorf("WEBHOOK_PRIVATE_NETWORKS allows %s, and with it %s, where clouds keep the credentials of their machines",
					network, metadata),
				"name only the networks in which merchants have endpoints",
			})
		}
	}
	if e.sharedKey() {
		all = append(all, contradiction{
			errors.New("PORTAL_KEYS has a key of PAYLOAD_KEYS: who signs links could read what is encrypted"),
			"make PORTAL_KEYS keys of their own: openssl rand -base64 32",
		})
	}
	if addr := e.config.MetricsAddr; addr != "" && addr == e.Getenv("CODEC_ADDR") {
		all = append(all, contradiction{
			fmt.Errorf("METRICS_ADDR and CODEC_ADDR are both %s: only one of them can listen there", addr),
			"give one of them another port",
		})
	}
	return all
}

// sharedKey reports whether links are signed with a key that encrypts.
func (e *examination) sharedKey() bool {
	signs, errSigns := keyring.Parse(e.Getenv("PORTAL_KEYS"))
	encrypts, errEncrypts := keyring.Parse(e.Getenv("PAYLOAD_KEYS"))
	return errSigns == nil && errEncrypts == nil && slices.ContainsFunc(signs, func(one keyring.Key) bool {
		return slices.ContainsFunc(encrypts, func(other keyring.Key) bool { return slices.Equal(one.Secret, other.Secret) })
	})
}

// isLocal reports whether a host is this machine.
func isLocal(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
