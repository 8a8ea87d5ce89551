package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
)

// TestSharedHost: many merchants have their endpoints at one provider. However many of them
// are sick, they cost the others no connection, and their own messages do not wait longer for a place than those of a well one.
func TestSharedHost(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 100)
	r := receive(t, func(w http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, "/sick") {
			arrived <- struct{}{}
			hang(w, request)
		}
	})
	channel := webhooks(r)
	channel.SetPlaceTimeout(50 * time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	var sends sync.WaitGroup
	const sick = 8
	for i := range sick * portal.MaxPerEndpoint {
		sends.Go(func() {
			_, err := channel.Send(ctx, opened(fmt.Sprintf("%s/sick/%d", r.URL, i%sick)))
			require.ErrorIs(t, err, context.Canceled)
		})
	}
	for range sick * portal.MaxPerEndpoint {
		<-arrived
	}
	_, err := channel.Send(t.Context(), opened(r.URL+"/sick/0"))
	require.ErrorContains(t, err, "has not answered 8 earlier messages")
	require.Empty(t, dispute.CodeOf(err))

	bounded, cancelBounded := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancelBounded()
	_, err = channel.Send(bounded, opened(r.URL+"/well"))
	require.NoError(t, err)
	cancel()
	sends.Wait()
	require.Empty(t, arrived)
}
