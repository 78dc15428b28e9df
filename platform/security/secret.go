package security

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// Secret is a password, token or key phrase: in a file, which is read anew each time, so that it can be replaced while the
// process runs; or a value from the environment. The zero value is no secret. It prints, marshals and logs as ***.
type Secret struct {
	file  string
	value string
}

// SecretFile is the secret that a file holds, without the line ends at its end.
func SecretFile(path string) Secret { return Secret{file: path} }

// SecretValue is a secret that is known already.
func SecretValue(value string) Secret { return Secret{value: value} }

// IsZero tells that there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// Read gives the secret. It fails where the file cannot be read or is empty; the error names the file, never what is in it.
func (s Secret) Read() (string, error) {
	if s.file == "" {
		return s.value, nil
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	value := strings.TrimRight(string(text), "\r\n")
	if value == "" {
		return "", fmt.Errorf("secret: %s is empty", s.file)
	}
	return value, nil
}

const hidden = "***"

// String hides the secret.
func (s Secret) String() string {
	switch {
	case s.IsZero():
		return ""
	case s.file != "":
		return hidden + " (" + s.file + ")"
	}
	return hidden
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) } // a formatter has no error to give

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
