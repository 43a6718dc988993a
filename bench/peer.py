"""Training steps of the same model in PyTorch, timed on request for bench/compare.

usage: peer.py KIND SHAPE THREADS    KIND: explicit | sdpa | compiled | transformerlens

Says "ready ...", then reads counts of steps and answers each with the milliseconds of the steps and
the peak memory of the process. The model: 2 attention-only layers, layer norm, learned positions,
an untied unembedding; cross entropy of the next token; AdamW, fused where PyTorch has it.
"""

import os
import sys
import time

import torch
import torch.nn.functional as F

# d_model, heads, context, vocabulary, batch: refrain.train.BenchShape
SHAPES = {"T": (64, 2, 128, 64, 32), "S": (128, 4, 256, 512, 16), "M": (256, 8, 256, 4096, 16)}
LAYERS = 2


class Attention(torch.nn.Module):
    def __init__(self, d_model, heads, context, explicit):
        super().__init__()
        self.heads, self.explicit = heads, explicit
        self.norm = torch.nn.LayerNorm(d_model)
        self.into = torch.nn.Linear(d_model, 3 * d_model, bias=False)
        self.out = torch.nn.Linear(d_model, d_model, bias=False)
        future = torch.ones(context, context, dtype=torch.bool).triu(1)
        self.register_buffer("future", future)

    def forward(self, stream):
        batch, context, d_model = stream.shape
        d_head = d_model // self.heads
        parts = self.into(self.norm(stream)).view(batch, context, 3, self.heads, d_head)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        if self.explicit:
            scores = (q @ k.mT) * d_head**-0.5
            mixed = scores.masked_fill(self.future, -torch.inf).softmax(-1) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return stream + self.out(mixed.transpose(1, 2).reshape(batch, context, d_model))


class Model(torch.nn.Module):
    def __init__(self, d_model, heads, context, vocabulary, explicit):
        super().__init__()
        self.embed = torch.nn.Embedding(vocabulary, d_model)
        self.positions = torch.nn.Embedding(context, d_model)
        self.blocks = torch.nn.Sequential(
            *(Attention(d_model, heads, context, explicit) for _ in range(LAYERS))
        )
        self.norm = torch.nn.LayerNorm(d_model)
        self.unembed = torch.nn.Linear(d_model, vocabulary, bias=False)

    def forward(self, tokens):
        stream = self.blocks(self.embed(tokens) + self.positions.weight)
        logits = self.unembed(self.norm(stream))[:, :-1]
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def transformer_lens(d_model, heads, context, vocabulary):
    sys.path.insert(0, os.environ["TRANSFORMER_LENS"])
    from transformer_lens import HookedTransformer, HookedTransformerConfig

    model = HookedTransformer(
        HookedTransformerConfig(
            n_layers=LAYERS,
            d_model=d_model,
            d_head=d_model // heads,
            n_heads=heads,
            n_ctx=context,
            d_vocab=vocabulary,
            attn_only=True,
            normalization_type="LN",
            seed=0,
            device="cpu",
        )
    )
    return model, lambda tokens: model(tokens, return_type="loss")


def peak_megabytes():
    try:
        with open("/proc/self/status") as status:
            kib = next(line for line in status if line.startswith("VmHWM:")).split()[1]
            return int(kib) * 1024 // 1000000
    except OSError:
        return None


def main(kind, shape, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    d_model, heads, context, vocabulary, batch = SHAPES[shape]
    if kind == "transformerlens":
        model, loss = transformer_lens(d_model, heads, context, vocabulary)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    else:
        model = Model(d_model, heads, context, vocabulary, kind == "explicit")
        loss = torch.compile(model) if kind == "compiled" else model
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def step():
        tokens = torch.randint(vocabulary, (batch, context))
        begun = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss(tokens).backward()
        optimizer.step()
        return (time.perf_counter() - begun) * 1e3

    capability = torch.backends.cpu.get_cpu_capability()
    print(f"ready PyTorch {torch.__version__}, {capability}", flush=True)
    for line in sys.stdin:
        times = " ".join(f"{step():.4f}" for _ in range(int(line)))
        print(f"{times} MB {peak_megabytes()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
