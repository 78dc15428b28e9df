package kafka_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// A grant counts when the last broker has heard of it, not when the cluster has acknowledged it.
func TestAccessIsAwaitedOnEveryBroker(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.EnableSASL(), kfake.EnableACLs(), kfake.Superuser(kafka.Plain, "root", "root"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	admin, err := kafka.NewAdmin(kafka.Config{Brokers: cluster.ListenAddrs(), Security: kafka.Security{
		Mechanism: kafka.Plain, Username: "root", Password: security.SecretValue("root"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	acl := kafka.ACL{Principal: "User:orders", Host: kafka.AnyHost, Kind: kafka.OnTopic, Name: "orders.v1", Operation: kafka.Write}
	if err := errors.Join(admin.CreateACLs(ctx, acl), admin.SetScramUser(ctx, "orders", security.SecretValue("secret"))); err != nil {
		t.Fatal(err)
	}

	// One broker hears of it late: three times it knows of no ACLs, and twice of no users.
	late := cluster.ListenAddrs()[1]
	var asked, counted atomic.Int32
	cluster.ControlKey(int16(kmsg.DescribeACLs), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if node := cluster.CurrentNode(); node != 1 || asked.Add(1) > 3 {
			return nil, nil, false
		}
		return req.ResponseKind(), nil, true
	})
	cluster.ControlKey(int16(kmsg.DescribeUserSCRAMCredentials), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if node := cluster.CurrentNode(); node != 1 || counted.Add(1) > 2 {
			return nil, nil, false
		}
		return req.ResponseKind(), nil, true
	})
	if err := admin.AwaitAccess(ctx, []kafka.ACL{acl}, []string{"orders"}); err != nil {
		t.Fatal(err)
	}
	if asked.Load() < 4 || counted.Load() < 3 {
		t.Errorf("it was told that all is known before %s knew: asked %d and %d times", late, asked.Load(), counted.Load())
	}

	never := acl
	never.Name = "payments.v1"
	brief, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	if err := admin.AwaitAccess(brief, []kafka.ACL{never}, nil); err == nil || !strings.Contains(err.Error(), "User:orders may write topic payments.v1") {
		t.Errorf("an ACL that nobody made: %v", err)
	}
}
