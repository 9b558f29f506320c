package kafkatest

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The users of StartSecure's listener, each with one mechanism; the password is
// the name with -secret behind it.
const (
	UserPlain    = "alice" // PLAIN
	UserSCRAM256 = "bob"
	UserSCRAM512 = "carol"
)

// StartSecure runs a broker with a second listener, Broker.Secure, that speaks
// SASL_SSL: PLAIN, both SCRAMs, and OAUTHBEARER with unsigned tokens. It wants
// clients to show a certificate of ca's.
func StartSecure(t testing.TB, ca *Authority) *Broker {
	t.Helper()
	b, conf := alone(t)
	_, controller, _ := strings.Cut(conf[1], "=")
	b.Secure = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	server := ca.Issue(t, "kafka", "127.0.0.1")
	const login = "org.apache.kafka.common.security."
	conf = append(conf,
		fmt.Sprintf("listeners=PLAINTEXT://%s,SECURE://%s,CONTROLLER://%s", b.Addr, b.Secure, controller),
		fmt.Sprintf("advertised.listeners=PLAINTEXT://%s,SECURE://%s", b.Addr, b.Secure),
		"inter.broker.listener.name=PLAINTEXT",
		"sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
		"listener.name.secure.plain.sasl.jaas.config="+login+"plain.PlainLoginModule required user_"+UserPlain+"=\""+UserPlain+"-secret\";",
		"listener.name.secure.scram-sha-256.sasl.jaas.config="+login+"scram.ScramLoginModule required;",
		"listener.name.secure.scram-sha-512.sasl.jaas.config="+login+"scram.ScramLoginModule required;",
		"listener.name.secure.oauthbearer.sasl.jaas.config="+login+"oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";",
		"ssl.keystore.type=PEM", "ssl.keystore.location="+server.StoreFile,
		"ssl.truststore.type=PEM", "ssl.truststore.location="+ca.File,
		"listener.name.secure.ssl.client.auth=required", // without its name SASL_SSL does not look at it
	)
	b.format(t, conf, "--standalone", "-t", clusterID(),
		"--add-scram", fmt.Sprintf("SCRAM-SHA-256=[name=%[1]s,password=%[1]s-secret]", UserSCRAM256),
		"--add-scram", fmt.Sprintf("SCRAM-SHA-512=[name=%[1]s,password=%[1]s-secret]", UserSCRAM512))
	t.Cleanup(func() { b.Stop(t) })
	b.Run(t)
	return b
}

// StartCluster runs several brokers that keep a copy of each topic each.
func StartCluster(t testing.TB, nodes int) []*Broker {
	t.Helper()
	all := make([]*Broker, nodes)
	var voters []string
	controllers := make([]string, nodes)
	for i := range all {
		all[i] = &Broker{Libs: libs(t), dir: t.TempDir(), heap: "256m", Addr: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
		controllers[i] = fmt.Sprintf("127.0.0.1:%d", freePort(t))
		voters = append(voters, fmt.Sprintf("%d@%s", i+1, controllers[i]))
	}
	id := clusterID()
	var wg sync.WaitGroup
	for i, b := range all {
		t.Cleanup(func() { b.Kill(t) }) // without a majority none goes down in order
		wg.Go(func() {
			b.format(t, append([]string{
				fmt.Sprintf("node.id=%d", i+1),
				"controller.quorum.voters=" + strings.Join(voters, ","),
				fmt.Sprintf("listeners=PLAINTEXT://%s,CONTROLLER://%s", b.Addr, controllers[i]),
				"advertised.listeners=PLAINTEXT://" + b.Addr,
				fmt.Sprintf("default.replication.factor=%d", nodes),
				"min.insync.replicas=1",
				fmt.Sprintf("offsets.topic.replication.factor=%d", nodes),
				"broker.session.timeout.ms=3000", "broker.heartbeat.interval.ms=500",
				"controller.quorum.election.timeout.ms=500", "controller.quorum.fetch.timeout.ms=1000",
			}, b.common()...), "-t", id)
		})
	}
	wg.Wait()
	for _, b := range all {
		b.spawn(t)
	}
	for _, b := range all {
		b.await(t)
	}
	return all
}

// Kill ends the process at once, by its id, as a machine that loses its power does.
func (b *Broker) Kill(t testing.TB) {
	t.Helper()
	if b.cmd == nil {
		return
	}
	if err := b.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Log(err)
	}
	_ = b.cmd.Wait() // it was killed
	b.out.Close()
	b.cmd = nil
}

// Addrs lists the brokers' addresses as clients want them.
func Addrs(all []*Broker) string {
	var out []string
	for _, b := range all {
		out = append(out, b.Addr)
	}
	return strings.Join(out, ",")
}

// await waits until the process answers.
func (b *Broker) await(t testing.TB) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", b.Addr, time.Second)
		if err == nil {
			_ = c.Close() // it was opened to see whether it opens
			return
		}
		if time.Since(start) > startPatience {
			t.Fatalf("Kafka does not answer on %s: %v\n%s", b.Addr, err, b.tail())
		}
	}
}
