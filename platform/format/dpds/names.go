package dpds

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// DefaultMesh is the mesh in fully qualified names where nothing else is said. A data product says it in its customProperties, as
// dpds.mesh: the company's domain name in reverse, such as com.example.
const DefaultMesh = "tidemark"

// The kinds of ports: the list in interfaceComponents, the part of a fully qualified name, and the entityType.
type kind struct{ list, urn, entity, content string }

func kinds() []kind {
	return []kind{
		{"inputPorts", "inputports", "inputport", ""},
		{"outputPorts", "outputports", "outputport", ""},
		{"discoveryPorts", "discoveryports", "discoveryport", "discoverability"},
		{"observabilityPorts", "observabilityports", "observabilityport", "observability"},
		{"controlPorts", "controlports", "controlport", "control"},
	}
}

// productFQN is urn:dpds:{mesh}.{domain}:dataproducts:{name}:{major}. A name is unique in its mesh, and Tidemark's are unique in their
// domain, so the domain is part of the mesh, as the standard allows.
func productFQN(mesh, domain, name, version string) string {
	if domain != "" {
		mesh += "." + domain
	}
	return "urn:dpds:" + mesh + ":dataproducts:" + name + ":" + major(version)
}

// componentFQN is the name of a port or component of a data product.
func componentFQN(product, kind, name string) string { return product + ":" + kind + ":" + name }

func major(version string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if _, err := strconv.ParseUint(first, 10, 31); err != nil {
		return "0"
	}
	return first
}

// id is the UUID version 5 of a fully qualified name, in the namespace of the standard's own example.
func id(fqn string) string { return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(fqn)).String() }

// identified takes id and fullyQualifiedName from an object unless they are what Export would write. An id is a UUID of version 5,
// as the standard says, or 3, as its registry makes them.
func (r *reader) identified(v contract.Value, fqn, entity string) contract.Value {
	if said := values.TextOf(v.Get("fullyQualifiedName")); said == fqn {
		v = values.Without(v, "fullyQualifiedName")
	} else if said != "" {
		fqn = said
	}
	if given := v.Get("id"); given.Kind != absent {
		parsed, err := uuid.Parse(given.Text)
		switch {
		case err != nil:
			r.Warn(given, "id", "the id is no UUID and is left out: it is made from the fully qualified name")
			v = values.Without(v, "id")
		case parsed.String() == id(fqn):
			v = values.Without(v, "id")
		case parsed.Version() != 5 && parsed.Version() != 3:
			r.Note(given, "id", "the id is a UUID of version %d: the standard makes it from the fully qualified name, as version 5", parsed.Version())
		}
	}
	if values.TextOf(v.Get("entityType")) == entity {
		v = values.Without(v, "entityType")
	}
	return v
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// kebab is a name as Tidemark has them: tripExecution is trip-execution. What cannot be one stays as it is.
func kebab(name string) string {
	var b strings.Builder
	var before rune
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			if unicode.IsLower(before) || unicode.IsDigit(before) {
				b.WriteByte('-')
			}
			b.WriteRune(unicode.ToLower(c))
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		default:
			b.WriteByte('-')
		}
		before = c
	}
	words := strings.FieldsFunc(b.String(), func(r rune) bool { return r == '-' })
	if k := strings.Join(words, "-"); nameForm.MatchString(k) {
		return k
	}
	return name
}

// serviceTypes are DPDS's words for what ODPS calls a port's type.
func serviceTypes() map[string]string {
	return map[string]string{"streaming-services": "topic", "rest-services": "rest", "datastore-services": "tables"}
}

func portType(services string) string {
	if t := serviceTypes()[services]; t != "" {
		return t
	}
	return services
}

func servicesType(port string) string {
	for services, t := range serviceTypes() {
		if t == port {
			return services
		}
	}
	return port
}
