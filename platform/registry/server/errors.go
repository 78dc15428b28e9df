package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// failure is an error as the API says it.
type failure struct {
	status  int
	Code    int    `json:"error_code"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return fmt.Sprintf("%d: %s", f.Code, f.Message) }

func failed(status, code int, format string, args ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, args...)}
}

// plain is a failure of HTTP itself, for which the API repeats the status as its code.
func plain(status int) *failure {
	return failed(status, status, "HTTP %d %s", status, http.StatusText(status))
}

func badRequest(format string, args ...any) *failure {
	return failed(http.StatusBadRequest, http.StatusBadRequest, format, args...)
}

func subjectNotFound(name string) *failure {
	return failed(http.StatusNotFound, 40401, "Subject '%s' not found.", name)
}

func versionNotFound(number int) *failure {
	return failed(http.StatusNotFound, 40402, "Version %d not found.", number)
}

func schemaNotFound() *failure { return failed(http.StatusNotFound, 40403, "Schema not found") }

func idNotFound(id int) *failure {
	return failed(http.StatusNotFound, 40403, "Schema %d not found", id)
}

func subjectSoftDeleted(name string) *failure {
	return failed(http.StatusNotFound, 40404, "Subject '%s' was soft deleted. Set permanent=true to delete permanently", name)
}

func subjectNotSoftDeleted(name string) *failure {
	return failed(http.StatusNotFound, 40405, "Subject '%s' was not deleted first before being permanently deleted", name)
}

func versionSoftDeleted(name string, number int) *failure {
	return failed(http.StatusNotFound, 40406, "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently", name, number)
}

func versionNotSoftDeleted(name string, number int) *failure {
	return failed(http.StatusNotFound, 40407, "Subject '%s' Version %d was not deleted first before being permanently deleted", name, number)
}

func levelNotSet(name string) *failure {
	return failed(http.StatusNotFound, 40408, "Subject '%s' does not have subject-level compatibility configured", name)
}

func modeNotSet(name string) *failure {
	return failed(http.StatusNotFound, 40409, "Subject '%s' does not have subject-level mode configured", name)
}

func incompatible(name string, findings []avro.Finding) *failure {
	return failed(http.StatusConflict, http.StatusConflict,
		"Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %q", name, messages(findings))
}

func invalidSchema(format string, args ...any) *failure {
	return failed(http.StatusUnprocessableEntity, 42201, "Invalid schema: "+format, args...)
}

func invalidVersion(text string) *failure {
	return failed(http.StatusUnprocessableEntity, 42202,
		"The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"", text)
}

func invalidLevel() *failure {
	return failed(http.StatusUnprocessableEntity, 42203, "Invalid compatibility level. Valid values are none, backward, "+
		"forward, full, backward_transitive, forward_transitive, and full_transitive")
}

func unkeptConfig() *failure {
	return failed(http.StatusUnprocessableEntity, http.StatusUnprocessableEntity, "This registry's configuration is the compatibility level alone: "+
		"alias, normalize, validate*, compatibilityGroup, default* and override* are not kept")
}

func invalidMode() *failure {
	return failed(http.StatusUnprocessableEntity, 42204, "Invalid mode. Valid values are READWRITE, READONLY and IMPORT")
}

func readOnly(name string) *failure {
	if name == "" {
		return failed(http.StatusUnprocessableEntity, 42205, "The registry is in read-only mode")
	}
	return failed(http.StatusUnprocessableEntity, 42205, "Subject %s is in read-only mode", name)
}

func importOnly(name string) *failure {
	return failed(http.StatusUnprocessableEntity, 42205, "Subject %s is in import mode, which takes schemas with their ids only", name)
}

func notImporting(name string) *failure {
	return failed(http.StatusUnprocessableEntity, 42205, "Subject %s is not in import mode, so a schema cannot name its id", name)
}

func notEmpty(name string) *failure {
	return failed(http.StatusUnprocessableEntity, 42205, "Cannot import since subject %s exists; force=true imports nevertheless", name)
}

func idTaken(id int) *failure {
	return failed(http.StatusUnprocessableEntity, 42205, "Id %d belongs to another schema, which is not overwritten", id)
}

func versionTaken(name string, number int) *failure {
	return failed(http.StatusUnprocessableEntity, 42205, "Version %d of subject %s is another schema, which is not overwritten", number, name)
}

func referenced(name string, number int, by use) *failure {
	return failed(http.StatusUnprocessableEntity, 42206,
		"One or more references exist to the schema {subject=%s,version=%d}, such as from {subject=%s,version=%d}", name, number, by.Subject, by.Version)
}

func noContexts(name string) *failure {
	return failed(http.StatusUnprocessableEntity, 42208, "The specified subject '%s' is in a context, and this registry has none but the default: leave out what stands between the colons", name)
}

func tooLarge(size int) *failure {
	return failed(http.StatusUnprocessableEntity, 42209, "The schema takes %d bytes in the log, at most %d are kept", size, maxRecord)
}

func invalidRules(format string, args ...any) *failure {
	return failed(http.StatusUnprocessableEntity, 42210, "Invalid rule set: "+format, args...)
}

func unauthorized() *failure {
	return failed(http.StatusUnauthorized, http.StatusUnauthorized, "Unauthorized: the registry wants the name and the password of a user that it knows")
}

func invalidSubject(name string) *failure {
	return failed(http.StatusUnprocessableEntity, 42208, "The specified subject '%s' is not valid: it is empty, longer than 1000 bytes, or has a control character", name)
}

func storeFailed(err error) *failure {
	if errors.Is(err, ErrNotWriter) {
		return failed(http.StatusInternalServerError, 50001, "Another registry writes to the same log; nothing of this call is stored: repeat the call, and run one registry only (%v)", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return failed(http.StatusInternalServerError, 50002, "The operation timed out: the brokers did not answer within %s (%v)", writeTimeout, err)
	}
	return failed(http.StatusInternalServerError, 50001, "Error in the backend data store: %v", err)
}

// messages renders findings, one text each.
func messages(findings []avro.Finding) []string {
	out := make([]string, len(findings))
	for i, f := range findings {
		out[i] = f.Message
		if f.Path != "" {
			out[i] = f.Path + ": " + f.Message
		}
	}
	return out
}
