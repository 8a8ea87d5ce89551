package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository.
const root = "../.."

// files are the documents, in the order in which a reader runs their commands.
var files = []string{"README.md", "workflows/README.md", "activities/portal/README.md", "worker/README.md", "testsuite/load/README.md"}

// block is a fenced block of a document.
type block struct {
	file string
	// line is where its content begins.
	line int
	// kind is the text after the opening fence: "sh", "sh end", "json", …
	kind string
	text string
}

// read returns a document. Those that other branches of the work write may be missing.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(text)
}

// blocksOf returns the fenced blocks of a document. A block in a list loses its indentation.
func blocksOf(t *testing.T, file string) (blocks []block) {
	t.Helper()
	inside, indent := false, ""
	for i, line := range strings.Split(read(t, file), "\n") {
		bare := strings.TrimLeft(line, " ")
		kind, fence := strings.CutPrefix(bare, "```")
		switch {
		case fence && !inside:
			inside, indent = true, line[:len(line)-len(bare)]
			blocks = append(blocks, block{file: file, line: i + 2, kind: kind})
		case fence:
			require.Empty(t, kind, "%s:%d ends a block", file, i+1)
			inside = false
		case inside:
			blocks[len(blocks)-1].text += strings.TrimPrefix(line, indent) + "\n"
		}
	}
	require.False(t, inside, "%s ends within a block", file)
	return blocks
}

// section returns the part of a document under a heading, up to the next heading of any level.
func section(t *testing.T, file, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(read(t, file), "\n"+heading+"\n")
	require.True(t, found, "%s has no heading %q", file, heading)
	part, _, _ := strings.Cut(after, "\n#")
	return part
}

// firstCells returns the first cell of each row of the tables in a part of a document, without its code marks.
func firstCells(part string) (cells []string) {
	header := true
	for line := range strings.Lines(part) {
		row, isRow := strings.CutPrefix(line, "|")
		switch {
		case !isRow:
			header = true
		case strings.HasPrefix(row, "---"):
			header = false
		case !header:
			cell, _, _ := strings.Cut(row, " |")
			cells = append(cells, strings.Trim(cell, " `"))
		}
	}
	return cells
}
