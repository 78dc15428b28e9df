package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// steer ends or starts a node: its arguments are the nodes' containers, their addresses, a verb and a node's number from 1.
func steer(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("control wants CONTAINERS ADDRESSES kill|start NODE")
	}
	ids, addresses := strings.Split(args[0], ","), strings.Split(args[1], ",")
	node, err := strconv.Atoi(args[3])
	if err != nil || node < 1 || node > len(ids) || len(ids) != len(addresses) {
		return fmt.Errorf("there is no node %s", args[3])
	}
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return err
	}
	defer docker.Close()
	id, address := ids[node-1], addresses[node-1]
	switch args[2] {
	case "kill":
		_, err = docker.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: "KILL"})
		return err
	case "start":
		if _, err := docker.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
			return err
		}
		return serves(ctx, "the node at "+address, func() error { return ask(address) })
	}
	return fmt.Errorf("a node can be killed and started, not %q", args[2])
}

// serves asks until there is an answer.
func serves(ctx context.Context, what string, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, started)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", what, err)
		case <-tick.C:
		}
	}
}

// apiVersions is Kafka's request for what a broker speaks: length 10, key 18, version 0, correlation 0, no client id.
const apiVersions = "\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x00\xff\xff"

func ask(address string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, apiVersions); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 8))
	return err
}
