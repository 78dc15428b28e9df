// Package policy is the only one that may import OPA.
package policy

import _ "github.com/open-policy-agent/opa/v1/rego"
