package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// shelf keeps the last case.
type shelf struct {
	kept activities.ArchivedCase
	err  error
}

func (s *shelf) ArchiveCase(_ context.Context, in activities.ArchivedCase) error {
	s.kept = in
	return s.err
}

// reversed is a sealer that is easy to open.
type reversed struct{}

func (reversed) Seal(data []byte, context string) (keyID string, sealed []byte) {
	return "key of " + context, append([]byte("sealed "), data...)
}

// TestArchiveCase: the case is kept encrypted, and the history learns its key and size alone.
func TestArchiveCase(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	archive := activities.NewArchive(s, reversed{}, at(monday))
	in := dispute.Case{Dispute: aDispute(), State: dispute.StateClosed}
	content, err := json.Marshal(in)
	require.NoError(t, err)
	archived, err := archive.ArchiveCase(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, activities.Archived{At: monday, KeyID: "key of d-1", Bytes: len(content)}, archived)
	require.Equal(t, activities.ArchivedCase{DisputeID: "d-1", At: monday, KeyID: "key of d-1", Content: []byte("sealed " + string(content))}, s.kept)

	s.err = dispute.Refuse(dispute.CodeUnknownDispute, "a refusal would end the retries")
	_, err = archive.ArchiveCase(t.Context(), in)
	require.Error(t, err)
	require.Empty(t, dispute.CodeOf(err))
	s.err = errors.New("away")
	_, err = archive.ArchiveCase(t.Context(), in)
	require.ErrorContains(t, err, "away")
}
