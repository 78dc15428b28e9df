package contract

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is what the calling thread has computed so far: unlike the clock, it does not run while others have the core. The
// goroutine must be locked to its thread.
func cpuTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
