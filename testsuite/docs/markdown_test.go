package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository.
const root = "../.."

// order is the order in which a reader runs the commands of the documents. Those that are not named here come last.
var order = []string{"README.md", "workflows/README.md", "activities/portal/README.md", "worker/README.md", "starter/portal/api/README.md"}

// documents returns all README files of the repository, in order.
func documents(t *testing.T) []string {
	t.Helper()
	all := slices.Clone(order)
	for _, file := range tracked(t) {
		if filepath.Base(file) == "README.md" && !slices.Contains(order, file) {
			all = append(all, file)
		}
	}
	return all
}

// tracked returns the files of the repository, without what Git ignores.
func tracked(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	require.NoError(t, err, "the test needs Git and its checkout")
	return strings.Split(strings.TrimRight(string(names), "\x00"), "\x00")
}

// requireTarget asserts that a link within the repository leads to a file and a heading that exist.
func requireTarget(t *testing.T, file, link string) {
	t.Helper()
	path, anchor, _ := strings.Cut(link, "#")
	target := file
	if path != "" {
		target = filepath.Join(filepath.Dir(file), path)
		_, err := os.Stat(filepath.Join(root, target))
		require.NoError(t, err, "%s: %s", file, link)
	}
	if anchor != "" {
		require.Contains(t, anchors(read(t, target)), anchor, "%s: %s", file, link)
	}
}

// anchors returns the names by which the headings of a document are linked.
func anchors(text string) (names []string) {
	for line := range strings.Lines(text) {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			bare := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
			names = append(names, strings.ReplaceAll(bare, " ", "-"))
		}
	}
	return names
}

// block is a fenced block of a document.
type block struct {
	file string
	// line is where its content begins.
	line int
	// kind is the text after the opening fence: "sh", "sh end", "json", …
	kind string
	text string
}

// command returns the first command, without its comment.
func (b block) command() string {
	line, _, _ := strings.Cut(b.text, "\n")
	command, _, _ := strings.Cut(line, " #")
	return strings.TrimSpace(command)
}

// read returns a document.
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

// prose returns a document without its blocks.
func prose(t *testing.T, file string) string {
	t.Helper()
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(read(t, file), "")
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
