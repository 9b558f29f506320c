package kafka

import (
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// client reads how to reach the cluster.
func (c *configurer) client() ClientConfig {
	var brokers []string
	for _, a := range strings.Split(c.v.String(optServers), ",") {
		a = strings.TrimSpace(a)
		host, port, err := net.SplitHostPort(a)
		if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 || host == "" {
			c.fault(optServers, "addresses have the form host:port, separated by commas", "option '%s': %q is not an address", optServers, a)
			continue
		}
		brokers = append(brokers, a)
	}
	return ClientConfig{Brokers: brokers, ClientID: c.v.String(optClientID),
		RequestTimeout: c.millis(optRequest), ConnectTimeout: c.millis(optConnect),
		Security: c.security()}
}

// topics reads what is to be read: a topic, several, or a pattern.
func (c *configurer) topics(s *Config) {
	names, pattern := c.v.String(optTopic), c.v.String(optPattern)
	switch {
	case c.v.IsSet(optPattern) && c.v.IsSet(optTopic):
		c.fault(optPattern, "name the topics, or give a pattern", "options '%s' and '%s' exclude each other", optTopic, optPattern)
	case c.v.IsSet(optPattern):
		re, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil || pattern == "" || len(pattern) > maxPattern {
			c.fault(optPattern, "RE2's syntax, such as 'visits-.*'", "option '%s': %q is not a regular expression", optPattern, pattern)
			return
		}
		s.Pattern = re
	case !c.v.IsSet(optTopic):
		c.fault(optTopic, "'topic': the topic; or 'topic-pattern': several", "option 'topic' is missing")
	default:
		for _, t := range strings.Split(names, ";") {
			t = strings.TrimSpace(t)
			c.topic(t)
			if slices.Contains(s.Topics, t) {
				c.fault(optTopic, "name each topic once", "option 'topic': %q is given twice", t)
			}
			s.Topics = append(s.Topics, t)
		}
		if s.Topic = s.Topics[0]; len(s.Topics) == 1 {
			s.Topics = nil
		} else if len(s.Topics) > maxTopics {
			c.fault(optTopic, "use 'topic-pattern'", "option 'topic' names more than %d topics", maxTopics)
		}
	}
	if s.Pattern == nil && len(s.Topics) == 0 {
		return
	}
	for _, key := range []string{optStartAt, optEndAt} {
		if c.v.IsSet(key) {
			c.fault(key, "its form has no place for a topic's name", "option '%s' needs a single topic", key)
		}
	}
}

// Bounds of what is to be read.
const (
	// minDiscovery is the least time between two looks for new partitions.
	minDiscovery = 100 * time.Millisecond
	// maxPattern is the longest topic-pattern.
	maxPattern = 1000
	// maxTopics is how many topics one table may list.
	maxTopics = 1000
)

// topic checks a topic's name, which brokers allow to be of few characters.
func (c *configurer) topic(t string) {
	ok := t != "" && len(t) <= 249 && t != "." && t != ".."
	for _, r := range t {
		ok = ok && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r))
	}
	if !ok {
		c.fault(optTopic, "letters, digits, '.', '_' and '-', at most 249", "option 'topic': %q is not a topic's name", t)
	}
}

