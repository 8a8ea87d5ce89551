package calendar

import (
	"maps"
	"slices"
)

// TableNames are the names of the tables, in no order of meaning.
func TableNames() []string {
	return slices.Collect(maps.Keys(tables))
}
