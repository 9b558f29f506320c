package sqltest

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFiles runs the files of testdata/sql.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("../../testdata/sql/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, f := range files {
		if st, err := os.Stat(f); err == nil && st.Mode().IsRegular() {
			t.Run(filepath.Base(f), func(t *testing.T) {
				t.Parallel()
				RunFile(t, f)
			})
		}
	}
}
