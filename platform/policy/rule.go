package policy

// The rules of findings that are about the policies themselves. What a policy finds has the rule policy.<its package>,
// with its name behind it where it is deny_<name>.
const (
	RuleLoad      = "policies.load"      // a file of the bundle that cannot be read, parsed or compiled
	RuleEmpty     = "policies.empty"     // a bundle, or a package of it, that decides nothing
	RuleUndefined = "policies.undefined" // a rule refers to what is not there, and would never hold
	RuleError     = "policies.error"     // a rule failed while it judged
	RuleTime      = "policies.time"      // the rules did not come to an end in time
	RuleResult    = "policies.result"    // a rule denied with something that is no message
	RuleTest      = "policies.test"      // a test of the bundle that does not pass
)

// rulePrefix begins the rule of whatever a policy finds.
const rulePrefix = "policy."
