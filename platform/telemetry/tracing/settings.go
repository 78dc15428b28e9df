package tracing

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings say whether records are traced, and where their spans go.
type Settings struct {
	// Endpoint is where a collector takes OTLP over HTTP, such as http://127.0.0.1:4318; spans go to /v1/traces below it. Empty is
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, which is the whole URL, else OTEL_EXPORTER_OTLP_ENDPOINT. Without any of them nothing is
	// traced, unless OTEL_TRACES_EXPORTER is otlp, and then to http://localhost:4318.
	Endpoint string
	// Service is who speaks; OTEL_SERVICE_NAME comes first. Instance and Version are the process's.
	Service, Instance, Version string
	// Getenv reads variables. Understood are, besides those above, OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_TRACES_SAMPLER and
	// OTEL_TRACES_SAMPLER_ARG, OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT, _PROTOCOL and _COMPRESSION with the same of TRACES before them, and
	// OTEL_RESOURCE_ATTRIBUTES.
	Getenv func(string) string
	// Logger is told when spans are lost; default slog.Default().
	Logger *slog.Logger
}

// Open begins to trace, if the settings ask for it; else it gives nil. It reaches for nobody: a collector that is away is found
// out when spans are sent, and they are dropped then. An error is a setting that cannot be had.
func Open(s Settings) (*Tracing, error) {
	target, err := s.target()
	if target == "" || err != nil {
		return nil, err
	}
	sampler, err := s.sampler()
	if err != nil {
		return nil, err
	}
	client, err := s.client(target)
	if err != nil {
		return nil, err
	}
	return New(sampler, s.about(), client.send), nil
}

// target is the URL that spans go to; empty for none.
func (s Settings) target() (string, error) {
	if strings.EqualFold(s.Getenv("OTEL_SDK_DISABLED"), "true") {
		return "", nil
	}
	switch kind := s.Getenv("OTEL_TRACES_EXPORTER"); kind {
	case "", "otlp":
	case "none":
		return "", nil
	default:
		return "", fmt.Errorf("OTEL_TRACES_EXPORTER=%s: use otlp or none", kind)
	}
	whole := s.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	base := s.Endpoint
	switch {
	case base != "":
		whole = ""
	case whole != "":
	case s.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "":
		base = s.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	case s.Getenv("OTEL_TRACES_EXPORTER") == "otlp":
		base = "http://localhost:4318"
	default:
		return "", nil
	}
	if whole == "" {
		whole = strings.TrimSuffix(base, "/") + "/v1/traces"
	}
	if u, err := url.Parse(whole); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", errors.New("the collector's address for traces is no http or https URL; give one such as http://127.0.0.1:4318") // it may hold a password
	}
	return whole, nil
}

func (s Settings) sampler() (Sampler, error) {
	chosen := DefaultSampler()
	kind := s.Getenv("OTEL_TRACES_SAMPLER")
	rest, parent := strings.CutPrefix(kind, "parentbased_")
	share := chosen.Share
	if kind != "" {
		share = 1 // OpenTelemetry's own default
	}
	if text := s.Getenv("OTEL_TRACES_SAMPLER_ARG"); text != "" {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 0 && n <= 1) {
			return chosen, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG=%s: a share from 0 to 1 is needed, such as 0.01", text)
		}
		share = n
	}
	switch rest {
	case "":
		return Sampler{share, true}, nil
	case "always_on":
		return Sampler{1, parent}, nil
	case "always_off":
		return Sampler{0, parent}, nil
	case "traceidratio":
		return Sampler{share, parent}, nil
	}
	return chosen, fmt.Errorf("OTEL_TRACES_SAMPLER=%s: use always_on, always_off, traceidratio, or one of these behind parentbased_", kind)
}

func (s Settings) client(target string) (*client, error) {
	if protocol := s.exporter("PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL=%s: spans are sent by http/protobuf; name the collector's port for it, mostly 4318", protocol)
	}
	for _, name := range []string{"CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"} {
		if s.exporter(name) != "" {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_%s is not supported: the system's authorities are trusted; send spans to a collector on this machine", name)
		}
	}
	log := s.Logger
	if log == nil {
		log = slog.Default()
	}
	c := newClient(target, log)
	switch compression := s.exporter("COMPRESSION"); compression {
	case "", "none":
	case "gzip":
		c.gzip = true
	default:
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_COMPRESSION=%s: use gzip or none", compression)
	}
	if text := s.exporter("TIMEOUT"); text != "" {
		ms, err := strconv.Atoi(text)
		if err != nil || ms <= 0 {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_TIMEOUT=%s: a number of milliseconds is needed", text)
		}
		c.http.Timeout = time.Duration(ms) * time.Millisecond
	}
	pairs, ok := list(s.exporter("HEADERS"))
	if !ok {
		return nil, errors.New("OTEL_EXPORTER_OTLP_HEADERS: name=value pairs are needed, with commas between") // it may hold a secret
	}
	for _, pair := range pairs {
		c.header.Set(pair[0], pair[1])
	}
	return c, nil
}

// exporter is a setting of the exporter: that for traces, else that for all.
func (s Settings) exporter(name string) string {
	if v := s.Getenv("OTEL_EXPORTER_OTLP_TRACES_" + name); v != "" {
		return v
	}
	return s.Getenv("OTEL_EXPORTER_OTLP_" + name)
}

// list reads name=value pairs with commas between, percent-encoded.
func list(text string) (pairs [][2]string, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, found := strings.Cut(part, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !found || name == "" || err != nil {
			return nil, false
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs, true
}

// about says who speaks, in OpenTelemetry's words.
func (s Settings) about() (about Attributes) {
	said := [][2]string{{"service.namespace", "tidemark"}, {"service.name", s.Service}, {"service.instance.id", s.Instance}, {"service.version", s.Version}}
	pairs, _ := list(s.Getenv("OTEL_RESOURCE_ATTRIBUTES")) // as OpenTelemetry has it, nothing is taken from what cannot be read
	said = append(append(said, pairs...), [2]string{"service.name", s.Getenv("OTEL_SERVICE_NAME")})
	for i, pair := range said {
		later := slices.ContainsFunc(said[i+1:], func(l [2]string) bool { return l[0] == pair[0] && l[1] != "" })
		if pair[1] != "" && !later { // the last counts
			about = about.Text(pair[0], pair[1])
		}
	}
	return about
}
