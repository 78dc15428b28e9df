package scaffold

import (
	"errors"
	"fmt"
	"go/token"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameForm is what domains, data products and ports are called, by the contracts' naming convention.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// CheckName says what is wrong with the name of a domain, data product or port; what says which of them it is.
func CheckName(what, name string) error {
	switch {
	case !nameForm.MatchString(name):
		return fmt.Errorf("%q is no name of a %s: lower-case letters, digits and single dashes, a letter first", name, what)
	case len(name) > 60:
		return fmt.Errorf("%q is too long for the name of a %s: at most 60 characters", name, what)
	case what == "port" && (name == "dlq" || name == "retry"):
		return fmt.Errorf("%s is the name of a data product's own topic: choose another for the port", name)
	case what == "domain" && (token.IsKeyword(packageName(name)) || name == "platform" || name == "policies"):
		return fmt.Errorf("%s cannot be the name of a domain: choose another", name)
	}
	return nil
}

// Check says what is missing of an owner.
func (o Owner) Check() error {
	if strings.TrimSpace(o.Team) == "" {
		return errors.New("nobody owns it: name the team that answers for it")
	}
	if u, err := url.Parse(o.Contact); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	if a, err := mail.ParseAddress(o.Contact); err == nil && a.Address == o.Contact {
		return nil
	}
	return fmt.Errorf("%q is no contact: a mail address, or the http or https URL of a channel", o.Contact)
}

// CheckDescription wants a description that the policies take.
func CheckDescription(text string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < leastDescription {
		return fmt.Errorf("a description of %d characters says too little: at least %d, on what the data is for", n, leastDescription)
	}
	return nil
}

// leastDescription is what the policy on descriptions wants.
const leastDescription = 30

// PortName makes a port's name of a topic's.
func PortName(topic string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(topic) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	if n := len(words); n > 1 && regexp.MustCompile(`^v[0-9]+$`).MatchString(words[n-1]) {
		words = words[:n-1]
	}
	name := strings.Join(words, "-")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "in-" + name
	}
	name = strings.Trim(name[:min(len(name), 60)], "-")
	if name == "dlq" || name == "retry" {
		name += "-topic"
	}
	return name
}

// packageName is a domain's Go package: order-desk is orderdesk.
func packageName(domain string) string { return strings.ReplaceAll(domain, "-", "") }

// pascal is a name as an exported Go name: order-lines is OrderLines.
func pascal(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == ' ' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// camel is a name as a Go name that is not exported.
func camel(name string) string {
	p := pascal(name)
	return strings.ToLower(p[:1]) + p[1:]
}

// title is a name for people: order-lines is Order Lines.
func title(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// spoken is a field's name in words: countedAt is Counted at.
func spoken(field string) string {
	var b strings.Builder
	last := ' '
	for _, r := range field {
		switch {
		case r == '_' || r == '-':
			r = ' '
		case unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsDigit(last)):
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	text := strings.TrimSpace(b.String())
	if text == "" {
		return field
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
