package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sliceSize is how many disputes of one mode are under way before it is another's turn, at most: the machine is not
// the same for long.
const sliceSize = 125

// plan is what a comparison runs.
type plan struct {
	Path     string `json:"path"`
	Disputes int    `json:"disputes"`
	Clients  int    `json:"clients"`
	Rounds   int    `json:"rounds"`
}

// mixes are what --path takes: ten disputes each. How many of those of life end how is a guess.
var mixes = map[string][]path{
	"agreement":   slices.Repeat([]path{agreement}, 10),
	"silence":     slices.Repeat([]path{silence}, 10),
	"arbitration": slices.Repeat([]path{arbitration}, 10),
	"mixed": {
		agreement, silence, agreement, agreement, arbitration, agreement, silence, agreement, silence, agreement,
	},
}

func (p plan) check() error {
	if _, known := mixes[p.Path]; !known {
		return fmt.Errorf("--path is %q; allowed are %s", p.Path, strings.Join(slices.Sorted(maps.Keys(mixes)), ", "))
	}
	return atLeastOne("--disputes", p.Disputes, "--clients", p.Clients, "--rounds", p.Rounds)
}

// paths are those of so many disputes, in the parts of a mix.
func paths(mix []path, disputes int) []path {
	out := make([]path, disputes)
	for n := range out {
		out[n] = mix[n%len(mix)]
	}
	return out
}

// turn is one slice of one mode.
type turn struct {
	mode     mode
	disputes int
}

// turns are the slices of one round: as equal as can be. Temporal is still at work on what one has left behind when the
// next one begins, so each of the modes comes as often after the one as after the other of the other two.
func turns(disputes int, modes []mode) []turn {
	count := (disputes + sliceSize - 1) / sliceSize
	order := slices.Clone(modes)
	var out []turn
	for n := range count {
		size := disputes*(n+1)/count - disputes*n/count
		for _, m := range order {
			out = append(out, turn{mode: m, disputes: size})
		}
		slices.Reverse(order[1:])
	}
	return out
}
