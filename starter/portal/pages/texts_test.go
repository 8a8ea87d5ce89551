package pages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

func readTexts(t *testing.T, l language.Language) (texts map[string]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("texts", l.Name()+".json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &texts))
	return texts
}

// TestTextsAreEqual: both languages have the same keys, and name the same things in each text.
func TestTextsAreEqual(t *testing.T) {
	t.Parallel()
	de, en := readTexts(t, language.German), readTexts(t, language.English)
	names := regexp.MustCompile(`\{[a-z]+\}`)
	for key, text := range de {
		require.Contains(t, en, key)
		require.NotEmpty(t, text, key)
		require.ElementsMatch(t, slices.Compact(slices.Sorted(slices.Values(names.FindAllString(text, -1)))),
			slices.Compact(slices.Sorted(slices.Values(names.FindAllString(en[key], -1)))), key)
		require.NotContains(t, text, "<", key)
	}
	require.Len(t, en, len(de))
}

// TestTextsThatAreUsed: the keys that templates and code name are there, and no other ones, as far as code names them in full.
func TestTextsThatAreUsed(t *testing.T) {
	t.Parallel()
	texts := readTexts(t, language.German)
	var sources strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html", "templates/layout/*.html"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			sources.Write(data)
		}
	}
	used := regexp.MustCompile(`(?:say|Say|perhaps)(?:\(| )"([a-z-]+(?:\.[a-z-]+)*\.?)"`).FindAllStringSubmatch(sources.String(), -1)
	require.Greater(t, len(used), 100)
	for _, match := range used {
		if !strings.HasSuffix(match[1], ".") && !isBeginning(texts, match[1]) {
			require.Contains(t, texts, match[1])
		}
	}
}

// isBeginning reports whether keys continue a name, which code completes.
func isBeginning(texts map[string]string, name string) bool {
	for key := range texts {
		if strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// TestTextsOfNames: what the domain names has a text in each list of names.
func TestTextsOfNames(t *testing.T) {
	t.Parallel()
	texts := readTexts(t, language.English)
	has := func(prefix string, names ...string) {
		for _, name := range names {
			require.Contains(t, texts, prefix+name)
		}
	}
	has("wait.", words(dispute.Waits)...)
	has("cause.", words(dispute.Causes)...)
	has("channel.", words(dispute.Channels)...)
	has("sent.", words(dispute.SendResults)...)
	has("party.", words(dispute.Parties)...)
	has("outcome.", words(dispute.Outcomes)...)
	has("list.outcome.", words(dispute.Outcomes)...)
	has("closed.merchant.", words(dispute.ClosingReasons)...)
	has("closed.customer.", words(dispute.ClosingReasons)...)
	has("closed.desk.", words(dispute.ClosingReasons)...)
	has("proposal.state.", words(dispute.ProposalStates)...)
	has("problem.", words(pages.ProblemKinds)...)
	has("settings.webhook.test.", words(pages.TestFailures)...)
	for _, occasion := range dispute.Occasions {
		has("occasion.", string(occasion.Original()))
	}
}

func words[T ~string](names []T) (all []string) {
	for _, name := range names {
		all = append(all, string(name))
	}
	return all
}
