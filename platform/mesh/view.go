package mesh

import "time"

// The types in this file and in health.go are what queries return: copies, the caller's to keep and to change.
// Slices are never nil, so that JSON has [] and not null. Times are UTC.

// DataProduct is a data product as its newest published descriptor and its instances describe it.
type DataProduct struct {
	ID          string   `json:"id" doc:"<domain>.<product>"`
	Domain      string   `json:"domain"`
	Name        string   `json:"name" doc:"Its name for people; what follows the domain in the id if it has none"`
	Version     string   `json:"version" doc:"The version that was published last"`
	Versions    []string `json:"versions" doc:"Every version that was ever published, oldest publication first"`
	Mode        string   `json:"mode" doc:"source, transform, guard or observe"`
	Owner       string   `json:"owner"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	// State is the worst of its living instances' states; degraded if fewer live than should; failed, lost or
	// stopped if none lives; declared if none ever ran it.
	State string `json:"state"`
	Cause string `json:"cause,omitempty" doc:"Why it is in that state, in one sentence"`
	// Status is the worst health status of its ports.
	Status string `json:"status"`
	// InstancesWanted is how many instances should run it.
	InstancesWanted int      `json:"instances_wanted"`
	Instances       []string `json:"instances" doc:"Names of the instances that run it or ran it last"`
	Inputs          []string `json:"inputs" doc:"Ids of the ports that it reads"`
	Outputs         []string `json:"outputs" doc:"Ids of the ports that it answers for"`
	// Tiers say how much of a record its living instances touch. Absent while none lives, and of a source.
	Tiers       map[string]string `json:"tiers,omitempty" doc:"By input port: checked, forwarded, projected, spliced or decoded; several with commas between while instances differ"`
	Digest      string            `json:"digest" doc:"sha256:<hex> of the descriptor"`
	PublishedBy string            `json:"published_by"`
	// PublishedAt is zero for a data product that heartbeats name and no descriptor.
	PublishedAt time.Time `json:"published_at,omitzero"`
	// Document is the descriptor as published (ODPS, YAML). Lists leave it empty.
	Document string `json:"document,omitempty"`
	// Problems are what is wrong with the descriptor, one sentence each.
	Problems []string `json:"problems"`
}

// Port is an output port, or an input port that an observe data product answers for.
type Port struct {
	ID             string   `json:"id" doc:"<domain>.<product>.<port>.v<major>"`
	DataProduct    string   `json:"data_product"`
	Domain         string   `json:"domain"`
	Name           string   `json:"name"`
	Version        string   `json:"version" doc:"The port's version in the data product's descriptor"`
	Mode           string   `json:"mode"`
	Topic          string   `json:"topic" doc:"The Kafka topic: the id, but for a port that is observed"`
	Owner          string   `json:"owner"`
	Description    string   `json:"description"`
	Tags           []string `json:"tags"`
	ContractID     string   `json:"contract_id"`
	ContractDigest string   `json:"contract_digest"`
	// State is what the platform or an instance last said of the port itself, such as deprecated; else empty.
	State      string   `json:"state,omitempty"`
	Upstream   []string `json:"upstream" doc:"Ids of the ports that it is made from"`
	Downstream []string `json:"downstream" doc:"Ids of the ports that are made from it"`
	Readers    []string `json:"readers" doc:"Ids of the data products that read it"`
	// Promises are what its contract promises, and what was measured and judged of it.
	Promises []Promise `json:"promises"`
	Health   Health    `json:"health"`
	// Inputs tells the port's health by input partition. Lists leave it empty.
	Inputs []Input `json:"inputs,omitempty"`
}

// Promise is one entry of a contract's slaProperties, or one of its quality rules over many records. Of a contract it is
// what the contract says; of a port also what became of it.
type Promise struct {
	Kind     string `json:"kind" enum:"sla,quality"`
	Property string `json:"property" doc:"The slaProperties entry, or the quality rule's id; breaches name it"`
	Text     string `json:"text" doc:"What is promised: the value with its unit, as the contract has it, or the rule's operator with its bounds"`
	Severity string `json:"severity,omitempty" doc:"Of a quality rule: error, or warning, which is told and breaches nothing"`
	// NotJudged says why the mesh does not judge it; empty where it does.
	NotJudged string `json:"not_judged,omitempty"`

	Value *float64 `json:"value,omitempty" doc:"What was measured, in the unit; absent before the first measurement"`
	Unit  string   `json:"unit,omitempty" doc:"minutes, percent, percent in time (of latency: records within the promise) or rows"`
	// Start and End bound the window that was measured; absent where the value is of now.
	Start   *time.Time `json:"window_start,omitempty"`
	End     *time.Time `json:"window_end,omitempty" doc:"Absent while a window of records is open"`
	Records int64      `json:"window_records,omitempty" doc:"Records in the window"`
	Holds   *bool      `json:"holds,omitempty" doc:"Absent where nothing can be said yet"`
}

// Kinds of a Promise.
const (
	PromiseSLA     = "sla"
	PromiseQuality = "quality"
)

// Contract is a data contract as its owner published it last.
type Contract struct {
	ID          string    `json:"id"`
	Version     string    `json:"version"`
	Versions    []string  `json:"versions"`
	Name        string    `json:"name"`
	Status      string    `json:"status" doc:"The contract's own status, such as active"`
	Port        string    `json:"port" doc:"Id of the port that it describes, where one does"`
	Topic       string    `json:"topic"`
	Owner       string    `json:"owner"`
	Description string    `json:"description"`
	Tags        []string  `json:"tags"`
	Fields      []string  `json:"fields" doc:"Paths of its fields"`
	Promises    []Promise `json:"promises"`
	Digest      string    `json:"digest"`
	PublishedBy string    `json:"published_by"`
	PublishedAt time.Time `json:"published_at"`
	// Document is the contract as published (ODCS, YAML), Schema its Avro schema. Lists leave both empty.
	Document string   `json:"document,omitempty"`
	Schema   string   `json:"schema,omitempty"`
	Problems []string `json:"problems"`
	// Verdict is the policies'; nil until they judged this version.
	Verdict *Verdict `json:"verdict,omitempty"`
}

// Verdict is what the policies say of a contract as it is published.
type Verdict struct {
	Outcome     string          `json:"outcome" enum:"allowed,denied,unjudged,unknown" doc:"unjudged: the platform has no policies"`
	Environment string          `json:"environment,omitempty" doc:"Where it was judged for"`
	Policies    string          `json:"policies" doc:"Digest of the bundle of policies"`
	Findings    []PolicyFinding `json:"findings"`
	JudgedAt    time.Time       `json:"judged_at"`
}

// PolicyFinding is one thing that a policy found.
type PolicyFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity" doc:"error denies; warning and note do not"`
	Message  string `json:"message"`
	Path     string `json:"path,omitempty" doc:"Of what it is about, in the contract"`
}

