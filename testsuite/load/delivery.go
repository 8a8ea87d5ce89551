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
		do(asked, answer.(activities.Notified).Deadline)
	case activities.Both[activities.Notification]:
		both := answer.(activities.Both[activities.Told])
		if told := both.Merchant.Notified; told != nil {
			do(asked.Merchant, told.Deadline)
		}
		if told := both.Customer.Notified; told != nil {
			do(asked.Customer, told.Deadline)
		}
	}
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
