package files

import (
	"errors"
	"net/http"

	"github.com/streitfall/streitfall/activities/ledger"
)

// ErrChanged means that a content is not what was uploaded: its hash differs, or it is missing.
var ErrChanged = errors.New("the content of the file is not what was uploaded")

// Serve answers a request with a file, as a download. The content is checked as a whole before anything is sent: on an error,
// such as ErrChanged, nothing was written, and the caller answers.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, file ledger.File) error {
	return errors.ErrUnsupported
}
