package assembly_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// commandOfAll is what an operator has to run where nothing is registered.
const commandOfAll = "temporal operator search-attribute create --namespace shop --name DisputeState --type Keyword " +
	"--name DisputeWaitingFor --type Keyword --name DisputeReason --type Keyword --name DisputeMerchant --type Keyword " +
	"--name DisputeOutcome --type Keyword --name DisputeDeadline --type Datetime --name DisputeAttention --type KeywordList"

// server stands in for a Temporal that allows or refuses what the test says.
type server struct {
	known               map[string]enumspb.IndexedValueType
	list, add, unusable error
	// usable is how often the attributes are asked for before they can be used.
	usable int

	mu    sync.Mutex
	added map[string]enumspb.IndexedValueType
	asked int
}

// answer is the server's end of every call.
func (s *server) answer(_ context.Context, _ string, request, reply any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, _ ...grpc.CallOption) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch reply := reply.(type) {
	case *workflowservice.GetSystemInfoResponse:
		return nil
	case *operatorservice.ListSearchAttributesResponse:
		reply.CustomAttributes = s.known
		return s.list
	case *operatorservice.AddSearchAttributesResponse:
		s.added = request.(*operatorservice.AddSearchAttributesRequest).GetSearchAttributes()
		return s.add
	case *workflowservice.CountWorkflowExecutionsResponse:
		if s.asked++; s.asked <= s.usable {
			return serviceerror.NewInvalidArgument("invalid search attribute: DisputeState")
		}
		return s.unusable
	default:
		return errors.New("nobody asks for this")
	}
}

// assemble assembles a worker on the server, which is never run.
func (s *server) assemble(t *testing.T, patience time.Duration) error {
	t.Helper()
	return s.assembleAs(t, config(t), patience, slog.New(slog.DiscardHandler))
}

func (s *server) assembleAs(t *testing.T, c assembly.Config, patience time.Duration, logger *slog.Logger) error {
	t.Helper()
	temporal, err := client.NewLazyClient(client.Options{
		Namespace: "shop", Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithUnaryInterceptor(s.answer)}},
	})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = assembly.New(ctx, temporal, "shop", c, logger)
	return err
}

func config(t *testing.T) assembly.Config {
	t.Helper()
	dir := t.TempDir()
	return assembly.Config{
		LedgerURL: "sqlite:" + filepath.Join(dir, "ledger.db"), MailDir: filepath.Join(dir, "mails"),
		MailFrom: "streitfall@klarna.example", Arbiter: assembly.ArbiterDesk,
	}
}

// complete has every search attribute, less the ones named.
func complete(without ...string) map[string]enumspb.IndexedValueType {
	known := map[string]enumspb.IndexedValueType{"Colour": enumspb.INDEXED_VALUE_TYPE_KEYWORD}
	for _, key := range workflows.SearchAttributes {
		known[key.GetName()] = key.GetValueType()
	}
	for _, name := range without {
		delete(known, name)
	}
	return known
}

func TestMissingAttributesAreRegistered(t *testing.T) {
	t.Parallel()
	s := &server{known: complete("DisputeDeadline", "DisputeAttention"), usable: 2}
	require.NoError(t, s.assemble(t, time.Minute))
	require.Equal(t, map[string]enumspb.IndexedValueType{
		"DisputeDeadline": enumspb.INDEXED_VALUE_TYPE_DATETIME, "DisputeAttention": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
	}, s.added)
	require.Equal(t, 3, s.asked, "it waits until they can be used")
}

func TestKnownAttributesAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := &server{known: complete(), add: errors.New("nothing is to be added")}
	require.NoError(t, s.assemble(t, time.Minute))
	require.Nil(t, s.added)
}

// TestAttributesOfAnotherType: somebody else uses our names, so no dispute could be written.
func TestAttributesOfAnotherType(t *testing.T) {
	t.Parallel()
	s := &server{known: complete("DisputeReason")}
	s.known["DisputeState"], s.known["DisputeDeadline"] = enumspb.INDEXED_VALUE_TYPE_INT, enumspb.INDEXED_VALUE_TYPE_TEXT
	require.EqualError(t, s.assemble(t, time.Minute), `search attribute DisputeState of namespace "shop" has type Int; it must be Keyword`+"\n"+
		`search attribute DisputeDeadline of namespace "shop" has type Text; it must be Datetime`)
	require.Nil(t, s.added)
}

func TestRegistrationRefused(t *testing.T) {
	t.Parallel()
	s := &server{add: serviceerror.NewPermissionDenied("admins only", "")}
	require.EqualError(t, s.assemble(t, time.Minute), "the search attributes of disputes cannot be registered (admins only); "+
		"somebody who may has to run:\n  "+commandOfAll)
	s.known = complete("DisputeOutcome")
	require.ErrorContains(t, s.assemble(t, time.Minute), "has to run:\n  temporal operator search-attribute create --namespace shop --name DisputeOutcome --type Keyword")
}

func TestListingRefused(t *testing.T) {
	t.Parallel()
	s := &server{list: serviceerror.NewPermissionDenied("admins only", "")}
	require.NoError(t, s.assemble(t, time.Minute), "all can be used, so all is in place")
	s.usable = 10
	require.EqualError(t, s.assemble(t, time.Minute), `the search attributes of namespace "shop" cannot be read (admins only); `+
		"if they are missing, somebody who may has to run:\n  "+commandOfAll)
	require.Equal(t, 2, s.asked, "there is nothing to wait for")
}

func TestNamespaceNotFound(t *testing.T) {
	t.Parallel()
	s := &server{list: serviceerror.NewNamespaceNotFound("shop")}
	require.EqualError(t, s.assemble(t, time.Minute), `namespace "shop" is not there (TEMPORAL_NAMESPACE): Namespace shop is not found.`)
}

func TestRegisteredAndNeverUsable(t *testing.T) {
	t.Parallel()
	s := &server{unusable: serviceerror.NewInvalidArgument("invalid search attribute: DisputeState")}
	require.EqualError(t, s.assemble(t, 50*time.Millisecond),
		`namespace "shop" does not know the search attributes of disputes: invalid search attribute: DisputeState`)
}
