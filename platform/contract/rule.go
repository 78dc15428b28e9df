package contract

// The rules about one file, beside those about the shape of a document (strict.RuleSyntax and the others there).
const (
	RuleVersion   = "file.version"        // an apiVersion that is not supported
	RuleKind      = "file.kind"           // a kind that does not fit the file's name
	RuleStatus    = "file.status"         // a status that the standards do not list
	RuleServer    = "odcs.server"         // a key that a server of its type does not have, or lacks one
	RuleOptions   = "odcs.options"        // a logicalTypeOption that the logicalType does not have
	RuleType      = "odcs.type"           // a property whose type and parts do not fit
	RuleQuality   = "odcs.quality"        // a quality rule that cannot be judged as it is written
	RuleExample   = "odcs.example"        // an example that no record may have
	RuleSLA       = "odcs.sla"            // a promise that cannot be read
	RuleDuplicate = "odcs.duplicate"      // two properties, or two objects, of one name
	RuleProperty  = "tidemark.property"   // a tidemark. property that does not exist, is misplaced or cannot be read
	RuleClass     = "odcs.classification" // a classification that is not known, and therefore masked
)

// The rules between files.
const (
	RuleFile       = "tree.file"       // a file that is misnamed, misplaced or cannot be read
	RuleName       = "tree.name"       // a domain, data product, port, topic or id that breaks the naming convention
	RuleMajor      = "tree.version"    // versions whose major numbers do not agree
	RuleUnique     = "tree.unique"     // two things with one id
	RuleClaim      = "tree.claim"      // a port that two data products claim, or none
	RuleUnresolved = "tree.unresolved" // a contract that is not there
	RuleMode       = "tree.mode"       // ports or settings that the mode does not allow
	RuleSchema     = "tree.schema"     // a schema file that is missing or is not Avro
	RuleAgree      = "tree.agree"      // contract and schema do not agree
	RuleField      = "tree.field"      // a key or event time that is not there or does not fit
	RuleSample     = "tree.sample"     // a sample that cannot be used
	RuleOwner      = "tree.owner"      // nobody answers for it
)

// RuleNotEnforced marks what a contract promises and this version does not check on a stream.
const RuleNotEnforced = "not-enforced"
