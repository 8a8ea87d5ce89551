package docs_test

import (
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/doctor"
	"github.com/streitfall/streitfall/workflows"
)

const messages = "workflows/README.md"

// messageTypes are the messages to a dispute by the name of their update or signal. The update open has the dispute itself.
var messageTypes = map[string]any{
	dispute.SignalAgreement:         dispute.Agreement{},
	dispute.SignalWithdrawal:        dispute.Withdrawal{},
	dispute.UpdateRespond:           dispute.Response{},
	dispute.UpdatePropose:           dispute.Offer{},
	dispute.UpdateAnswerProposal:    dispute.ProposalAnswer{},
	dispute.UpdateAcceptLoss:        dispute.LossAcceptance{},
	dispute.UpdateStateReason:       dispute.Statement{},
	dispute.UpdateSubmitEvidence:    dispute.Evidence{},
	dispute.UpdateRule:              dispute.Ruling{},
	dispute.UpdateMoveDeadline:      dispute.DeadlineMove{},
	dispute.UpdateRetryNotification: dispute.Retry{},
	dispute.UpdateAcknowledge:       dispute.Acknowledgement{},
	dispute.UpdateReportBounce:      dispute.Bounce{},
}

// TestMessagesAreDocumented: the table of messages has every update, signal and query of the workflow, and the limits.
func TestMessagesAreDocumented(t *testing.T) {
	t.Parallel()
	expected := []string{"update `open"}
	for _, query := range []string{
		workflows.QueryStatus, workflows.QueryCase, workflows.QueryDispute, workflows.QueryTakeover, workflows.QueryReadSignal,
	} {
		expected = append(expected, "query `"+query)
	}
	for name := range messageTypes {
		kind := "update"
		if name == dispute.SignalAgreement || name == dispute.SignalWithdrawal {
			kind = "signal"
		}
		expected = append(expected, kind+" `"+name)
	}
	table := section(t, messages, "## Messages to a dispute")
	require.ElementsMatch(t, expected, firstCells(table))
	for _, wait := range dispute.Waits {
		for _, name := range dispute.Allowed(wait) {
			require.Contains(t, messageTypes, name)
		}
	}
	// The waits of a row are those in which the message is accepted.
	for name := range messageTypes {
		row := regexp.MustCompile("(?m)^\\| (?:update|signal) `" + name + "` \\|[^|]*\\|([^|]*)\\|").FindStringSubmatch(table)
		require.NotNil(t, row, name)
		for _, wait := range dispute.Waits {
			listed := strings.Contains(row[1], "`"+string(wait)+"`")
			switch strings.TrimSpace(row[1]) {
			case "undecided":
				listed = wait != dispute.WaitSettlement && wait != dispute.WaitClosingMessages
			case "undecided, once the invoice is paused":
				listed = wait != dispute.WaitPause && wait != dispute.WaitSettlement && wait != dispute.WaitClosingMessages
			case "while the cause is raised":
				listed = true
			}
			require.Equal(t, slices.Contains(dispute.Allowed(wait), name), listed, "%s in %s", name, wait)
		}
	}
}

// TestFieldsAreDocumented: each message, the dispute and the view have a table with every JSON member, in order, and the
// members of their members are named there too.
func TestFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	headings := map[string]any{"## The dispute": dispute.Dispute{}, "## The answer": dispute.View{}}
	for name, message := range messageTypes {
		headings["### `"+name+"`"] = message
	}
	for heading, value := range headings {
		part := section(t, messages, heading)
		documented := map[string]bool{}
		for _, cell := range firstCells(part) {
			for name := range strings.SplitSeq(cell, "`, `") {
				documented[name] = true
			}
		}
		for _, member := range members(reflect.TypeOf(value)) {
			outer, inner, nested := strings.Cut(member, ".")
			require.True(t, documented[outer], "%s has no row for %s", heading, outer)
			if nested {
				require.Contains(t, part, "`"+inner[strings.LastIndex(inner, ".")+1:]+"`", heading)
			}
		}
	}
}

// members returns the JSON names of a struct, and those of its structs as "outer.inner".
func members(of reflect.Type) (names []string) {
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && strings.HasSuffix(inner.PkgPath(), "/dispute") {
			for _, deeper := range members(inner) {
				names = append(names, name+"."+deeper)
			}
		}
	}
	return names
}

