package portal

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/api"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/worker/assembly"
)

// Config is the configuration of the portal.
type Config struct {
	// Site is the public address, and Keys sign and verify its links.
	Site link.Site
	Keys link.Keys
	// Addr is where the portal listens, and MetricsAddr where it serves metrics and health; empty for nowhere.
	Addr        string
	MetricsAddr string
	// TemporalUI is the address of Temporal's Web UI, which operators' pages link to; empty for no links.
	TemporalUI string
	// Provider is who decides disputes, as the mails call it; empty for Klarna.
	Provider string
	// FilesURL is the store of uploaded files.
	FilesURL string
	OIDC     OIDC
	// Tokens are those of the API; without any, it takes no requests.
	Tokens api.Tokens
}

// defaultAddr is for a proxy on the same machine.
const defaultAddr = "127.0.0.1:8090"

// ConfigFromEnv reads the configuration from environment variables and returns every fault at once. No fault repeats a key.
func ConfigFromEnv(getenv func(string) string) (c Config, err error) {
	c = Config{
		Addr: cmp.Or(getenv("PORTAL_ADDR"), defaultAddr), MetricsAddr: getenv("METRICS_ADDR"), TemporalUI: getenv("TEMPORAL_UI_URL"),
		Provider: getenv("PROVIDER_NAME"),
	}
	var faults []error
	fault := func(variable string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s %w", variable, err))
		}
	}
	c.Site, c.Keys, err = LinksFromEnv(getenv)
	if err != nil {
		faults = append(faults, err)
	}
	fault("PORTAL_ADDR", checkAddr(c.Addr))
	if c.MetricsAddr != "" {
		fault("METRICS_ADDR", checkAddr(c.MetricsAddr))
	}
	if c.FilesURL = cmp.Or(getenv("FILES_URL"), files.DefaultURL(getenv("LEDGER_URL"))); c.FilesURL == "" {
		faults = append(faults, errors.New("FILES_URL is required beside a ledger in PostgreSQL, such as file:/var/lib/streitfall/files"))
	}
	if c.TemporalUI != "" {
		fault("TEMPORAL_UI_URL", checkWeb(c.TemporalUI))
	}
	c.Tokens, err = api.ParseTokens(getenv("API_TOKENS"))
	fault("API_TOKENS", err)
	c.OIDC, err = oidcFromEnv(getenv)
	return c, errors.Join(append(faults, err)...)
}

// LinksFromEnv reads what links are made of: PORTAL_URL and PORTAL_KEYS, both of which are required.
func LinksFromEnv(getenv func(string) string) (link.Site, link.Keys, error) {
	links, err := assembly.PortalFromEnv(getenv)
	if err == nil && !links.Site.Any() {
		err = errors.New("PORTAL_URL is required: the portal's public address, such as https://disputes.example.com or http://localhost:8090;\n" +
			"PORTAL_KEYS is required: ID:KEY, where KEY is 32 random bytes in base64 (openssl rand -base64 32)")
	}
	return links.Site, links.Keys, err
}

func checkAddr(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("is %.64q; it must be a host and a port such as %s", addr, defaultAddr)
	}
	return nil
}

func checkWeb(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return errors.New("must be the address of Temporal's Web UI such as http://localhost:8233")
	}
	return nil
}
