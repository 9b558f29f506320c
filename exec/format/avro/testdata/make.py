"""Writes the fixtures of this directory with fastavro: python3 make.py
(pip install fastavro cramjam backports.zstd)."""
import datetime as dt, decimal, io, json, uuid
import fastavro

schema = {
    "type": "record", "name": "All", "namespace": "test", "fields": [
        {"name": "skipped", "type": {"type": "array", "items": {"type": "map", "values": ["null", "string", "double"]}}},
        {"name": "b", "type": "boolean"},
        {"name": "i", "type": "int"},
        {"name": "l", "type": ["null", "long"]},
        {"name": "f", "type": "float"},
        {"name": "d", "type": "double"},
        {"name": "s", "type": ["string", "null"]},
        {"name": "y", "type": "bytes"},
        {"name": "fx", "type": {"type": "fixed", "name": "Four", "size": 4}},
        {"name": "e", "type": {"type": "enum", "name": "Color", "symbols": ["RED", "GREEN", "BLUE"]}},
        {"name": "dec", "type": {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3}},
        {"name": "fdec", "type": {"type": "fixed", "name": "Dec", "size": 12, "logicalType": "decimal", "precision": 20, "scale": 2}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "tms", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "tus", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "at_ms", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "at_us", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "loc_ms", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "arr", "type": {"type": "array", "items": ["null", "long"]}},
        {"name": "m", "type": {"type": "map", "values": "double"}},
        {"name": "r", "type": ["null", {"type": "record", "name": "Inner", "fields": [
            {"name": "x", "type": "int"}, {"name": "unused", "type": "Color"}, {"name": "y", "type": {"type": "array", "items": "string"}}]}]},
        {"name": "u", "type": ["null", "int", "string", "double"]},
        {"name": "tree", "type": ["null", {"type": "record", "name": "Node", "fields": [
            {"name": "v", "type": "int"}, {"name": "next", "type": ["null", "Node"]}]}]},
        {"name": "last", "type": "string"},
    ]}
parsed = fastavro.parse_schema(schema)
utc = dt.timezone.utc


def row(n):
    return {
        "skipped": [{"a": None, "b": "x", "c": 1.5}] * (n % 3), "b": n % 2 == 0, "i": n - 5, "l": None if n == 1 else n * 10**12,
        "f": n / 2, "d": n / 3, "s": None if n == 2 else "é" * n, "y": bytes(range(n)), "fx": b"abcd", "e": ["RED", "GREEN", "BLUE"][n % 3],
        "dec": decimal.Decimal(n * 12345 - 20000) / 1000, "fdec": decimal.Decimal(-n * 7) / 100,
        "day": dt.date(1969, 12, 31) + dt.timedelta(days=n), "tms": dt.time(1, 2, n, 5000), "tus": dt.time(23, 59, n, 7),
        "at_ms": dt.datetime(2024, 2, 29, 1, 2, n, 123000, utc), "at_us": dt.datetime(1960, 2, 29, 1, 2, n, 123456, utc),
        "loc_ms": dt.datetime(2024, 2, 29, 1, 2, n), "id": uuid.UUID(int=n), "arr": [1, None, n], "m": {"a": 1.5, "b": n},
        "r": None if n == 0 else {"x": n, "unused": "BLUE", "y": ["p", "q"][:n]}, "u": [None, n, "t%d" % n, n / 4][n % 4],
        "tree": {"v": 1, "next": {"v": 2, "next": None}}, "last": "end%d" % n}


rows = [row(n) for n in range(5)]
for codec in ["null", "deflate", "snappy", "zstandard"]:
    with open("all.%s.avro" % codec, "wb") as f:
        fastavro.writer(f, parsed, rows, codec=codec, sync_interval=200, sync_marker=b"0123456789abcdef")
with open("all.bin", "wb") as f:  # records behind their length
    for r in rows:
        b = io.BytesIO()
        fastavro.schemaless_writer(b, parsed, r)
        f.write(len(b.getvalue()).to_bytes(4, "big") + b.getvalue())
with open("all.avsc", "w") as f:
    json.dump(schema, f)
