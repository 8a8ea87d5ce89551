package files

import (
	"encoding/base32"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
)

// contentName is the name of a file's content in the store.
func contentName(file ledger.File) string {
	return fmt.Sprintf("%s/%s-%d", folderOf(file.DisputeID), file.SHA256, file.ID)
}

// idEncoding writes ids that have more than plain characters. It has no two names that differ in case alone.
var idEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// folderOf returns the folder of a dispute. Different ids have different folders, also where case does not count, and none is
// a path or a name that a system reserves.
func folderOf(disputeID string) string {
	plain := func(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' }
	if disputeID != "" && strings.IndexFunc(disputeID, func(r rune) bool { return !plain(r) }) < 0 {
		return "d-" + disputeID
	}
	return "x-" + strings.ToLower(idEncoding.EncodeToString([]byte(disputeID)))
}

// content is what the name of a content in the store says.
type content struct {
	ledger.File // DisputeID, SHA256 and ID
	name        string
	// isPart means that it is not whole.
	isPart bool
}

// parseContent reads a name, and reports whether it is one that this package makes.
func parseContent(name string) (c content, ours bool) {
	c.name = name
	whole, isPart := strings.CutSuffix(name, partSuffix)
	if c.isPart = isPart; isPart {
		whole = strings.TrimSuffix(whole, path.Ext(whole))
	}
	folder, rest, _ := strings.Cut(whole, "/")
	var number string
	c.SHA256, number, _ = strings.Cut(rest, "-")
	var err error
	if c.ID, err = strconv.ParseInt(number, 10, 64); err != nil || len(c.SHA256) != 64 {
		return content{}, false
	}
	if id, plain := strings.CutPrefix(folder, "d-"); plain {
		c.DisputeID = id
	} else {
		id, err := idEncoding.DecodeString(strings.ToUpper(strings.TrimPrefix(folder, "x-")))
		if err != nil {
			return content{}, false
		}
		c.DisputeID = string(id)
	}
	return c, contentName(c.File) == whole
}
