package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// defaultTimeout is how long a server may take to connect, then to greet, secure and authenticate, and then for a mail,
// unless the context ends earlier. The answer to the whole mail has longer.
const defaultTimeout = time.Minute

// filterTimes is how many times as long a server may take to answer once it has the whole mail: ten minutes in all (RFC 5321,
// section 4.5.3.2.6), because filters are slow. Most servers deliver the mail although nobody waits for the answer any more, and
// it would be sent, and arrive, again and again.
const filterTimes = 10

// errServerURL says what is allowed and does not repeat the URL, which may contain a password.
var errServerURL = errors.New("the mail server's URL must be smtp://[user:password@]host[:port], " +
	"optionally with ?tls=required or ?tls=none, or smtps://[user:password@]host[:port]; " +
	"characters other than letters and digits in user and password are written as %XX")

// server is the address of a mail server and how to secure and authenticate the connection.
type server struct {
	host, port     string
	implicitTLS    bool
	startTLS       gomail.TLSPolicy
	user, password string
	timeout        time.Duration
	// helo is the name in our greeting; "" is the machine's.
	helo string
}

func parseServer(rawURL string) (server, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return server{}, errServerURL
	}
	s := server{host: u.Hostname(), port: u.Port(), user: u.User.Username(), timeout: defaultTimeout}
	s.password, _ = u.User.Password()
	if (s.user == "") != (s.password == "") {
		return server{}, errServerURL
	}
	switch {
	case u.Scheme == "smtp" && u.RawQuery == "":
		s.startTLS = gomail.TLSOpportunistic
	case u.Scheme == "smtp" && u.RawQuery == "tls=required":
		s.startTLS = gomail.TLSMandatory
	case u.Scheme == "smtp" && u.RawQuery == "tls=none":
		s.startTLS = gomail.NoTLS
	case u.Scheme == "smtps" && u.RawQuery == "":
		s.implicitTLS = true
	default:
		return server{}, errServerURL
	}
	if s.port == "" {
		s.port = s.defaultPort()
	}
	if port, err := strconv.Atoi(s.port); err != nil || port < 1 || port > 65535 {
		return server{}, errServerURL
	}
	return s, nil
}

// domainName matches a fully qualified domain name (RFC 5321, section 2.3.5).
var domainName = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// CheckHELO returns an error unless helo is a fully qualified domain name or an address literal (RFC 5321, section 4.1.1.1).
func CheckHELO(helo string) error {
	literal, isLiteral := strings.CutPrefix(helo, "[")
	literal, closed := strings.CutSuffix(literal, "]")
	address, err := netip.ParseAddr(strings.TrimPrefix(literal, "IPv6:"))
	switch {
	case isLiteral && closed && err == nil && address.Is6() == strings.HasPrefix(literal, "IPv6:"):
		return nil
	case domainName.MatchString(helo):
		return nil
	}
	return fmt.Errorf("%.64q is no name for the greeting of a mail server; write it like worker.example.com or [192.0.2.1]", helo)
}

// defaultPort returns the port for mail submission (RFC 6409), or the one for submission over implicit TLS (RFC 8314).
func (s server) defaultPort() string {
	if s.implicitTLS {
		return "465"
	}
	return "587"
}

func (s server) address() string {
	return net.JoinHostPort(s.host, s.port)
}

// options returns the options of go-mail for a connection to the server.
func (s server) options(secure *tls.Config) []gomail.Option {
	options := []gomail.Option{gomail.WithTimeout(s.timeout), gomail.WithTLSConfig(secure), gomail.WithTLSPolicy(s.startTLS)}
	if s.helo != "" {
		options = append(options, gomail.WithHELO(s.helo))
	}
	if s.implicitTLS {
		options = append(options, gomail.WithSSL())
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			// The strongest that the server offers. go-mail sends a plain password over TLS or to localhost only.
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return options
}
