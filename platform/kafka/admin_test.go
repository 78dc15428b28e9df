package kafka_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Where topics are provisioned, who runs a data product may not create any: finding them there must be enough.
func TestTopicsThatAreThereNeedNoRightToCreate(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.EnableACLs(),
		kfake.Superuser(kafka.Plain, "root", "root"), kfake.User(kafka.Plain, "me", "me"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	as := func(user string) *kafka.Admin {
		a, err := kafka.NewAdmin(kafka.Config{Brokers: cluster.ListenAddrs(), Security: kafka.Security{
			Mechanism: kafka.Plain, Username: user, Password: security.SecretValue(user),
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Close)
		return a
	}
	root, me := as("root"), as("me")
	there, hidden := kafka.Topic{Name: "there", Partitions: 2, Config: map[string]string{"retention.ms": "1000"}}, kafka.Topic{Name: "hidden"}
	mine := kafka.ACL{Principal: "User:me", Host: kafka.AnyHost, Kind: kafka.OnTopic, Name: "there", Operation: kafka.Describe}
	if err := root.EnsureTopics(t.Context(), there, hidden); err != nil {
		t.Fatal(err)
	}
	if err := root.CreateACLs(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if err := me.EnsureTopics(t.Context(), there); err != nil {
		t.Errorf("a topic that is there: %v", err)
	}
	if err := me.EnsureTopics(t.Context(), hidden); err == nil || !strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "no right to") {
		t.Errorf("a topic that is not mine to see: %v", err)
	}
	acls, err := root.ACLs(t.Context())
	if err != nil || len(acls) != 1 || acls[0] != mine {
		t.Errorf("%v, %v", acls, err)
	}
	if err := root.DeleteACLs(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if acls, err := root.ACLs(t.Context()); err != nil || len(acls) != 0 {
		t.Errorf("%v, %v", acls, err)
	}
	if err := root.CreateACLs(t.Context(), kafka.ACL{Principal: "User:me", Host: "*", Kind: kafka.OnTopic, Operation: kafka.Read}); err == nil {
		t.Error("an ACL on no name is made")
	}
	settings, err := root.TopicSettings(t.Context(), []string{"retention.ms"}, []string{"there", "nowhere"})
	if s := settings["there"]["retention.ms"]; err != nil || len(settings) != 1 || !s.Set || s.Value != "1000" || s.Fallback == "1000" {
		t.Errorf("%v, %v", settings, err)
	}
	if err := root.SetTopic(t.Context(), "there", map[string]*string{"retention.ms": nil}); err != nil {
		t.Fatal(err)
	}
	if err := root.SetPartitions(t.Context(), "there", 3); err != nil {
		t.Fatal(err)
	}
	states, err := root.TopicStates(t.Context(), "there", "nowhere")
	if s := states["there"]; err != nil || len(states) != 1 || s.Partitions != 3 || s.Replicas != 1 || s.ID == "" {
		t.Errorf("%v, %v", states, err)
	}
}
