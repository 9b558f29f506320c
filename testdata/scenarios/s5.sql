-- S5: events of devices with the place of each, from a small file in object
-- storage that is read again every hour if it has changed. The stream does not
-- stop for it, keeps no state a key, and its events do not get older.
CREATE TABLE device_events (device_id VARCHAR, reading DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'device-events', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json');

CREATE LOOKUP TABLE locations (device_id VARCHAR, city VARCHAR, lat DOUBLE, lng DOUBLE, PRIMARY KEY (device_id) NOT ENFORCED)
WITH ('connector' = 'file', 'path' = 's3://metadata/locations.json.gz', 'format' = 'json', 'refresh.interval' = '1h', 'refresh.align' = 'true');

SELECT e.ts, e.device_id, e.reading, l.city, LOOKUP_VERSION('locations') AS version
FROM device_events e LEFT JOIN locations l ON e.device_id = l.device_id;
