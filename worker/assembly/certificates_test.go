package assembly_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/streitfall/streitfall/worker/assembly"
)

// pair is a certificate of its own authority, with its key, as PEM.
type pair struct {
	certificate, key []byte
}

func newPair(t *testing.T, serial int64) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pair{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})}
}

// gate is a server that asks for a client's certificate and says which it has got.
type gate struct {
	net.Listener
	identity chan tls.Certificate
	seen     chan int64
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{identity: make(chan tls.Certificate, 1), seen: make(chan int64, 1)}
	var err error
	g.Listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = g.Close() })
	go func() {
		for {
			raw, err := g.Accept()
			if err != nil {
				return
			}
			conn := tls.Server(raw, &tls.Config{
				Certificates: []tls.Certificate{<-g.identity}, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"h2"},
			})
			if conn.Handshake() == nil {
				g.seen <- conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
			}
			_ = raw.Close()
		}
	}()
	return g
}

// TestRenewedCertificates: a certificate of the client, and one of the authorities that it trusts, that were renewed on disk
// are used by the next connection. While only half of a pair is there, the one before is used.
func TestRenewedCertificates(t *testing.T) {
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name) }
	write := func(name string, content []byte) { require.NoError(t, os.WriteFile(file(name), content, 0o600)) }
	mine, renewed, server, successor := newPair(t, 1), newPair(t, 2), newPair(t, 3), newPair(t, 4)
	write("cert.pem", mine.certificate)
	write("key.pem", mine.key)
	write("ca.pem", server.certificate)
	t.Setenv("TEMPORAL_CONFIG_FILE", file("none"))
	t.Setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", file("cert.pem"))
	t.Setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", file("key.pem"))
	t.Setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", file("ca.pem"))
	options, err := assembly.ConnectionFromEnv(os.Getenv)
	require.NoError(t, err)

	g := newGate(t)
	options.HostPort = g.Addr().String()
	handshake := func(by pair) int64 {
		identity, err := tls.X509KeyPair(by.certificate, by.key)
		require.NoError(t, err)
		g.identity <- identity
		connect(t, options)
		return <-g.seen
	}
	require.EqualValues(t, 1, handshake(server))
	write("cert.pem", renewed.certificate)
	require.EqualValues(t, 1, handshake(server), "the key is still the old one")
	write("key.pem", renewed.key)
	require.EqualValues(t, 2, handshake(server))
	write("ca.pem", successor.certificate)
	require.EqualValues(t, 2, handshake(successor))
}

// connect makes the SDK's dial options connect once. The gate does not speak gRPC.
func connect(t *testing.T, options client.Options) {
	t.Helper()
	security := credentials.NewTLS(options.ConnectionOptions.TLS)
	all := append([]grpc.DialOption{grpc.WithTransportCredentials(security)}, options.ConnectionOptions.DialOptions...) // in the SDK's order
	connection, err := grpc.NewClient(options.HostPort, all...)
	require.NoError(t, err)
	connection.Connect()
	t.Cleanup(func() { _ = connection.Close() })
}

func TestConnectionFromEnv(t *testing.T) {
	t.Setenv("TEMPORAL_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
	options, err := assembly.ConnectionFromEnv(os.Getenv)
	require.NoError(t, err)
	require.Equal(t, "temporal.example:7233", options.HostPort)
	require.Empty(t, options.ConnectionOptions.DialOptions)
	t.Setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", "missing.pem")
	t.Setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", "missing.pem")
	_, err = assembly.ConnectionFromEnv(os.Getenv)
	require.ErrorContains(t, err, "missing.pem")
}
