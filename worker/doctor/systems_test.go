package doctor_test

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/worker/codec"
)

func describe(namespace string) *workflowservice.DescribeTaskQueueRequest {
	return &workflowservice.DescribeTaskQueueRequest{Namespace: namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: "any"}}
}

// key is a PAYLOAD_KEYS with one key.
func key(n byte) string {
	return "k1:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{n}, 32))
}

// closed is an address at which nobody listens.
func closed(i *installation) string {
	i.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(i, err)
	require.NoError(i, listener.Close())
	return listener.Addr().String()
}

// portal starts what answers the doctor as a portal with these keys does, and whose health has a status.
func (i *installation) portal(keys string, health int) {
	i.Helper()
	parsed, err := link.ParseKeys(keys)
	require.NoError(i, err)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(health) })
	mux.HandleFunc("GET /link/{token}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := parsed.Verify(r.PathValue("token"), time.Now()); err != nil {
			http.NotFound(w, r)
		}
	})
	server := httptest.NewServer(mux)
	i.Cleanup(server.Close)
	i.variables["PORTAL_URL"], i.variables["PORTAL_KEYS"] = server.URL, keys
}

// endpoint is a merchant's webhook.
type endpoint struct {
	*httptest.Server
	status   int
	verifies bool
	secret   atomic.Value
}

// ServeHTTP answers with the status, or with 401 if the signature is wrong.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if secret, ok := e.secret.Load().(string); ok && e.verifies {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil || verifier.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	}
	w.WriteHeader(e.status)
}

// merchant gives the ledger a merchant with a webhook at url, to be examined.
func (i *installation) merchant(url string) (secret string) {
	i.Helper()
	id := "m-" + strings.ToLower(strings.ReplaceAll(i.Name(), "/", "-"))
	_, err := env.Ledger.Import(i.Context(), dispute.Import{Merchants: []dispute.Merchant{{ID: id, Name: "Nordlicht", Email: "m@shop.example", Locale: "de-DE"}}})
	require.NoError(i, err)
	on := true
	_, made, err := env.Ledger.SetMerchant(i.Context(), id, dispute.Settings{PortalActive: &on, Webhook: &url})
	require.NoError(i, err)
	i.options.MerchantID = id
	i.variables["WEBHOOK_PRIVATE_NETWORKS"] = "127.0.0.0/8"
	return string(made)
}

// webhook gives the ledger a merchant with a running webhook.
func (i *installation) webhook(status int, verifies, overTLS bool) {
	i.Helper()
	e := &endpoint{status: status, verifies: verifies}
	e.Server = httptest.NewUnstartedServer(e)
	e.Config.ErrorLog = log.New(io.Discard, "", 0)
	if overTLS {
		e.StartTLS()
	} else {
		e.Start()
	}
	i.Cleanup(e.Close)
	e.secret.Store(i.merchant(e.URL))
}

// receiver runs a receiver of events, and has it examined.
func (i *installation) receiver(status int, verifies bool) {
	i.Helper()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
	e := &endpoint{status: status, verifies: verifies}
	e.Server = httptest.NewServer(e)
	i.Cleanup(e.Close)
	e.secret.Store(secret)
	i.options.Events = true
	i.variables["EVENTS_URL"], i.variables["EVENTS_SECRET"], i.variables["WEBHOOK_PRIVATE_NETWORKS"] = e.URL, secret, "127.0.0.0/8"
}

// codec runs a codec server with these keys, and configures it.
func (i *installation) codec(keys string) {
	i.Helper()
	i.variables["CODEC_TOKEN"] = strings.Repeat("t", 32)
	i.variables["CODEC_ORIGIN"] = "http://localhost:8233"
	config, err := codec.ConfigFromEnv(func(name string) string {
		if name == "PAYLOAD_KEYS" {
			return keys
		}
		return i.variables[name]
	})
	require.NoError(i, err)
	server := httptest.NewServer(config.Handler(slog.New(slog.DiscardHandler)))
	i.Cleanup(server.Close)
	i.variables["CODEC_ADDR"] = strings.TrimPrefix(server.URL, "http://")
}

// mailServer is an SMTP server with faults.
type mailServer struct {
	// password is required if it is not empty.
	password string
	// certificate offers STARTTLS with a certificate that nobody trusts.
	certificate bool
	// onHELO, onMail and onRcpt are the replies to these commands; nil accepts.
	onHELO, onMail, onRcpt error
}

// smtp runs a mail server and configures it; query ends SMTP_URL.
func (i *installation) smtp(m mailServer, user, query string) {
	i.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if m.onHELO != nil {
			return nil, m.onHELO
		}
		return &session{m}, nil
	}))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "mx.example.com", true, log.New(io.Discard, "", 0)
	if m.certificate {
		untrusted := httptest.NewTLSServer(http.NotFoundHandler())
		i.Cleanup(untrusted.Close)
		server.TLSConfig = &tls.Config{Certificates: untrusted.TLS.Certificates, MinVersion: tls.VersionTLS12}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(i, err)
	go func() { _ = server.Serve(listener) }() // it ends with Close
	i.Cleanup(func() { _ = server.Close() })
	i.variables["SMTP_URL"] = "smtp://" + user + listener.Addr().String() + query
}

type session struct{ mailServer }

func (s *session) Mail(string, *smtp.MailOptions) error { return s.onMail }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.onRcpt }
func (s *session) Data(io.Reader) error                 { return nil }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

// AuthMechanisms are none without a password.
func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != s.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong user or password"}
		}
		return nil
	}), nil
}

// no is a refusal for good.
func no(code int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: words}
}
