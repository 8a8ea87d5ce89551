package terminal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/terminal"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"one two", "three"}, terminal.Wrap("one two three", 8))
	require.Equal(t, []string{"größe", "über", "alles"}, terminal.Wrap("größe\n\tüber  alles", 6))
	require.Equal(t, []string{"a", "longerthanthat", "b"}, terminal.Wrap("a longerthanthat b", 5))
	require.Equal(t, []string{""}, terminal.Wrap(" ", 5))
}

// TestColoured: neither a buffer nor a file is a terminal.
func TestColoured(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	require.False(t, terminal.Coloured(&bytes.Buffer{}, none))
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	require.False(t, terminal.Coloured(file, none))
	require.NoError(t, file.Close())
	require.Equal(t, "\x1b[31mred\x1b[0m", terminal.Paint("red", terminal.Red))
}
