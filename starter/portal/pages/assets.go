package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
)

//go:embed static/portal.css
var style []byte

//go:embed static/portal.js
var script []byte

//go:embed static/icon.svg
var icon []byte

// Asset is a file that pages refer to. Its path changes with its content, so it may be kept for ever.
type Asset struct {
	Path, Type string
	Content    []byte
}

// Assets are the files that pages refer to.
func Assets() []Asset { return []Asset{styleAsset, scriptAsset, iconAsset} }

var (
	styleAsset  = asset("portal", ".css", "text/css; charset=utf-8", style)
	scriptAsset = asset("portal", ".js", "text/javascript; charset=utf-8", script)
	iconAsset   = asset("icon", ".svg", "image/svg+xml", icon)
)

func asset(name, ending, media string, content []byte) Asset {
	const digits = 8
	sum := sha256.Sum256(content)
	return Asset{Path: "/static/" + name + "-" + hex.EncodeToString(sum[:])[:digits] + ending, Type: media, Content: content}
}

// StylePath and the others are what templates refer to.
func (f frame) StylePath() string   { return styleAsset.Path }
func (f frame) ScriptPath() string  { return scriptAsset.Path }
func (f frame) IconPath() string    { return iconAsset.Path }
func (f frame) SignInPath() string  { return PathSignIn }
func (f frame) SignOutPath() string { return PathSignOut }
func (f frame) DeskPath() string    { return PathDesk }
func (f frame) ListPath() string    { return PathList }

// ViewerName is shown beside the way out.
func (f frame) ViewerName() string { return line(f.Name) }
