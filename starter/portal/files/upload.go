package files

import (
	"context"
	"errors"
	"io"

	"github.com/streitfall/streitfall/activities/ledger"
)

// Upload is a file on its way.
type Upload struct {
	DisputeID string
	Purpose   ledger.FilePurpose
	// Kind is one of dispute.FileKinds.
	Kind string
	// Name is the name that the browser sends; it may have anything in it.
	Name    string
	Content io.Reader
}

// Upload checks a file, records it as a draft and stores its content. It fails with a Refusal; of a file that is refused, or
// whose upload broke off, nothing is kept. The same content for the same purpose is the same draft.
func (f *Files) Upload(ctx context.Context, upload Upload) (ledger.File, error) {
	return ledger.File{}, errors.ErrUnsupported
}
