"""Training steps of the same model in PyTorch, timed on request for bench/compare.

usage: peer.py KIND SHAPE THREADS    KIND: explicit | sdpa | compiled | transformerlens

Says "ready ...", then reads counts of steps and answers each with the milliseconds of the steps and
the peak memory of the process. The model: 2 attention-only layers, layer norm, an untied
unembedding; cross entropy of the next token; AdamW, fused where PyTorch has it. Queries, keys and
values come of one product where they can.
"""

import re
import sys
import time

import torch
import torch.nn.functional as F

# d_model, heads, context, vocabulary, batch, positions: refrain.train.bench.BenchShape
SHAPES = {
    "T": (64, 2, 128, 64, 32, "learned"),
    "R0": (64, 4, 64, 128, 64, "shortformer"),
    "S": (128, 4, 256, 512, 16, "learned"),
    "code": (128, 4, 256, 512, 8, "shortformer"),
    "M": (256, 8, 256, 4096, 16, "learned"),
}
LAYERS = 2


class Attention(torch.nn.Module):
    def __init__(self, d_model, heads, context, explicit, shortformer):
        super().__init__()
        self.heads, self.explicit = heads, explicit
        self.norm = torch.nn.LayerNorm(d_model)
        self.into = torch.nn.Linear(d_model, (2 if shortformer else 3) * d_model, bias=False)
        self.values = torch.nn.Linear(d_model, d_model, bias=False) if shortformer else None
        self.out = torch.nn.Linear(d_model, d_model, bias=False)
        future = torch.ones(context, context, dtype=torch.bool).triu(1)
        self.register_buffer("future", future)

    def forward(self, stream, positions):
        batch, context, d_model = stream.shape
        d_head = d_model // self.heads
        x = self.norm(stream)
        if self.values is None:
            q, k, v = self.into(x).split(d_model, 2)
        else:  # positions reach queries and keys only
            q, k = self.into(x + positions).split(d_model, 2)
            v = self.values(x)
        q, k, v = (y.view(batch, context, self.heads, d_head).transpose(1, 2) for y in (q, k, v))
        if self.explicit:
            scores = (q @ k.mT) * d_head**-0.5
            mixed = scores.masked_fill(self.future, -torch.inf).softmax(-1) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return stream + self.out(mixed.transpose(1, 2).reshape(batch, context, d_model))


class Model(torch.nn.Module):
    def __init__(self, d_model, heads, context, vocabulary, positions, explicit):
        super().__init__()
        self.shortformer = positions == "shortformer"
        self.embed = torch.nn.Embedding(vocabulary, d_model)
        self.positions = torch.nn.Embedding(context, d_model)
        self.blocks = torch.nn.ModuleList(
            Attention(d_model, heads, context, explicit, self.shortformer) for _ in range(LAYERS)
        )
        self.norm = torch.nn.LayerNorm(d_model)
        self.unembed = torch.nn.Linear(d_model, vocabulary, bias=False)

    def forward(self, tokens):
        stream = self.embed(tokens)
        if not self.shortformer:
            stream = stream + self.positions.weight
        for block in self.blocks:
            stream = block(stream, self.positions.weight)
        logits = self.unembed(self.norm(stream))[:, :-1]
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def transformer_lens(d_model, heads, context, vocabulary, positions):
    """TransformerLens 4 with a model of its own making, without Hugging Face."""
    if positions != "learned":
        sys.exit(f"TransformerLens' own models have no {positions} positions")
    try:
        from transformer_lens import TransformerBridge
        from transformer_lens.config import TransformerBridgeConfig

        boot = TransformerBridge.boot_native
    except (ImportError, AttributeError) as e:
        sys.exit(f"no TransformerLens 4 ({e}); pip install 'transformer-lens>=4'")
    model = boot(
        TransformerBridgeConfig(
            architecture="TransformerLensNative",
            n_layers=LAYERS,
            d_model=d_model,
            d_head=d_model // heads,
            n_heads=heads,
            n_ctx=context,
            d_vocab=vocabulary,
            attn_only=True,
            act_fn="gelu",
            normalization_type="LN",
            positional_embedding_type="standard",
            seed=0,
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


def allocator():
    try:
        with open("/proc/self/maps") as maps:
            return "jemalloc" if "jemalloc" in maps.read() else "default allocator"
    except OSError:
        return "default allocator"


def library():
    """What multiplies matrices, as PyTorch tells it: MKL 2024.2, OpenBLAS, ..."""
    told = torch.__config__.show()
    blas = re.search(r"BLAS_INFO=(\w+)", told)
    mkl = re.search(r"Math Kernel Library Version (\S+?)-", told)
    return f"MKL {mkl[1]}" if mkl else blas[1] if blas else "BLAS unknown"


def describe():
    capability = torch.backends.cpu.get_cpu_capability()
    return f"PyTorch {torch.__version__}, {capability}, {library()}, {allocator()}"


def main(kind, shape, threads):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    *sizes, batch, positions = SHAPES[shape]
    _, _, context, vocabulary = sizes
    what = describe()
    if kind == "transformerlens":
        model, loss = transformer_lens(*sizes, positions)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        from importlib.metadata import version

        what += f", TransformerLens {version('transformer-lens')}"
    else:
        model = Model(*sizes, positions, kind == "explicit")
        loss = torch.compile(model) if kind == "compiled" else model
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def step():
        tokens = torch.randint(vocabulary, (batch, context))
        begun = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss(tokens).backward()
        optimizer.step()
        return (time.perf_counter() - begun) * 1e3

    print(f"ready {what}", flush=True)
    for line in sys.stdin:
        times = " ".join(f"{step():.4f}" for _ in range(int(line)))
        print(f"{times} MB {peak_megabytes()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
