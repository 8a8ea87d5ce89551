package main

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// forEachSent calls do with each message that a step has sent and with the deadline of the period that it has opened, nil
// if it has opened none.
func forEachSent(asked, answer any, do func(activities.Notification, *dispute.Deadline)) {
	switch asked := asked.(type) {
	case activities.Notification:
		do(asked, answer.(activities.Delivery).Deadline)
	case []activities.Notification:
		for i, taken := range answer.([]activities.Delivery) {
			if taken.Taken() {
				do(asked[i], taken.Deadline)
			}
		}
	}
}

// oneByOne sends the messages of a step, each after the one before. It reports false if the step does not send messages.
func oneByOne(ctx workflow.Context, asked any, notify func(activities.Notification) workflow.Future) (answer any, ok bool, err error) {
	messages, ok := asked.([]activities.Notification)
	if !ok {
		return nil, false, nil
	}
	deliveries := make([]activities.Delivery, len(messages))
	for i, message := range messages {
		err = errors.Join(err, notify(message).Get(ctx, &deliveries[i]))
	}
	return deliveries, true, err
}
