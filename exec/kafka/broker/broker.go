package broker

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock/penstock/internal/sqlerr"
)

// DefaultListen is Kafka's usual port.
const DefaultListen = "127.0.0.1:9092"

// Config says how the broker runs.
type Config struct {
	// Listen is host:port on a loopback address; port 0 takes a free one.
	// DefaultListen when empty.
	Listen string
	// DataDir keeps topics, records and groups over restarts; in memory when empty.
	DataDir string
	// Topics are made at the start, with their number of partitions, where they
	// are missing.
	Topics map[string]int
	// AutoCreate makes topics when a client names them for writing.
	AutoCreate bool
	// RetentionBytes bounds each partition's log; 0: nothing is thrown away.
	RetentionBytes int64
	// MaxMessageBytes bounds a record batch; Kafka's default, 1 MB, when 0.
	MaxMessageBytes int
	// TLS encrypts the connections, for tests of clients.
	TLS *tls.Config
	// Users are the ones that may log in; without any, nobody needs to.
	Users []User
}

// User may log in by one mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
type User struct{ Mechanism, Name, Password string }

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
	addr    string
}

// Start listens and serves until Close.
func Start(cfg Config) (*Broker, error) {
	if cfg.Listen == "" {
		cfg.Listen = DefaultListen
	}
	port, err := loopbackPort(cfg.Listen)
	if err != nil {
		return nil, err
	}
	opts := []kfake.Opt{kfake.Ports(port), kfake.DefaultNumPartitions(1)}
	if cfg.DataDir != "" {
		opts = append(opts, kfake.DataDir(cfg.DataDir))
	}
	if cfg.AutoCreate {
		opts = append(opts, kfake.AllowAutoTopicCreation())
	}
	if cfg.TLS != nil {
		opts = append(opts, kfake.TLS(cfg.TLS))
	}
	if len(cfg.Users) > 0 {
		opts = append(opts, kfake.EnableSASL())
	}
	for _, u := range cfg.Users {
		opts = append(opts, kfake.Superuser(u.Mechanism, u.Name, u.Password))
	}
	conf := make(map[string]string)
	if cfg.RetentionBytes > 0 {
		conf["log.retention.bytes"] = strconv.FormatInt(cfg.RetentionBytes, 10)
		conf["log.segment.bytes"] = strconv.FormatInt(max(cfg.RetentionBytes/4, 1<<20), 10)
	}
	if cfg.MaxMessageBytes > 0 {
		conf["message.max.bytes"] = strconv.Itoa(cfg.MaxMessageBytes)
	}
	if len(conf) > 0 {
		opts = append(opts, kfake.BrokerConfigs(conf))
	}
	c, err := kfake.NewCluster(opts...)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, sqlerr.Wrap(err, sqlerr.ObjectInUse, "the port of %s is in use", cfg.Listen).
				Hint("another broker may be running; choose another address with --listen")
		}
		return nil, sqlerr.Wrap(err, sqlerr.IOError, "could not start the embedded broker on %s: %v", cfg.Listen, err)
	}
	b := &Broker{cluster: c, addr: c.ListenAddrs()[0]}
	for _, t := range slices.Sorted(maps.Keys(cfg.Topics)) {
		if c.TopicInfo(t) != nil {
			continue
		}
		if err := c.CreateTopic(t, int32(cfg.Topics[t]), nil); err != nil {
			c.Close()
			return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "could not create topic %q: %v", t, err)
		}
	}
	return b, nil
}

// loopbackPort refuses addresses that other machines could reach: there is no
// authentication.
func loopbackPort(listen string) (int, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return 0, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "%q is not an address of the form host:port", listen)
	}
	if host != "localhost" && host != "127.0.0.1" {
		return 0, sqlerr.New(sqlerr.InvalidParameterValue, "the embedded broker listens on 127.0.0.1 only, not on %q", host).
			Hint("it has no authentication; run Apache Kafka where other machines need it")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, sqlerr.New(sqlerr.InvalidParameterValue, "%q is not a port", port)
	}
	return int(n), nil
}

// Addr is the address to give to clients.
func (b *Broker) Addr() string { return b.addr }

// Cluster gives the kfake cluster, for tests that make it misbehave.
func (b *Broker) Cluster() *kfake.Cluster { return b.cluster }

// Close stops the broker; with a DataDir its state has been written.
func (b *Broker) Close() error {
	b.cluster.Close()
	return nil
}

// String says where the broker is.
func (b *Broker) String() string { return fmt.Sprintf("kafka broker on %s", b.addr) }
