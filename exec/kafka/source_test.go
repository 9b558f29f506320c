package kafka

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/exec/kafka/broker"
)

func want(recs []rec) []string {
	var out []string
	for _, r := range recs {
		out = append(out, string(r.value))
	}
	return out
}

func TestCodecs(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 5}})
	exp := make(map[int32][]string)
	for c := None; c <= Zstd; c++ {
		for round := range 3 {
			recs := numbered(strings.Repeat(fmt.Sprintf("codec%d-round%d-", c, round), 20), 700)
			put(t, b.Addr(), "t", int32(c), "", encodeBatch(t, c, unmarked, recs...))
			exp[int32(c)] = append(exp[int32(c)], want(recs)...)
		}
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(exp, got); d != "" {
		t.Fatal(d)
	}
}

func TestLargeRecord(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 3}, MaxMessageBytes: 40 << 20})
	big := rec{value: bytes.Repeat([]byte("0123456789"), 1200000)}
	exp := make(map[int32][]string)
	for p := range int32(3) {
		for _, r := range [][]rec{values("before"), {big}, values("after")} {
			put(t, b.Addr(), "t", p, "", encodeBatch(t, None, unmarked, r...))
			exp[p] = append(exp[p], want(r)...)
		}
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(exp, got) {
		t.Fatal("records differ")
	}
	cfg := testConfig(b.Addr(), "t")
	cfg.FetchMaxBytes = 2 << 20
	if _, err = readTopic(t, cfg); err == nil || !strings.Contains(fmt.Sprintf("%#v", err), "fetch.max-bytes") {
		t.Fatalf("small limit: %v", err)
	}
}
