package process

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var output tail
	for range 3 {
		_, err := output.Write([]byte(strings.Repeat("-", tailSize/2)))
		require.NoError(t, err)
	}
	_, err := output.Write([]byte("end\n"))
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(output.String(), "-end"))
	require.Len(t, output.String(), tailSize-1)
}
