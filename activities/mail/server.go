package mail

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// timeout is how long a server may take for each step of a mail, unless the context ends earlier.
const timeout = time.Minute

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
}

func parseServer(rawURL string) (server, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return server{}, errServerURL
	}
	s := server{host: u.Hostname(), port: u.Port(), user: u.User.Username()}
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
	options := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSConfig(secure), gomail.WithTLSPolicy(s.startTLS)}
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
