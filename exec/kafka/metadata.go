package kafka

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/findcoordinator"
	"github.com/segmentio/kafka-go/protocol/listoffsets"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/protocol/offsetcommit"
	"github.com/segmentio/kafka-go/protocol/offsetfetch"
)

// partMeta is a partition as the cluster describes it.
type partMeta struct {
	topic  string
	id     int32
	leader int32 // broker; -1: there is none at the moment
}

// partitions asks a broker, never the cache, for the topic's partitions, in
// order of their numbers.
func (c *client) partitions(ctx context.Context, topic string) ([]partMeta, error) {
	return c.partitionsOf(ctx, []string{topic})
}

// partitionsOf gives the partitions of several topics, topic by topic.
func (c *client) partitionsOf(ctx context.Context, topics []string) ([]partMeta, error) {
	found, err := c.topics(ctx, topics)
	if err != nil {
		return nil, err
	}
	var parts []partMeta
	for _, topic := range topics {
		i := slices.IndexFunc(found, func(t metadata.ResponseTopic) bool { return t.Name == topic })
		if i < 0 {
			return nil, &topicError{topic, kafkago.UnknownTopicOrPartition}
		}
		if code := found[i].ErrorCode; code != 0 {
			return nil, &topicError{topic, kafkago.Error(code)}
		}
		parts = appendPartitions(parts, found[i])
	}
	return parts, nil
}

// topicError is a fault of one of several topics.
type topicError struct {
	topic string
	code  kafkago.Error
}

func (e *topicError) Error() string { return e.topic + ": " + e.code.Error() }

// Unwrap gives the code.
func (e *topicError) Unwrap() error { return e.code }

// topics asks for what the cluster knows of some topics; nil: of all.
func (c *client) topics(ctx context.Context, names []string) ([]metadata.ResponseTopic, error) {
	res, err := c.call(ctx, anyBroker, &metadata.Request{TopicNames: names})
	if err != nil {
		return nil, err
	}
	return res.(*metadata.Response).Topics, nil
}

// matching gives the partitions of the topics whose whole name matches; the
// brokers' own topics are left out.
func (c *client) matching(ctx context.Context, re *regexp.Regexp) ([]partMeta, error) {
	found, err := c.topics(ctx, nil)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b metadata.ResponseTopic) int { return cmp.Compare(a.Name, b.Name) })
	var parts []partMeta
	for _, t := range found {
		if t.IsInternal || t.ErrorCode != 0 || strings.HasPrefix(t.Name, "__") || !re.MatchString(t.Name) {
			continue
		}
		parts = appendPartitions(parts, t)
	}
	return parts, nil
}

func appendPartitions(parts []partMeta, t metadata.ResponseTopic) []partMeta {
	from := len(parts)
	for _, p := range t.Partitions {
		m := partMeta{topic: t.Name, id: p.PartitionIndex, leader: p.LeaderID}
		if p.ErrorCode != 0 && kafkago.Error(p.ErrorCode) != kafkago.ReplicaNotAvailable {
			m.leader = -1
		}
		parts = append(parts, m)
	}
	slices.SortFunc(parts[from:], func(a, b partMeta) int { return int(a.id) - int(b.id) })
	return parts
}

// The timestamps that ListOffsets takes for the ends of a partition.
const (
	atEnd   int64 = -1
	atStart int64 = -2
)

// offsetsAt asks the leaders for the offset of the first record at or after a
// time (milliseconds, or atStart or atEnd) in each of the partitions; -1 says
// that there is no such record. Under read_committed the end is the last stable offset.
func (c *client) offsetsAt(ctx context.Context, topic string, parts []partMeta, when int64, committed bool) (map[int32]int64, error) {
	byLeader := make(map[int32][]listoffsets.RequestPartition)
	for _, p := range parts {
		if p.leader < 0 {
			return nil, kafkago.LeaderNotAvailable
		}
		byLeader[p.leader] = append(byLeader[p.leader], listoffsets.RequestPartition{Partition: p.id, CurrentLeaderEpoch: -1, Timestamp: when})
	}
	out := make(map[int32]int64, len(parts))
	for leader, ps := range byLeader {
		req := &listoffsets.Request{ReplicaID: -1, Topics: []listoffsets.RequestTopic{{Topic: topic, Partitions: ps}}}
		if committed {
			req.IsolationLevel = 1
		}
		res, err := c.call(ctx, leader, req)
		if err != nil {
			return nil, err
		}
		for _, t := range res.(*listoffsets.Response).Topics {
			for _, p := range t.Partitions {
				if p.ErrorCode != 0 {
					return nil, kafkago.Error(p.ErrorCode)
				}
				out[p.Partition] = p.Offset
			}
		}
	}
	for _, p := range parts {
		if _, ok := out[p.id]; !ok {
			return nil, kafkago.UnknownTopicOrPartition
		}
	}
	return out, nil
}

// committed reads a group's committed offsets; -1 where there is none.
func (c *client) committed(ctx context.Context, topic, group string, parts []partMeta) (map[int32]int64, error) {
	node, err := c.coordinator(ctx, group)
	if err != nil {
		return nil, err
	}
	req := &offsetfetch.Request{GroupID: group, Topics: []offsetfetch.RequestTopic{{Name: topic}}}
	for _, p := range parts {
		req.Topics[0].PartitionIndexes = append(req.Topics[0].PartitionIndexes, p.id)
	}
	res, err := c.call(ctx, node, req)
	if err != nil {
		return nil, err
	}
	of := res.(*offsetfetch.Response)
	if kafkago.Error(of.ErrorCode) == kafkago.GroupIdNotFound {
		none := make(map[int32]int64, len(parts))
		for _, p := range parts {
			none[p.id] = -1
		}
		return none, nil
	}
	if of.ErrorCode != 0 {
		return nil, kafkago.Error(of.ErrorCode)
	}
	out := make(map[int32]int64, len(parts))
	for _, t := range of.Topics {
		for _, p := range t.Partitions {
			if p.ErrorCode != 0 {
				return nil, kafkago.Error(p.ErrorCode)
			}
			out[p.PartitionIndex] = p.CommittedOffset
		}
	}
	if len(out) != len(parts) {
		return nil, errors.New("the group coordinator left partitions out")
	}
	return out, nil
}

// coordinator asks which broker keeps a group's offsets.
func (c *client) coordinator(ctx context.Context, group string) (int32, error) {
	res, err := c.call(ctx, anyBroker, &findcoordinator.Request{Key: group})
	if err != nil {
		return 0, err
	}
	fc := res.(*findcoordinator.Response)
	if fc.ErrorCode != 0 {
		return 0, kafkago.Error(fc.ErrorCode)
	}
	return fc.NodeID, nil
}

// commit notes offsets for a group of which nobody is a member, as a consumer
// that chooses its partitions itself does.
func (c *client) commit(ctx context.Context, group string, topics []offsetcommit.RequestTopic) error {
	node, err := c.coordinator(ctx, group)
	if err != nil {
		return err
	}
	res, err := c.call(ctx, node, &offsetcommit.Request{GroupID: group, GenerationID: -1, RetentionTimeMs: -1, Topics: topics})
	if err != nil {
		return err
	}
	for _, t := range res.(*offsetcommit.Response).Topics {
		for _, p := range t.Partitions {
			if p.ErrorCode != 0 {
				return kafkago.Error(p.ErrorCode)
			}
		}
	}
	return nil
}
