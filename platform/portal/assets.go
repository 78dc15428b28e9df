package portal

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
)

//go:embed static/portal.css static/portal.js
var static embed.FS

// asset is a file that pages refer to. Its path holds its digest, so that a browser may keep it for ever and still
// sees a new one at once.
type asset struct {
	path        string
	contentType string
	content     []byte
}

func loadAsset(name, contentType string) (asset, error) {
	content, err := static.ReadFile("static/" + name)
	if err != nil {
		return asset{}, err
	}
	digest := sha256.Sum256(content)
	ext := path.Ext(name)
	return asset{
		path:        "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(digest[:6]) + ext,
		contentType: contentType,
		content:     content,
	}, nil
}

func (a asset) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.content) // the reader may have gone
}
