package pages

// Tone is how good or bad something is. Each tone has a shape and a colour of its own, and always stands beside a
// word, so that neither colour nor shape alone carries the meaning.
type Tone string

// The tones, from calm to loud.
const (
	Quiet Tone = "quiet" // nothing to say: not started, idle, retired
	Good  Tone = "good"
	Warn  Tone = "warn" // works, but look at it
	Bad   Tone = "bad"
)

// Badge is a word with a tone.
type Badge struct {
	Tone  Tone
	Text  string
	Title string // why, shown on hover and read out; may be empty
}

// Link is a text that leads somewhere. With an empty Href it is only text.
type Link struct {
	Text string
	Href string
}

// Fact is one figure in a strip: what, how much, and what was promised.
type Fact struct {
	Label string
	Value string
	Note  string
	Tone  Tone // "" for no judgement
	Tide  *Tide
}

// Tide is a small gauge: how much of a promise is used up. The mark is the promise.
type Tide struct {
	Fill  int // percent of the promise that is used, 0 to 150; the mark stands at 100
	Label string
	Tone  Tone
}

// Chrome is what every page has around its content.
type Chrome struct {
	Title   string // of the document
	Query   string // what stands in the search box
	CSS     string // paths of the assets
	Script  string
	Version string
	Now     string // when the page was made, "15:04:05 UTC"
	Live    bool   // the page keeps itself current
	Summary Badge  // the mesh in a word
}

// Overview is the list of data products.
type Overview struct {
	Chrome
	Facts     []Fact
	Attention []Notice
	Filters   []Filter
	Filtered  bool // some filter is set
	Groups    []Group
	Shown     string // "12 of 18 data products"
	Empty     Empty  // shown where there is no group
}

// Notice is something that needs a person.
type Notice struct {
	Badge Badge
	What  Link
	Text  string
}

// Filter is one select box.
type Filter struct {
	Name    string // of the query parameter
	Label   string
	Options []Option
}

// Option is one choice of a Filter.
type Option struct {
	Value    string
	Text     string
	Selected bool
}

// Group is a domain with its data products.
type Group struct {
	Domain string
	Rows   []Row
}

// Row is a data product in the list.
type Row struct {
	Anchor       string // id of the row
	Name         Link
	ID           string
	Purpose      string
	State        Badge // its life: running, degraded, lost ...
	Health       Badge // its data: fresh, stale ...
	Freshness    string
	Promise      string // of freshness, may be empty
	Tide         *Tide
	Completeness string
	Records      string
	Rejected     string
	Breaches     Badge
	Owner        string
	Mode         string
}

// Empty tells why there is nothing and what to do about it.
type Empty struct {
	Text    string
	Command string
}

// DataProduct is the page of one data product.
type DataProduct struct {
	Chrome
	ID        string
	Name      string
	Domain    Link
	Version   string
	Mode      string
	ModeSays  string // what the mode means, in a phrase
	Purpose   string
	Owner     string
	Contact   []Link
	State     Badge
	Health    Badge
	Facts     []Fact
	Inputs    []Neighbour // what it reads
	Readers   []Neighbour // who reads it
	Ports     []Port
	Instances []Instance
	Dead      DeadLetters
	Breaches  []Breach
	Document  Link
	Problems  []string // what is wrong with the descriptor
}

// Neighbour is a port at the other side of an edge of the lineage.
type Neighbour struct {
	DataProduct Link
	Port        string
	Health      Badge
}

// Port is an output port (or the observed one).
type Port struct {
	Href     string // leads to its section
	Anchor   string
	ID       string
	Name     string
	Version  string
	Health   Badge
	Facts    []Fact
	Promises []Promise
	Verified []Range
	Outcomes []Outcome
	Contract Contract
	Commands []Command
}

// Range is a verified range of a partition.
type Range struct {
	Partition string
	From, To  string
}

// Outcome is a reason with how many input records had it.
type Outcome struct {
	Kind   string // rejected, filtered
	Reason string
	Count  string
}

// Contract is what a port promises.
type Contract struct {
	ID       string
	Version  string
	Digest   string // shortened
	Document Link
	Missing  string // why there is nothing to show
	Verdict  Badge  // the policies'
	Findings []string
	Purpose  string
	Fields   []Field
}

// Promise is what a contract promises of a port, with what became of it.
type Promise struct {
	Name     string // the SLA, or the quality rule's id
	Promised string
	Measured string
	Window   string
	Verdict  Badge
	Note     string // why it is not judged; then there is no verdict
}

// Field is a field of the schema with what the contract demands of it.
type Field struct {
	Name     string
	Depth    int // of nesting, 0 at the top
	Type     string
	Required bool
	Marks    []string // key, event time, pii ...
	Purpose  string
	Rules    []string
}

// Command is a line to type, with what it does.
type Command struct {
	Says string
	Line string
}

// Instance is a process that runs the data product.
type Instance struct {
	Name       string
	State      Badge
	Version    string
	Started    string
	Heartbeat  string
	Partitions string
}

// DeadLetters sums up the input records that were rejected.
type DeadLetters struct {
	Total    string
	Says     string // what became of them
	Topic    string // where they are, may be empty
	Reasons  []Outcome
	Commands []Command
}

// Breach is a promise that was not held.
type Breach struct {
	Badge    Badge
	Port     Link
	SLA      string
	Since    string
	Lasted   string
	Promised string
	Observed string
	Cause    string
}

// Results is the answer to a search.
type Results struct {
	Chrome
	Hits  []Hit
	Count string
	Empty Empty
}

// Hit is one thing found.
type Hit struct {
	Kind string
	Name Link
	Text string
}

// Problem is a page that says what went wrong.
type Problem struct {
	Chrome
	Heading string
	Text    string
	Next    Link
}
