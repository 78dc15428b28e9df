package orders

import (
	"testing"
	"time"

	_ "example.com/broken/platform/dataproduct/dataproducttest"
)

func TestOrders(t *testing.T) {
	time.Sleep(time.Second)
	_ = time.Now()
}
