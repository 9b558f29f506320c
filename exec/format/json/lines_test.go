package json

import (
	"testing"
	"unsafe"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
)

// What is written for every record fills whole cache lines.
func TestCacheLines(t *testing.T) {
	for name, size := range map[string]uintptr{
		"scanner":       unsafe.Sizeof(scanner{}),
		"reader":        unsafe.Sizeof(reader{}),
		"scalar.Reader": unsafe.Sizeof(scalar.Reader{}),
		"exec.Column":   unsafe.Sizeof(exec.Column{}),
		"values":        uintptr(cap(newScanner([]string{"a", "b"}).vals)) * unsafe.Sizeof(value{}),
	} {
		if size%cacheLine != 0 {
			t.Errorf("%s has %d bytes, which is no multiple of %d", name, size, cacheLine)
		}
	}
}
