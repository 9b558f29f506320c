"""Writes the fixtures of this directory with Google's protobuf: python3 make.py
(pip install protobuf grpcio-tools)."""
import sys, tempfile
from grpc_tools import protoc
import grpc_tools, os

inc = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
tmp = tempfile.mkdtemp()
assert protoc.main(["", "-I.", "-I" + inc, "--python_out=" + tmp, "all.proto"]) == 0
assert protoc.main(["", "-I.", "-I" + inc, "--include_imports", "--descriptor_set_out=all.desc", "all.proto"]) == 0
sys.path.insert(0, tmp)
import all_pb2

full = all_pb2.All(
    b=True, i32=-5, i64=-(2**63), u32=2**32 - 1, u64=2**63 - 1, s32=-(2**31), s64=2**63 - 1, f32=7, f64=8, sf32=-9, sf64=-10, fl=1.5, d=-0.1,
    s="é", y=b"\x00\xff", e=7, oi=0, r=dict(x=1, y="in", more=[dict(x=2)]), nums=[1, -1, 2**40], texts=["a", ""], rows=[dict(x=1), dict(y="")],
    m={"a": 1.5}, mm={3: dict(x=4)}, two=42, last="end")
full.at.FromJsonString("1960-02-29T01:02:03.123456Z")
full.took.FromJsonString("-1.5s")
full.wrapped.value = 0
unknown = all_pb2.All(last="u", one="1")
unknown.e = 99
with open("all.bin", "wb") as f:  # messages behind their length
    for m in [full, all_pb2.All(), unknown]:
        b = m.SerializeToString(deterministic=True)
        f.write(len(b).to_bytes(4, "big") + b)
