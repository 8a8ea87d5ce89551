package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/streitfall/streitfall/worker/codec"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// examineKeys decrypts the input of the newest open dispute.
func (e *examination) examineKeys(ctx context.Context) {
	if _, err := encryption.ParseKeys(e.Getenv("PAYLOAD_KEYS")); err != nil { // examineSettings has said so
		e.skip("PAYLOAD_KEYS is not usable", CheckKeys)
		return
	}
	if e.namespace.ID == "" {
		e.skip("the namespace cannot be read", CheckKeys)
		return
	}
	id, input, err := e.newestInput(ctx)
	keys := e.config.PayloadKeys
	switch {
	case err != nil:
		e.skip("no dispute can be read: "+err.Error(), CheckKeys)
	case input == nil && keys.Any():
		e.ok(CheckKeys, "well formed; no dispute is open that they could decrypt")
	case input == nil:
		e.ok(CheckKeys, "none: nothing is encrypted")
	default:
		e.tryKeys(id, input)
	}
}

func (e *examination) tryKeys(id string, input []*commonpb.Payload) {
	plain, err := e.config.PayloadKeys.Codec().Decode(input)
	switch {
	case err != nil:
		e.wrong(CheckKeys, fmt.Errorf("dispute %s: %w", id, err),
			"give all workers and clients the same PAYLOAD_KEYS; a key is needed until the last dispute that used it has left Temporal")
	case e.config.PayloadKeys.Any() && proto.Equal(plain[0], input[0]):
		e.warn(CheckKeys, fmt.Sprintf("dispute %s was opened without encryption", id),
			"give PAYLOAD_KEYS to the clients that open disputes as well")
	case e.config.PayloadKeys.Any():
		e.ok(CheckKeys, "they decrypt dispute %s", id)
	default:
		e.ok(CheckKeys, "none: nothing is encrypted")
	}
}

// newestInput returns the newest open dispute with the payloads that it was started with; nil where none is open.
func (e *examination) newestInput(ctx context.Context) (id string, input []*commonpb.Payload, err error) {
	runs, err := e.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: 1, Query: "WorkflowType = '" + workflows.WorkflowType + "' AND ExecutionStatus = 'Running'",
	})
	if err != nil || len(runs.GetExecutions()) == 0 {
		return "", nil, err
	}
	run := runs.GetExecutions()[0].GetExecution()
	events := e.temporal.GetWorkflowHistory(ctx, run.GetWorkflowId(), run.GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !events.HasNext() {
		return "", nil, errors.New("its history is empty")
	}
	started, err := events.Next()
	return workflows.DisputeID(run.GetWorkflowId()), started.GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads(), err
}

// examineCodec asks the codec server to decrypt what our keys have encrypted, as the Web UI does.
func (e *examination) examineCodec(ctx context.Context) {
	if e.Getenv("CODEC_TOKEN")+e.Getenv("CODEC_ADDR")+e.Getenv("CODEC_ORIGIN")+e.CodecURL == "" {
		e.skip("not configured (CODEC_TOKEN)", CheckCodec)
		return
	}
	config, err := codec.ConfigFromEnv(e.Getenv)
	if err != nil {
		each(err, func(fault error) { e.wrong(CheckCodec, fault, "correct the variable for worker codec") })
		return
	}
	address := cmp.Or(e.CodecURL, (&url.URL{Scheme: "http", Host: reachable(config.Addr)}).String())
	if err := askCodec(ctx, config, address); err != nil {
		e.wrong(CheckCodec, fmt.Errorf("%s: %w", address, err),
			"start worker codec with the workers' PAYLOAD_KEYS and this CODEC_TOKEN and CODEC_ORIGIN, and give --codec its address")
		return
	}
	e.ok(CheckCodec, "%s decrypts what these keys encrypt", address)
}

// reachable returns an address to dial for one to listen on.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host != "" && !net.ParseIP(host).IsUnspecified() {
		return addr
	}
	return net.JoinHostPort("127.0.0.1", port)
}

func askCodec(ctx context.Context, config codec.Config, address string) error {
	want, err := converter.GetDefaultDataConverter().ToPayload("examined")
	if err != nil {
		return err
	}
	sealed, err := config.Keys.Codec().Encode([]*commonpb.Payload{want})
	if err != nil {
		return err
	}
	remote := converter.NewRemotePayloadCodec(converter.RemotePayloadCodecOptions{
		Endpoint: address, Client: http.Client{Timeout: checkTimeout},
		ModifyRequest: func(request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+config.Token)
			if config.Origin != "" {
				request.Header.Set("Origin", config.Origin)
			}
			*request = *request.WithContext(ctx)
			return nil
		},
	})
	got, err := remote.Decode(sealed)
	if err == nil && !proto.Equal(got[0], want) {
		err = errors.New("it answers, but does not decrypt")
	}
	return err
}
