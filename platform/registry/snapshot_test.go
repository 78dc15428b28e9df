package registry_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// A process that starts while the registry is away knows the schemas that one before it read.
func TestSnapshotOutlivesTheRegistry(t *testing.T) {
	var away atomic.Bool
	url := listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(answerInt))
	}))
	cfg := registry.Config{URLs: []string{url}, Snapshot: filepath.Join(t.TempDir(), "schemas")}
	before, err := configured(t, cfg).Schema(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	away.Store(true)
	after, err := configured(t, cfg).Schema(t.Context(), 1)
	if err != nil || after.String() != before.String() {
		t.Errorf("%v, %v", after, err)
	}
	if _, err := configured(t, cfg).Schema(t.Context(), 2); fault.KindOf(err) != fault.Transient {
		t.Errorf("an id that was never read: %v", err)
	}
	other := cfg
	other.URLs = []string{listen(t, &says{status: 503})}
	if _, err := configured(t, other).Schema(t.Context(), 1); err == nil {
		t.Error("another registry's ids are taken for this one's")
	}
	files, _ := filepath.Glob(cfg.Snapshot + "/*")
	for _, file := range files {
		if err := os.WriteFile(file, []byte("half of it"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := configured(t, cfg).Schema(t.Context(), 1); len(files) != 1 || fault.KindOf(err) != fault.Transient {
		t.Errorf("a broken file of %v: %v", files, err)
	}
}

// While the registry answers, what it says counts: another may have taken its place and given its ids anew.
func TestSnapshotIsNotAskedFirst(t *testing.T) {
	answer := &says{status: 200, body: answerInt}
	cfg := registry.Config{URLs: []string{listen(t, answer)}, Snapshot: t.TempDir()}
	if _, err := configured(t, cfg).Schema(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	answer.body = `{"schema":"\"string\""}`
	if s, err := configured(t, cfg).Schema(t.Context(), 1); err != nil || s.String() != `"string"` {
		t.Errorf("%v, %v", s, err)
	}
}

func TestRegistryOverTLS(t *testing.T) {
	web := httptest.NewTLSServer(&says{status: 200, body: answerInt})
	t.Cleanup(web.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := configured(t, registry.Config{URLs: []string{web.URL}, TLS: &security.TLS{CAFile: ca}}).Schema(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if _, err := configured(t, registry.Config{URLs: []string{web.URL}}).Schema(t.Context(), 1); err == nil {
		t.Error("a registry that nobody vouches for was trusted")
	}
}
