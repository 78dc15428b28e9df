package api

// Publication is a data product with contracts, or contracts alone, that someone wants the mesh to know.
type Publication struct {
	DataProduct string                `json:"data_product,omitempty" maxLength:"1048576" doc:"The data product, as an ODPS document in YAML."`
	Contracts   []ContractPublication `json:"contracts,omitempty" maxItems:"1000" doc:"Contracts; of a data product, those of its output ports."`
}

// ContractPublication is one contract.
type ContractPublication struct {
	Document string `json:"document" maxLength:"1048576" doc:"The contract, as an ODCS document in YAML."`
	Schema   string `json:"schema,omitempty" maxLength:"1048576" doc:"Its Avro schema."`
}

// Published says what became of a Publication: all of it is published, or nothing.
type Published struct {
	Published bool      `json:"published" doc:"false if a finding is an error, and for a dry run."`
	Findings  []Finding `json:"findings" nullable:"false" doc:"What is wrong with the documents, and what the policies say; an error denies."`
}

// Finding is what a check says about one place in one document.
type Finding struct {
	Document string `json:"document" doc:"The id of the contract or data product, or its place in the request where it has none."`
	Rule     string `json:"rule"`
	Severity string `json:"severity" enum:"error,warning,note"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
}
