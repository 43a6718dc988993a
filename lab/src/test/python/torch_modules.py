"""Compares exported PyTorch modules with our engines: python3 torch_modules.py FOLDER, one model in each folder inside.

A line a model: name | largest difference at any hook point, both in float64 | of the logits, both in float32 | of the
logits where head L0H0's output is set to zero by a hook, from what they were (0: the hook did nothing).
"""
import importlib.util
import sys
from pathlib import Path

import torch

from expected import Expected, difference

for folder in sorted(Path(sys.argv[1]).iterdir()):
    spec = importlib.util.spec_from_file_location("model_" + folder.name, folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model, expected = module.load(), Expected(folder)
    with torch.no_grad():
        single = difference(model(expected.tokens), expected.logits32)
    model = model.double()
    double = max(expected.differences(model).values())

    def no_first_head(hook, inputs, z):
        return z.index_fill(2, torch.tensor([0]), 0)

    handle = model.blocks[0].attn.hook_z.register_forward_hook(no_first_head)
    with torch.no_grad():
        moved = difference(model(expected.tokens), expected.values["logits"])
    handle.remove()
    print(f"{expected.name} | {double:.1e} | {single:.1e} | {moved:.1e}")
