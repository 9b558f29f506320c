package quiet

import "os"

func init() {
	_ = os.Unsetenv("GO_FAILPOINTS")
	_ = os.Unsetenv("GO_FAILPOINTS_HTTP")
}
