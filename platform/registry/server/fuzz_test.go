package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever is asked, the answer is JSON, and says with an error_code what is wrong.
func FuzzServer(f *testing.F) {
	for _, path := range []string{
		"/", "/subjects", "/subjects/country/versions", "/subjects/country/versions/1", "/subjects/new/versions", "/subjects/country",
		"/compatibility/subjects/order/versions/latest?verbose=true", "/config/s", "/mode/s?force=true", "/schemas/ids/3?format=resolved",
		"/subjects/a%2Fb/versions?normalize=true", "//x/../y", "/schemas?offset=1&limit=-1", "/subjects/:.c:s",
	} {
		f.Add("GET", path, "", "", "")
		f.Add("POST", path, referring(order, "address/1", "country/-1"), "application/json", "*/*")
		f.Add("PUT", path, `{"mode":"IMPORT","compatibility":"full"}`, "", "application/json;q=0.1")
		f.Add("DELETE", path, `{"schema":"\"int\"","id":9,"version":2,"metadata":{"tags":{"a":["b"]}},"ruleSet":{"domainRules":[{"name":"a"}]}}`, "text/plain", "text/html")
	}
	f.Fuzz(func(t *testing.T, method, target, body, content, accept string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://registry/", strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL, r.RequestURI = u, target
		r.Header = http.Header{"Content-Type": {content}, "Accept": {accept}}
		if accept == "" {
			r.Header.Del("Accept")
		}
		s, store := shop(t)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		coded(t, w)
		if w.Code/100 == 3 {
			t.Errorf("sent elsewhere: %d %v", w.Code, w.Header())
		}
		// What it wrote can be read again.
		if r.Method != http.MethodGet {
			open(t, copied(t, store, true))
		}
	})
}
