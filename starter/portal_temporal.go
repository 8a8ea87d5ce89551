package main

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/worker/assembly"
)

// connectLater makes a client of Temporal that connects when it is used, and again whenever Temporal has been away. It returns
// Temporal's address.
func (a *app) connectLater() (address string, err error) {
	options, err := a.connection()
	if err != nil {
		return "", err
	}
	a.temporal, err = client.NewLazyClient(options)
	return options.HostPort, err
}

// namespaceAnswers returns why Temporal does not answer for the namespace of the disputes.
func (a *app) namespaceAnswers(ctx context.Context) error {
	_, err := assembly.NamespaceOf(ctx, a.temporal, a.namespace)
	return err
}

// The pauses and the timeout of looks at a Temporal that does not answer.
const (
	lookPause   = 2 * time.Second
	lookTimeout = 5 * time.Second
)

// awaitTemporal says once that Temporal does not answer, and once that it does then.
func (a *app) awaitTemporal(ctx context.Context, address string, log *slog.Logger) {
	for away := false; ctx.Err() == nil; away = true {
		looking, cancel := context.WithTimeout(ctx, lookTimeout)
		err := a.namespaceAnswers(looking)
		cancel()
		switch {
		case err == nil && away:
			log.InfoContext(ctx, "Temporal answers: all of the portal is there")
			return
		case err == nil:
			return
		case !away && ctx.Err() == nil:
			log.WarnContext(ctx, "the portal runs without Temporal: lists and the archive are there, and messages are not taken",
				"error", assembly.Unreachable(ctx, address, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookPause):
		}
	}
}
