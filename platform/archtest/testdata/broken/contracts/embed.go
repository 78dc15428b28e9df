// Package contracts holds files.
package contracts

import _ "example.com/broken/platform/event"
