package contract

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Server is where the data is: for a port, the Kafka cluster (type kafka, Host its bootstrap servers). Which keys
// a server has depends on its type, see serverKeys.
type Server struct {
	Place
	ID, Server, Type, Description, Environment string
	Host, Format, Encoding                     string
	Account, Catalog, CatalogURL, Namespace    string
	Database, Dataset                          string
	Delimiter, EndpointURL, Location, Path     string
	Project, Region, RegionName, ServiceName   string
	StagingDir, Stream, Warehouse, Workgroup   string
	Schema                                     Value
	Port                                       int
	Roles                                      []Role
	CustomProperties                           []CustomProperty
}

func (s *Server) table() strict.Table {
	return strict.Table{Place: &s.Place, Fields: []strict.Field{
		strict.StableID("id", &s.ID).KnownSince(odcs310),
		strict.String("server", &s.Server).Required(),
		strict.String("type", &s.Type).Required(),
		strict.String("description", &s.Description),
		strict.String("environment", &s.Environment),
		strict.Objects("roles", &s.Roles, (*Role).table),
		customProperties(&s.CustomProperties),
		strict.String("host", &s.Host),
		strict.String("format", &s.Format),
		strict.String("encoding", &s.Encoding).Since(odcs320),
		strict.String("account", &s.Account),
		strict.String("catalog", &s.Catalog),
		strict.String("catalogUrl", &s.CatalogURL).Since(odcs320),
		strict.String("namespace", &s.Namespace).Since(odcs320),
		strict.String("database", &s.Database),
		strict.String("dataset", &s.Dataset),
		strict.String("delimiter", &s.Delimiter),
		strict.String("endpointUrl", &s.EndpointURL),
		strict.String("location", &s.Location),
		strict.String("path", &s.Path),
		strict.String("project", &s.Project),
		strict.String("region", &s.Region),
		strict.String("regionName", &s.RegionName),
		strict.String("serviceName", &s.ServiceName),
		strict.String("stagingDir", &s.StagingDir),
		strict.String("stream", &s.Stream),
		strict.String("warehouse", &s.Warehouse),
		strict.String("workgroup", &s.Workgroup).Since(odcs320),
		strict.OneOf("schema", &s.Schema, strict.Text, strict.Integer),
		strict.Int("port", &s.Port),
		strict.Elsewhere("topic", "the topic is the physicalName of the schema object, with physicalType: topic"),
		strict.Elsewhere("schemaRegistryUrl", "put the registry's URL into the server's customProperties"),
	}}
}

// serverKeys says which keys a server of a type has besides those of every server; * marks those it must have.
// The standard's closed objects say so, and 3.2.0 what is newest.
func serverKeys(version int) map[string]string {
	athena := "stagingDir schema* catalog regionName workgroup"
	if version < odcs320 {
		athena = "stagingDir* schema* catalog regionName workgroup"
	}
	return map[string]string{
		"api":        "location*",
		"athena":     athena,
		"azure":      "location* format* encoding delimiter",
		"bigquery":   "project* dataset*",
		"clickhouse": "host* port* database*",
		"cloudsql":   "host* port* database* schema*",
		"custom":     "account catalog catalogUrl database dataset delimiter encoding endpointUrl format host location namespace path port project region regionName schema serviceName stagingDir warehouse workgroup stream",
		"databricks": "host catalog* schema*",
		"db2":        "host* port* database* schema",
		"denodo":     "host* port* database",
		"dremio":     "host* port* schema",
		"duckdb":     "database* schema",
		"glue":       "account* database* location format",
		"hana":       "host* port database schema",
		"hive":       "host* port database*",
		"iceberg":    "catalog* catalogUrl* namespace warehouse",
		"impala":     "host* port database*",
		"informix":   "host* port database*",
		"kafka":      "host* format encoding",
		"kinesis":    "region format encoding",
		"local":      "path* format* encoding",
		"mysql":      "host* port* database*",
		"oracle":     "host* port* serviceName*",
		"postgres":   "host* port* database* schema*",
		"postgresql": "host* port* database* schema*",
		"presto":     "host* catalog schema",
		"pubsub":     "project*",
		"redshift":   "host database* schema* region account",
		"s3":         "location* endpointUrl format encoding delimiter",
		"sftp":       "location* format encoding delimiter",
		"snowflake":  "host port account* database* schema* warehouse",
		"sqlserver":  "host* port database* schema*",
		"synapse":    "host* port* database*",
		"teradata":   "host* port database",
		"trino":      "host* port* catalog* schema*",
		"vertica":    "host* port* database* schema*",
		"zen":        "host* port database*",
	}
}