// Instance is one process of one binary, by its stable name.
type Instance struct {
	Name        string `json:"name"`
	Incarnation string `json:"incarnation" doc:"The random id of the newest process of that name"`
	State       string `json:"state"`
	Cause       string `json:"cause,omitempty" doc:"Why it is in that state, in one sentence"`
	Version     string `json:"version" doc:"The binary's version"`
	// StartedAt and LastHeartbeat are zero before the first heartbeat. They are the instance's own clock's.
	StartedAt        time.Time `json:"started_at,omitzero"`
	LastHeartbeat    time.Time `json:"last_heartbeat,omitzero"`
	HeartbeatSeconds float64   `json:"heartbeat_seconds" doc:"How often it says that it lives"`
	DroppedEvents    int64     `json:"dropped_events" doc:"Control events that it dropped so far"`
	DataProducts     []Held    `json:"data_products"`
}

// Held is a data product in an instance.
type Held struct {
	ID         string            `json:"id"`
	Version    string            `json:"version"`
	Mode       string            `json:"mode"`
	State      string            `json:"state"`
	Generation int32             `json:"generation" doc:"The consumer group's generation, -1 without a group"`
	Partitions []HeldPartition   `json:"partitions"`
	Tiers      map[string]string `json:"tiers,omitempty" doc:"How it works on records, by input port: checked, forwarded, projected, spliced or decoded"`
}

// HeldPartition is an input partition that an instance holds.
type HeldPartition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

// Breach is a promise that is or was not held.
type Breach struct {
	ID          string     `json:"id" doc:"<port>/<sla>/<start in Unix milliseconds>"`
	Port        string     `json:"port"`
	DataProduct string     `json:"data_product"`
	SLA         string     `json:"sla"`
	Start       time.Time  `json:"start"`
	End         *time.Time `json:"end" doc:"null while it lasts"`
	Promised    string     `json:"promised"`
	Observed    string     `json:"observed"`
	Cause       string     `json:"cause"`
	// ContractDigest names the contract that promised.
	ContractDigest string `json:"contract_digest"`
}

// Open says whether the breach lasts.
func (b Breach) Open() bool { return b.End == nil }

// Kinds of a Hit.
const (
	KindDataProduct = "data-product"
	KindPort        = "port"
	KindContract    = "contract"
	KindInstance    = "instance"
)

// Hit is something that a search found.
type Hit struct {
	Kind string `json:"kind" doc:"data-product, port, contract or instance"`
	ID   string `json:"id"`
	// Description is what the thing says of itself, at most one sentence or so.
	Description string  `json:"description"`
	Owner       string  `json:"owner"`
	Matched     string  `json:"matched" doc:"Where it matched best: id, name, owner, tag, field or description"`
	Score       float64 `json:"score"`
}
