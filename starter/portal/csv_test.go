package portal_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the database driver

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

const klarnasCSV = pages.PathCSV + "?" + pages.FieldTab + "=" + string(pages.TabKlarna)

// TestExport: an export has every dispute once, in the order of the list, however many are read at once.
func TestExport(t *testing.T) {
	t.Parallel()
	s, m := asked(t, 25)
	merchant := s.signedIn(t, link.Claim{Role: link.RoleMerchant, Merchant: m.ID}, m.Email)
	for _, size := range []int{1, 7, 25, 1000} {
		s.portal.ExportBy(size)
		got := merchant.get(klarnasCSV)
		require.Equal(t, http.StatusOK, got.status)
		rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 26)
		require.Equal(t, pages.CSVColumns, rows[0])
		for n, row := range rows[1:] {
			require.Equal(t, fmt.Sprintf("d-%03d", n), row[0])
		}
	}
}

// TestExportIsCut: when the ledger fails after a part of an export, the reader learns that it is not whole.
func TestExportIsCut(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/ledger.db"
	s, m := askedIn(t, file, 101)
	s.portal.ExportBy(60)
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "update cases set updated_at = 'yyyy-mm-ddThh:mm:ss.uuuuuuZ' where dispute_id = 'd-080'")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	merchant := s.signedIn(t, link.Claim{Role: link.RoleMerchant, Merchant: m.ID}, m.Email)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+klarnasCSV, http.NoBody)
	require.NoError(t, err)
	response, err := merchant.client.Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(response.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Contains(t, string(content), "d-010")
	require.NoError(t, response.Body.Close())

	s.portal.ExportBy(1000)
	require.Equal(t, http.StatusServiceUnavailable, merchant.get(klarnasCSV).status, "nothing was written yet")
}

// stuck is a reader that takes nothing until it is released.
type stuck struct {
	*httptest.ResponseRecorder
	began, release chan struct{}
}

func (s stuck) Write(text []byte) (int, error) {
	close(s.began)
	<-s.release
	return s.ResponseRecorder.Write(text)
}

// TestOneExport: a session has one export at a time, and others have theirs.
func TestOneExport(t *testing.T) {
	t.Parallel()
	s, m := asked(t, 2)
	claim := link.Claim{Role: link.RoleMerchant, Merchant: m.ID}
	merchant, colleague := s.signedIn(t, claim, m.Email), s.signedIn(t, claim, m.Email)
	address, err := url.Parse(s.URL)
	require.NoError(t, err)
	request := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, klarnasCSV, nil)
	for _, cookie := range merchant.client.Jar.Cookies(address) {
		request.AddCookie(cookie)
	}
	out := stuck{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.portal.ServeHTTP(out, request)
	}()
	<-out.began
	require.Equal(t, http.StatusTooManyRequests, merchant.get(klarnasCSV).status)
	require.Equal(t, http.StatusOK, merchant.get(pages.PathList).status)
	require.Equal(t, http.StatusOK, colleague.get(klarnasCSV).status)
	close(out.release)
	<-ended
	require.Equal(t, http.StatusOK, merchant.get(klarnasCSV).status)
}
