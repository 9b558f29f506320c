//go:build integration

package e2e

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/kafkatest"
)

// TestWordsApacheKafka has the words go through Apache Kafka and a service in
// another process, and then the run with faults.
func TestWordsApacheKafka(t *testing.T) {
	k := kafkatest.Start(t)
	topics := func(prefix string) site {
		for topic, n := range wordTopics() {
			if err := kafka.CreateTopic(testContext(t), kafka.ClientConfig{Brokers: []string{k.Addr}}, prefix+topic, n); err != nil {
				t.Fatal(err)
			}
		}
		return site{k.Addr, prefix}
	}
	t.Run("another process", func(t *testing.T) {
		addr, calls := rpcDemo(t)
		want := wordsThrough(t, topics("words-"), addr)
		lines := calls()
		if len(lines) != want {
			t.Errorf("%d calls, want %d", len(lines), want)
		}
		for i, l := range lines {
			if !regexp.MustCompile(`^resolveBatch rows=([1-9]|10)$`).MatchString(l) {
				t.Errorf("call %d: %s", i, l)
			}
		}
	})
	t.Run("faults", func(t *testing.T) { wordFaults(t, topics("faults-")) })
}

// rpcDemo runs "penstock rpc-demo"; calls ends it and gives the lines it printed.
func rpcDemo(t *testing.T) (addr string, calls func() []string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "penstock")
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/penstock/penstock/cmd/penstock").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(bin, "rpc-demo", "--listen", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	in := bufio.NewScanner(stdout)
	if !in.Scan() {
		t.Fatal("rpc-demo prints nothing")
	}
	addr = in.Text()[strings.LastIndexByte(in.Text(), ' ')+1:]
	return addr, func() []string {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for in.Scan() {
			lines = append(lines, in.Text())
		}
		return lines
	}
}
