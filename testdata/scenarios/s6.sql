-- S6: words of text lines, asked of a gRPC service ten at a time or after four
-- seconds, each different word of a batch once.
CREATE TABLE input_text (line VARCHAR)
WITH ('connector' = 'kafka', 'topic' = 'input-topic', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'raw');

CREATE FUNCTION resolve(word VARCHAR) RETURNS TABLE (length INT) LANGUAGE GRPC WITH (
  'endpoint' = 'localhost:50051', 'method' = 'RpcService/resolveBatch', 'reflection' = 'true',
  'request.rows' = 'request', 'request.columns' = 'input=word', 'response.rows' = 'response', 'response.columns' = 'length=output',
  'batch.max-rows' = '10', 'batch.max-wait' = '4s', 'batch.deduplicate' = 'true', 'max-in-flight' = '4', 'timeout' = '5s',
  'retry.max-attempts' = '3', 'on-error' = 'skip');

SELECT w.word, r.length FROM input_text, UNNEST(REGEXP_EXTRACT_ALL(line, '[A-Za-z'']+')) AS w(word), LATERAL TABLE(resolve(w.word)) AS r(length);
