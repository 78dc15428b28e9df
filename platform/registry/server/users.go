package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Users are who may call a registry, by HTTP basic authentication. Each may do everything.
type Users struct{ list security.Secret }

// ReadUsers takes a list of users, one in a line, as name:password; empty lines and those that begin with # say nothing. A
// list in a file is read anew for each request, so that it can be changed while the registry runs. It fails where the
// list cannot be read, or names nobody.
func ReadUsers(list security.Secret) (Users, error) {
	u := Users{list}
	_, err := u.read()
	return u, err
}

func (u Users) read() (map[string]string, error) {
	text, err := u.list.Read()
	if err != nil {
		return nil, fmt.Errorf("the registry's users: %w", err)
	}
	users := make(map[string]string)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, password, ok := strings.Cut(line, ":")
		switch _, twice := users[name]; { // errors never show the line: a password may stand anywhere in it
		case !ok || name == "" || password == "":
			return nil, fmt.Errorf("the registry's users: line %d is not name:password", i+1)
		case twice:
			return nil, fmt.Errorf("the registry's users: line %d names a user that stands above already", i+1)
		}
		users[name] = password
	}
	if len(users) == 0 {
		return nil, errors.New("the registry's users: the list names nobody")
	}
	return users, nil
}

// Guard lets only requests of users through to next; others are answered with 401. While the list cannot be read,
// nobody is let through.
func (u Users) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		users, err := u.read()
		if err != nil {
			answer(w, http.StatusInternalServerError, failed(http.StatusInternalServerError, http.StatusInternalServerError, "the registry cannot tell who its users are"))
			return
		}
		name, password, _ := r.BasicAuth()
		if !equal(users[name], password) || password == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="schema registry", charset="UTF-8"`)
			answer(w, http.StatusUnauthorized, unauthorized())
			return
		}
		next.ServeHTTP(w, r)
	})
}

// equal compares in a time that tells nothing of the texts.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
