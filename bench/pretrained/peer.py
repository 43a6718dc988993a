"""What `refrain scan` does, with TransformerLens 4.3 from a folder of safetensors.

  pip install torch transformers gguf safetensors transformer-lens numpy scipy
  python peer.py --make FOLDER --gguf FILE      # once: the weights of a GGUF file as float32 safetensors
  python peer.py FOLDER                         # the plain scan
  python peer.py FOLDER --effects [all] --text FILE   # the whole model once for each head

Ten sequences of a start token and 25 random tokens said four times, ten that begin alike and repeat
nothing; prefix matching, duplicate-token, previous-token, attention to the start, copying by the
eigenvalues of W_O W_U W_E W_V with the norms folded in, one verdict a head (paired t-test, Benjamini
and Hochberg at 5 %, size .2 or .1). --effects: heads with a full verdict by zero and by their mean;
all: every head by zero; losses on the repeated tokens and on 256 tokens of text.
"""

import argparse
import json
import resource
import time

BEGUN = time.time()

import numpy as np
import torch

BLOCK, REPEATS, PAIRS = 25, 4, 10


def make(folder, gguf):
    from pathlib import Path
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file = Path(gguf)
    read = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name, dtype=torch.float32
    )
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config)  # one that may be saved
    plain.load_state_dict(read.state_dict())
    plain.save_pretrained(folder)
    AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(folder)


def sequences(vocabulary, start):
    rng = np.random.default_rng(0)
    pool = np.setdiff1d(np.arange(17, vocabulary), [start])
    repeated, partners = [], []
    for _ in range(PAIRS):
        drawn = rng.choice(pool, BLOCK * REPEATS, replace=False)
        repeated.append(np.r_[start, np.tile(drawn[:BLOCK], REPEATS)])
        partners.append(np.r_[start, drawn])
    return torch.tensor(np.stack(repeated)), torch.tensor(np.stack(partners))


def prefix_matching(pattern):
    """[batch, head, T, T] -> [batch, head]: from i to what followed each earlier occurrence."""
    n = pattern.shape[-1]
    sum_ = torch.zeros(pattern.shape[:2])
    for back in range(1, REPEATS):
        i = torch.arange(1 + BLOCK * back, n)
        sum_ += pattern[:, :, i, i - BLOCK * back + 1].sum(-1)
    return sum_ / (n - 1 - BLOCK)


def duplicate(pattern):
    n = pattern.shape[-1]
    sum_ = torch.zeros(pattern.shape[:2])
    for back in range(1, REPEATS):
        i = torch.arange(1 + BLOCK * back, n)
        sum_ += pattern[:, :, i, i - BLOCK * back].sum(-1)
    return sum_ / (n - 1 - BLOCK)


def previous(pattern):
    i = torch.arange(1, pattern.shape[-1])
    return pattern[:, :, i, i - 1].mean(-1)


def verdicts(differences):
    """[head, pair] -> words, as refrain has them."""
    from scipy import stats

    p = stats.ttest_1samp(differences, 0, axis=1).pvalue
    order = np.argsort(p)
    passed = p[order] <= 0.05 * np.arange(1, len(p) + 1) / len(p)
    found = np.zeros(len(p), bool)
    if passed.any():
        found[order[: np.nonzero(passed)[0].max() + 1]] = True
    size = differences.mean(1)
    return [
        "none" if not f or s < 0.1 else "weak" if s < 0.2 else "induction head"
        for f, s in zip(found, size)
    ]


def copying(weights, config):
    """[layer, head] from the weights of the Hugging Face model."""
    heads, d_head = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    group = heads // config.num_key_value_heads
    embed = weights.get_input_embeddings().weight
    unembed = weights.lm_head.weight * weights.model.norm.weight
    middle = unembed.T @ embed
    scores = np.zeros((config.num_hidden_layers, heads))
    for l, layer in enumerate(weights.model.layers):
        out = layer.self_attn.o_proj.weight.T @ middle
        value = (layer.self_attn.v_proj.weight * layer.input_layernorm.weight).T
        for h in range(heads):
            kv = h // group
            own = out[h * d_head : (h + 1) * d_head] @ value[:, kv * d_head : (kv + 1) * d_head]
            lambdas = torch.linalg.eigvals(own.double())
            scores[l, h] = (lambdas.sum().real / lambdas.abs().sum()).item()
    return scores


