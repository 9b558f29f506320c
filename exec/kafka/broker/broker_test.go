package broker

import (
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
)

func TestBusyPort(t *testing.T) {
	b, err := Start(Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err = Start(Config{Listen: b.Addr()}); sqlerr.CodeOf(err) != sqlerr.ObjectInUse {
		t.Fatalf("second start: %v", err)
	}
}

func TestListenRefused(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":9092", "10.0.0.1:1", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000"} {
		if _, err := Start(Config{Listen: addr}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestTopicsSurviveRestart(t *testing.T) {
	dir := t.TempDir()
	for _, topics := range []map[string]int{{"a": 2}, {"a": 5, "b": 1}, nil} {
		b, err := Start(Config{Listen: "127.0.0.1:0", DataDir: dir, Topics: topics})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(b.Cluster().PartitionInfos("a")); n != 2 {
			t.Errorf("partitions of a: %d", n)
		}
		if n := len(b.Cluster().PartitionInfos("b")); topics == nil && n != 1 {
			t.Errorf("partitions of b: %d", n)
		}
		b.Close()
	}
}
