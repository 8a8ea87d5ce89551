package portal

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// TestType is the type of a message that tests an endpoint. It is about no dispute.
const TestType = "test.v1"

// Test sends a test message to an endpoint and returns its answer, or the error of Send and the phase in which it came.
// Endpoints answer 2xx, as to any message whose type they do not know; another answer is a StatusError.
func (w *Webhooks) Test(ctx context.Context, to dispute.Webhook) (answer string, phase Phase, err error) {
	body, err := json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      struct{}  `json:"data"`
	}{Type: TestType, Timestamp: w.now().UTC()})
	if err != nil {
		return "", "", err
	}
	answer, status, err := w.post(ctx, message{to: to, id: "test_" + rand.Text(), body: body})
	switch {
	case err == nil:
		return answer, "", nil
	case status != 0:
		return "", PhaseAnswer, &StatusError{Status: status, Err: err}
	default:
		return "", phaseOf(err), err
	}
}

// StatusError is an answer that is not 2xx.
type StatusError struct {
	Status int
	Err    error
}

func (e *StatusError) Error() string { return e.Err.Error() }

// Unwrap returns the error of Send.
func (e *StatusError) Unwrap() error { return e.Err }

// TestForged sends a test message that is signed with a secret of nobody, and reports whether the endpoint takes it: then it
// does not verify signatures, and anyone who knows its URL can tell it anything. It returns an error when that is not known,
// because the endpoint has not answered, or answers what it may also answer to a message that is signed correctly.
func (w *Webhooks) TestForged(ctx context.Context, to dispute.Webhook) (taken bool, err error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	_, _, err = w.Test(ctx, dispute.Webhook{URL: to.URL, Secret: dispute.Secret("whsec_" + base64.StdEncoding.EncodeToString(key[:]))})
	if answer, answered := errors.AsType[*StatusError](err); answered && answer.Status/100 == 4 && !slices.Contains(transientCodes, answer.Status) {
		return false, nil
	}
	return err == nil, err
}

// Phase is the part of a request in which it has failed.
type Phase string

// The phases.
const (
	// PhaseAddress: the URL is not allowed, or leads to a network that is not.
	PhaseAddress Phase = "address"
	// PhaseName: the name of the host does not resolve.
	PhaseName Phase = "name"
	// PhaseConnect: nobody listens, or nobody answers in time.
	PhaseConnect Phase = "connect"
	// PhaseTLS: the certificate is not valid for the host, or the endpoint speaks no TLS.
	PhaseTLS Phase = "tls"
	// PhaseAnswer: the endpoint has answered, but not with 2xx.
	PhaseAnswer Phase = "answer"
)

// phaseOf returns the phase in which a request failed that was not answered.
func phaseOf(err error) Phase {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		return PhaseAddress
	case errors.As(err, &name):
		return PhaseName
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch):
		return PhaseTLS
	default:
		return PhaseConnect
	}
}
