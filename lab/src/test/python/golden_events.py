"""Writes resources/refrain/export/golden.tfevents with TensorBoard's own classes.

Run in lab/src/test: python3 python/golden_events.py (tensorboard 2.21.0, protobuf 7.36.2, Python 3.11).
"""
import struct

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

WALL_TIME = 1764176400.125


def metadata(plugin):
    return summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin),
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )


def shape(n):
    return tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=n)])


def values(*numbers, described):
    tensor = tensor_pb2.TensorProto(
        dtype="DT_DOUBLE", tensor_shape=shape(len(numbers)), tensor_content=struct.pack(f"<{len(numbers)}d", *numbers)
    )
    value = summary_pb2.Summary.Value(tag="loss/byIndex", tensor=tensor)
    if described:
        value.metadata.CopyFrom(metadata("refrain"))
    return value


def scalar(tag, number):
    return summary_pb2.Summary.Value(tag=tag, simple_value=number)


text = tensor_pb2.TensorProto(dtype="DT_STRING", tensor_shape=shape(1), string_val=["größer: 1\n".encode()])
steps = [
    (0, [summary_pb2.Summary.Value(tag="configuration/text_summary", tensor=text, metadata=metadata("text"))]),
    (0, [scalar("loss", 0.1), scalar("pm/L1H3", 0.0), values(0.1, float("-inf"), described=True)]),
    (300, [scalar("loss", float("nan")), scalar("icl", float("-inf")), scalar("tokens", 4096000.0)]),
    (1 << 40, [scalar("icl", -0.0), values(described=False)]),
]
with open("resources/refrain/export/golden.tfevents", "wb") as file:
    writer = RecordWriter(file)
    writer.write(event_pb2.Event(wall_time=WALL_TIME, file_version="brain.Event:2").SerializeToString())
    for step, value in steps:
        event = event_pb2.Event(wall_time=WALL_TIME, step=step, summary=summary_pb2.Summary(value=value))
        writer.write(event.SerializeToString())
