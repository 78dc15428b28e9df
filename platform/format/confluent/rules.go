package confluent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// rules translates what one record must hold.
func (e *exporter) rules() *RuleSet {
	set := &RuleSet{DomainRules: []Rule{}, MigrationRules: []Rule{}}
	rules, _ := e.contract.Rules() // what is not enforced here is a finding of the contract
	for _, r := range rules {
		kind, expr, err := e.translate(r)
		if err != nil {
			e.leave(r.ID, "%v", err)
			continue
		}
		set.DomainRules = append(set.DomainRules, e.rule(r.ID, kind, expr, r.Severity))
	}
	for _, x := range e.contract.Expressions() {
		expr, err := ofMessage(x.Text, e.schema)
		if err != nil {
			e.leave(x.ID, "%v", err)
			continue
		}
		set.DomainRules = append(set.DomainRules, e.rule(x.ID, "CEL", expr, x.Severity))
	}
	for _, m := range e.contract.Metrics() {
		e.leave(m.ID, "it takes more than one record to tell")
	}
	for _, u := range e.contract.Uniques() {
		e.leave(u.ID, "it takes more than one record to tell")
	}
	return set
}

func (e *exporter) rule(id, kind, expr string, severity avro.Severity) Rule {
	onFailure := "ERROR"
	if severity != avro.Error {
		onFailure = "NONE"
	}
	return Rule{Name: e.ruleName(id), Doc: "Rule " + id + " of the contract " + e.contract.ID, Kind: "CONDITION", Mode: "WRITE", Type: kind, Expr: expr, OnFailure: onFailure}
}

// ruleName makes a name as the registry wants it: a letter first, then letters, digits, _ and -, at most 64.
func (e *exporter) ruleName(id string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, strings.ReplaceAll(id, "[]", ""))
	if name == "" || !('a' <= name[0]|0x20 && name[0]|0x20 <= 'z') {
		name = "rule_" + name
	}
	if len(name) > 64 || e.names[name] {
		sum := sha256.Sum256([]byte(id))
		name = name[:min(len(name), 55)] + "_" + hex.EncodeToString(sum[:4])
	}
	e.names[name] = true
	return name
}

// translate gives a rule's type and expression.
func (e *exporter) translate(r avro.Rule) (kind, expr string, err error) {
	s, ok := e.schema.Lookup(r.Path...)
	if !ok || len(r.Path) == 0 {
		return "", "", fmt.Errorf("it is about no field")
	}
	switch r.Kind {
	case avro.Required, avro.MinItems, avro.MaxItems:
		expr, err = e.ofPath(r)
		return "CEL", expr, err
	}
	full, err := e.fullName(r.Path)
	if err != nil {
		return "", "", err
	}
	test, err := condition(r, s.Value())
	return "CEL_FIELD", fmt.Sprintf("fullName == '%s' && typeName != 'NULL' ; %s", full, test), err
}

// fullName is how clients name the field that a path ends at: its record's name and its own.
func (e *exporter) fullName(path []string) (string, error) {
	last := len(path) - 1
	if path[last] == "[]" || path[last] == "{}" {
		return "", fmt.Errorf("it is about the items of a list, which have no name in the registry's clients")
	}
	in, ok := e.schema.Lookup(path[:last]...)
	if !ok || in.Value().Name() == "" {
		return "", fmt.Errorf("it is about a field of no record")
	}
	if places(e.schema, in.Value(), map[*avro.Schema]bool{}) > 1 {
		return "", fmt.Errorf("the record %s is used in several places, and the registry's clients do not tell them apart", in.Value().Name())
	}
	return in.Value().Name() + "." + path[last], nil
}

// places counts the uses of a record.
func places(s, of *avro.Schema, seen map[*avro.Schema]bool) (n int) {
	if s == of {
		n++
	}
	if s.Name() != "" {
		if seen[s] {
			return n
		}
		seen[s] = true
	}
	for _, f := range s.Fields() {
		n += places(f.Type(), of, seen)
	}
	for _, b := range s.Branches() {
		n += places(b, of, seen)
	}
	if s.Items() != nil {
		n += places(s.Items(), of, seen)
	}
	if s.Values() != nil {
		n += places(s.Values(), of, seen)
	}
	return n
}

