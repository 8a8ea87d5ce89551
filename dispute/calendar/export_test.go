package calendar

import (
	"maps"
	"slices"
)

// TableNames returns the names of the tables, unsorted.
func TableNames() []string {
	return slices.Collect(maps.Keys(tables))
}
