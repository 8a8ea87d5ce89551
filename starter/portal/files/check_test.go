package files_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

func pngOf(t *testing.T) string {
	t.Helper()
	var content bytes.Buffer
	require.NoError(t, png.Encode(&content, image.NewGray(image.Rect(0, 0, 20, 10))))
	return content.String()
}

func jpegOf(t *testing.T) string {
	t.Helper()
	var content bytes.Buffer
	require.NoError(t, jpeg.Encode(&content, image.NewGray(image.Rect(0, 0, 20, 10)), nil))
	return content.String()
}

// pngBomb is the beginning of a PNG of a size; no program gets further without room for all of it.
func pngBomb(width, height uint32) string {
	header := []byte("IHDR")
	header = binary.BigEndian.AppendUint32(header, width)
	header = binary.BigEndian.AppendUint32(header, height)
	header = append(header, 8, 0, 0, 0, 0)
	content := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	content = append(content, header...)
	return string(binary.BigEndian.AppendUint32(content, crc32.ChecksumIEEE(header)))
}

func archive(t *testing.T, entries ...string) string {
	t.Helper()
	var content bytes.Buffer
	w := zip.NewWriter(&content)
	for _, entry := range entries {
		_, err := w.Create(entry)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return content.String()
}

func docx(t *testing.T, more ...string) string {
	t.Helper()
	return archive(t, append([]string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"}, more...)...)
}

// TestAllowed: what is allowed is taken, with its type and a clean name.
func TestAllowed(t *testing.T) {
	t.Parallel()
	f := files.New(books(t), folderPlace(t))
	largest := pdf("") + strings.Repeat(" ", files.MaxSize-len(pdf("")))
	for _, c := range []struct{ name, content, wantName, wantType string }{
		{"Beleg.pdf", pdf("a"), "Beleg.pdf", "application/pdf"},
		{"BELEG.PDF", pdf("b"), "BELEG.PDF", "application/pdf"},
		{"with a mark.pdf", "\xef\xbb\xbf" + pdf("c"), "with a mark.pdf", "application/pdf"},
		{"photo.jpeg", jpegOf(t), "photo.jpeg", "image/jpeg"},
		{"IMG_1", pngOf(t), "IMG_1.png", "image/png"},
		{"just.png", pngBomb(10_000, 5_000), "just.png", "image/png"},
		{"letter.docx", docx(t), "letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{`C:\Users\Ümit\Quittung 📦.pdf`, pdf("d"), "Quittung 📦.pdf", "application/pdf"},
		{"../../etc/passwd", pdf("e"), "passwd.pdf", "application/pdf"},
		{"rechnung\u202efdp.pdf", pdf("f"), "rechnungfdp.pdf", "application/pdf"},
		{"largest.pdf", largest, "largest.pdf", "application/pdf"},
	} {
		upload := evidence(c.name, c.content)
		upload.DisputeID = c.name // each has its own limits
		file := uploaded(t, f, upload)
		require.Equal(t, c.wantName, file.Name)
		require.Equal(t, c.wantType, file.Type, c.name)
		require.EqualValues(t, len(c.content), file.Size, c.name)
		require.False(t, file.StoredAt.IsZero(), c.name)
	}
}

// TestHostile: what is not allowed is refused with its reason, and nothing of it is kept.
func TestHostile(t *testing.T) {
	t.Parallel()
	l, store := books(t), folderPlace(t)
	f := files.New(l, store)
	html := "<!DOCTYPE html><html><script>alert(1)</script></html>"
	for name, c := range map[string]struct {
		name, content string
		want          files.Reason
	}{
		"empty":                  {"a.pdf", "", files.ReasonEmpty},
		"one byte too large":     {"a.pdf", pdf("") + strings.Repeat(" ", files.MaxSize+1-len(pdf(""))), files.ReasonTooLarge},
		"text":                   {"a.txt", "hello", files.ReasonType},
		"text as PDF":            {"a.pdf", "hello", files.ReasonType},
		"HTML as PDF":            {"a.pdf", html, files.ReasonType},
		"HTML, then a PDF":       {"a.pdf", "<html>" + pdf(html), files.ReasonType},
		"SVG":                    {"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, files.ReasonType},
		"SVG as PNG":             {"a.png", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, files.ReasonType},
		"GIF, then a PDF":        {"a.pdf", "GIF89a" + pdf("a"), files.ReasonType},
		"a program":              {"a.exe", "MZ" + strings.Repeat("\x00", 200), files.ReasonType},
		"a program as JPEG":      {"a.jpg", "MZ" + strings.Repeat("\x00", 200), files.ReasonType},
		"PDF as JPEG":            {"a.jpg", pdf("a"), files.ReasonExtension},
		"PNG as JPEG":            {"a.jpg", pngOf(t), files.ReasonExtension},
		"PDF as a program":       {"a.pdf.exe", pdf("a"), files.ReasonExtension},
		"PDF as HTML":            {"a.html", pdf(html), files.ReasonExtension},
		"turned extension":       {"a\u202efdp.exe", pdf("a"), files.ReasonExtension},
		"PDF with a zip behind":  {"a.docx", pdf("a") + docx(t), files.ReasonExtension},
		"zip as DOCX":            {"a.docx", archive(t, "a.txt"), files.ReasonType},
		"zip with a folder word": {"a.docx", archive(t, "[Content_Types].xml", "word/evil.html"), files.ReasonType},
		"XLSX as DOCX":           {"a.docx", archive(t, "[Content_Types].xml", "xl/workbook.xml"), files.ReasonType},
		"DOCX with macros":       {"a.docx", docx(t, "word/vbaProject.bin"), files.ReasonType},
		"DOCX cut off":           {"a.docx", docx(t)[:len(docx(t))-30], files.ReasonDamaged},
		"DOCX of many entries":   {"a.docx", docx(t) + strings.Repeat("PK\x01\x02", 10_000), files.ReasonType},
		"PNG bomb":               {"a.png", pngBomb(60_000, 60_000), files.ReasonPixels},
		"PNG bomb, one row":      {"a.png", pngBomb(1<<31-1, 1), files.ReasonPixels},
		"PNG without a size":     {"a.png", pngBomb(0, 10), files.ReasonDamaged},
		"PNG of a signature":     {"a.png", "\x89PNG\r\n\x1a\n", files.ReasonDamaged},
		"JPEG cut off":           {"a.jpg", jpegOf(t)[:20], files.ReasonDamaged},
	} {
		_, err := f.Upload(t.Context(), evidence(c.name, c.content))
		require.Error(t, err, name)
		requireRefused(t, err, c.want)
	}
	require.Empty(t, store.names(t))
	recorded, err := l.Files(t.Context(), "d-1")
	require.NoError(t, err)
	require.Empty(t, recorded)
}

// TestUnknownWords: a purpose or kind that does not exist is a fault of its member.
func TestUnknownWords(t *testing.T) {
	t.Parallel()
	f := files.New(books(t), folderPlace(t))
	upload := evidence("a.pdf", pdf("a"))
	upload.Purpose, upload.Kind = "fun", "photo"
	_, err := f.Upload(t.Context(), upload)
	require.Equal(t, dispute.CodeInvalidMessage, dispute.CodeOf(err))
	require.ErrorContains(t, err, "purpose")
	require.ErrorContains(t, err, "kind")
}

// TestReasonsHaveTexts: every reason says what is wrong.
func TestReasonsHaveTexts(t *testing.T) {
	t.Parallel()
	for _, reason := range files.Reasons {
		require.NotEmpty(t, (&files.Refusal{Reason: reason}).Error(), reason)
	}
	require.Equal(t, ".pdf,.jpg,.jpeg,.jpe,.jfif,.png,.docx", files.Accept())
	require.Equal(t, dispute.PartyMerchant, ledger.FileForEvidence.Party())
}
