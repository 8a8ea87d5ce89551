package encryption_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// converterOf returns the data converter of a client with keys.
func converterOf(t *testing.T, keys string) converter.DataConverter {
	t.Helper()
	return parse(t, keys).Client(client.Options{}).DataConverter
}

func encode(t *testing.T, keys string, value any) *commonpb.Payload {
	t.Helper()
	payload, err := converterOf(t, keys).ToPayload(value)
	require.NoError(t, err)
	return payload
}

func TestEncrypted(t *testing.T) {
	t.Parallel()
	const keys = "k1:"
	first, second := encode(t, keys+secret(1), "Jonas Weber"), encode(t, keys+secret(1), "Jonas Weber")
	require.Equal(t, map[string][]byte{"encoding": []byte("binary/encrypted"), "encryption-key-id": []byte("k1")}, first.GetMetadata())
	require.NotContains(t, string(first.GetData()), "Jonas")
	require.NotEqual(t, first.GetData(), second.GetData(), "the nonce is random")
	var back string
	require.NoError(t, converterOf(t, keys+secret(1)).FromPayload(first, &back))
	require.Equal(t, "Jonas Weber", back)
}

// TestRotation: a new key is put before the old one; payloads of the old key are readable until it is removed.
func TestRotation(t *testing.T) {
	t.Parallel()
	before := encode(t, "k1:"+secret(1), "before")
	rotated := converterOf(t, "k2:"+secret(2)+",k1:"+secret(1))
	var back string
	require.NoError(t, rotated.FromPayload(before, &back))
	require.Equal(t, "before", back)
	after, err := rotated.ToPayload("after")
	require.NoError(t, err)
	require.Equal(t, "k2", string(after.GetMetadata()["encryption-key-id"]))
	require.ErrorContains(t, converterOf(t, "k2:"+secret(2)).FromPayload(before, &back),
		`encrypted with the key "k1", which is not among the 1 keys given (PAYLOAD_KEYS)`)
}

// TestPlain: without keys nothing is encrypted, and with keys plain payloads are readable.
func TestPlain(t *testing.T) {
	t.Parallel()
	payload := encode(t, "", "Jonas Weber")
	require.Equal(t, `"Jonas Weber"`, string(payload.GetData()))
	var back string
	require.NoError(t, converterOf(t, "k1:"+secret(1)).FromPayload(payload, &back))
	require.Equal(t, "Jonas Weber", back)
	require.ErrorContains(t, converterOf(t, "").FromPayload(encode(t, "k1:"+secret(1), "x"), &back), "not among the 0 keys given")
}

// TestRawValue: a raw value is decrypted and not converted.
func TestRawValue(t *testing.T) {
	t.Parallel()
	var raw converter.RawValue
	dc := converterOf(t, "k1:"+secret(1))
	require.NoError(t, dc.FromPayload(encode(t, "k1:"+secret(1), map[string]int{"a": 1}), &raw))
	require.JSONEq(t, `{"a": 1}`, string(raw.Payload().GetData()))
	again, err := dc.ToPayload(raw)
	require.NoError(t, err)
	require.Equal(t, "binary/encrypted", string(again.GetMetadata()["encoding"]))
}

// TestChanged: a payload that was changed, or encrypted with another key of the same id, is an error.
func TestChanged(t *testing.T) {
	t.Parallel()
	keys := "k1:" + secret(1)
	sealed := encode(t, keys, "Jonas Weber")
	changed := proto.Clone(sealed).(*commonpb.Payload)
	changed.Data[len(changed.Data)-1] ^= 1
	cut := proto.Clone(sealed).(*commonpb.Payload)
	cut.Data = cut.Data[:8]
	var back string
	for _, c := range []struct {
		keys    string
		payload *commonpb.Payload
	}{{keys, changed}, {keys, cut}, {"k1:" + secret(2), sealed}} {
		err := converterOf(t, c.keys).FromPayload(c.payload, &back)
		require.ErrorContains(t, err, `a payload cannot be decrypted: it was changed, or the key "k1" given is not the one that encrypted it (PAYLOAD_KEYS)`)
		require.NotContains(t, err.Error(), secret(2))
	}
}

// TestFailures: with keys the message of a failure is encrypted, and its type stays readable.
func TestFailures(t *testing.T) {
	t.Parallel()
	refusal := temporal.NewNonRetryableApplicationError("the street is unknown", "dispute_refused", errors.New("the house is gone"), "an attic")
	for keys, readable := range map[string]bool{"": true, "k1:" + secret(1): false} {
		converter := parse(t, keys).Client(client.Options{}).FailureConverter
		failure := converter.ErrorToFailure(refusal)
		text := failure.String()
		require.Equal(t, readable, failure.GetMessage() == "the street is unknown", text)
		if !readable {
			for _, word := range []string{"street", "house", "attic"} {
				require.NotContains(t, text, word)
			}
		}
		back, ok := errors.AsType[*temporal.ApplicationError](converter.FailureToError(failure))
		require.True(t, ok)
		require.Equal(t, "the street is unknown", back.Message())
		require.Equal(t, "dispute_refused", back.Type())
	}
}

// TestWorkerStops: a client gets an error; on a worker the codec panics, so that the workflow task is retried.
func TestWorkerStops(t *testing.T) {
	t.Parallel()
	payload := encode(t, "k1:"+secret(1), "x")
	worker := parse(t, "k2:"+secret(2)).Worker(client.Options{}).DataConverter
	var back string
	require.PanicsWithError(t, `a payload is encrypted with the key "k1", which is not among the 1 keys given (PAYLOAD_KEYS)`,
		func() { _ = worker.FromPayload(payload, &back) })
	worker = parse(t, "k1:"+secret(1)).Worker(client.Options{}).DataConverter
	require.NoError(t, worker.FromPayload(payload, &back))
}
