package peers_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
)

// typescriptClient is Temporal's client for TypeScript.
const typescriptClient = "@temporalio/client@1.24.0"

// answered is what the program in testdata prints.
type answered struct {
	Opened, Responded, Status dispute.View
	Refused, Unknown          struct {
		Code    dispute.Code
		Message string
	}
	Result any
}

// TestTypeScriptClient: a program in TypeScript opens a dispute, talks to it and ends it, in plain JSON.
func TestTypeScriptClient(t *testing.T) {
	t.Parallel()
	node := program(t, "node", "nodejs")
	folder := t.TempDir()
	install(t, folder)
	source, err := os.ReadFile("testdata/client.mjs")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "client.mjs"), source, 0o600))

	env, err := environment.Start(t.Context(), environment.Options{Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, env.Close()) })
	require.NoError(t, env.StartWorker(t.Context(), nil))
	d, invoice := disputeOf("m-typescript", 1)
	_, err = env.Ledger.Import(t.Context(), dispute.Import{
		Merchants: []dispute.Merchant{{ID: "m-typescript", Name: "Nordlicht", Email: "shop@merchant.example", Locale: "de-DE"}},
		Invoices:  []dispute.Invoice{invoice},
	})
	require.NoError(t, err)
	encoded, err := json.Marshal(d)
	require.NoError(t, err)

	client := exec.CommandContext(t.Context(), node, "client.mjs")
	client.Dir = folder
	client.Env = append(os.Environ(), "TEMPORAL_ADDRESS="+env.Address(), "DISPUTE="+string(encoded), "REPORTED_BY=operator")
	client.Stderr = os.Stderr
	printed, err := client.Output()
	require.NoError(t, err, "%s", printed)
	var got answered
	require.NoError(t, json.Unmarshal(printed, &got), "%s", printed)
	require.Equal(t, d.ID, got.Opened.ID)
	require.Equal(t, dispute.StatePreArbitration, got.Responded.State)
	require.Equal(t, dispute.CodeNotAccepted, got.Refused.Code, got.Refused.Message)
	require.NotEmpty(t, got.Unknown.Code)
	require.Contains(t, got.Unknown.Message, "mesage")
	require.Equal(t, dispute.StateClosed, got.Status.State)
	require.Equal(t, dispute.ClosedByAgreement, got.Status.ClosingReason)
	require.Equal(t, dispute.OutcomeSettled, got.Status.Outcome)
}

// install installs the client into a folder.
func install(t *testing.T, folder string) {
	t.Helper()
	npm := program(t, "npm", "npm")
	command := exec.CommandContext(t.Context(), npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--silent", typescriptClient)
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		leaveOut(t, typescriptClient+" cannot be installed, which needs the npm registry: "+err.Error()+"\n"+string(output))
	}
}
