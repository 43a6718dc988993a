"""Writes the golden safetensors files that SafeTensorsTest reads.

Made with safetensors 0.8.0 and numpy 2.4.6 on Python 3.11:
    pip install safetensors==0.8.0 numpy==2.4.6
    python safetensors_golden.py ../resources/refrain/store
"""

import struct
import sys
from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize
from safetensors.numpy import save_file

out = Path(sys.argv[1])

# Every element type that the reader knows; values exact in each of them.
values = np.array([0.0, 1.0, -2.5, 0.15625, 96.0, -0.0])
whole = np.array([0, 1, -2, 100, -128, 127])


keep = []  # the library takes addresses: the arrays must outlive the call


def entry(dtype, array):
    keep.append(array)
    shape = list(array.shape)
    return TensorSpec(
        dtype=dtype, shape=shape, data_ptr=array.ctypes.data, data_len=array.nbytes
    )


bf16 = np.frombuffer(
    b"".join(struct.pack("<f", v)[2:] for v in values), dtype=np.uint16
)
files = {
    "f64": entry("float64", values.reshape(2, 3)),
    "f32": entry("float32", values.astype(np.float32).reshape(3, 2)),
    "f16": entry("float16", values.astype(np.float16)),
    "bf16": entry("bfloat16", bf16),
    "i64": entry("int64", np.array([-(2**62), 2**62 + 1])),
    "i32": entry("int32", whole.astype(np.int32)),
    "i16": entry("int16", whole.astype(np.int16)),
    "i8": entry("int8", whole.astype(np.int8)),
    "u8": entry("uint8", np.array([0, 127, 128, 255], dtype=np.uint8)),
    "bool": entry("bool", np.array([True, False, True])),
    "scalar": entry("float32", np.array(3.5, dtype=np.float32)),
    "empty": entry("float32", np.zeros((0, 4), dtype=np.float32)),
}
metadata = {"made by": "safetensors", "unicode": "\u00e9"}
(out / "types.safetensors").write_bytes(serialize(files, metadata))

# float32 only: our writer must give the same bytes.
n = np.arange(2 * 3 * 5, dtype=np.float32) / 7 - 2
save_file(
    {
        "unembed.W_U": n.reshape(5, 6),
        "blocks.0.attn.W_Q": n.reshape(2, 3, 5),
        "blocks.0.attn.b_Q": n[:6].reshape(2, 3),
        "scalar": np.array(-1.25, dtype=np.float32),
    },
    out / "float32.safetensors",
    metadata={"format": "pt"},
)
