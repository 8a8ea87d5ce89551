package main

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// sentNotification is a message that was sent.
type sentNotification struct {
	activities.Notification
	// deadline ends the period that the message has opened; nil if it has opened none.
	deadline *dispute.Deadline
}

// sentMessages lists the messages that a step has sent; none if it sends no messages.
func sentMessages(asked, answer any) (messages []sentNotification) {
	add := func(message activities.Notification, notified *activities.Notified) {
		if notified != nil {
			messages = append(messages, sentNotification{message, notified.Deadline})
		}
	}
	switch asked := asked.(type) {
	case activities.Notification:
		notified := answer.(activities.Notified)
		add(asked, &notified)
	case activities.Both[activities.Notification]:
		both := answer.(activities.Both[activities.Told])
		add(asked.Merchant, both.Merchant.Notified)
		add(asked.Customer, both.Customer.Notified)
	}
	return messages
}

// oneByOne sends the messages of a step, each after the one before. It reports false if the step is not one that sends
// several messages.
func oneByOne(ctx workflow.Context, asked any, notify func(activities.Notification) workflow.Future) (answer any, ok bool, err error) {
	both, ok := asked.(activities.Both[activities.Notification])
	if !ok {
		return nil, false, nil
	}
	var merchant, customer activities.Notified
	err = errors.Join(notify(both.Merchant).Get(ctx, &merchant), notify(both.Customer).Get(ctx, &customer))
	return activities.Both[activities.Told]{
		Merchant: activities.Told{Notified: &merchant}, Customer: activities.Told{Notified: &customer},
	}, true, err
}
