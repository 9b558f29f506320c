package kafka

import (
	"context"
	"errors"
	"slices"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/findcoordinator"
	"github.com/segmentio/kafka-go/protocol/listoffsets"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/protocol/offsetfetch"
)

// partMeta is a partition as the cluster describes it.
type partMeta struct {
	id     int32
	leader int32 // broker; -1: there is none at the moment
}

// partitions asks a broker, never the cache, for the topic's partitions, in
// order of their numbers.
func (c *client) partitions(ctx context.Context, topic string) ([]partMeta, error) {
	res, err := c.call(ctx, anyBroker, &metadata.Request{TopicNames: []string{topic}})
	if err != nil {
		return nil, err
	}
	for _, t := range res.(*metadata.Response).Topics {
		if t.Name != topic {
			continue
		}
		if t.ErrorCode != 0 {
			return nil, kafkago.Error(t.ErrorCode)
		}
		parts := make([]partMeta, 0, len(t.Partitions))
		for _, p := range t.Partitions {
			m := partMeta{id: p.PartitionIndex, leader: p.LeaderID}
			if p.ErrorCode != 0 && kafkago.Error(p.ErrorCode) != kafkago.ReplicaNotAvailable {
				m.leader = -1
			}
			parts = append(parts, m)
		}
		slices.SortFunc(parts, func(a, b partMeta) int { return int(a.id) - int(b.id) })
		return parts, nil
	}
	return nil, kafkago.UnknownTopicOrPartition
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
	res, err := c.call(ctx, anyBroker, &findcoordinator.Request{Key: group})
	if err != nil {
		return nil, err
	}
	fc := res.(*findcoordinator.Response)
	if fc.ErrorCode != 0 {
		return nil, kafkago.Error(fc.ErrorCode)
	}
	req := &offsetfetch.Request{GroupID: group, Topics: []offsetfetch.RequestTopic{{Name: topic}}}
	for _, p := range parts {
		req.Topics[0].PartitionIndexes = append(req.Topics[0].PartitionIndexes, p.id)
	}
	res, err = c.call(ctx, fc.NodeID, req)
	if err != nil {
		return nil, err
	}
	of := res.(*offsetfetch.Response)
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
