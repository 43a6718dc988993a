"""Compares exported folders with our engines: python3 hf_folders.py FOLDER, one model in each folder inside.

A line a model: name | class | largest difference of the logits, both in float64 | both in float32 | TransformerLens'
logits in float32 | TransformerLens' pattern of every head | what the tokenizer makes of a text and back, if that is it.
"""
import logging
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformer_lens.model_bridge import TransformerBridge

from expected import Expected, SingleIsDouble, difference

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
logging.disable(logging.WARNING)
torch.set_grad_enabled(False)

for folder in sorted(Path(sys.argv[1]).iterdir()):
    expected, place = Expected(folder / "expected"), str(folder / "hf")
    model, loading = AutoModelForCausalLM.from_pretrained(place, output_loading_info=True)
    assert not any(loading.values()), loading
    single = difference(model(expected.tokens).logits, expected.logits32)
    exact = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float64, attn_implementation="eager")
    with SingleIsDouble():
        for module in exact.modules():
            if hasattr(module, "inv_freq"):
                module.inv_freq, _ = module.compute_default_rope_parameters(exact.config)
        double = difference(exact(expected.tokens).logits, expected.values["logits"])
    bridge = TransformerBridge.boot_transformers(place)
    logits, cache = bridge.run_with_cache(expected.tokens)
    lens = difference(logits, expected.logits32)
    patterns = max(
        difference(cache[name].double(), wanted) for name, wanted in expected.values.items() if name.endswith("pattern")
    )
    tokenizer = AutoTokenizer.from_pretrained(place)
    text = tokenizer.decode(expected.tokens[0])
    again = tokenizer(text, return_tensors="pt").input_ids
    print(
        f"{expected.name} | {type(model).__name__} | {double:.1e} | {single:.1e} | {lens:.1e} | {patterns:.1e}"
        f" | {torch.equal(again, expected.tokens[:1])}"
    )
