package assembly

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// ConnectionFromEnv reads how Temporal is reached, as all Temporal tools do: environment variables, and the profile of a
// configuration file. Address and namespace are never empty. Certificates are read from their files for each connection, so
// that renewed ones are used without a restart.
func ConnectionFromEnv(getenv func(string) string) (client.Options, error) {
	options, err := load(getenv)
	if err != nil {
		return client.Options{}, fmt.Errorf("the configuration of Temporal is not usable: %w", err)
	}
	options.HostPort = cmp.Or(options.HostPort, client.DefaultHostPort)
	options.Namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
	return options, nil
}

// lookup makes an envconfig.EnvLookup of a function such as os.Getenv.
type lookup func(string) string

func (l lookup) LookupEnv(name string) (string, bool) {
	value := l(name)
	return value, value != ""
}

// Environ is asked for the names of gRPC headers (TEMPORAL_GRPC_META_…) only.
func (l lookup) Environ() []string { return os.Environ() }

// dialTimeout bounds the look at an address on which Temporal did not answer.
const dialTimeout = 2 * time.Second

// Dial connects to Temporal.
func Dial(ctx context.Context, options client.Options) (client.Client, error) {
	temporal, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, Unreachable(ctx, options.HostPort, err)
	}
	return temporal, nil
}

// Unreachable explains why Temporal does not answer at an address. The gRPC library hides an unknown host and a wrong address
// behind texts of its own, so the address is dialled once more.
func Unreachable(ctx context.Context, address string, err error) error {
	connection, dialErr := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "tcp", address)
	if dialErr != nil {
		err = dialErr
	} else {
		_ = connection.Close()
	}
	return fmt.Errorf("temporal cannot be reached at %s; start it (temporal server start-dev) or correct TEMPORAL_ADDRESS: %w", address, err)
}

// AnyWorkflowID returns options for a connection that can handle workflow ids with any characters. The SDK puts the
// workflow id into a gRPC header of its requests, and gRPC refuses headers with other characters than printable ASCII: on
// a worker without these options every task of a workflow "dispute-müller-1" fails, so that not even a refusal is answered.
func AnyWorkflowID(options client.Options) client.Options {
	dial := slices.Clip(options.ConnectionOptions.DialOptions)
	options.ConnectionOptions.DialOptions = append(dial, grpc.WithChainUnaryInterceptor(escapeHeaders))
	return options
}

// escapeHeaders escapes everything but printable ASCII in the headers of a request. Headers whose name ends in -bin have
// any bytes, which gRPC encodes itself.
func escapeHeaders(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker,
	options ...grpc.CallOption,
) error {
	if headers, ok := metadata.FromOutgoingContext(ctx); ok { // a copy
		for name, values := range headers {
			if !strings.HasSuffix(name, "-bin") {
				for i, value := range values {
					values[i] = escape(value)
				}
			}
		}
		ctx = metadata.NewOutgoingContext(ctx, headers)
	}
	return invoke(ctx, method, request, reply, connection, options...)
}

// escape writes every byte that is not printable ASCII as %XX.
func escape(value string) string {
	var escaped strings.Builder
	for i := range len(value) {
		if b := value[i]; b < ' ' || b > '~' {
			fmt.Fprintf(&escaped, "%%%02X", b)
		} else {
			escaped.WriteByte(b)
		}
	}
	return escaped.String()
}
