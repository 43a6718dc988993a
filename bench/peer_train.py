"""A whole training run in PyTorch, as an able user would write it, for bench/whole.

usage: peer_train.py PRESET KIND STEPS THREADS TOKENS FOLDER

The runs of refrain.train.Presets with the same shapes, optimiser and cadence of probes: an
attention-only model with layer norm, positions added to the inputs of queries and keys alone
(Press et al. 2021), smeared keys where the preset has them; fused AdamW; gradients clipped at 1.
Tokens come from a file and cost it nothing but reading. Measured are losses by index on the
evaluation set, the previous-token score on 8 of its sequences, the prefix-matching score on 10
sequences of repeated random tokens: what we measure at every probe. Our thorough probes measure
more, which is not asked of it.
"""

import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

PRESETS = {
    "r0-2l": dict(layers=2, d_model=64, heads=4, context=64, vocabulary=128, smeared=False,
                  batch=64, steps=1000, rate=3e-3, every=10, sequences=40, save=100,
                  early=(5, 8), late=(61, 64)),
    "code-1l-smeared": dict(layers=1, d_model=128, heads=4, context=256, vocabulary=512,
                            smeared=True, batch=8, steps=1465, rate=4e-3, every=100,
                            sequences=256, save=500, early=(21, 30), late=(247, 256)),
}
WARM_UP = 100
PATTERN_SEQUENCES = 8
EVALUATION_CHUNK = 64


class Attention(torch.nn.Module):
    def __init__(self, p):
        super().__init__()
        d_model, self.heads = p["d_model"], p["heads"]
        self.d_head = d_model // self.heads
        self.norm = torch.nn.LayerNorm(d_model)
        self.queries_keys = torch.nn.Linear(d_model, 2 * d_model, bias=False)
        self.values = torch.nn.Linear(d_model, d_model, bias=False)
        self.out = torch.nn.Linear(d_model, d_model, bias=False)
        self.alpha = torch.nn.Parameter(torch.zeros(self.heads, 1, 1)) if p["smeared"] else None

    def split(self, x, parts):
        batch, context, _ = x.shape
        return x.view(batch, context, parts, self.heads, self.d_head).permute(2, 0, 3, 1, 4)

    def forward(self, stream, positions, patterns=None):
        batch, context, d_model = stream.shape
        x = self.norm(stream)
        q, k = self.split(self.queries_keys(x + positions), 2)
        v = self.split(self.values(x), 1)[0]
        if self.alpha is not None:
            before = torch.cat([k[:, :, :1], k[:, :, :-1]], 2)
            k = torch.lerp(before, k, self.alpha.sigmoid())
        if patterns is None:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            future = torch.ones(context, context, dtype=torch.bool).triu(1)
            scores = (q @ k.mT) * self.d_head**-0.5
            patterns.append(scores.masked_fill(future, -torch.inf).softmax(-1))
            mixed = patterns[-1] @ v
        return stream + self.out(mixed.transpose(1, 2).reshape(batch, context, d_model))


class Model(torch.nn.Module):
    def __init__(self, p):
        super().__init__()
        d_model, context, vocabulary = p["d_model"], p["context"], p["vocabulary"]
        self.embed = torch.nn.Embedding(vocabulary, d_model)
        torch.nn.init.normal_(self.embed.weight, std=0.02)
        self.positions = torch.nn.Parameter(torch.randn(context, d_model) * 0.3)
        self.blocks = torch.nn.ModuleList(Attention(p) for _ in range(p["layers"]))
        self.norm = torch.nn.LayerNorm(d_model)
        self.unembed = torch.nn.Linear(d_model, vocabulary, bias=False)

    def forward(self, tokens, patterns=None):
        stream = self.embed(tokens)
        positions = self.positions[: tokens.shape[1]]
        for block in self.blocks:
            stream = block(stream, positions, patterns)
        return self.unembed(self.norm(stream))