def losses(bridge, tokens, hooks):
    logits = bridge.run_with_hooks(tokens, fwd_hooks=hooks)
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), reduction="none"
    ).view(tokens.shape[0], -1)


def effects(bridge, heads, by, repeated, text, layers):
    """Losses without each head: the whole model each time."""
    out = []
    means = {}
    if "mean" in by:
        for name, tokens in (("repeated", repeated), ("text", text)):
            _, cache = bridge.run_with_cache(
                tokens, names_filter=lambda hook: hook.endswith("attn.hook_z")
            )
            means[name] = {l: cache[f"blocks.{l}.attn.hook_z"].mean((0, 1)) for l in range(layers)}
    before = losses(bridge, repeated, [])[:, BLOCK:], losses(bridge, text, [])
    for layer, head in heads:
        for how in by:
            row = []
            for name, tokens in (("repeated", repeated), ("text", text)):
                value = 0 if how == "zero" else means[name][layer][head]

                def without(z, hook, value=value):
                    z[:, :, head] = value
                    return z

                row.append(losses(bridge, tokens, [(f"blocks.{layer}.attn.hook_z", without)]))
            change = (row[0][:, BLOCK:] - before[0]).mean(), (row[1] - before[1]).mean()
            out.append((f"L{layer}H{head}", how, *(float(c) for c in change)))
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--gguf")
    parser.add_argument("--effects", nargs="?", const="induction")
    parser.add_argument("--text")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(args.threads)
    if args.make:
        return make(args.folder, args.gguf)
    from transformer_lens.model_bridge import TransformerBridge

    bridge = TransformerBridge.boot_transformers(args.folder)
    weights, config = bridge.original_model, bridge.original_model.config
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    start = config.bos_token_id or 0
    repeated, partners = sequences(config.vocab_size, start)
    _, cache = bridge.run_with_cache(
        torch.cat([repeated, partners]), names_filter=lambda name: name.endswith("hook_pattern")
    )
    rows = []
    for l in range(layers):
        pattern = cache[f"blocks.{l}.attn.hook_pattern"]
        own, other = pattern[:PAIRS], pattern[PAIRS:]
        rows.append(
            (
                (prefix_matching(own) - prefix_matching(other)).T,
                prefix_matching(own).mean(0),
                duplicate(own).mean(0),
                previous(own).mean(0),
                own[:, :, 1:, 0].mean((0, 2)),
            )
        )
    words = verdicts(np.concatenate([row[0].numpy() for row in rows]))
    scores = copying(weights, config)
    table = [
        dict(
            head=f"L{l}H{h}",
            verdict=words[l * heads + h],
            pm=float(rows[l][1][h]),
            dup=float(rows[l][2][h]),
            prev=float(rows[l][3][h]),
            start=float(rows[l][4][h]),
            ov=float(scores[l, h]),
        )
        for l in range(layers)
        for h in range(heads)
    ]
    result = dict(heads=table)
    if args.effects:
        from transformers import AutoTokenizer

        text = AutoTokenizer.from_pretrained(args.folder)(open(args.text).read())["input_ids"][:257]
        every = args.effects == "all"
        chosen = [
            (l, h)
            for l in range(layers)
            for h in range(heads)
            if every or words[l * heads + h] == "induction head"
        ]
        result["effects"] = effects(
            bridge,
            chosen,
            ["zero"] if every else ["zero", "mean"],
            repeated,
            torch.tensor([text]),
            layers,
        )
    print(json.dumps(result))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    import sys

    print(f"{time.time() - BEGUN:.1f} s, peak {peak:.0f} MB", file=sys.stderr)


main()
