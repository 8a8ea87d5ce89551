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
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// commandOfAll is the command that registers all search attributes.
const commandOfAll = "temporal operator search-attribute create --namespace shop --name DisputeState --type Keyword " +
	"--name DisputeWaitingFor --type Keyword --name DisputeReason --type Keyword --name DisputeMerchant --type Keyword " +
	"--name DisputeOutcome --type Keyword --name DisputeDeadline --type Datetime --name DisputeAttention --type KeywordList"

// server is a fake Temporal server with errors for each request.
type server struct {
	known               map[string]enumspb.IndexedValueType
	list, add, unusable error
	// usable is the number of queries that fail before the attributes are usable.
	usable int

	mu    sync.Mutex
	added map[string]enumspb.IndexedValueType
	asked int
}

// answer answers every call.
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
	case *workflowservice.DescribeNamespaceResponse:
		reply.NamespaceInfo = &namespacepb.NamespaceInfo{Id: "id-of-shop"}
		return nil
	default:
		return errors.New("unexpected request")
	}
}

// assemble assembles a worker on the server, and does not run it.
func (s *server) assemble(t *testing.T, timeout time.Duration) error {
	t.Helper()
	return s.assembleAs(t, config(t), timeout, slog.New(slog.DiscardHandler))
}

func (s *server) assembleAs(t *testing.T, c assembly.Config, timeout time.Duration, logger *slog.Logger) error {
	t.Helper()
	temporal, err := client.NewLazyClient(client.Options{
		Namespace: "shop", Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithUnaryInterceptor(s.answer)}},
	})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
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

// complete returns every search attribute without those named.
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
	require.Equal(t, 3, s.asked, "it waits until they are usable")
}

func TestKnownAttributesAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := &server{known: complete(), add: errors.New("unexpected registration")}
	require.NoError(t, s.assemble(t, time.Minute))
	require.Nil(t, s.added)
}

// TestAttributesOfAnotherType: no dispute could be written with them.
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
		"an administrator has to run:\n  "+commandOfAll)
	s.known = complete("DisputeOutcome")
	require.ErrorContains(t, s.assemble(t, time.Minute), "has to run:\n  temporal operator search-attribute create --namespace shop --name DisputeOutcome --type Keyword")
}

func TestListingRefused(t *testing.T) {
	t.Parallel()
	s := &server{list: serviceerror.NewPermissionDenied("admins only", "")}
	require.NoError(t, s.assemble(t, time.Minute), "all are usable")
	s.usable = 10
	require.EqualError(t, s.assemble(t, time.Minute), `the search attributes of namespace "shop" cannot be read (admins only); `+
		"if they are missing, an administrator has to run:\n  "+commandOfAll)
	require.Equal(t, 2, s.asked, "one query per attempt")
}

func TestNamespaceNotFound(t *testing.T) {
	t.Parallel()
	s := &server{list: serviceerror.NewNamespaceNotFound("shop")}
	require.EqualError(t, s.assemble(t, time.Minute), `namespace "shop" does not exist (TEMPORAL_NAMESPACE): Namespace shop is not found.`)
}

func TestRegisteredAndNeverUsable(t *testing.T) {
	t.Parallel()
	s := &server{unusable: serviceerror.NewInvalidArgument("invalid search attribute: DisputeState")}
	require.EqualError(t, s.assemble(t, 50*time.Millisecond),
		`namespace "shop" does not know the search attributes of disputes: invalid search attribute: DisputeState`)
}
