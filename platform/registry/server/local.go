package server

import (
	"net/http"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// LocalOnly refuses requests that came to this machine under another name, with 421. It is for a registry that listens on
// loopback and asks nobody who they are: loopback keeps strangers out, but for a web page whose name was made to point here.
func LocalOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !security.LoopbackHost(r.Host) {
			answer(w, http.StatusMisdirectedRequest, failed(http.StatusMisdirectedRequest, http.StatusMisdirectedRequest,
				"this registry answers on loopback only, as localhost or 127.0.0.1"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
