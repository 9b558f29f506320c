-- S4: enrichment of a stream with a cache that is at most five seconds old. The
-- first query waits for the first load; later loads happen beside the stream.
CREATE TABLE orders (order_id BIGINT, customer_id BIGINT, `timestamp` TIMESTAMP(3))
WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json');

CREATE LOOKUP TABLE customers (customer_id BIGINT, version INT, PRIMARY KEY (customer_id) NOT ENFORCED)
WITH ('connector' = 'http', 'url' = 'http://localhost:8089/customers', 'format' = 'json', 'refresh.interval' = '5s', 'refresh.align' = 'true');

SELECT o.order_id, o.customer_id, o.`timestamp`, c.version FROM orders o LEFT JOIN customers c ON o.customer_id = c.customer_id;
