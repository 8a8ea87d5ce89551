package files

import (
	"context"
	"net/url"
	"time"
)

// OpenBucket opens a bucket whose server may take so long to answer.
func OpenBucket(ctx context.Context, u *url.URL, timeout time.Duration) (Store, error) {
	return openBucket(ctx, u, timeout)
}
