package main

import (
	"fmt"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// Scale is how large the workloads are.
type Scale struct {
	Records    int
	Partitions int
	Bad        float64
	Steps      float64
}

// workload is the usual one.
func (s Scale) workload() orders.Workload {
	return orders.Workload{Records: s.Records, Partitions: s.Partitions, Bad: s.Bad, Seed: 7}
}

// suites are all tables.
func suites(s Scale) []Suite {
	return []Suite{peers(s), partitions(s), sizes(s), rules(s), delivery(s), backlog(s), observation(s), rejects(s), products(s), schemas(s)}
}

func peers(s Scale) Suite {
	suite := Suite{Name: "peers", Title: "Side by side", Axis: "contender", Paced: true}
	for _, c := range contenders() {
		suite.Cases = append(suite.Cases, Case{Label: c.Name, Contender: c, Workload: s.workload()})
	}
	return suite
}

func partitions(s Scale) Suite {
	suite := Suite{Name: "partitions", Title: "Partitions", Axis: "partitions"}
	for _, n := range []int{1, 2, 4, 8, 16, 32, 64} {
		w := s.workload()
		w.Partitions = n
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(n), Contender: guard("-eos"), Workload: w})
	}
	return suite
}

func sizes(s Scale) Suite {
	suite := Suite{Name: "size", Title: "Record size", Axis: "bytes of payload"}
	for _, size := range []int{100, 208, 1_000, 10_000, 100_000} {
		w := s.workload()
		w.Size = size
		if limit := 1 << 30 / size; w.Records > limit { // at most 1 GiB in the broker's memory
			w.Records = limit
		}
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(size), Contender: guard("-eos"), Workload: w})
	}
	return suite
}

func rules(s Scale) Suite {
	suite := Suite{Name: "rules", Title: "Rules in the contract", Axis: "rules"}
	for _, n := range []int{0, 10, orders.Reference, 50, 100} {
		w := s.workload()
		w.Bad = 0 // without rules nothing is bad
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(n), Contender: guard("-eos", fmt.Sprint("-rules=", n)), Workload: w})
	}
	return suite
}

// delivery is P4.
func delivery(s Scale) Suite {
	return Suite{Name: "delivery", Title: "Exactly-once and at-least-once", Axis: "delivery", Cases: []Case{
		{Label: "at-least-once", Contender: guard(), Workload: s.workload()},
		{Label: "exactly-once", Contender: guard("-eos"), Workload: s.workload()},
	}}
}

// backlog is P5.
func backlog(s Scale) Suite {
	suite := Suite{Name: "backlog", Title: "Backlog and memory", Axis: "records waiting"}
	for _, times := range []float64{1, 3, 10} {
		w := s.workload()
		w.Records = int(float64(s.Records) * times * s.Steps)
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(w.Records), Contender: guard("-eos"), Workload: w})
	}
	return suite
}

// observation is P6.
func observation(s Scale) Suite {
	return Suite{Name: "observation", Title: "Observation", Axis: "metrics over HTTP", Cases: []Case{
		{Label: "off", Contender: guard("-eos"), Workload: s.workload()},
		{Label: "on, read once a second", Contender: guard("-eos", "-observe"), Workload: s.workload()},
	}}
}

// rejects is P7.
func rejects(s Scale) Suite {
	suite := Suite{Name: "rejects", Title: "Bad records", Axis: "share that is bad"}
	for _, bad := range []float64{0, 0.01, 0.1, 0.5, 1} {
		w := s.workload()
		w.Bad = bad
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(bad), Contender: guard("-eos"), Workload: w})
	}
	return suite
}

// products is the first half of P8. What the client library itself takes is measured beside it.
func products(s Scale) Suite {
	suite := Suite{Name: "products", Title: "Idle data products in one process", Axis: "data products"}
	w := s.workload()
	w.Partitions = 1
	for _, n := range []int{1, 50, 200} {
		flag := fmt.Sprint("-products=", n)
		suite.Cases = append(suite.Cases,
			Case{Label: fmt.Sprint(n), Contender: guard("-eos", "-idle", flag), Workload: w, Asks: true},
			Case{Label: fmt.Sprint(n, ", only their Kafka clients"), Contender: guard("-eos", "-mode=clients", flag), Workload: w, Asks: true})
	}
	return suite
}

// schemas is the second half of P8.
func schemas(s Scale) Suite {
	suite := Suite{Name: "schemas", Title: "Starting with many schemas", Axis: "schemas"}
	for _, n := range []int{100, 1_000, 10_000} {
		suite.Cases = append(suite.Cases, Case{Label: fmt.Sprint(n), Contender: guard("-mode=schemas", fmt.Sprint("-products=", n)), Workload: s.workload(), Asks: true})
	}
	return suite
}
