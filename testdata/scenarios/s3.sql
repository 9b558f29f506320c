-- S3: enrichment in one go with a shared cache. The orders of a file are read to
-- their end; the customers are loaded once, before the first order passes.
CREATE TABLE orders (order_id BIGINT, customer_id BIGINT, amount DECIMAL(10,2))
WITH ('connector' = 'file', 'path' = 'orders.ndjson', 'format' = 'json');

CREATE LOOKUP TABLE customers (customer_id BIGINT, name VARCHAR, version INT, PRIMARY KEY (customer_id) NOT ENFORCED)
WITH ('connector' = 'http', 'url' = 'http://localhost:8089/customers', 'format' = 'json');

SELECT o.order_id, o.customer_id, o.amount, c.name, c.version
FROM orders o JOIN customers c ON o.customer_id = c.customer_id;
