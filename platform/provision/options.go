package provision

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Options say what contracts leave open. The zero value works.
type Options struct {
	// Principals says who a domain is to the brokers; its zero value is User:<domain>.
	Principals Principals
	// Replicas is the replication of every topic; 0 takes each contract's, which is its tier's where it does not say.
	Replicas int
	// Passwords says where the password of a SCRAM user is: file:/run/secrets/{user} or env:KAFKA_PASSWORD_{USER}, in
	// which what is no letter or digit is _; "" leaves users alone.
	Passwords string
	// Operators are principals that may read dead letters and send them back.
	Operators []string
	// NoAccess leaves ACLs, users and quotas alone, as on a cluster without an authorizer.
	NoAccess bool
	// Prune names what may be deleted: a data product, topic, subject, user or principal, or <id>@<version>.
	Prune []string
	// AllowDataLoss lets steps be planned that may lose records.
	AllowDataLoss bool
	// File turns a contract's file into what steps name as their reason; nil leaves it as it is.
	File func(file string) string
}

func (o Options) check() error {
	if o.Replicas < 0 || o.Replicas > 100 {
		return fmt.Errorf("%d replicas: from 1 to 100, or 0 for what the contracts say", o.Replicas)
	}
	for _, p := range o.Operators {
		if err := checkPrincipal(p); err != nil {
			return err
		}
	}
	if slices.Contains(o.Prune, "") {
		return errors.New("prune: a name is empty: say what may be deleted, such as orders.old-lines")
	}
	return checkReference(o.Passwords)
}

func (o Options) file(name string) string {
	if o.File != nil {
		return o.File(name)
	}
	return name
}

// Principals maps domains to principals. The zero value is User:<domain>.
type Principals struct {
	// Template holds {domain}; "" is User:{domain}.
	Template string
	// Of has domains that are called otherwise, and data products that run as somebody other than their domain, such as a
	// source in the service that owns its events.
	Of map[string]string
}

const domainPlace = "{domain}"

var ownerForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`)

// ParsePrincipals reads what a command line says: a template such as User:CN={domain},O=shop, and exceptions such as
// orders=User:svc-orders or orders.checkout=User:shop.
func ParsePrincipals(said []string) (Principals, error) {
	p := Principals{Of: make(map[string]string)}
	for _, text := range said {
		owner, principal, ok := strings.Cut(text, "=")
		if ok && ownerForm.MatchString(owner) {
			if err := checkPrincipal(principal); err != nil {
				return p, err
			}
			p.Of[owner] = principal
			continue
		}
		if p.Template != "" {
			return p, fmt.Errorf("principals: two templates, %q and %q; an exception begins with a domain, such as orders=User:svc-orders", p.Template, text)
		}
		if err := checkPrincipal(text); err != nil {
			return p, err
		}
		if !strings.Contains(text, domainPlace) {
			return p, fmt.Errorf("principals: %q has no %s: each domain needs a principal of its own", text, domainPlace)
		}
		p.Template = text
	}
	return p, nil
}

// userType begins the principals that can have passwords and quotas.
const userType = "User:"

func checkPrincipal(p string) error {
	kind, name, ok := strings.Cut(p, ":")
	if !ok || kind == "" || name == "" || name == "*" || strings.ContainsAny(p, "\x00\n") {
		return fmt.Errorf("principal %q: a type and a name are needed, such as User:orders", p)
	}
	return nil
}

// For is the principal of a domain.
func (p Principals) For(domain string) string {
	if principal, ok := p.Of[domain]; ok {
		return principal
	}
	if p.Template == "" {
		return userType + domain
	}
	return strings.ReplaceAll(p.Template, domainPlace, domain)
}

// Runs is the principal that a data product runs as.
func (p Principals) Runs(dataProduct string) string {
	if principal, ok := p.Of[dataProduct]; ok {
		return principal
	}
	domain, _, _ := strings.Cut(dataProduct, ".")
	return p.For(domain)
}

// distinct finds two domains that would share what each of them may do.
func (p Principals) distinct(domains, operators []string) error {
	whose := make(map[string]string)
	for _, o := range operators {
		whose[o] = "an operator"
	}
	var errs []error
	for _, d := range domains {
		principal := p.For(d)
		if err := checkPrincipal(principal); err != nil {
			errs = append(errs, err)
		}
		if other, taken := whose[principal]; taken {
			errs = append(errs, fmt.Errorf("%s is the principal of domain %s and of %s: each needs its own, or one could do what only the other may", principal, d, other))
		}
		whose[principal] = "domain " + d
	}
	return errors.Join(errs...)
}

const (
	fileReference = "file:"
	envReference  = "env:"
	userPlace     = "{user}"
	upperPlace    = "{USER}"
)

func checkReference(ref string) error {
	switch {
	case ref == "":
		return nil
	case !strings.HasPrefix(ref, fileReference) && !strings.HasPrefix(ref, envReference):
		return errors.New("passwords: say where they are, file:PATH or env:NAME, such as file:/run/secrets/{user}")
	case !strings.Contains(ref, userPlace) && !strings.Contains(ref, upperPlace):
		return fmt.Errorf("passwords: %s names no %s or %s: each user needs a password of its own", ref, userPlace, upperPlace)
	}
	return nil
}

var noWord = regexp.MustCompile(`[^A-Z0-9]`)

// secretRef is where a user's password is.
func (o Options) secretRef(user string) string {
	upper := noWord.ReplaceAllString(strings.ToUpper(user), "_")
	return strings.NewReplacer(userPlace, user, upperPlace, upper).Replace(o.Passwords)
}

// secret is what a reference refers to. A variable that is not set is an error that names it.
func (c *Cluster) secret(ref string) (security.Secret, error) {
	if file, ok := strings.CutPrefix(ref, fileReference); ok {
		return security.SecretFile(file), nil
	}
	name, ok := strings.CutPrefix(ref, envReference)
	if !ok {
		return security.Secret{}, fmt.Errorf("secret %q is neither file:PATH nor env:NAME", ref)
	}
	value, ok := c.cfg.Env(name)
	if !ok || value == "" {
		return security.Secret{}, fmt.Errorf("secret: the variable %s is not set", name)
	}
	return security.SecretValue(value), nil
}
