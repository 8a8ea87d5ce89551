package assembly

import (
	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Instrumented counts the sends of a channel.
func Instrumented(c activities.Channel, name dispute.Channel) activities.Channel {
	return instrumentedChannel{c, name}
}

// NewMail returns the channel for mails.
var NewMail = newMail
