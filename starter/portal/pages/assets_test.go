package pages_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestContrast: texts have a contrast of at least 4.5 to 1 on what is behind them, and edges of fields 3 to 1, in both schemes
// (WCAG 2.1, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("static/portal.css")
	require.NoError(t, err)
	schemes := regexp.MustCompile(`(?s):root \{.*?\}`).FindAllString(string(css), -1)
	require.Len(t, schemes, 2, "light and dark")
	for _, scheme := range schemes {
		colours := map[string]string{}
		for _, match := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6})`).FindAllStringSubmatch(scheme, -1) {
			colours[match[1]] = match[2]
		}
		enough := func(least float64, front string, behind ...string) {
			for _, back := range behind {
				ratio := (luminance(t, colours[front]) + 0.05) / (luminance(t, colours[back]) + 0.05)
				require.GreaterOrEqual(t, math.Max(ratio, 1/ratio), least, "%s on %s", front, back)
			}
		}
		enough(4.5, "text", "page", "around", "lead", "sunk", "wrong-sunk")
		enough(4.5, "quiet", "page", "around", "lead")
		enough(4.5, "accent", "page", "around", "lead")
		enough(4.5, "accent-strong", "page", "around", "lead")
		enough(4.5, "on-accent", "accent", "accent-strong")
		enough(4.5, "wrong", "page", "lead", "wrong-sunk")
		enough(3, "edge", "page", "lead")
	}
}

// luminance is the relative luminance of a colour (WCAG 2.1).
func luminance(t *testing.T, colour string) (sum float64) {
	t.Helper()
	if len(colour) == 3 {
		colour = strings.Repeat(colour[:1], 2) + strings.Repeat(colour[1:2], 2) + strings.Repeat(colour[2:], 2)
	}
	require.Len(t, colour, 6)
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		channel, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		value := float64(channel) / 255
		if value <= 0.04045 {
			value /= 12.92
		} else {
			value = math.Pow((value+0.055)/1.055, 2.4)
		}
		sum += weight * value
	}
	return sum
}

// TestAssets: the script is short, and style and script need nothing from elsewhere.
func TestAssets(t *testing.T) {
	t.Parallel()
	require.NoError(t, pages.Check())
	for _, asset := range pages.Assets() {
		require.Regexp(t, `^/static/[a-z]+-[0-9a-f]{8}\.(css|js|svg)$`, asset.Path)
		require.NotRegexp(t, `@import|url\(|https?://(?:[^w]|w[^w])`, string(asset.Content), asset.Path)
		if strings.HasSuffix(asset.Path, ".js") {
			require.LessOrEqual(t, strings.Count(string(asset.Content), "\n"), 100)
			require.NotContains(t, string(asset.Content), "innerHTML")
		}
	}
}

// TestPrintedResult: a printed case says what is to be done or how it ended, and not that the last act has arrived.
func TestPrintedResult(t *testing.T) {
	t.Parallel()
	for _, asset := range pages.Assets() {
		if _, printed, has := strings.Cut(string(asset.Content), "@media print"); has {
			require.Contains(t, printed, " p.done {")
			require.NotContains(t, printed, " .done", "the lead of a closed dispute has this class")
		}
	}
	require.Contains(t, renderCase(t, at(""), dispute.PartyMerchant, language.English, context()), `class="lead done"`)
}
