package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute/schema"
	"github.com/streitfall/streitfall/starter/terminal"
)

func (a *app) schema() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON schemas of disputes, messages, cases and events",
		Long: `Prints the JSON schema (2020-12) of a document, or the names of all. Programs can be generated from
them, and documents checked before they are sent. What is written (a dispute, a message, an import)
is accepted by its schema exactly if it is accepted here; but a schema cannot say:

` + beyond() + `
Their patterns need a validator that reads them with Unicode (in JavaScript: the flag u). A document
that is read may have members that its schema does not name: builds add some.`,
		Example:   "  starter schema\n  starter schema dispute > dispute.schema.json",
		ValidArgs: schema.Names(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("one argument is allowed, the name of a schema, not %d: %s", len(args), strings.Join(args, " "))
			}
			if len(args) == 1 {
				_, err := schema.Of(args[0])
				return err
			}
			return nil
		},
		RunE: does(func(_ context.Context, args []string) error {
			if len(args) == 0 {
				return a.listSchemas()
			}
			text, err := schema.Text(args[0])
			if err == nil {
				_, err = fmt.Fprintln(a.raw, text)
			}
			return err
		}),
	}
	return cmd
}

// beyond lists what a schema cannot say, for a terminal.
func beyond() string {
	var text strings.Builder
	for _, rule := range schema.Beyond {
		lines := terminal.Wrap(rule, terminal.Columns-4)
		fmt.Fprintf(&text, "  - %s\n", strings.Join(lines, "\n    "))
	}
	return text.String()
}

func (a *app) listSchemas() error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tDOCUMENT")
	for _, document := range schema.Documents {
		fmt.Fprintf(table, "%s\t%s\n", document.Name, document.About)
	}
	return table.Flush()
}
