package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/schema"
)

// TestCaseIsDocumented: each member of a case has a row.
func TestCaseIsDocumented(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.Join(firstCells(section(t, messages, "## The case")), "`, `"), "`, `")
	for field := range reflect.TypeFor[dispute.Case]().Fields() {
		member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if member != "sentOmitted" { // in the row of sent
			require.Contains(t, rows, member)
		}
	}
}

// TestMessagesHaveSchemas: each message has a schema under its name.
func TestMessagesHaveSchemas(t *testing.T) {
	t.Parallel()
	for name := range messageTypes {
		require.Contains(t, schema.Names(), name)
	}
}
