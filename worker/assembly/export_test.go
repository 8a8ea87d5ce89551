package assembly

import (
	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Metered counts what a channel does.
func Metered(c activities.Channel, name dispute.Channel) activities.Channel {
	return meteredChannel{c, name}
}
