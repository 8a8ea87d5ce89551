package files_test

import (
	"context"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// TestSilentBucket: a server that takes connections and says nothing ends every call by itself.
func TestSilentBucket(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
	}()
	for _, scheme := range []string{"http", "https"} {
		address, err := url.Parse("s3://files?region=eu&endpoint=" + scheme + "://" + listener.Addr().String())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = files.OpenBucket(ctx, address, 50*time.Millisecond)
		require.ErrorContains(t, err, "imeout", scheme)
		require.NoError(t, ctx.Err(), "it does not rely on its caller")
	}
}

// hanging is a store that begins contents and never ends them.
type hanging struct{}

func (hanging) Get(ctx context.Context, _ string) (io.ReadCloser, error) {
	return io.NopCloser(hangingReader{ctx}), nil
}

func (hanging) Put(ctx context.Context, _ string, _ io.Reader, _ int64) error {
	<-ctx.Done()
	return ctx.Err()
}
func (hanging) Delete(context.Context, string) error                        { return nil }
func (hanging) List(context.Context, string) iter.Seq2[files.Object, error] { return nil }

type hangingReader struct{ ctx context.Context } //nolint:containedctx // as that of an HTTP answer

func (h hangingReader) Read([]byte) (int, error) {
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

// TestHangingStore: a download from a store that hangs fails before the portal's server, which gives up after a minute, cuts the
// answer off.
func TestHangingStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		err := files.New(nil, hanging{}).Serve(httptest.NewRecorder(), request, ledger.File{DisputeID: "kd-1", ID: 1, Size: 10})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(began), time.Minute)
	})
}
