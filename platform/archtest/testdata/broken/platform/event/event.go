package event

import (
	_ "example.com/broken/platform/kafka"
)

func init() {}

type Undocumented struct{}

// Documented has a comment.
type Documented struct{}

// Reasons of a group share its comment.
const (
	First  = 1
	Second = 2
)

var Bare, unexported = 1, 2

func New() *Documented { return nil }

// String needs no comment, and has one.
func (Documented) Name() string { return "" }

func (Documented) String() string { return "" }
