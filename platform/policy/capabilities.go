package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// clocked are functions that OPA calls deterministic, though they compare with the clock.
func clocked() []string {
	return []string{
		"crypto.x509.parse_and_verify_certificates",
		"crypto.x509.parse_and_verify_certificates_with_options",
	}
}

// closed is what rules may use: all of Rego but the functions whose result is not a function of their arguments. What is
// not in it does not compile.
func closed() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		return b.IsNondeterministic() || slices.Contains(clocked(), b.Name)
	})
	c.AllowNet = []string{}
	return c
}

// explained adds to an error about a function that is left out why it is.
func explained(message string) string {
	name, ok := strings.CutPrefix(message, "undefined function ")
	if !ok {
		return message
	}
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		if b.Name == name {
			return fmt.Sprintf("%s is not there for policies: they judge by their input alone, without network, clock or chance; the time is input.now", name)
		}
	}
	return message
}
