package mail

import (
	"crypto/x509"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// SampleNotice and CloseSample make the notices of the preview.
var (
	SampleNotice = sampleNotice
	CloseSample  = closeSample
)

// InASCII is how an address goes out.
var InASCII = inASCII

// Withhold is what is left of a server's words.
var Withhold = withhold

var loadOnce = sync.OnceValues(loadTexts)

// Render gives the text of a mail without the mail around it.
func Render(notice dispute.Notice) (subject, body string, err error) {
	loaded, err := loadOnce()
	if err != nil {
		return "", "", err
	}
	rendered, err := loaded.render(notice)
	return rendered.subject, rendered.body, err
}

// Trust makes a certificate of the tests a good one.
func (s *SMTP) Trust(certificate *x509.Certificate) {
	s.secure.RootCAs = x509.NewCertPool()
	s.secure.RootCAs.AddCert(certificate)
}

// KeepFor changes how long connections are kept.
func (s *SMTP) KeepFor(idle time.Duration) {
	s.pool.idleTime = idle
}

// Kept is how many connections are kept at the moment.
func (s *SMTP) Kept() int {
	s.pool.mutex.Lock()
	defer s.pool.mutex.Unlock()
	return len(s.pool.idle)
}

// Underway is how many mails the server has in full without an answer that was given.
func (s *SMTP) Underway() int {
	s.underway.mutex.Lock()
	defer s.underway.mutex.Unlock()
	return len(s.underway.mails)
}

// Lanes is how many mails are handed over at the same time.
const Lanes = lanes

// Compose builds a mail.
func Compose(from string, notice dispute.Notice) ([]byte, error) {
	sender, err := parseSender(from)
	if err != nil {
		return nil, err
	}
	loaded, err := loadOnce()
	if err != nil {
		return nil, err
	}
	built, err := (&composer{from: sender, texts: loaded}).compose(notice, time.Now())
	return built.data, err
}

// Server shows what a URL was understood as: host, port and how the connection is secured.
func (s *SMTP) Server() (address, security string) {
	if s.server.implicitTLS {
		return s.server.address(), "implicit"
	}
	return s.server.address(), s.server.startTLS.String()
}
