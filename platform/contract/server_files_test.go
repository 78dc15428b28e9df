package contract

import (
	"fmt"
	"testing"
)

// Before 3.1.0 the standard lists the formats and delimiters of files; where files lie on SFTP is told in all versions.
func TestServersOfFiles(t *testing.T) {
	for _, c := range []struct {
		version, server string
		ok              bool
	}{
		{"v3.0.2", "{server: a, type: azure, location: az://a, format: avro}", false},
		{"v3.0.2", "{server: a, type: azure, location: az://a, format: csv, delimiter: array}", true},
		{"v3.0.2", "{server: a, type: s3, location: s3://a, format: json, delimiter: comma}", false},
		{"v3.1.0", "{server: a, type: s3, location: s3://a, format: avro, delimiter: comma}", true},
		{"v3.1.0", "{server: a, type: sftp, location: ftp://a}", false},
		{"v3.1.0", "{server: a, type: sftp, location: sftp://a}", true},
	} {
		text := fmt.Sprintf("apiVersion: %s\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nservers: [%s]\n", c.version, c.server)
		contract, findings := ParseContract("x.odcs.yaml", []byte(text))
		if (contract != nil) != c.ok {
			t.Errorf("%s %s: %v", c.version, c.server, findings)
		}
		if !c.ok && (len(findings) != 1 || findings[0].Rule != RuleServer || findings[0].Line != 6) {
			t.Errorf("%s %s: %v", c.version, c.server, findings)
		}
	}
}
