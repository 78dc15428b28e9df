package mesh

import (
	"strings"
	"testing"
	"time"
)

func TestLostAndBack(t *testing.T) {
	w := shop(t)
	p := w.start("orders-1", "a", "orders.orders")
	p.says("instance/orders-1", "starting", "unknown")
	p.says("instance/orders-1", "running", "starting")
	w.wait(10*time.Second, p.beating())
	w.expectLines("nothing is lost", w.transitions())
	i, _ := w.Instance("orders-1")

	w.wait(2 * time.Second)
	w.expectLines("three are not missed yet", w.transitions())
	w.wait(time.Second)
	w.expectLines("lost", w.transitions(), i.LastHeartbeat.Add(3*time.Second).Format("15:04:05")+" instance/orders-1: running -> lost")
	if i, _ := w.Instance("orders-1"); i.State != "lost" || !strings.Contains(i.Cause, "3 heartbeats missed") {
		t.Errorf("instance %+v", i)
	}
	if d, _ := w.DataProduct("orders.orders"); d.State != "lost" || !strings.Contains(d.Cause, "missed") {
		t.Errorf("data product %s, %s", d.State, d.Cause)
	}
	w.wait(time.Minute)
	if n := len(w.said); n != 1 {
		t.Errorf("said %d times", n)
	}

	w.said = nil
	p.beat() // it was only paused
	if i, _ := w.Instance("orders-1"); i.State != "running" {
		t.Errorf("back, but %s", i.State)
	}
	back := w.now
	w.wait(2*time.Second, p.beating())
	w.expectLines("back", w.transitions(), back.Format("15:04:05")+" instance/orders-1: lost -> running")
}

func TestNewIncarnationClearsLost(t *testing.T) {
	w := shop(t)
	w.start("orders-1", "a", "orders.orders").beat()
	w.wait(5 * time.Second)
	if i, _ := w.Instance("orders-1"); i.State != "lost" {
		t.Fatalf("state %s", i.State)
	}
	b := w.start("orders-1", "b", "orders.orders")
	b.says("instance/orders-1", "starting", "unknown")
	if i, _ := w.Instance("orders-1"); i.State != "starting" || i.Incarnation != "b" {
		t.Errorf("after its first word: %s %s", i.State, i.Incarnation)
	}
	b.says("instance/orders-1", "running", "starting")
	w.wait(5*time.Second, b.beating())
	if i, _ := w.Instance("orders-1"); i.State != "running" || i.Incarnation != "b" {
		t.Errorf("running: %s %s", i.State, i.Incarnation)
	}
	if n := len(w.said); n != 1 { // lost; the return it said itself
		t.Errorf("said: %v", w.transitions())
	}
}

func TestStoppedIsNotLost(t *testing.T) {
	w := shop(t)
	p := w.start("orders-1", "a", "orders.orders")
	p.says("instance/orders-1", "running", "starting")
	p.beat()
	p.says("instance/orders-1", "draining", "running")
	p.says("instance/orders-1", "stopped", "draining")
	w.wait(time.Minute)
	w.expectLines("a goodbye", w.transitions())
	if d, _ := w.DataProduct("orders.orders"); d.State != "stopped" {
		t.Errorf("data product %s", d.State)
	}
}

// TestDeadBeforeItsFirstHeartbeat: a word on the lifecycle topic is a sign of life too.
func TestDeadBeforeItsFirstHeartbeat(t *testing.T) {
	w := shop(t)
	w.start("orders-1", "a").says("instance/orders-1", "starting", "unknown")
	w.wait(14 * time.Second)
	w.expectLines("not yet", w.transitions())
	w.wait(2 * time.Second)
	w.expectLines("lost", w.transitions(), noon.Add(15*time.Second).Format("15:04:05")+" instance/orders-1: starting -> lost")
}

// TestAnInstancesClockDoesNotMatter: only the platform's clock measures silence.
func TestAnInstancesClockDoesNotMatter(t *testing.T) {
	w := shop(t)
	p := w.start("orders-1", "a", "orders.orders")
	skew := time.Hour
	beat := func() {
		w.now = w.now.Add(skew)
		p.beat()
		w.now = w.now.Add(-skew)
	}
	w.wait(5*time.Second, beat)
	skew = -time.Hour // its clock is set back
	w.wait(5*time.Second, beat)
	w.expectLines("alive", w.transitions())
	w.wait(5 * time.Second)
	if len(w.transitions()) != 1 {
		t.Fatalf("lost: %v", w.transitions())
	}
	w.said = nil
	skew = -3 * time.Hour // it comes back with a clock from before its loss
	w.wait(2*time.Second, beat)
	if got := strings.Join(w.transitions(), "\n"); strings.Count(got, "lost -> running") != 1 {
		t.Errorf("back: %s", got)
	}
	if i, _ := w.Instance("orders-1"); i.State != "running" {
		t.Errorf("state %s", i.State)
	}
}
