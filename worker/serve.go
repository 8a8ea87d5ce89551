package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// requestTimeout bounds a request with its answer.
const requestTimeout = 30 * time.Second

// serve answers HTTP requests on addr until stop is called.
func serve(ctx context.Context, addr string, handler http.Handler, log *slog.Logger) (stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	log.Info("listening", "address", listener.Addr().String())
	server := &http.Server{
		Handler: handler, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the HTTP server has stopped", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil
}

// askHealth returns an error unless the worker or portal on this machine is ready.
func askHealth(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("METRICS_ADDR is %q; it must be that of the worker or the portal, such as :9090", addr)
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil) //nolint:gosec // the address is configured
	if err != nil {
		return err
	}
	client := &http.Client{}
	answer, err := client.Do(request) //nolint:gosec // as above
	if err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // the body was read
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("not ready:\n%s", strings.TrimSpace(string(body))))
	}
	return nil
}
