package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/listen"
	"github.com/penstock/penstock/internal/wordlen"
)

// demoLines is how many lines of text come in a second.
const demoLines = 2

// demoWords has the words of the text go to a gRPC service, ten a call or what
// four seconds bring; the broker and the service fill it in.
const demoWords = `
CREATE TABLE input_text (line VARCHAR)
  WITH ('connector' = 'kafka', 'topic' = 'input-topic', 'properties.bootstrap.servers' = '%[1]s', 'format' = 'raw');
CREATE TABLE words (word VARCHAR, length INT)
  WITH ('connector' = 'kafka', 'topic' = 'words', 'properties.bootstrap.servers' = '%[1]s', 'format' = 'json');
CREATE FUNCTION resolve(word VARCHAR) RETURNS TABLE (length INT) LANGUAGE GRPC WITH (
  'endpoint' = '%[2]s', 'method' = 'RpcService/resolveBatch', 'reflection' = 'true',
  'request.rows' = 'request', 'request.columns' = 'input=word', 'response.rows' = 'response', 'response.columns' = 'length=output',
  'batch.max-rows' = '10', 'batch.max-wait' = '4s');
INSERT INTO words SELECT w.word, r.length
FROM input_text, UNNEST(REGEXP_EXTRACT_ALL(line, '[A-Za-z'']+')) AS w(word), LATERAL TABLE(resolve(w.word)) AS r(length);`

// serveWords starts the service.
func (d *demo) serveWords() error {
	l, err := listen.TCP("127.0.0.1:0", "--listen")
	if err != nil {
		return err
	}
	d.words, err = wordlen.Serve(l, wordlen.Config{})
	return err
}

// text writes lines of text at the pace of the clock.
func (d *demo) text(ctx context.Context) error {
	g, err := gen.New(gen.Config{Kind: gen.Text, Seed: uint64(time.Now().UnixNano())})
	if err != nil {
		return err
	}
	w, err := openKafkaWriter(ctx, []string{d.broker.Addr()}, "input-topic", 1, kafka.LZ4)
	if err != nil {
		return err
	}
	_, err = generate(ctx, g, w, demoLines)
	return errors.Join(err, w.close())
}

// startWords declares the tables and the function and starts the job.
func (d *demo) startWords(ctx context.Context) error {
	return d.server.engine.Exec(ctx, fmt.Sprintf(demoWords, d.broker.Addr(), d.words.Addr()))
}
