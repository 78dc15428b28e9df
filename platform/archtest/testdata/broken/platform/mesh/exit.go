package mesh

import "os"

// Stop is excepted.
func Stop() { os.Exit(1) }
