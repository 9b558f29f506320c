package kafka

import "encoding/binary"

// Partitioner chooses the partition of a record ('sink.partitioner').
type Partitioner uint8

// The partitioners. PartitionDefault is Java's: by murmur2 of the key, and without a
// key all to one partition until its batch is sent, then to the next.
const (
	PartitionDefault Partitioner = iota
	PartitionRoundRobin
	PartitionFixed // all of one sink task to one partition
)

// murmur2 is the hash that Java's producer partitions keys with.
func murmur2(b []byte) uint32 {
	const (
		seed = 0x9747b28c
		m    = 0x5bd1e995
		r    = 24
	)
	h := uint32(seed) ^ uint32(len(b))
	for len(b) >= 4 {
		k := binary.LittleEndian.Uint32(b) * m
		k ^= k >> r
		h = h*m ^ k*m
		b = b[4:]
	}
	switch len(b) {
	case 3:
		h ^= uint32(b[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(b[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(b[0])) * m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// keyPartition is the partition of a key among n.
func keyPartition(key []byte, n int) int { return int(murmur2(key)&0x7fffffff) % n }
