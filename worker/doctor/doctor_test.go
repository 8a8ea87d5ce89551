package doctor_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/worker/doctor"
)

// env is a healthy installation: Temporal, a ledger, a mail server and a worker.
var (
	env   *environment.Environment
	mails *mailbox.Mailbox
)

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if mails, err = mailbox.Open(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, mails.Leave()) }()
	if env, err = environment.Start(ctx, environment.Options{SMTPURL: mails.URL(), Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	if err := env.StartWorker(ctx, nil); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// installation is the configuration of one examination.
type installation struct {
	*testing.T
	variables map[string]string
	options   doctor.Options
}

// healthy returns the configuration with which the doctor finds nothing.
func healthy(t *testing.T) *installation {
	t.Helper()
	i := &installation{T: t, variables: env.Variables()}
	i.variables["MAIL_HELO"] = "worker.klarna.example"
	i.options = doctor.Options{Getenv: func(name string) string { return i.variables[name] }, Now: time.Now}
	return i
}

// examine returns the findings.
func (i *installation) examine() (findings []doctor.Finding) {
	i.Helper()
	doctor.Examine(i.Context(), i.options, func(f doctor.Finding) { findings = append(findings, f) })
	return findings
}

// namespace creates a namespace of the shared Temporal, without search attributes and workers.
func (i *installation) namespace() string {
	i.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(i.Name()))
	_, err := env.Temporal.WorkflowService().RegisterNamespace(i.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(i, err)
	i.variables["TEMPORAL_NAMESPACE"] = name
	require.Eventually(i, func() bool { // servers cache the names of namespaces
		_, err := env.Temporal.WorkflowService().DescribeTaskQueue(i.Context(), describe(name))
		return err == nil
	}, 20*time.Second, 50*time.Millisecond)
	return name
}

// sqlite creates a ledger of its own, which belongs to nobody.
func (i *installation) sqlite() string {
	i.Helper()
	path := filepath.Join(i.TempDir(), "ledger.db")
	books, err := ledger.Open(i.Context(), "sqlite:"+path)
	require.NoError(i, err)
	require.NoError(i, books.Close())
	i.variables["LEDGER_URL"] = "sqlite:" + path
	return path
}

// inLedger runs a statement in a ledger of its own.
func (i *installation) inLedger(statement string) {
	i.Helper()
	db, err := sql.Open("sqlite", i.sqlite())
	require.NoError(i, err)
	_, err = db.ExecContext(i.Context(), statement)
	require.NoError(i, errors.Join(err, db.Close()))
}

func failing(findings []doctor.Finding) (bad []doctor.Finding) {
	return slices.DeleteFunc(slices.Clone(findings), func(f doctor.Finding) bool { return f.Result == doctor.OK || f.Result == doctor.Skipped })
}

// TestHealthy: nothing is wrong, every check has a finding, in the order of Checks, and the mail that was asked for arrives.
func TestHealthy(t *testing.T) {
	t.Parallel()
	i := healthy(t)
	i.options.SendTo = "operator@klarna.example"
	i.webhook(http.StatusNoContent, true, false)
	i.variables["PAYLOAD_KEYS"] = key(1)
	i.codec(i.variables["PAYLOAD_KEYS"])
	i.portal(key(2), http.StatusOK)
	findings := i.examine()
	require.Empty(t, failing(findings))
	var checks []doctor.Name
	for _, f := range findings {
		require.NotEmpty(t, f.Detail)
		checks = append(checks, f.Check)
	}
	require.Equal(t, doctor.Checks, slices.Compact(checks))
	require.Len(t, mails.To("operator@klarna.example", "test-"), 1)
	for check, says := range map[doctor.Name]string{doctor.CheckMailTLS: "none, on this machine", doctor.CheckMailLogin: "none: SMTP_URL has no user"} {
		at := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Check == check })
		require.Equal(t, says, findings[at].Detail)
	}
}