// ServerKeys says which keys a server of each type has in files of version 3.1.0 besides those of every server, with blanks
// between; * marks those it must have. Servers of the type custom may have any of theirs.
func ServerKeys() map[string]string {
	all, since := serverKeys(odcs310), serverSince()
	for kind, row := range all {
		if since[kind] > odcs310 {
			delete(all, kind)
			continue
		}
		all[kind] = strings.Join(slices.DeleteFunc(strings.Fields(row), func(key string) bool { return slices.Contains(newServerKeys(), key) }), " ")
	}
	return all
}

// serverSince says which version brought a type of server, of those that are not as old as 3.0.0.
func serverSince() map[string]int {
	return map[string]int{"hive": odcs310, "impala": odcs310, "zen": odcs310, "hana": odcs320, "iceberg": odcs320, "teradata": odcs320}
}

// newServerKeys are the keys that came with 3.2.0.
func newServerKeys() []string { return []string{"encoding", "catalogUrl", "namespace", "workgroup"} }

// check holds the keys against the server's type.
func (s *Server) check(r *report, version int) {
	if !s.Has("type") {
		return
	}
	if s.Schema.Kind == strict.Integer && s.Type != "cloudsql" { // the standard's slip before 3.2.0
		r.at(RuleServer, s.Place, "schema", "must be text, not %s: put it in quotes", s.Schema.Kind)
	}
	types, since := serverKeys(version), serverSince()
	row, ok := types[s.Type]
	if !ok {
		known := slices.DeleteFunc(sortedKeys(types), func(t string) bool { return since[t] > version })
		r.at(RuleServer, s.Place, "type", "there is no server type %s%s", strict.Quote(s.Type), strict.Hint(s.Type, known))
		return
	}
	if since[s.Type] > version {
		r.at(strict.RuleKeyVersion, s.Place, "type", "the server type %s exists from %s on: raise apiVersion", s.Type, versionName(since[s.Type]))
	}
	var own []string
	for key := range strings.FieldsSeq(row) {
		name, must := strings.CutSuffix(key, "*")
		if must && !s.Has(name) {
			r.at(RuleServer, s.Place, name, "a server of type %s needs the key %s", s.Type, name)
		}
		own = append(own, name)
	}
	known := slices.DeleteFunc(slices.Clone(own), func(key string) bool { return version < odcs320 && slices.Contains(newServerKeys(), key) })
	s.checkFiles(r, version)
	every := []string{"id", "server", "type", "description", "environment", "roles", "customProperties"}
	for _, key := range s.Keys() {
		if !slices.Contains(own, key) && !slices.Contains(every, key) {
			r.at(RuleServer, s.Place, key, "a server of type %s has no key %s%s", s.Type, key, strict.Hint(key, known))
		}
	}
}

// checkFiles holds what a server of files says about them against the lists that are closed before 3.1.0.
func (s *Server) checkFiles(r *report, version int) {
	if s.Type == "sftp" && s.Has("location") && !strings.HasPrefix(s.Location, "sftp://") {
		r.at(RuleServer, s.Place, "location", "the location of a server of type sftp begins with sftp://")
	}
	if version >= odcs310 || !slices.Contains([]string{"azure", "s3", "sftp"}, s.Type) {
		return
	}
	for _, of := range []struct {
		key, says string
		listed    []string
	}{{"format", s.Format, []string{"parquet", "delta", "json", "csv"}}, {"delimiter", s.Delimiter, []string{"new_line", "array"}}} {
		if s.Has(of.key) && !slices.Contains(of.listed, of.says) {
			r.at(RuleServer, s.Place, of.key, "%s is no %s before %s: write one of %s, or raise apiVersion", strict.Quote(of.says), of.key, versionName(odcs310), strings.Join(of.listed, ", "))
		}
	}
}
