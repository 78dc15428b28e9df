package mesh

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestFakeTime(t *testing.T) {
	synctest.Test(t, func(*testing.T) { time.Sleep(time.Hour) })
	time.Sleep(time.Second)
}
