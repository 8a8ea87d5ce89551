package encryption

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

// Client gives the options of a client the keys: what it sends is encrypted, failures with their messages too,
// and what it gets is decrypted. What cannot be, for want of the key, is an error.
func (k Keys) Client(options client.Options) client.Options {
	return k.configure(options, k.Codec())
}

// Worker does the same for a client on which a worker runs. There, what cannot be decrypted stops the dispute
// where it is until a worker has the key. The SDK would otherwise drop a signal that it cannot read, and refuse
// a dispute: nothing is decided on a failure of our own.
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

// stopping fails the workflow task, and not the workflow, where something cannot be decrypted.
type stopping struct {
	converter.PayloadCodec
}

// Decode panics: that is how a codec asks the SDK for another attempt of the workflow task. In an activity
// it is one more failed attempt.
func (s stopping) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded, err := s.PayloadCodec.Decode(payloads)
	if err != nil {
		panic(err) //nolint:forbidigo // an error would be taken for the message's, and a signal lost
	}
	return decoded, nil
}
