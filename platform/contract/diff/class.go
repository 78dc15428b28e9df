package diff

// Class says how bad a change is for those who rely on a contract.
type Class string

// The classes, the worst first.
const (
	Breaking Class = "breaking" // somebody who did nothing wrong fails
	Risky    Class = "risky"    // somebody should look before it is out
	Safe     Class = "safe"     // nobody needs to do anything
)

// rank orders classes, the worst first.
func (c Class) rank() int {
	switch c {
	case Breaking:
		return 0
	case Risky:
		return 1
	}
	return 2
}

// Party is a side of a contract.
type Party string

// The parties.
const (
	Producer Party = "producer" // who writes records that must keep the contract
	Consumer Party = "consumer" // who reads records and relies on it
)

// Bump is how far a version has to rise.
type Bump uint8

// The bumps, by semantic versioning.
const (
	None Bump = iota
	Patch
	Minor
	Major
)

func (b Bump) String() string { return [...]string{"none", "patch", "minor", "major"}[b] }

// MarshalText renders none, patch, minor or major.
func (b Bump) MarshalText() ([]byte, error) { return []byte(b.String()), nil }
