package contract

import (
	"fmt"
	"regexp"
)

var (
	nameForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	topicForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`) // Kafka's own rule
)

// maxTopic is how many characters Kafka allows a topic's name.
const maxTopic = 249

// isName tells whether a domain, data product, port or filter may have the name: lower case, digits, single
// dashes; neither dots nor underscores, which Kafka's metrics fold into each other.
func isName(name string) bool { return nameForm.MatchString(name) }

// isReserved tells whether a port's name would collide with the topics of dead letters and replays.
func isReserved(port string) bool { return port == "dlq" || port == "retry" }

// topicName is the topic of an output port.
func topicName(dataProduct, port string, major int) string {
	return fmt.Sprintf("%s.%s.v%d", dataProduct, port, major)
}

// contractID is the id of an output port's contract.
func contractID(domain, product, port string, major int) string {
	return fmt.Sprintf("urn:datamesh:%s:%s:%s:%d", domain, product, port, major)
}
