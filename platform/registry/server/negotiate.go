package server

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Media types of the API; all mean the same JSON.
const (
	contentType = "application/vnd.schemaregistry.v1+json"
	unversioned = "application/vnd.schemaregistry+json"
	plainJSON   = "application/json"
	anyBytes    = "application/octet-stream" // what is sent without a type
)

// takes are what a request's body may be, gives what an answer's.
var (
	takes = []string{contentType, unversioned, plainJSON, anyBytes}
	gives = []string{contentType, unversioned, plainJSON}
)

// negotiate gives the answer's media type, or why the request cannot be answered.
func negotiate(r *http.Request) (string, error) {
	if sent := r.Header.Get("Content-Type"); sent != "" && r.ContentLength != 0 {
		given, _, err := mime.ParseMediaType(sent)
		if err != nil || !slices.Contains(takes, given) {
			return contentType, unsupported(sent)
		}
	}
	wanted := r.Header.Values("Accept")
	if len(wanted) == 0 {
		return contentType, nil
	}
	best, most := "", 0.0
	for _, offer := range gives {
		if q := quality(wanted, offer); q > most {
			best, most = offer, q
		}
	}
	if best == "" {
		return contentType, notAcceptable()
	}
	return best, nil
}

// quality is how much a request wants a media type, by the Accept header's narrowest range that covers it (RFC 9110, 12.5.1).
func quality(accept []string, offer string) float64 {
	kind, _, _ := strings.Cut(offer, "/")
	quality, narrow := 0.0, 0
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		given, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		rank := slices.Index([]string{"*/*", kind + "/*", offer}, given) + 1
		if rank == 0 || rank < narrow {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if rank > narrow || q > quality {
			quality, narrow = q, rank
		}
	}
	return quality
}

func unsupported(sent string) *failure {
	return failed(http.StatusUnsupportedMediaType, http.StatusUnsupportedMediaType,
		"HTTP 415 Unsupported Media Type: send %s, not %q", contentType, sent)
}

func notAcceptable() *failure {
	return failed(http.StatusNotAcceptable, http.StatusNotAcceptable, "HTTP 406 Not Acceptable: accept %s", strings.Join(gives, " or "))
}
