#!/usr/bin/env python3
"""The peer of FewShotTable: the same prompts through transformers, each by itself, whole heads off.

few_shot.py MODEL.gguf PROMPTS [EVERY]

PROMPTS is what `FewShotTable MODEL --prompts` prints. With EVERY only each so-manieth prompt is
read, and the time that is printed is of all of them: that many times what was measured.
"""

import sys
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

BEST = "18.6 17.4 17.5 17.3 23.7 18.7 23.2 20.6 24.4 23.1 22.7 23.8 23.0 20.5 24.2 21.8".split()
OTHERS = "18.0 17.0 17.1 17.2 23.3 18.1 23.4 20.0 24.0 23.5 22.0 23.6 22.1 20.1 24.1 21.0".split()
SETS = [[], BEST, OTHERS, BEST[:8], OTHERS[:8]]

path, prompts, every = sys.argv[1], sys.argv[2], int((sys.argv[3:] or [1])[0])
folder, file = path.rsplit("/", 1)
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
width = model.config.hidden_size // model.config.num_attention_heads
off = []


def without(layer):
    def hook(module, inputs):
        z = inputs[0].clone()
        for head in off:
            at, h = map(int, head.split("."))
            if at == layer:
                z[..., h * width : (h + 1) * width] = 0
        return (z,) + inputs[1:]

    return hook


for i, layer in enumerate(model.model.layers):
    layer.self_attn.o_proj.register_forward_pre_hook(without(i))

with open(prompts, encoding="utf-8") as lines:
    asked = [line.rstrip("\n").split("\t") for line in lines if "\t" in line][::every]
begun = time.time()
with torch.no_grad():
    for some in SETS:
        off[:] = some
        losses = []
        for question, answer in asked:
            question = question.replace("\\n", "\n")
            ids = tokenizer(question, return_tensors="pt", add_special_tokens=False).input_ids
            target = tokenizer(answer, add_special_tokens=False).input_ids[0]
            logits = model(ids).logits[0, -1]
            losses.append((torch.logsumexp(logits, 0) - logits[target]).item())
        print(f"{sum(losses) / len(losses):.4f}")
took = time.time() - begun
print(f"{len(asked)} prompts, {len(SETS)} sets of heads: {took:.1f} s; of all prompts {every * took:.1f} s")