def loss(model, tokens, reduction="mean"):
    logits = model(tokens[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction=reduction)


class Probe:
    """What is measured of a model."""

    def __init__(self, p, evaluation):
        self.p, self.evaluation = p, evaluation
        block = min(25, (p["context"] - 1) // 4)
        drawn = torch.stack([torch.randperm(p["vocabulary"])[: block + 1] for _ in range(10)])
        self.repeated = torch.cat([drawn[:, block:], drawn[:, :block].repeat(1, 4)], 1)
        # From i to the token after each earlier one like it; the first token of all is no repeat.
        t = self.repeated
        same = (t[:, :, None] == t[:, None, :-1]).tril(-2)
        self.targets = F.pad(same, (1, 0))
        self.scored = self.targets.any(-1).sum(-1)

    @torch.no_grad()
    def measure(self, model):
        losses = torch.cat([
            loss(model, some, "none").view(len(some), -1)
            for some in self.evaluation.split(EVALUATION_CHUNK)
        ]).mean(0)
        early, late = (losses[slice(*self.p[place])].mean() for place in ("early", "late"))
        text, repeated = [], []
        model(self.evaluation[:PATTERN_SEQUENCES, :-1], text)
        logits = model(self.repeated, repeated)
        tokens = self.repeated[:, 1:]
        block = (self.repeated.shape[1] - 1) // 4
        again = F.cross_entropy(logits[:, :-1].mT, tokens, reduction="none")
        prev = [p.diagonal(-1, 2, 3).mean((0, 2)).tolist() for p in text]
        pm = [((p * self.targets[:, None]).sum((2, 3)) / self.scored[:, None]).mean(0).tolist()
              for p in repeated]
        return {
            "loss": losses.mean().item(),
            "loss.byIndex": losses.tolist(),
            "icl": (late - early).item(),
            "prev": prev,
            "pm": pm,
            "repeat": (again[:, block:].mean() - again[:, :block].mean()).item(),
        }


def main(preset, kind, steps, threads, tokens, folder):
    p = PRESETS[preset]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    os.makedirs(folder)
    model = Model(p)
    trained = torch.compile(model) if kind == "compiled" else model
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=p["rate"], betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    data = np.load(tokens)
    probe = Probe(p, torch.from_numpy(data["evaluation"].astype(np.int64)))
    train = data["train"]
    if train.ndim == 1:  # a text
        generator = np.random.default_rng(0)
        windows = np.lib.stride_tricks.sliding_window_view(train, p["context"] + 1)

        def batch(_):
            some = windows[generator.integers(0, len(windows), p["batch"])]
            return torch.from_numpy(some.astype(np.int64))
    else:  # sequences, one after the other

        def batch(step):
            some = train[step * p["batch"] : (step + 1) * p["batch"]]
            return torch.from_numpy(some.astype(np.int64))

    with open(os.path.join(folder, "metrics.jsonl"), "w") as metrics:

        def record(row):
            if row["step"] % p["every"] == 0 or row["step"] == steps:
                row.update(probe.measure(model))
            metrics.write(json.dumps(row) + "\n")
            return row

        record({"step": 0})
        for step in range(steps):
            rate = p["rate"] * min(1, (step + 1) / WARM_UP)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.zero_grad(set_to_none=True)
            now = loss(trained, batch(step))
            now.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            row = record({
                "step": step + 1,
                "loss.train": now.item(),
                "gradient.norm": norm.item(),
                "rate": rate,
            })
            if (step + 1) % p["save"] == 0 or step + 1 == steps:
                state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
                torch.save(state, os.path.join(folder, f"step-{step + 1}.pt"))
    best = max(max(heads) for heads in row["pm"])
    capability = torch.backends.cpu.get_cpu_capability()
    print(f"PyTorch {torch.__version__} {capability}: loss {row['loss']:.2f}, ICL {row['icl']:.2f},"
          f" prefix matching {best:.2f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:7])
