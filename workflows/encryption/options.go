package encryption

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

// Client returns the options of a client that encrypts the payloads it sends, with the messages of failures, and decrypts
// those it receives. A payload whose key is missing is an error.
func (k Keys) Client(options client.Options) client.Options {
	return k.configure(options, k.Codec())
}

// Worker does the same for the client of a worker. There, a payload whose key is missing stops the dispute until a worker
// has the key. Otherwise the SDK would drop a signal that it cannot read, and fail a dispute, because of our own failure.
func (k Keys) Worker(options client.Options) client.Options {
	return k.configure(options, stopping{k.Codec()})
}

func (k Keys) configure(options client.Options, codec converter.PayloadCodec) client.Options {
	options.DataConverter = converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec)
	options.FailureConverter = temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: options.DataConverter, EncodeCommonAttributes: k.Any(),
	})
	return options
}

// stopping fails the workflow task, and not the workflow, if a payload cannot be decrypted.
type stopping struct {
	converter.PayloadCodec
}

// Decode panics if a payload cannot be decrypted: the SDK then retries the workflow task. In an activity the panic is a
// failed attempt.
func (s stopping) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded, err := s.PayloadCodec.Decode(payloads)
	if err != nil {
		panic(err) //nolint:forbidigo // an error would be taken for a malformed signal, which is dropped
	}
	return decoded, nil
}
