package portal_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestTextOfRefusedRequestIsKept: also a request that is not taken at all is answered with the text that came with it.
func TestTextOfRefusedRequestIsKept(t *testing.T) {
	t.Parallel()
	const text, shown = "The zip <b>broke</b>.", "The zip &lt;b&gt;broke&lt;/b&gt;."
	c, s := opened(t), serve(t)
	path := pages.ActPath(c.Dispute.ID, pages.ActRespond)
	write := func(b browser, fields ...string) answer {
		return b.post(path, append(fields, pages.FieldMessage, text)...)
	}
	for name, test := range map[string]struct {
		status int
		write  func(*testing.T) answer
	}{
		"TooMany": {http.StatusTooManyRequests, func(t *testing.T) answer {
			t.Helper()
			b, last := s.customer(t, opened(t)), answer{}
			for last.status != http.StatusTooManyRequests {
				last = write(b)
			}
			return last
		}},
		"OfAnotherDispute": {http.StatusNotFound, func(t *testing.T) answer {
			t.Helper()
			return write(s.customer(t, opened(t)))
		}},
		"NoForm": {http.StatusBadRequest, func(t *testing.T) answer {
			t.Helper()
			return write(s.customer(t, c), pages.FieldForm, "1")
		}},
		"WithoutLedger": {http.StatusServiceUnavailable, func(t *testing.T) answer {
			t.Helper()
			b := s.customer(t, c)
			b.site = serve(t, func(p *portal.Parts) {
				books, err := ledger.Open(t.Context(), "sqlite:"+t.TempDir()+"/ledger.db")
				require.NoError(t, err)
				require.NoError(t, books.Close())
				p.Ledger = books
			})
			return write(b)
		}},
		"HugeFile": {http.StatusRequestEntityTooLarge, func(t *testing.T) answer {
			t.Helper()
			return s.merchant(t, c).upload(pages.ActPath(c.Dispute.ID, pages.ActEvidence), "huge.png", make([]byte, 29<<20),
				pages.FieldForm, uuid.NewString(), pages.FieldText, text)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.write(t)
			require.Equal(t, test.status, got.status, got.body)
			require.Contains(t, got.body, shown)
			require.Contains(t, got.header.Get("Content-Type"), "text/html")
		})
	}
	require.Empty(t, caseOf(t, c.Dispute.ID).Conversation)
	require.Empty(t, caseOf(t, c.Dispute.ID).Evidence)
}
