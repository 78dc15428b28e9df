package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	mobynet "github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	kafkaImage    = "apache/kafka:4.3.1"
	registryImage = "apicurio/apicurio-registry:3.0.9"
	started       = 2 * time.Minute // how long a container may take
)

// stand is what the tests stand on.
type stand struct {
	settings []string // TIDEMARK_TEST_*
	undo     []func(context.Context) error
}

func (s *stand) set(name, value string) {
	s.settings = append(s.settings, "TIDEMARK_TEST_"+name+"="+value)
}

// close takes everything down, the last first.
func (s *stand) close(ctx context.Context) error {
	var errs []error
	for i := len(s.undo) - 1; i >= 0; i-- {
		errs = append(errs, s.undo[i](ctx))
	}
	return errors.Join(errs...)
}

func (s *stand) open(ctx context.Context) error {
	net, err := network.New(ctx)
	if err != nil {
		return fmt.Errorf("a network: %w", err)
	}
	s.undo = append(s.undo, net.Remove)
	plain, err := s.cluster(ctx, net, "plain", 1, nil)
	if err != nil {
		return err
	}
	s.set("KAFKA", plain.brokers())
	three, err := s.cluster(ctx, net, "three", 3, nil)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s.set("KAFKA_THREE", three.brokers())
	s.set("KAFKA_CONTROL", strings.Join([]string{self, control, strings.Join(three.ids, ","), three.brokers()}, " "))
	dir, err := os.MkdirTemp("", "tidemark-containers-*")
	if err != nil {
		return err
	}
	s.undo = append(s.undo, func(context.Context) error { return os.RemoveAll(dir) })
	trust, err := makeTrust()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), trust.ca, 0o600); err != nil {
		return err
	}
	secure, err := s.cluster(ctx, net, "secure", 1, trust)
	if err != nil {
		return err
	}
	s.set("KAFKA_SECURE", secure.brokers())
	s.set("KAFKA_CA", filepath.Join(dir, "ca.pem"))
	s.set("KAFKA_USER", adminUser)
	s.set("KAFKA_PASSWORD", adminPassword)
	s.set("KAFKA_MECHANISM", "PLAIN") // SCRAM users are made by the tests
	return s.registry(ctx)
}

// nodes are a cluster's.
type nodes struct {
	ids   []string
	ports []int
}

func (n *nodes) brokers() string {
	list := make([]string, len(n.ports))
	for i, port := range n.ports {
		list[i] = "127.0.0.1:" + strconv.Itoa(port)
	}
	return strings.Join(list, ",")
}

// cluster starts so many nodes at once, each broker and controller. With trust, who comes from outside must log in over TLS.
func (s *stand) cluster(ctx context.Context, net *testcontainers.DockerNetwork, name string, size int, trust *trust) (*nodes, error) {
	n := &nodes{ids: make([]string, size)}
	var voters []string
	for i := range size {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		n.ports = append(n.ports, port)
		voters = append(voters, fmt.Sprintf("%d@%s-%d:29092", i+1, name, i+1))
	}
	failed := make(chan error, size)
	made := make(chan *testcontainers.DockerContainer, size)
	for i := range size {
		go func() {
			host := fmt.Sprintf("%s-%d", name, i+1)
			env := nodeSettings(i+1, size, host, n.ports[i], strings.Join(voters, ","))
			options := []testcontainers.ContainerCustomizer{
				published("9092/tcp", n.ports[i]), network.WithNetwork([]string{host}, net),
				testcontainers.WithWaitStrategyAndDeadline(started, wait.ForLog("Kafka Server started")),
			}
			if trust != nil {
				maps.Copy(env, trust.settings())
				options = append(options, testcontainers.WithFiles(trust.files()...))
			}
			c, err := testcontainers.Run(ctx, kafkaImage, append(options, testcontainers.WithEnv(env))...)
			if c != nil {
				n.ids[i] = c.GetContainerID()
			}
			made <- c
			failed <- err
		}()
	}
	var errs []error
	for range size {
		if c := <-made; c != nil {
			s.undo = append(s.undo, func(context.Context) error { return testcontainers.TerminateContainer(c) })
		}
		errs = append(errs, <-failed)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("cluster %s: %w", name, err)
	}
	return n, nil
}

// nodeSettings are a node's, by the image's rule: KAFKA_ and the setting's name, with _ for a dot.
func nodeSettings(id, size int, host string, port int, voters string) map[string]string {
	inSync := min(size, 2)
	return map[string]string{
		"CLUSTER_ID":                                             "CQ6iEVskTwa0nrbqJOOeYQ",
		"KAFKA_NODE_ID":                                          strconv.Itoa(id),
		"KAFKA_PROCESS_ROLES":                                    "broker,controller",
		"KAFKA_CONTROLLER_QUORUM_VOTERS":                         voters,
		"KAFKA_CONTROLLER_LISTENER_NAMES":                        "CONTROLLER",
		"KAFKA_INTER_BROKER_LISTENER_NAME":                       "INTERNAL",
		"KAFKA_LISTENERS":                                        "INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:29092",
		"KAFKA_ADVERTISED_LISTENERS":                             fmt.Sprintf("INTERNAL://%s:19092,EXTERNAL://127.0.0.1:%d", host, port),
		"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":                   "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
		"KAFKA_HEAP_OPTS":                                        "-Xms256m -Xmx512m",
		"KAFKA_AUTO_CREATE_TOPICS_ENABLE":                        "false",
		"KAFKA_DEFAULT_REPLICATION_FACTOR":                       strconv.Itoa(size),
		"KAFKA_MIN_INSYNC_REPLICAS":                              strconv.Itoa(inSync),
		"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR":                 strconv.Itoa(size),
		"KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS":                     "8",
		"KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR":         strconv.Itoa(size),
		"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR":                    strconv.Itoa(inSync),
		"KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS":             "8",
		"KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": strconv.Itoa(size),
		"KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR":            strconv.Itoa(inSync),
		"KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS":                 "0",
		"KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS":                     "1000",
	}
}

// registry keeps its schemas in memory.
func (s *stand) registry(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	c, err := testcontainers.Run(ctx, registryImage, published("8080/tcp", port))
	if c != nil {
		s.undo = append(s.undo, func(context.Context) error { return testcontainers.TerminateContainer(c) })
	}
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	url := fmt.Sprintf("http://127.0.0.1:%d/apis/ccompat/v7", port)
	s.set("REGISTRY", url)
	// Asked as the tests will: testcontainers-go would ask at the gateway's address where this runs in a container itself.
	return serves(ctx, "the registry at "+url, func() error { return get(ctx, url+"/subjects") })
}

func get(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", resp.Status)
	}
	return nil
}

// published publishes a container's port on a port of this machine's loopback that stays the same when it is started again:
// a broker tells its clients the address before it has one.
func published(port string, at int) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		if err := testcontainers.WithExposedPorts(port)(req); err != nil {
			return err
		}
		return testcontainers.WithHostConfigModifier(func(host *container.HostConfig) {
			host.PortBindings = mobynet.PortMap{mobynet.MustParsePort(port): {{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: strconv.Itoa(at)}}}
		})(req)
	}
}

// freePort gives a port that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
