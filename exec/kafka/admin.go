package kafka

import (
	"context"
	"errors"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/createtopics"
	"github.com/segmentio/kafka-go/protocol/metadata"

	"github.com/penstock/penstock/internal/sqlerr"
)

// createTopic makes a topic unless it is there; the broker chooses how many
// replicas.
func (c *client) createTopic(ctx context.Context, topic string, partitions int, compacted bool) error {
	res, err := c.call(ctx, anyBroker, &metadata.Request{TopicNames: []string{}})
	if err != nil {
		return err
	}
	node := res.(*metadata.Response).ControllerID
	req := &createtopics.Request{TimeoutMs: int32(c.cfg.RequestTimeout.Milliseconds()),
		Topics: []createtopics.RequestTopic{{Name: topic, NumPartitions: int32(partitions), ReplicationFactor: -1}}}
	if compacted {
		req.Topics[0].Configs = []createtopics.RequestConfig{{Name: "cleanup.policy", Value: "compact"}}
	}
	if res, err = c.call(ctx, node, req); err != nil {
		return err
	}
	for _, t := range res.(*createtopics.Response).Topics {
		code := kafkago.Error(t.ErrorCode)
		switch {
		case code == 0 || code == kafkago.TopicAlreadyExists:
		case transient(code):
			return code
		default:
			msg := t.ErrorMessage
			if msg == "" {
				msg = code.Error()
			}
			return sqlerr.Wrap(code, sqlerr.InvalidParameterValue, "topic %q could not be created: %s", topic, msg)
		}
	}
	return nil
}

// CreateTopic makes a topic, unless it is there already, and waits until it can
// be used.
func CreateTopic(ctx context.Context, cfg ClientConfig, topic string, partitions int) error {
	c := newClient(cfg, topic)
	defer c.close()
	made := false
	return c.first(ctx, topic, func(ctx context.Context) error {
		if !made {
			if err := c.createTopic(ctx, topic, partitions, false); err != nil {
				return err
			}
			made = true
		}
		parts, err := c.partitions(ctx, topic)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if p.leader < 0 {
				return kafkago.LeaderNotAvailable
			}
		}
		if len(parts) == 0 {
			return kafkago.LeaderNotAvailable
		}
		return nil
	})
}

// Partitions lists the numbers of a topic's partitions.
func Partitions(ctx context.Context, cfg ClientConfig, topic string) ([]int32, error) {
	c := newClient(cfg, topic)
	defer c.close()
	var ids []int32
	err := c.first(ctx, topic, func(ctx context.Context) error {
		parts, err := c.partitions(ctx, topic)
		ids = ids[:0]
		for _, p := range parts {
			ids = append(ids, p.id)
		}
		return err
	})
	return ids, err
}

// LatestOffsets gives the offset after the last record of each partition.
func LatestOffsets(ctx context.Context, cfg ClientConfig, topic string) (map[int32]int64, error) {
	c := newClient(cfg, topic)
	defer c.close()
	var out map[int32]int64
	err := c.first(ctx, topic, func(ctx context.Context) error {
		parts, err := c.partitions(ctx, topic)
		if err != nil {
			return err
		}
		out, err = c.offsetsAt(ctx, topic, parts, atEnd, false)
		return err
	})
	return out, err
}

// TopicExists tells whether the cluster has a topic.
func TopicExists(ctx context.Context, cfg ClientConfig, topic string) (bool, error) {
	c := newClient(cfg, topic)
	defer c.close()
	found := false
	err := c.first(ctx, topic, func(ctx context.Context) error {
		_, err := c.partitions(ctx, topic)
		if errors.Is(err, kafkago.UnknownTopicOrPartition) {
			found = false
			return nil
		}
		found = err == nil
		return err
	})
	return found, err
}
