package assembly

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// load reads the configuration of the client.
func load(getenv func(string) string) (client.Options, error) {
	profile, err := envconfig.LoadClientConfigProfile(envconfig.LoadClientConfigProfileOptions{EnvLookup: lookup(getenv)})
	if err != nil {
		return client.Options{}, err
	}
	read := func() (client.Options, error) {
		return profile.ToClientOptions(envconfig.ToClientOptionsRequest{})
	}
	options, err := read()
	if err != nil || options.ConnectionOptions.TLS == nil {
		return options, err
	}
	renewed := &renewedTLS{TransportCredentials: credentials.NewTLS(options.ConnectionOptions.TLS), load: func() (*tls.Config, error) {
		options, err := read()
		return options.ConnectionOptions.TLS, err
	}}
	renewed.last.Store(options.ConnectionOptions.TLS)
	options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithTransportCredentials(renewed))
	return options, nil
}

// renewedTLS are the credentials of a connection whose certificates may be renewed on disk: that of the client, and those of
// the authorities that it trusts.
type renewedTLS struct {
	credentials.TransportCredentials
	load func() (*tls.Config, error)
	// last is what was loaded last without an error. It is used while a certificate and its key do not fit, because only one
	// of them has been replaced yet.
	last atomic.Pointer[tls.Config]
}

// ClientHandshake implements credentials.TransportCredentials.
func (r *renewedTLS) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if config, err := r.load(); err == nil {
		r.last.Store(config)
	}
	return credentials.NewTLS(r.last.Load()).ClientHandshake(ctx, authority, raw)
}

// Clone implements credentials.TransportCredentials.
func (r *renewedTLS) Clone() credentials.TransportCredentials {
	return r // nothing changes it; OverrideServerName, which is deprecated, has no caller
}
