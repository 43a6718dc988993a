"""Compares what TensorBoard reads with a run's metrics: python3 read_events.py RUN/metrics.jsonl LOG_FOLDER"""
import json
import os
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def bits(number):
    return struct.pack("<f", number)


def narrow(number):
    """As float32; Python itself refuses numbers that overflow it."""
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return struct.pack("<f", float("inf") if number > 0 else float("-inf"))


rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
folders = [os.path.join(sys.argv[2], name) for name in os.listdir(sys.argv[2])]
assert len(folders) == 1, folders
events = EventAccumulator(folders[0], size_guidance={"scalars": 0, "tensors": 0}).Reload()
found = {}
for tag in events.Tags()["scalars"]:
    for event in events.Scalars(tag):
        key = tag.replace("/", "."), event.step
        assert key not in found, key
        found[key] = bits(event.value)
lists = {}
for tag in events.Tags()["tensors"]:
    for event in events.Tensors(tag):
        lists[tag.replace("/", "."), event.step] = tensor_util.make_ndarray(event.tensor_proto)
text = lists.pop(("configuration.text_summary", 0))[0].decode()
scalars = arrays = 0
for row in rows:
    step = row.pop("step")
    for name, value in row.items():
        if isinstance(value, list):
            arrays += 1
            wanted = [float(x) for x in value]
            assert struct.pack(f"<{len(wanted)}d", *wanted) == lists.pop((name, step)).tobytes(), (name, step)
            for t, x in enumerate(wanted):
                at = found.pop((f"{name}.{t:04d}", step), None)
                assert at is None or at == narrow(x), (name, step, t)
        else:
            scalars += 1
            assert narrow(float(value)) == found.pop((name, step)), (name, step)
assert not found and not lists, (list(found)[:3], list(lists)[:3])
print(f"{len(rows)} rows, {scalars} scalars, {arrays} lists, text of {text.splitlines()[0].strip()}")
