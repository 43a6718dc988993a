"""Reads checkpoints of runs as README's lines do and as TransformerLens reads checkpoints under its names:
python3 checkpoints.py README.md FOLDER, one run in each folder inside with what our engines compute beside it.

A line a run: name | largest difference of TransformerLens' logits from ours in float32 | of its patterns.
"""
import logging
import re
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformer_lens.config import TransformerBridgeConfig
from transformer_lens.model_bridge.sources.native import boot
from transformer_lens.utilities.tl_checkpoint_conversion import convert_tl_checkpoint

from expected import Expected, difference

logging.disable(logging.WARNING)
torch.set_grad_enabled(False)
blocks = re.findall(r"```python\n(.*?)```", Path(sys.argv[1]).read_text(encoding="utf-8"), re.S)
(readme,) = [block for block in blocks if "full_ov" in block]
ACTIVATIONS = {"GELU": "gelu", "GELU_TANH": "gelu_new", "RELU": "relu", "SWIGLU": "silu"}

for folder in sorted(Path(sys.argv[2]).iterdir()):
    expected = Expected(folder)
    file = folder / "run/checkpoints/step-00000001/model.safetensors"

    place = '"runs/mine/checkpoints/step-00001000/model.safetensors"'
    assert place in readme
    lines = readme.replace(place, repr(str(file))).replace("print(", "(")
    names = {}
    exec(lines, names)
    w = names["w"]
    unembedding = w["embed.W_E"].T if expected.spec["tied"] else w["unembed.W_U"]
    assert np.array_equal(names["W_U"], unembedding)
    assert names["full_ov"].shape == (expected.spec["dVocab"],) * 2

    spec = expected.spec
    bridge = boot(
        TransformerBridgeConfig(
            d_model=spec["dModel"],
            n_layers=spec["nLayers"],
            n_heads=spec["nHeads"],
            n_key_value_heads=spec["nKvHeads"],
            d_head=spec["dHead"],
            d_mlp=spec["dMlp"] or None,
            gated_mlp=spec["activation"] == "SWIGLU",
            act_fn=ACTIVATIONS[spec["activation"]],
            attn_only=spec["dMlp"] == 0,
            n_ctx=spec["nCtx"],
            d_vocab=spec["dVocab"],
            normalization_type={"LAYER": "LN", "RMS": "RMS", "NONE": None}[spec["norm"]],
            eps=spec["normEps"],
            architecture="TransformerLensNative",
        )
    )
    weights = convert_tl_checkpoint(load_file(file), bridge.cfg)
    for name, weight in bridge.state_dict().items():
        if name.endswith("bias"):
            weights.setdefault(name, torch.zeros_like(weight))
    loaded = bridge.load_state_dict(weights, strict=False)
    assert not loaded.unexpected_keys, loaded.unexpected_keys
    assert set(weights) == set(bridge.state_dict()), set(weights) ^ set(bridge.state_dict())
    logits, cache = bridge.run_with_cache(expected.tokens)
    patterns = max(
        difference(cache[name].double(), wanted) for name, wanted in expected.values.items() if name.endswith("pattern")
    )
    print(f"{expected.name} | {difference(logits, expected.logits32):.1e} | {patterns:.1e}")
