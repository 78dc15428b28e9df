// Package utils is in no layer.
package utils

import _ "testing"