// TestExamplesAreValid: the first JSON below a message's heading is a valid message of its type.
func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	for name, decode := range map[string]func([]byte) error{
		dispute.SignalAgreement: valid[dispute.Agreement], dispute.SignalWithdrawal: valid[dispute.Withdrawal],
		dispute.UpdateRespond: valid[dispute.Response], dispute.UpdateAcceptLoss: valid[dispute.LossAcceptance],
		dispute.UpdatePropose: valid[dispute.Offer], dispute.UpdateAnswerProposal: valid[dispute.ProposalAnswer],
		dispute.UpdateStateReason: valid[dispute.Statement], dispute.UpdateSubmitEvidence: valid[dispute.Evidence],
		dispute.UpdateRule: valid[dispute.Ruling], dispute.UpdateMoveDeadline: valid[dispute.DeadlineMove],
		dispute.UpdateRetryNotification: valid[dispute.Retry], dispute.UpdateAcknowledge: valid[dispute.Acknowledgement],
		dispute.UpdateReportBounce: valid[dispute.Bounce],
	} {
		_, after, found := strings.Cut(section(t, messages, "### `"+name+"`"), "```json\n")
		require.True(t, found, name)
		example, _, _ := strings.Cut(after, "```")
		require.NoError(t, decode([]byte(example)), name)
	}
}

func valid[M dispute.Message](example []byte) error {
	_, err := dispute.DecodeMessage[M](example)
	return err
}

// TestCodesAndCausesAreDocumented: each has exactly one row, which says what helps.
func TestCodesAndCausesAreDocumented(t *testing.T) {
	t.Parallel()
	codes, causes := section(t, messages, "## Error codes"), section(t, messages, "## Attention")
	require.ElementsMatch(t, names(dispute.Codes), firstCells(codes))
	require.ElementsMatch(t, names(dispute.Causes), firstCells(causes))
	for row := range strings.Lines(codes + causes) {
		if strings.HasPrefix(row, "| ") {
			require.Regexp(t, `^\|[^|]+\|[^|]+\|[^|]+\|\n$`, row)
		}
	}
	require.ElementsMatch(t, names(dispute.ClosingReasons), firstCells(closingReasons(t)))
}

// closingReasons returns the table of closing reasons.
func closingReasons(t *testing.T) string {
	t.Helper()
	_, table, found := strings.Cut(section(t, messages, "## The answer"), "\n| `closingReason` | `outcome` |")
	require.True(t, found)
	return "| closingReason |" + table
}

func names[T ~string](values []T) (texts []string) {
	for _, value := range values {
		texts = append(texts, string(value))
	}
	return texts
}

// TestLinks: links between documents lead to files and headings that exist, and links that filter have the query that
// stands beside them.
func TestLinks(t *testing.T) {
	t.Parallel()
	for row := range strings.Lines(section(t, "worker/README.md", "### Filters")) {
		link := regexp.MustCompile("^\\| \\[.+\\]\\((.+)\\) \\| `(.+)` \\|$").FindStringSubmatch(strings.TrimSpace(row))
		if link == nil {
			continue
		}
		address, err := url.Parse(link[1])
		require.NoError(t, err)
		require.Equal(t, link[2], address.Query().Get("query"))
	}
	for _, file := range documents(t) {
		for _, link := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(prose(t, file), -1) {
			requireTarget(t, file, link[1])
		}
	}
}

// TestVariablesAreDocumented: every environment variable that the worker and the portal read has a row.
func TestVariablesAreDocumented(t *testing.T) {
	t.Parallel()
	for folder, heading := range map[string]string{"worker/": "## Configuration", "starter/portal/": "### Configuration of the portal"} {
		table := section(t, "worker/README.md", heading)
		found := 0
		for _, file := range tracked(t) {
			if !strings.HasPrefix(file, folder) || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, variable := range regexp.MustCompile(`(?i:getenv)\("([A-Z_]+)"\)`).FindAllStringSubmatch(read(t, file), -1) {
				require.Contains(t, table, "`"+variable[1]+"`", file)
				found++
			}
		}
		require.NotZero(t, found)
	}
}

// TestChecksAreDocumented: the table of the doctor has every check, in order.
func TestChecksAreDocumented(t *testing.T) {
	t.Parallel()
	require.Equal(t, names(doctor.Checks), firstCells(section(t, "worker/README.md", "### Doctor")))
}

// TestReadmeIsShort: the first document stays short, and its map of the folders is near the top.
func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	text := read(t, "README.md")
	require.LessOrEqual(t, len(text), 12_000)
	before, _, found := strings.Cut(text, "\n## Where to find what\n")
	require.True(t, found)
	require.Less(t, strings.Count(before, "\n"), 60)
}
