package assembly

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/workflows"
)

// registrationTimeout is how long Temporal may take to make a new search attribute usable.
const registrationTimeout = 30 * time.Second

// ensureSearchAttributes registers the search attributes that the namespace lacks. If the server does not allow that, the
// error contains the command for an administrator.
func ensureSearchAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, registrationTimeout)
	defer cancel()
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return unreadable(ctx, temporal, namespace, err)
	}
	missing, err := compare(namespace, known.GetCustomAttributes())
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: types(missing),
	})
	if err != nil {
		return fmt.Errorf("the search attributes of disputes cannot be registered (%w); an administrator has to run:\n  %s", err, command(namespace, missing))
	}
	return awaitAttributes(ctx, temporal, namespace)
}

// CheckSearchAttributes returns an error unless the namespace has the search attributes of disputes. It registers none.
func CheckSearchAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return unreadable(ctx, temporal, namespace, err)
	}
	missing, err := compare(namespace, known.GetCustomAttributes())
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("namespace %q lacks %d search attributes of disputes; a worker registers them, or an administrator does:\n  %s",
			namespace, len(missing), command(namespace, missing))
	}
	return err
}

// unreadable handles a server that does not list its search attributes. Listing may be forbidden although all of them are
// registered; whether they are usable then shows in a query.
func unreadable(ctx context.Context, temporal client.Client, namespace string, err error) error {
	if _, none := errors.AsType[*serviceerror.NamespaceNotFound](err); none {
		return fmt.Errorf("namespace %q does not exist (TEMPORAL_NAMESPACE): %w", namespace, err)
	}
	if useAttributes(ctx, temporal, namespace) == nil {
		return nil
	}
	return fmt.Errorf("the search attributes of namespace %q cannot be read (%w); if they are missing, an administrator has to run:\n  %s",
		namespace, err, command(namespace, workflows.SearchAttributes))
}

// compare returns the attributes that the namespace lacks. An attribute of another type is an error: disputes could not be
// written, and only an operator knows who uses it.
func compare(namespace string, known map[string]enumspb.IndexedValueType) (missing []temporal.SearchAttributeKey, err error) {
	var conflicts []error
	for _, key := range workflows.SearchAttributes {
		switch kind, found := known[key.GetName()]; {
		case !found:
			missing = append(missing, key)
		case kind != key.GetValueType():
			conflicts = append(conflicts, fmt.Errorf("search attribute %s of namespace %q has type %s; it must be %s",
				key.GetName(), namespace, kind, key.GetValueType()))
		}
	}
	return missing, errors.Join(conflicts...)
}

// awaitAttributes waits until queries accept the attributes: servers cache the attributes of a namespace.
func awaitAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	for {
		err := useAttributes(ctx, temporal, namespace)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %q does not know the search attributes of disputes: %w", namespace, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// useAttributes runs a query that uses all attributes.
func useAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	terms := make([]string, len(workflows.SearchAttributes))
	for i, key := range workflows.SearchAttributes {
		terms[i] = key.GetName() + " IS NULL"
	}
	_, err := temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: strings.Join(terms, " AND "),
	})
	return err
}

func types(attributes []temporal.SearchAttributeKey) map[string]enumspb.IndexedValueType {
	types := map[string]enumspb.IndexedValueType{}
	for _, key := range attributes {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// command returns the command that registers attributes with Temporal's command line.
func command(namespace string, attributes []temporal.SearchAttributeKey) string {
	var b strings.Builder
	fmt.Fprintf(&b, "temporal operator search-attribute create --namespace %s", namespace)
	for _, key := range attributes {
		fmt.Fprintf(&b, " --name %s --type %s", key.GetName(), key.GetValueType())
	}
	return b.String()
}
