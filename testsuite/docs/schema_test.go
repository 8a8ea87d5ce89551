package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/schema"
)

// TestCaseIsDocumented: the schema of a case is that of its Go type, and each of its members has a row.
func TestCaseIsDocumented(t *testing.T) {
	t.Parallel()
	part := section(t, messages, "## The case")
	_, after, found := strings.Cut(part, "```json schema\n")
	require.True(t, found)
	documented, _, _ := strings.Cut(after, "\n```")
	made, err := schema.Text("case")
	require.NoError(t, err)
	require.Equal(t, made, documented)
	rows := strings.Split(strings.Join(firstCells(part), "`, `"), "`, `")
	for field := range reflect.TypeFor[dispute.Case]().Fields() {
		member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if member != "sentOmitted" { // in the row of sent
			require.Contains(t, rows, member)
		}
	}
}
