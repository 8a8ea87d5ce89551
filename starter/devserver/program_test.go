package devserver

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSuitablePrograms(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)":                  true,
		"temporal version 0.0.0-DEV (Server 1.29.0, UI 2.42.1)":              true,
		"temporal version 1.6.0 (Server 1.30.0, UI 2.45.0, built by others)": true,
		"temporal version 3.0.0 (Server 2.0.0, UI 3.0.0)":                    true,
		"temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)":                  false,
		"temporal version 0.9.0 (Server 0.31.0, UI 2.0.0)":                   false,
		"another program 1.29.1":                                             false,
		"":                                                                   false,
	} {
		require.Equal(t, want, suitable(version), version)
	}
}

func TestOldestServerIsTheOneThatGetsBuilt(t *testing.T) {
	t.Parallel()
	require.Contains(t, string(moduleFile), fmt.Sprintf("\tgo.temporal.io/server v%d.%d.", oldestMajor, oldestMinor))
}
