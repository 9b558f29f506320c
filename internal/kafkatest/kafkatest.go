package kafkatest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Bounds of the broker's life.
const (
	startPatience = 60 * time.Second
	stopPatience  = 15 * time.Second
)

// Broker is an Apache Kafka process.
type Broker struct {
	// Addr is the address to give to clients.
	Addr string
	// Secure is that of the listener that StartSecure adds.
	Secure string
	// Libs is the folder of jars.
	Libs string

	dir  string
	heap string
	cmd  *exec.Cmd
	out  *os.File
}

// Start runs a broker until the test ends; props are further lines of its
// configuration. It skips the test where Kafka is not installed.
func Start(t testing.TB, props ...string) *Broker {
	t.Helper()
	b, conf := alone(t)
	b.format(t, append(conf, props...), "--standalone", "-t", clusterID())
	t.Cleanup(func() { b.Stop(t) })
	b.Run(t)
	return b
}

// alone makes the configuration of a single node.
func alone(t testing.TB) (*Broker, []string) {
	b := &Broker{Libs: libs(t), dir: t.TempDir(), heap: "1g"}
	broker, controller := freePort(t), freePort(t)
	b.Addr = fmt.Sprintf("127.0.0.1:%d", broker)
	return b, append([]string{
		"node.id=1",
		fmt.Sprintf("controller.quorum.bootstrap.servers=127.0.0.1:%d", controller),
		fmt.Sprintf("listeners=PLAINTEXT://%s,CONTROLLER://127.0.0.1:%d", b.Addr, controller),
		"advertised.listeners=PLAINTEXT://" + b.Addr,
		"offsets.topic.replication.factor=1",
		"transaction.state.log.replication.factor=1",
		"transaction.state.log.min.isr=1",
	}, b.common()...)
}

// common is what all nodes have.
func (b *Broker) common() []string {
	return []string{
		"process.roles=broker,controller",
		"controller.listener.names=CONTROLLER",
		"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
		"log.dirs=" + filepath.Join(b.dir, "logs"),
		"offsets.topic.num.partitions=1",
		"transaction.state.log.num.partitions=1",
		"group.initial.rebalance.delay.ms=0",
	}
}

// clusterID makes what kafka-storage random-uuid makes.
func clusterID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[0] |= 1              // an id must not begin with '-'
	return "p" + base64.RawURLEncoding.EncodeToString(b[:])[1:]
}

// format writes the configuration and makes the node's folder.
func (b *Broker) format(t testing.TB, conf []string, args ...string) {
	t.Helper()
	if err := os.WriteFile(b.properties(), []byte(strings.Join(conf, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.java(t, "kafka.tools.StorageTool", append([]string{"format", "-c", b.properties()}, args...)...)
}

func (b *Broker) properties() string { return filepath.Join(b.dir, "server.properties") }

// java runs a tool and gives its output.
func (b *Broker) java(t testing.TB, class string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	var out, fault bytes.Buffer
	cmd := exec.CommandContext(ctx, "java", append([]string{"-cp", filepath.Join(b.Libs, "*"), class}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", class, err, out.String(), fault.String())
	}
	return out.String()
}

// Tool runs one of Kafka's command line tools, given by its class.
func (b *Broker) Tool(t testing.TB, class string, args ...string) string {
	t.Helper()
	return b.java(t, class, args...)
}

// Run starts the process, at first or after Stop, and waits until it answers.
func (b *Broker) Run(t testing.TB) {
	t.Helper()
	b.spawn(t)
	b.await(t)
}

func (b *Broker) spawn(t testing.TB) {
	t.Helper()
	var err error
	if b.out, err = os.OpenFile(b.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		t.Fatal(err)
	}
	b.cmd = exec.Command("java", "-Xmx"+b.heap, "-cp", filepath.Join(b.Libs, "*"), "kafka.Kafka", b.properties())
	b.cmd.Stdout, b.cmd.Stderr = b.out, b.out
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (b *Broker) logFile() string { return filepath.Join(b.dir, "kafka.log") }

// tail is the end of what the process has written.
func (b *Broker) tail() string {
	log, _ := os.ReadFile(b.logFile())
	return string(log[max(0, len(log)-4000):])
}

// Stop ends the process, by its id, and waits for it.
func (b *Broker) Stop(t testing.TB) {
	t.Helper()
	if b.cmd == nil {
		return
	}
	done := make(chan error, 1)
	go func() { done <- b.cmd.Wait() }()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Log(err)
	}
	select {
	case <-done:
	case <-time.After(stopPatience):
		if err := b.cmd.Process.Kill(); err != nil {
			t.Log(err)
		}
		<-done
	}
	b.out.Close()
	b.cmd = nil
}

// libs finds the jars or skips the test.
func libs(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("needs java")
	}
	dir := os.Getenv("PENSTOCK_KAFKA_LIBS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip("needs PENSTOCK_KAFKA_LIBS, the folder of Apache Kafka's jars: ", err)
		}
		dir = filepath.Join(cache, "penstock", "kafka-4.3.0")
	}
	if jars, _ := filepath.Glob(filepath.Join(dir, "kafka_2.13-*.jar")); len(jars) == 0 {
		t.Skipf("needs Apache Kafka's jars: none in %s (run .ci/kafka.sh, or set PENSTOCK_KAFKA_LIBS)", dir)
	}
	return dir
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
