package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/strict"
)

func TestFaultsInWordsAndInJSON(t *testing.T) {
	t.Parallel()
	var faults strict.Faults
	require.Empty(t, faults.String())
	faults.Add("", "the input is %s", "odd")
	faults.Add("a.b", "must be %d", 1)
	require.Equal(t, "the input is odd; a.b: must be 1", faults.String())
	encoded, err := json.Marshal(faults)
	require.NoError(t, err)
	require.JSONEq(t, `[{"path":"","problem":"the input is odd"},{"path":"a.b","problem":"must be 1"}]`, string(encoded))
}

func TestFaultsEndAfterMaxFaults(t *testing.T) {
	t.Parallel()
	var faults strict.Faults
	for range 3 * strict.MaxFaults {
		faults.Add("x", "is wrong")
	}
	require.Len(t, faults, strict.MaxFaults+1)
	require.True(t, strings.HasSuffix(faults.String(), "x: is wrong; the input has more faults than these 100"))
	require.True(t, faults.Unreadable())
}

func TestHasLooksAtWhatContainsThePath(t *testing.T) {
	t.Parallel()
	faults := strict.Faults{{Path: "a.b", Problem: "is wrong"}}
	for path, want := range map[string]bool{
		"a.b": true, "a.b.c": true, "a.b[0]": true, "a.b[0].c": true, "a": false, "a.bc": false, "a.c": false, "": false,
	} {
		require.Equal(t, want, faults.Has(path), path)
		more := append(strict.Faults{}, faults...)
		more.AddOnce(path, "is missing")
		require.Equal(t, want, len(more) == 1, path)
	}
	require.False(t, faults.Unreadable())
}
