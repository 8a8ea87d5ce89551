package peers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/workerprocess"
)

// timeout bounds every wait of a test; only a failing test waits that long.
const timeout = time.Minute

// authority is a certificate authority. The process trusts the trusted one, as an operator makes a worker trust a private
// one: by SSL_CERT_FILE.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

var trusted, unknown *authority

func TestMain(m *testing.M) {
	if workerprocess.Wanted() {
		os.Exit(workerprocess.Work(nil))
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "streitfall-peers-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if trusted, err = newAuthority(); err != nil {
		return 0, err
	}
	if unknown, err = newAuthority(); err != nil {
		return 0, err
	}
	file := filepath.Join(folder, "ca.pem")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.certificate.Raw})
	if err := errors.Join(os.WriteFile(file, content, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		return 0, err
	}
	if err := useOwnDNS(); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of the tests"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(raw)
	return &authority{certificate: certificate, key: key}, err
}

// issue makes a certificate for 127.0.0.1 and names, and writes it and its key as PEM.
func (a *authority) issue(t *testing.T, names ...string) (certificate tls.Certificate, certificateFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour),
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certificatePEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
	certificateFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, errors.Join(os.WriteFile(certificateFile, certificatePEM, 0o600), os.WriteFile(keyFile, keyPEM, 0o600)))
	certificate, err = tls.X509KeyPair(certificatePEM, keyPEM)
	require.NoError(t, err)
	return certificate, certificateFile, keyFile
}

// leaveOut skips a test whose peer is missing. In a gate it fails.
func leaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		require.Fail(t, why)
	}
	t.Skip("LEFT OUT: " + why)
}

// program finds a program on PATH or in the folders of servers.
func program(t *testing.T, name, pkg string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	leaveOut(t, fmt.Sprintf("%s is not installed; on Debian and Ubuntu: apt-get install %s", name, pkg))
	return ""
}

// asRoot leaves a test out that needs root: its peer changes to other users, or it mounts a file system.
func asRoot(t *testing.T, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("LEFT OUT: " + what + " needs root")
	}
}
