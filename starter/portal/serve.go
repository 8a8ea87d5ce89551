package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// The timeouts of the server. A file of some megabytes has a minute to arrive.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = 60 * time.Second
	shutdownTimeout = 15 * time.Second
)

// What a silent database holds up ends: a page while its reader can still be told, and an export, whose reader may be slow.
const (
	handlerTimeout = requestTimeout - 5*time.Second
	exportTimeout  = 15 * time.Minute
)

// Serve answers requests on the configured addresses until ctx ends; requests that have begun are answered. It calls listening
// when both addresses are open.
func (p *Portal) Serve(ctx context.Context, listening func(net.Addr)) error {
	pages, err := p.listen(ctx, "PORTAL_ADDR", p.Config.Addr)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if p.Config.MetricsAddr != "" {
		monitoring, err := p.listen(ctx, "METRICS_ADDR", p.Config.MetricsAddr)
		if err != nil {
			return errors.Join(err, pages.Close())
		}
		group.Go(func() error { return p.answer(ctx, monitoring, p.Monitoring()) })
	}
	group.Go(func() error { p.api.Run(ctx); return nil })
	listening(pages.Addr())
	group.Go(func() error { return p.answer(ctx, pages, p) })
	defer p.sending.Wait()
	return group.Wait()
}

func (p *Portal) listen(ctx context.Context, variable, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return listener, nil
}

// answer serves a listener until ctx ends, and then what has begun.
func (p *Portal) answer(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
		ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return server.Shutdown(ending)
}
