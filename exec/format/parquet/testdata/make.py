"""Writes the fixtures of this directory with pyarrow: python3 make.py (pip install pyarrow)."""
import datetime as dt, decimal
import pyarrow as pa, pyarrow.parquet as pq

n = 5
utc = dt.timezone.utc
null = lambda v, i: None if i == 3 else v
schema = pa.schema([
    ("b", pa.bool_()), ("i8", pa.int8()), ("i32", pa.int32()), ("i64", pa.int64()), ("u64", pa.uint64()), ("f", pa.float32()), ("d", pa.float64()),
    ("s", pa.string()), ("ls", pa.large_string()), ("y", pa.binary()), ("fx", pa.binary(3)), ("dec", pa.decimal128(20, 3)), ("day", pa.date32()),
    ("tm", pa.time32("ms")), ("tus", pa.time64("us")), ("ms", pa.timestamp("ms")), ("us", pa.timestamp("us", "UTC")), ("ns", pa.timestamp("ns")),
    ("dict", pa.dictionary(pa.int32(), pa.string())), ("arr", pa.list_(pa.int64())), ("m", pa.map_(pa.string(), pa.float64())),
    ("r", pa.struct([("x", pa.int32()), ("unused", pa.string()), ("l", pa.list_(pa.struct([("z", pa.string())])))])),
])
rows = [{
    "b": i % 2 == 0, "i8": -i, "i32": i * 1000, "i64": i * 10**15, "u64": i, "f": i / 2, "d": i / 3, "s": null("é%d" % i, i), "ls": "large", "y": bytes([i, 255]),
    "fx": b"abc", "dec": decimal.Decimal(i * 7001 - 9000) / 1000, "day": dt.date(1969, 12, 31) + dt.timedelta(days=i), "tm": dt.time(1, 2, i, 5000),
    "tus": dt.time(23, 59, i, 7), "ms": dt.datetime(2024, 2, 29, 1, 2, i, 123000), "us": dt.datetime(1960, 2, 29, 1, 2, i, 123456, utc),
    "ns": dt.datetime(2024, 1, 1, 0, 0, i, 999999), "dict": ["x", "y"][i % 2], "arr": [1, None, i], "m": [("a", 1.5), ("b", None)],
    "r": null({"x": i, "unused": "u", "l": [{"z": "p"}] * i}, i),
} for i in range(n)]
for codec in ["none", "snappy", "gzip", "zstd"]:
    pq.write_table(pa.Table.from_pylist(rows, schema), "all.%s.parquet" % codec, compression=codec, row_group_size=2, store_schema=codec != "none",
                   data_page_version="2.0" if codec == "zstd" else "1.0")