func (c *configurer) scan(client ClientConfig) Config {
	s := Config{
		Client:          client,
		Discovery:       c.v.Duration(optDiscovery),
		GroupID:         c.v.String(optGroup),
		GroupReset:      Reset(c.enum(optReset, resetNames)),
		Start:           StartMode(c.enum(optStart, startNames)),
		End:             EndMode(c.enum(optEnd, endNames)),
		ReadUncommitted: c.v.Enum(optIsolation) == "read_uncommitted",
		OutOfRange:      Reset(c.enum(optOutOfRange, outOfRange)),
		OnError:         OnError(max(0, c.enum(optOnError, onErrorNames))),
		FetchMaxBytes:   int(c.v.Bytes(optFetchMax)),
	}
	c.topics(&s)
	if s.GroupID != "" && c.v.Bool(optCommit) {
		s.CommitEvery = c.millis(optCommitMs)
	}
	for _, key := range []string{optCommit, optCommitMs} {
		if s.GroupID == "" && c.v.IsSet(key) {
			c.fault(key, "name the group", "option '%s' needs '%s'", key, optGroup)
		}
	}
	if s.Discovery > 0 && s.Discovery < minDiscovery {
		c.fault(optDiscovery, "each look asks a broker", "option '%s' is less than %v", optDiscovery, minDiscovery)
	}
	s.StartTime = time.UnixMilli(c.v.Int(optStartTime))
	s.EndTime = time.UnixMilli(c.v.Int(optEndTime))
	s.StartOffsets = c.offsets(optStartAt)
	s.EndOffsets = c.offsets(optEndAt)
	c.goesWith(optStart, "timestamp", optStartTime)
	c.goesWith(optStart, "specific-offsets", optStartAt)
	c.goesWith(optEnd, "timestamp", optEndTime)
	c.goesWith(optEnd, "specific-offsets", optEndAt)
	if s.Start == StartGroup && s.GroupID == "" {
		c.fault(optStart, "name the group", "option '%s' = 'group-offsets' needs '%s'", optStart, optGroup)
	}
	return s
}

// goesWith checks that an option is given with the mode that needs it and not
// with others, where it would be ignored.
func (c *configurer) goesWith(mode, value, key string) {
	switch needed, given := c.v.Enum(mode) == value, c.v.IsSet(key); {
	case needed && !given:
		c.fault(mode, "add it, or choose another mode", "option '%s' = '%s' needs '%s'", mode, value, key)
	case given && !needed:
		c.fault(key, "the mode would not look at it", "option '%s' needs '%s' = '%s'", key, mode, value)
	}
}

// offsets reads partition:0,offset:42;partition:1,offset:300.
func (c *configurer) offsets(key string) map[int32]int64 {
	text := c.v.String(key)
	if text == "" {
		return nil
	}
	out := make(map[int32]int64)
	for _, item := range strings.Split(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";") {
		p, o, _ := strings.Cut(item, ",")
		p, okP := strings.CutPrefix(strings.TrimSpace(p), "partition:")
		o, okO := strings.CutPrefix(strings.TrimSpace(o), "offset:")
		id, errP := strconv.ParseInt(p, 10, 32)
		at, errO := strconv.ParseInt(o, 10, 64)
		_, twice := out[int32(id)]
		if !okP || !okO || errP != nil || errO != nil || id < 0 || at < 0 || twice {
			c.fault(key, "the form is partition:0,offset:42;partition:1,offset:300, each partition once", "option '%s': %q is not an offset", key, item)
			return nil
		}
		out[int32(id)] = at
	}
	return out
}

func (c *configurer) sink(client ClientConfig) SinkConfig {
	s := SinkConfig{
		Client:          client,
		Topic:           c.v.String(optTopic),
		Timestamp:       -1,
		Headers:         -1,
		Op:              -1,
		Upsert:          c.v.String("connector") == upsertName,
		Partitioner:     Partitioner(c.enum(optPartition, partitionNames)),
		AutoCreate:      c.v.Bool(optAutoCreate),
		Partitions:      int(c.v.Int(optPartitions)),
		BatchBytes:      int(c.v.Bytes(optBatch)),
		BufferBytes:     int(c.v.Bytes(optBuffer)),
		InFlight:        int(c.v.Int(optInFlight)),
		Linger:          c.millis(optLinger),
		DeliveryTimeout: c.millis(optDelivery),
		Codec:           Codec(c.enum(optCodec, codecNames)),
	}
	if s.Linger == 0 {
		s.Linger = -1
	}
	if c.v.IsSet(optCodecJava) {
		if c.v.IsSet(optCodec) {
			c.fault(optCodecJava, "they mean the same", "options '%s' and '%s' exclude each other", optCodec, optCodecJava)
		}
		s.Codec = Codec(c.enum(optCodecJava, codecNames))
	}
	return s
}
