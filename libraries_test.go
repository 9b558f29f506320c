package penstock_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLibraries: each direct dependency has its line, with a reason, in the ADR.
func TestLibraries(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit: %v", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	const page = "docs/adr/0008-libraries.md"
	adr, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	// One line may speak of several modules of a family: family, …/member.
	family := []string{"github.com/twmb/franz-go", "github.com/aws/aws-sdk-go-v2", "github.com/Azure/azure-sdk-for-go/sdk"}
	for _, r := range mod.Require {
		if r.Indirect {
			continue
		}
		name := r.Path
		for _, f := range family {
			if strings.HasPrefix(name, f+"/") {
				name = f
			}
		}
		if !strings.Contains(string(adr), "| "+name) {
			t.Errorf("%s has no line in %s", r.Path, page)
		}
	}
}
