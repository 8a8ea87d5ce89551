package mail

import (
	"crypto/x509"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// SampleNotice and CloseSample build the notices of the preview.
var (
	SampleNotice = sampleNotice
	CloseSample  = closeSample
)

// InASCII converts the domain of an address to ASCII.
var InASCII = inASCII

// Withhold removes e-mail addresses from a server's reply.
var Withhold = withhold

var loadOnce = sync.OnceValues(loadTexts)

// Render returns the subject and the plain text of a mail.
func Render(from Sender, notice dispute.Notice) (subject, body string, err error) {
	c, err := composerOf(from)
	if err != nil {
		return "", "", err
	}
	rendered, err := c.texts.render(notice, c.sender)
	return rendered.subject, rendered.body, err
}

// Trust accepts a certificate of the tests.
func (s *SMTP) Trust(certificate *x509.Certificate) {
	s.secure.RootCAs = x509.NewCertPool()
	s.secure.RootCAs.AddCert(certificate)
}

// SetTimeout changes how long a server may take.
func (s *SMTP) SetTimeout(timeout time.Duration) {
	s.server.timeout = timeout
}

// SetIdleTimeout changes how long connections are kept.
func (s *SMTP) SetIdleTimeout(idle time.Duration) {
	s.pool.idleTimeout = idle
}

// Kept returns the number of idle connections.
func (s *SMTP) Kept() int {
	s.pool.mutex.Lock()
	defer s.pool.mutex.Unlock()
	return len(s.pool.idle)
}

// InFlight returns the number of mails whose answer no caller has got yet.
func (s *SMTP) InFlight() int {
	s.inFlight.mutex.Lock()
	defer s.inFlight.mutex.Unlock()
	return len(s.inFlight.mails)
}

// MaxConcurrent is the number of mails that are handed over at the same time.
const MaxConcurrent = maxConcurrent

// Compose builds a mail.
func Compose(from Sender, notice dispute.Notice) ([]byte, error) {
	c, err := composerOf(from)
	if err != nil {
		return nil, err
	}
	built, err := c.compose(notice, time.Now())
	return built.data, err
}

// composerOf is newComposer with templates that are parsed once.
func composerOf(from Sender) (*composer, error) {
	sender, err := from.check()
	if err != nil {
		return nil, err
	}
	loaded, err := loadOnce()
	return &composer{sender: sender, texts: loaded}, err
}

// Server returns the address of a parsed URL and how its connections are secured.
func (s *SMTP) Server() (address, security string) {
	if s.server.implicitTLS {
		return s.server.address(), "implicit"
	}
	return s.server.address(), s.server.startTLS.String()
}