// ofPath is a condition about a field of the message, where all around it is always there.
func (e *exporter) ofPath(r avro.Rule) (string, error) {
	for i, step := range r.Path {
		if step == "[]" || step == "{}" {
			return "", fmt.Errorf("it is about what is in a list or a map")
		}
		if s, ok := e.schema.Lookup(r.Path[:i+1]...); ok && s.Nullable() && (i < len(r.Path)-1 || r.Kind != avro.Required) {
			return "", fmt.Errorf("%s may be null, which the registry's clients do not treat alike", strings.Join(r.Path[:i+1], "."))
		}
	}
	field := "message." + strings.Join(r.Path, ".")
	switch r.Kind {
	case avro.MinItems:
		return "size(" + field + ") >= " + r.Text, nil
	case avro.MaxItems:
		return "size(" + field + ") <= " + r.Text, nil
	}
	return "has(" + field + ")", nil
}

// condition is a rule about one value.
func condition(r avro.Rule, s *avro.Schema) (string, error) {
	text := s.Type() == avro.TypeString
	switch {
	case s.Type() == avro.TypeEnum || s.Type() == avro.TypeFixed || s.Logical() != "" && !text:
		return "", fmt.Errorf("clients decode the type %s each in their way", typeName(s))
	case r.Kind == avro.MinLength && (text || s.Type() == avro.TypeBytes):
		return "size(value) >= " + r.Text, nil
	case r.Kind == avro.MaxLength && (text || s.Type() == avro.TypeBytes):
		return "size(value) <= " + r.Text, nil
	case r.Kind == avro.Pattern && text:
		return "value.matches(" + quote(r.Text) + ")", nil
	case r.Kind == avro.Format && text:
		return format(r.Text)
	case r.Kind == avro.Enum || r.Kind == avro.NoneOf:
		return among(r, s)
	}
	limit, err := literal(r.Text, s)
	if err != nil {
		return "", err
	}
	switch r.Kind {
	case avro.Minimum:
		return "value >= " + limit, nil
	case avro.Maximum:
		return "value <= " + limit, nil
	case avro.ExclusiveMinimum:
		return "value > " + limit, nil
	case avro.ExclusiveMaximum:
		return "value < " + limit, nil
	case avro.MultipleOf:
		if s.Type() == avro.TypeInt || s.Type() == avro.TypeLong {
			return "value % " + limit + " == 0", nil
		}
	}
	return "", fmt.Errorf("CEL has no condition for it")
}

func typeName(s *avro.Schema) string {
	if s.Logical() != "" {
		return string(s.Logical())
	}
	return string(s.Type())
}

// format is one of the functions that the registry's clients add to CEL.
func format(name string) (string, error) {
	function := map[string]string{"email": "isEmail", "hostname": "isHostname", "ipv4": "isIpv4", "ipv6": "isIpv6", "uri": "isUri", "uuid": "isUuid"}[name]
	if function == "" {
		return "", fmt.Errorf("CEL has no function for the format %s", name)
	}
	return "value." + function + "()", nil
}

func among(r avro.Rule, s *avro.Schema) (string, error) {
	values := make([]string, len(r.Values))
	for i, v := range r.Values {
		var err error
		if values[i], err = literal(v, s); err != nil {
			return "", err
		}
	}
	list := "value in [" + strings.Join(values, ", ") + "]"
	if r.Kind == avro.NoneOf {
		return "!(" + list + ")", nil
	}
	return list, nil
}

// literal writes a rule's argument as a literal of the field's type: CEL compares like with like only.
func literal(text string, s *avro.Schema) (string, error) {
	switch s.Type() {
	case avro.TypeString:
		return quote(text), nil
	case avro.TypeBoolean:
		if text == "true" || text == "false" {
			return text, nil
		}
	case avro.TypeInt, avro.TypeLong:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return strconv.FormatInt(n, 10), nil
		}
	case avro.TypeFloat, avro.TypeDouble:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			break
		}
		if s.Type() == avro.TypeFloat && float64(float32(f)) != f {
			return "", fmt.Errorf("%s is no float, and clients compare doubles", text)
		}
		if t := strconv.FormatFloat(f, 'f', -1, 64); strings.Contains(t, ".") {
			return t, nil
		}
		return strconv.FormatFloat(f, 'f', 1, 64), nil
	}
	return "", fmt.Errorf("CEL cannot compare %s with %q", typeName(s), text)
}

// quote writes a CEL string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == ';': // it would end a guard
			b.WriteString(`\u003b`)
		case r < ' ' || r == 0x7f || slices.Contains([]rune{0x85, 0x2028, 0x2029}, r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
