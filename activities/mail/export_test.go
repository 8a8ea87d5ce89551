package mail

import (
	"crypto/x509"
	"sync"

	"github.com/streitfall/streitfall/dispute"
)

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

// Server shows what a URL was understood as: host, port and how the connection is secured.
func (s *SMTP) Server() (address, security string) {
	if s.server.implicitTLS {
		return s.server.address(), "implicit"
	}
	return s.server.address(), s.server.startTLS.String()
}
