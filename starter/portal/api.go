package portal

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/api"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// newAPI returns the API beside the pages, which shares with them what finds a case and nothing of their sessions.
func (p *Portal) newAPI() (*api.API, error) {
	return api.New(api.Parts{
		Tokens: p.Config.Tokens, Ledger: p.Ledger, Disputes: p.Disputes, Files: p.Files, Whole: p.wholeForAPI, Observe: p.observeAPI, Log: p.Log,
		FileURL: func(disputeID string, file int64) string {
			return p.Config.Site.String() + pages.FilePath(disputeID, strconv.FormatInt(file, 10))
		},
	})
}

// wholeForAPI finds all of a case, as api.Parts asks for it.
func (p *Portal) wholeForAPI(ctx context.Context, row ledger.CaseSummary, id string) (dispute.Case, error) {
	erasure, gone, err := p.erasure(ctx, row)
	if err != nil {
		return dispute.Case{}, err
	}
	if gone {
		return dispute.Case{}, &api.ErasedError{At: erasure.At}
	}
	whole, from, err := p.whole(ctx, row, id, actTimeout)
	switch {
	case errors.Is(err, errNotFound):
		return dispute.Case{}, dispute.Refuse(dispute.CodeUnknownDispute, "there is no dispute %q", id)
	case err == nil && from == fromNowhere:
		return dispute.Case{}, api.ErrAway
	}
	return whole, err
}

// observeAPI logs and counts a request to the API as those to the pages.
func (p *Portal) observeAPI(ctx context.Context, o api.Observed) {
	p.metrics.request(o.Route, o.Status)
	p.metrics.seconds.WithLabelValues(o.Route).Observe(o.Took.Seconds())
	level := slog.LevelInfo
	if o.Status >= http.StatusInternalServerError {
		level = slog.LevelWarn
	}
	attributes := []slog.Attr{slog.String("route", o.Route), slog.Int("status", o.Status), slog.Duration("took", o.Took)}
	if o.DisputeID != "" {
		attributes = append(attributes, slog.String("dispute", o.DisputeID))
	}
	if o.Token != "" {
		attributes = append(attributes, slog.String("token", o.Token))
	}
	p.Log.LogAttrs(ctx, level, "answered", attributes...)
}
