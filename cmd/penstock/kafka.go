package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/exec/kafka/broker"
)

func kafkaCmd() *cobra.Command {
	cfg := broker.Config{AutoCreate: true}
	var topics []string
	c := &cobra.Command{
		Use:   "kafka",
		Short: "Run the embedded broker alone, for development",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if cfg.Topics, err = parseTopics(topics); err != nil {
				return usageError{err}
			}
			b, err := broker.Start(cfg)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "kafka listens on %s\n", b.Addr())
			<-c.Context().Done()
			return b.Close()
		},
	}
	f := c.Flags()
	f.StringVar(&cfg.Listen, "listen", broker.DefaultListen, "loopback `address` to listen on; port 0 takes a free one")
	f.StringVar(&cfg.DataDir, "data-dir", "", "`folder` that keeps topics and records; in memory without it")
	f.StringArrayVar(&topics, "topic", nil, "topic to make, as `NAME:PARTITIONS`; may be given again")
	f.Int64Var(&cfg.RetentionBytes, "retention-bytes", 0, "`bytes` that each partition keeps; 0 keeps everything")
	return c
}

// maxPartitions bounds the partitions of a topic that is made here.
const maxPartitions = 10_000

// topicName is what Kafka takes for one, but for "." and "..".
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// parseTopics reads NAME:PARTITIONS; PARTITIONS may be left out for one.
func parseTopics(args []string) (map[string]int, error) {
	topics := make(map[string]int, len(args))
	for _, a := range args {
		name, count, ok := strings.Cut(a, ":")
		n := 1
		if ok {
			var err error
			if n, err = strconv.Atoi(count); err != nil || n < 1 || n > maxPartitions {
				return nil, fmt.Errorf("--topic %q: the number of partitions is not 1 to %d", a, maxPartitions)
			}
		}
		if !topicName.MatchString(name) || name == "." || name == ".." {
			return nil, fmt.Errorf("--topic %q: a topic's name is 1 to 249 letters, digits, dots, dashes or underscores", a)
		}
		topics[name] = n
	}
	return topics, nil
}
