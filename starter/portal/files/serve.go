package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
)

// ErrChanged means that a content is not what was uploaded: its hash differs, or it is missing.
var ErrChanged = errors.New("the content of the file is not what was uploaded")

// Serve answers a request with a file, as a download. The content is checked as a whole before anything is sent: on an error,
// such as ErrChanged, nothing was written, and the caller answers. Its caller has asked MayRead.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, file ledger.File) error {
	content, err := f.fetch(r.Context(), file)
	if err != nil {
		return err
	}
	defer content.close() //nolint:errcheck // it was read
	header := w.Header()
	header.Set("Content-Type", file.Type)
	header.Set("Content-Length", strconv.FormatInt(content.size, 10))
	header.Set("Content-Disposition", disposition(file.Name))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, content.file) // a reader that has gone wants no more
	}
	return nil
}

// fetch brings a content here and checks it.
func (f *Files) fetch(ctx context.Context, file ledger.File) (*spool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	stored, err := f.store.Get(ctx, contentName(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("file %d of dispute %s is missing: %w", file.ID, file.DisputeID, ErrChanged)
	}
	if err != nil {
		return nil, err
	}
	defer stored.Close() //nolint:errcheck // it is only read
	content, err := newSpool(stored, file.Size)
	if err != nil {
		return nil, err
	}
	if content.size != file.Size || content.sha256 != file.SHA256 {
		return nil, errors.Join(fmt.Errorf("file %d of dispute %s: %w", file.ID, file.DisputeID, ErrChanged), content.close())
	}
	return content, nil
}

// disposition is a Content-Disposition for a name in any script: in ASCII for old browsers (RFC 6266), and as it is (RFC 8187).
func disposition(name string) string {
	var plain, encoded strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			plain.WriteByte('_')
		} else {
			plain.WriteRune(r)
		}
	}
	for _, b := range []byte(name) {
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0 {
			encoded.WriteByte(b)
		} else {
			fmt.Fprintf(&encoded, "%%%02X", b)
		}
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + encoded.String()
}
