package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/api"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// site is a portal on the shared ledger and Temporal.
type site struct {
	*testing.T
	*httptest.Server
}

// caller sends requests with a token.
type caller struct {
	site
	secret string
}

// answer is what a client got.
type answer struct {
	*testing.T
	status int
	header http.Header
	body   []byte
}

// tokensOf makes tokens by the names and scopes of a test: "NAME SCOPE SCOPE…".
func tokensOf(t *testing.T, all ...string) (tokens api.Tokens, secrets map[string]string) {
	t.Helper()
	secrets = map[string]string{}
	var entries []string
	for _, described := range all {
		words := strings.Fields(described)
		secret, entry, err := api.NewToken(words[0], words[1:])
		require.NoError(t, err)
		secrets[words[0]], entries = secret, append(entries, entry)
	}
	tokens, err := api.ParseTokens(strings.Join(entries, ","))
	require.NoError(t, err)
	return tokens, secrets
}

// serve serves a portal with tokens, and returns a client of each by the name of its token.
func serve(t *testing.T, tokens []string, change ...func(*portal.Parts)) map[string]caller {
	t.Helper()
	parsed, secrets := tokensOf(t, tokens...)
	s := site{T: t}
	config, err := portal.ConfigFromEnv(func(name string) string {
		return map[string]string{
			"PORTAL_URL": "https://portal.example", "PORTAL_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "FILES_URL": "file:" + t.TempDir(),
		}[name]
	})
	require.NoError(t, err)
	config.Tokens = parsed
	store, err := files.Open(t.Context(), config.FilesURL)
	require.NoError(t, err)
	reach, err := assembly.ReachFromEnv(func(name string) string { return map[string]string{"SMTP_URL": shared.mails.URL()}[name] })
	require.NoError(t, err)
	parts := portal.Parts{
		Config: config, Ledger: shared.Ledger, Disputes: shared.Disputes, Files: files.New(shared.Ledger, store), Mails: reach.Mails, Webhooks: reach.Webhooks,
		Namespace: "default", Unseal: encryption.Keys{}.Open, Temporal: func(context.Context) error { return nil },
		Attention: func(context.Context) ([]pages.AttentionRow, error) { return nil, nil },
		Log:       slog.New(slog.NewJSONHandler(t.Output(), nil)),
	}
	for _, change := range change {
		change(&parts)
	}
	served, err := portal.New(parts)
	require.NoError(t, err)
	s.Server = httptest.NewServer(served)
	t.Cleanup(s.Close)
	clients := map[string]caller{}
	for name, secret := range secrets {
		clients[name] = caller{s, secret}
	}
	return clients
}

// do sends a request; content is JSON as it is, or a value that becomes JSON. Headers are names and values.
func (c caller) do(method, path string, content any, headers ...string) answer {
	c.Helper()
	var body io.Reader
	switch v := content.(type) {
	case nil:
	case string:
		body = strings.NewReader(v)
	default:
		encoded, err := json.Marshal(v)
		require.NoError(c, err)
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(c.Context(), method, c.URL+api.Prefix+path, body)
	require.NoError(c, err)
	request.Header.Set("Authorization", "Bearer "+c.secret)
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(c, err)
	defer response.Body.Close() //nolint:errcheck // it was read
	read, err := io.ReadAll(response.Body)
	require.NoError(c, err)
	return answer{c.T, response.StatusCode, response.Header, read}
}

func (c caller) get(path string) answer { return c.do(http.MethodGet, path, nil) }

func (c caller) post(path string, content any, headers ...string) answer {
	return c.do(http.MethodPost, path, content, headers...)
}

// into reads the JSON of a successful answer.
func (a answer) into(target any) {
	a.Helper()
	require.Equal(a, http.StatusOK, a.status, string(a.body))
	require.Equal(a, "application/json", a.header.Get("Content-Type"))
	require.NoError(a, json.Unmarshal(a.body, target))
}

// problem reads the problem document of an answer, and checks what all have.
func (a answer) problem(status int, code string) api.Problem {
	a.Helper()
	require.Equal(a, status, a.status, string(a.body))
	require.Equal(a, "application/problem+json", a.header.Get("Content-Type"))
	var p api.Problem
	require.NoError(a, json.Unmarshal(a.body, &p))
	require.Equal(a, code, p.Code, p.Detail)
	require.Equal(a, status, p.Status)
	require.Equal(a, "urn:streitfall:"+code, p.Type)
	require.Equal(a, http.StatusText(status), p.Title)
	require.NotEmpty(a, p.Detail)
	return p
}

// view reads a view.
func (a answer) view() (view dispute.View) {
	a.Helper()
	a.into(&view)
	return view
}

// newCase returns a dispute that is not opened, with its merchant and invoice.
func newCase() parties.Case {
	c := parties.NewCase("d-"+uuid.NewString(), 0, parties.PathTo(dispute.ClosedByWithdrawal))
	c.Dispute.OpenedAt = time.Now()
	return c
}

// opened opens a dispute, which then waits for an agreement.
func opened(t *testing.T) parties.Case {
	t.Helper()
	c := newCase()
	_, err := shared.Ledger.Import(t.Context(), parties.Import([]parties.Case{c}))
	require.NoError(t, err)
	_, err = shared.Disputes.Open(t.Context(), c.Dispute)
	require.NoError(t, err)
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitAgreement })
	return c
}

// eventually waits until a case is as it should be.
func eventually(t *testing.T, c parties.Case, is func(dispute.Case) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		found, err := shared.Disputes.Case(t.Context(), c.Dispute.ID)
		return err == nil && is(found)
	}, 20*time.Second, 20*time.Millisecond)
}

func caseOf(t *testing.T, c parties.Case) dispute.Case {
	t.Helper()
	found, err := shared.Disputes.Case(t.Context(), c.Dispute.ID)
	require.NoError(t, err)
	return found
}

// closedLedger returns a ledger that is away.
func closedLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	books, err := ledger.Open(t.Context(), "sqlite:"+t.TempDir()+"/ledger.db")
	require.NoError(t, err)
	require.NoError(t, books.Close())
	return books
}
