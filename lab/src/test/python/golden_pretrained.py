"""Writes resources/golden/pretrained: small models and tokenizers, and what other programs make of them.

Run in lab/src/test: python3 python/golden_pretrained.py [models|gguf|tokenizers|pair|quantisations ...]
A GGUF file's name instead prints what transformers makes of its tokenizer.
(torch 2.15.0, transformers 5.24.0, tokenizers 0.23.3, gguf 0.19.0, sentencepiece 0.2.3, safetensors 0.8, Python 3.11)
"""
import hashlib
import io
import json
import os
import shutil
import sys

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, CONFIG_MAPPING

OUT = "resources/golden/pretrained"
torch.set_grad_enabled(False)
torch.set_num_threads(1)


def bf16(x):
    return x.to(torch.bfloat16).to(torch.float32)


def randomise(model, seed):
    """Every parameter at no special place, and exact in bfloat16."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        norm = ("norm" in name or "ln_" in name) and name.endswith("weight")
        p.copy_(bf16(1 + 0.2 * noise if norm else noise * (0.5 if p.ndim == 1 else 1.2 / p.shape[-1] ** 0.5)))


def expect(model, folder, vocab, context, seed):
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(vocab, (2, context), generator=generator)
    tokens[:, context // 2 : context // 2 + 5] = tokens[:, 2:7]
    out = model(tokens, output_attentions=True, use_cache=False)
    logits = out.logits.float()
    losses = -torch.log_softmax(logits[:, :-1], -1).gather(-1, tokens[:, 1:, None])[..., 0]
    save_file(
        {
            "tokens": tokens,
            "logits": logits.contiguous(),
            "losses": losses.contiguous(),
            "patterns": torch.stack(out.attentions).contiguous(),
        },
        f"{folder}/expected.safetensors",
    )
    top = max(a.max().item() for a in out.attentions)
    print(folder, "losses", losses.mean().item(), "largest attention away from the start", top)


MODELS = {
    "gpt2": dict(
        model_type="gpt2", n_embd=30, n_head=3, n_layer=2, n_inner=44, vocab_size=47, n_positions=41,
        scale_attn_by_inverse_layer_idx=True),
    "gpt2-untied": dict(
        model_type="gpt2", n_embd=14, n_head=2, n_layer=3, vocab_size=31, n_positions=33, activation_function="relu",
        scale_attn_weights=False, tie_word_embeddings=False),
    "pythia": dict(
        model_type="gpt_neox", hidden_size=36, num_attention_heads=3, num_hidden_layers=2, intermediate_size=50, vocab_size=53,
        max_position_embeddings=40, rotary_pct=0.5, hidden_act="gelu", rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)),
    "neox-sequential": dict(
        model_type="gpt_neox", hidden_size=20, num_attention_heads=2, num_hidden_layers=2, intermediate_size=27, vocab_size=29,
        max_position_embeddings=40, rotary_pct=1.0, hidden_act="gelu_new", use_parallel_residual=False, attention_bias=False,
        tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=500.0, partial_rotary_factor=1.0)),
    "gpt-neo": dict(
        model_type="gpt_neo", hidden_size=28, num_heads=2, num_layers=3, vocab_size=39, max_position_embeddings=37,
        attention_types=[[["global", "local"], 1], [["local"], 1]], window_size=5),
    "llama": dict(
        model_type="llama", hidden_size=24, num_attention_heads=6, num_key_value_heads=2, head_dim=8, num_hidden_layers=2,
        intermediate_size=28, vocab_size=43, max_position_embeddings=64, tie_word_embeddings=False,
        rope_parameters=dict(rope_type="llama3", rope_theta=600.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
    "llama-biases": dict(
        model_type="llama", hidden_size=24, num_attention_heads=4, num_key_value_heads=4, num_hidden_layers=2, intermediate_size=17,
        vocab_size=37, max_position_embeddings=64, attention_bias=True, tie_word_embeddings=True,
        rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=3.0)),
    "mistral": dict(
        model_type="mistral", hidden_size=24, num_attention_heads=4, num_key_value_heads=2, head_dim=10, num_hidden_layers=2,
        intermediate_size=30, vocab_size=41, max_position_embeddings=64, sliding_window=6),
    "qwen2": dict(
        model_type="qwen2", hidden_size=32, num_attention_heads=4, num_key_value_heads=1, num_hidden_layers=3, intermediate_size=34,
        vocab_size=45, max_position_embeddings=64, tie_word_embeddings=True, use_sliding_window=True, sliding_window=7, max_window_layers=1),
}


def make(config, seed):
    config = dict(config)
    kind = config.pop("model_type")
    model = AutoModelForCausalLM.from_config(CONFIG_MAPPING[kind](**config), attn_implementation="eager").eval()
    randomise(model, seed)
    return model


def models(only=()):
    for seed, (name, config) in enumerate(MODELS.items()):
        if only and name not in only:
            continue
        folder = f"{OUT}/{name}"
        shutil.rmtree(folder, ignore_errors=True)
        model = make(config, seed)
        os.makedirs(folder)
        expect(model, folder, config["vocab_size"], 19, seed)
        if name == "mistral":
            model.to(torch.bfloat16).save_pretrained(folder, max_shard_size="5KB")
        elif name == "pythia":
            model.config.save_pretrained(folder)
            torch.save(model.to(torch.bfloat16).state_dict(), f"{folder}/pytorch_model.bin")
        elif name == "gpt2-untied":
            model.config.save_pretrained(folder)
            state = {k.removeprefix("transformer."): v.half().contiguous() for k, v in model.state_dict().items()}
            for k, v in model.state_dict().items():  # F16 has fewer exponents: what is written is what was used
                assert torch.equal(v.half().float(), v), k
            save_file(state, f"{folder}/model.safetensors")
        else:
            model.to(torch.bfloat16).save_pretrained(folder)
        for extra in ("generation_config.json",):
            if os.path.exists(f"{folder}/{extra}"):
                os.remove(f"{folder}/{extra}")
    lens()


def lens():
    """A folder of TransformerLens' older kind, with shortformer positions, which it runs no more; the formulas are here."""
    layers, d, heads, head, ctx, vocab = 2, 18, 3, 7, 33, 35
    folder = f"{OUT}/attn-only"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    config = dict(
        d_model=d, n_layers=layers, n_heads=heads, d_head=head, n_ctx=ctx, d_vocab=vocab, act_fn="gelu", attn_only=True,
        normalization="LN", shortformer_pos=True, tokenizer_name="NeelNanda/gpt-neox-tokenizer-digits", d_mlp=4 * d)
    json.dump(config, open(f"{folder}/config.json", "w"), indent=1)
    g = torch.Generator().manual_seed(77)
    draw = lambda *shape: bf16(torch.randn(shape, generator=g) / shape[-1] ** 0.5)
    state = {"embed.W_E": draw(vocab, d), "pos_embed.W_pos": draw(ctx, d)}
    for l in range(layers):
        b = f"blocks.{l}."
        state |= {b + "ln1.w": 1 + draw(d), b + "ln1.b": draw(d)}
        for x in "QKV":
            # as rearranged matrices are saved: not row-major
            state[b + f"attn.W_{x}"] = draw(heads, head, d).transpose(1, 2) * 2
            state[b + f"attn.b_{x}"] = draw(heads, head)
        state |= {b + "attn.W_O": draw(heads, head, d), b + "attn.b_O": draw(d)}
        state |= {b + "attn.mask": torch.tril(torch.ones(ctx, ctx)).bool(), b + "attn.IGNORE": torch.tensor(-1e5)}
    state |= {"ln_final.w": 1 + draw(d), "ln_final.b": draw(d), "unembed.W_U": draw(d, vocab), "unembed.b_U": torch.zeros(vocab)}
    torch.save(state, f"{folder}/model_final.pth")
    tokens = torch.randint(vocab, (2, 19), generator=g)
    ln = lambda x, n: (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt() * state[n + ".w"] + state[n + ".b"]
    x = state["embed.W_E"][tokens]
    patterns = []
    for l in range(layers):
        w = lambda n: state[f"blocks.{l}.attn.{n}"]
        y = ln(x, f"blocks.{l}.ln1")
        qk = y + state["pos_embed.W_pos"][: tokens.shape[1]]
        q = torch.einsum("btd,hde->bhte", qk, w("W_Q")) + w("b_Q")[:, None]
        k = torch.einsum("btd,hde->bhte", qk, w("W_K")) + w("b_K")[:, None]
        v = torch.einsum("btd,hde->bhte", y, w("W_V")) + w("b_V")[:, None]
        s = (q @ k.transpose(-1, -2)) / head**0.5
        p = s.masked_fill(torch.ones(s.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
        patterns.append(p)
        x = x + torch.einsum("bhte,hed->btd", p @ v, w("W_O")) + w("b_O")
    logits = ln(x, "ln_final") @ state["unembed.W_U"]
    losses = -torch.log_softmax(logits[:, :-1], -1).gather(-1, tokens[:, 1:, None])[..., 0]
    save_file(dict(tokens=tokens, logits=logits, losses=losses, patterns=torch.stack(patterns)), f"{folder}/expected.safetensors")
    print(folder, losses.mean().item())


TYPES = "F32 F16 BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K".split()
HALVES = dict(Q4_0=[0], Q4_1=[0, 2], Q5_0=[0], Q5_1=[0, 2], Q8_0=[0], Q2_K=[80, 82], Q3_K=[108], Q4_K=[0, 2], Q5_K=[0, 2], Q6_K=[208])


def quantisations():
    """Random blocks of each type with finite scales, and what the package gguf makes of them, bit for bit."""
    rng = np.random.default_rng(3)
    tensors = {}
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        block, size = gguf.GGML_QUANT_SIZES[kind]
        n = {1: 96, 32: 9, 256: 4}[block]
        raw = rng.integers(0, 256, (n, size), dtype=np.uint8)
        for at in HALVES.get(name, []):
            scales = (rng.standard_normal(n) * 10.0 ** rng.integers(-7, 4, n)).astype(np.float16)
            scales[0] = 6e-8  # below the normal numbers
            raw[:, at : at + 2] = scales.view(np.uint8).reshape(n, 2)
        if block == 1:
            values = rng.standard_normal(n).astype(np.float32)
            raw = values.view(np.uint8) if name == "F32" else values.astype(np.float16).view(np.uint8) if name == "F16" else gguf.quants.quantize(values, kind)
        flat = np.ascontiguousarray(raw).reshape(-1)
        # types without blocks come back as they are: their own view gives the numbers
        values = {
            "F32": lambda: flat.view(np.float32), "F16": lambda: flat.view(np.float16).astype(np.float32)
        }.get(name, lambda: gguf.quants.dequantize(raw.reshape(1, -1), kind).reshape(-1))()
        tensors[name + ".raw"] = torch.from_numpy(flat.copy())
        tensors[name] = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
    save_file(tensors, f"{OUT}/quantisations.safetensors")
    print({k: tuple(v.shape) for k, v in tensors.items()})


def permuted(w, heads):
    """As Llama's rows lie in GGUF: the two that turn together side by side (llama.cpp, convert_hf_to_gguf.py)."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


GGUFS = {
    "llama": dict(
        model_type="llama", hidden_size=64, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=2, intermediate_size=96,
        vocab_size=43, max_position_embeddings=64, rms_norm_eps=1e-5, tie_word_embeddings=False,
        rope_parameters=dict(rope_type="default", rope_theta=700.0)),
    "qwen2": dict(
        model_type="qwen2", hidden_size=32, num_attention_heads=2, num_key_value_heads=1, num_hidden_layers=2, intermediate_size=64,
        vocab_size=39, max_position_embeddings=64, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=700.0)),
    "gpt2": dict(model_type="gpt2", n_embd=32, n_head=4, n_layer=2, vocab_size=37, n_positions=48),
    "gptneox": dict(
        model_type="gpt_neox", hidden_size=32, num_attention_heads=2, num_hidden_layers=2, intermediate_size=64, vocab_size=35,
        max_position_embeddings=64, hidden_act="gelu", rotary_pct=0.25, rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.25)),
}

NAMES = {
    "llama": {
        "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output", "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"},
    "gpt2": {
        "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm", "ln_1": "attn_norm",
        "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"},
    "gptneox": {
        "gpt_neox.embed_in": "token_embd", "gpt_neox.final_layer_norm": "output_norm", "embed_out": "output", "lm_head": "output", "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm", "attention.query_key_value": "attn_qkv", "attention.dense": "attn_output",
        "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down"},
}
NAMES["qwen2"] = NAMES["llama"]


def gguf_name(arch, name):
    """blk.0.attn_q.weight of model.layers.0.self_attn.q_proj.weight"""
    stem, _, last = name.rpartition(".")
    if stem in NAMES[arch]:
        return f"{NAMES[arch][stem]}.{last}"
    parts = stem.split(".")
    layer = next(i for i, p in enumerate(parts) if p.isdigit())
    return f"blk.{parts[layer]}.{NAMES[arch]['.'.join(parts[layer + 1:])]}.{last}"


def ggufs(only=()):
    kinds = [gguf.GGMLQuantizationType[n] for n in ("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "F16", "BF16")]
    for seed, (arch, config) in enumerate(GGUFS.items()):
        if only and arch not in only:
            continue
        folder = f"{OUT}/gguf-{arch}"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        model = make(config, 40 + seed)
        state = model.state_dict()
        c = model.config
        writer = gguf.GGUFWriter(f"{folder}/model.gguf", arch)
        writer.add_name("tiny " + arch)
        writer.add_context_length(c.max_position_embeddings)
        writer.add_embedding_length(c.hidden_size)
        writer.add_block_count(c.num_hidden_layers)
        writer.add_head_count(c.num_attention_heads)
        if arch in ("llama", "qwen2"):
            writer.add_feed_forward_length(c.intermediate_size)
            writer.add_head_count_kv(c.num_key_value_heads)
            writer.add_layer_norm_rms_eps(c.rms_norm_eps)
            writer.add_rope_freq_base(700.0)
            writer.add_vocab_size(c.vocab_size)
        else:
            writer.add_feed_forward_length(getattr(c, "intermediate_size", None) or 4 * c.hidden_size)
            writer.add_layer_norm_eps(1e-5)
        if arch == "llama":
            writer.add_rope_dimension_count(c.hidden_size // c.num_attention_heads)
        if arch == "gptneox":
            writer.add_rope_dimension_count(int(0.25 * c.hidden_size // c.num_attention_heads))
            writer.add_parallel_residual(True)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("gpt-2")
        writer.add_token_list([chr(65 + i) for i in range(c.vocab_size)])
        writer.add_token_merges(["A B"])
        for i, (name, w) in enumerate(state.items()):
            if c.tie_word_embeddings and name == "lm_head.weight":
                continue
            x = w.numpy().copy()
            if arch == "gpt2" and x.ndim == 2 and "c_" in name:
                x = x.T.copy()
            if arch == "gptneox" and "query_key_value" in name:  # by kind, not by head (convert_hf_to_gguf.py)
                x = x.reshape(c.num_attention_heads, 3, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)
            heads = {"q_proj": c.num_attention_heads, "k_proj": getattr(c, "num_key_value_heads", 0)}
            which = next((h for key, h in heads.items() if key in name), 0) if arch == "llama" else 0
            if which:
                x = permuted(x, which)
            kind = kinds[i % len(kinds)] if x.ndim == 2 else gguf.GGMLQuantizationType.F32
            raw = gguf.quants.quantize(np.ascontiguousarray(x), kind)
            writer.add_tensor(gguf_name(arch, name), raw, raw_dtype=kind)
            back = gguf.quants.dequantize(raw, kind).astype(np.float32).reshape(x.shape) if x.ndim == 2 else x
            if which:
                back = back.reshape(which, x.shape[0] // which // 2, 2, -1).swapaxes(1, 2).reshape(x.shape)
            if arch == "gptneox" and "query_key_value" in name:
                back = back.reshape(3, c.num_attention_heads, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)
            if arch == "gpt2" and x.ndim == 2 and "c_" in name:
                back = back.T
            w.copy_(torch.from_numpy(np.ascontiguousarray(back)))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        model.tie_weights()
        expect(model, folder, c.vocab_size, 19, 40 + seed)
        if arch in ("llama", "qwen2"):  # what transformers itself reads out of the file
            theirs = AutoModelForCausalLM.from_pretrained(folder, gguf_file="model.gguf", attn_implementation="eager", dtype=torch.float32).eval()
            tokens = torch.arange(19)[None] % c.vocab_size
            gap = (theirs(tokens).logits - model(tokens).logits).abs().max().item()
            print("gap to transformers' own reading", gap)
            assert gap < 1e-4


PIECES = (
    list("abcdefghijklmnopqrstuvwxyzABCDETSMRV0123456789'\"-_.,;:!?()[]{}<>|/\\@#$%^&*+=~`")
    + [" ", " ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\r", "\t", "\x0b", "\x0c", "\x00", "\x1b", "\x7f", "\x85", "\u00a0", "\u1680", "\u2003", "\u2028", "\u3000", "\u200b", "\ufeff", "\u180e"]
    + ["'s", "'S", "'ll", "'LL", "'Ve", "'re", "'\u017f", "\u017f", "\u212a", "\u2019s", "''t"]
    + ["\u00e9", "e\u0301", "\u0301", "\u00df", "\u0130", "\u0131", "\u01c5", "\ufb01", "\u2126", "\u1e9b\u0323", "\uac00", "\u1100\u1161", "\u4e2d\u6587", "\u3042", "\u0627\u0644", "\u05d0", "\u0915\u094d\u0937", "\u0e01\u0e33", "\u10d0"]
    + ["\u0661", "\u0967", "\u00b2", "\u00bd", "\u2167", "\u2460", "\uff11", "\U0001d7d8", "\u3007", "\U00010107"]
    + ["\U0001f431", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\U0001f1eb\U0001f1f7", "\U0001f44d\U0001f3fd", "\U0010ffff", "\ue000", "\ufffd", "\u00ad", "\u202e", "\u0378"]
    + ["the", " the", "ing", "tion", " of", "New", "\u2581", "\u2581\u2581", "\u0120", "\u010a", "<0x41>", "<0xE2>", "<unk>", "<s>", "</s>", "<|endoftext|>", "<|im_start|>", "<|end", "oftext|>", "<s", "> <s>"]
)


class Lcg:
    """The generator that the Java test has too."""

    def __init__(self, seed):
        self.state = seed

    def next(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def hostile():
    rng = Lcg(20261127)
    return ["".join(PIECES[rng.next(len(PIECES))] for _ in range(rng.next(24))) for _ in range(10_000)]


def digest(rows):
    """SHA-256 of the ids, a line a text."""
    return hashlib.sha256("\n".join(" ".join(map(str, ids)) for ids in rows).encode()).hexdigest()


def tokenizers():
    from tokenizers import Tokenizer, decoders, models as m, normalizers, pre_tokenizers as pre, processors, trainers, Regex, AddedToken

    texts = hostile()
    assert all(t.encode("utf-8") for t in texts if t)
    corpus = open("resources/golden/bpe-corpus.txt", encoding="utf-8", newline="").read()
    expected = {}

    def keep(name, tokenizer, special):
        tokenizer.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in special])
        tokenizer.save(f"{OUT}/tokenizers/{name}.json", pretty=False)
        rows = [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
        expected[name] = dict(sha256=digest(rows), first=rows[:40], whole=tokenizer.encode("Hello  world 12").ids,
                              decoded=tokenizer.decode(tokenizer.encode("Hello  world 12", add_special_tokens=False).ids, skip_special_tokens=False))
        print(name, tokenizer.get_vocab_size(), sum(map(len, rows)))

    def trained(before, normalizer=None, **options):
        t = Tokenizer(m.BPE(**options))
        if normalizer:
            t.normalizer = normalizer
        t.pre_tokenizer = before
        t.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre.ByteLevel.alphabet(), show_progress=False)
        t.train_from_iterator([corpus], trainer)
        return t

    shutil.rmtree(f"{OUT}/tokenizers", ignore_errors=True)
    os.makedirs(f"{OUT}/tokenizers")
    level = pre.ByteLevel(add_prefix_space=False, use_regex=True)
    inner = pre.ByteLevel(add_prefix_space=False, use_regex=False)
    llama3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    keep("gpt2", trained(level), ["<|endoftext|>"])
    smol = trained(pre.Sequence([pre.Digits(individual_digits=True), level]))
    keep("smollm", smol, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    three = trained(pre.Sequence([pre.Split(Regex(llama3), "isolated"), inner]), ignore_merges=True)
    keep_three = ["<|begin_of_text|>", "<|endoftext|>"]
    three.add_special_tokens(keep_three)
    begin = three.token_to_id("<|begin_of_text|>")
    three.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A $B:1", special_tokens=[("<|begin_of_text|>", begin)])])
    keep("llama3", three, keep_three)
    qwen = trained(pre.Sequence([pre.Split(Regex(llama3.replace("{1,3}", "")), "isolated"), inner]), normalizer=normalizers.NFC())
    keep("qwen2", qwen, ["<|endoftext|>", "<|im_start|>"])

    # SentencePiece, its conversion to tokenizer.json as Llama 2 has it, and its scores as GGUF has them.
    import sentencepiece as spm

    file = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus.split("\n")), model_writer=file, vocab_size=520, model_type="bpe", byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True, character_coverage=0.99,
        split_digits=True, allow_whitespace_only_pieces=True, num_threads=1, minloglevel=2)
    sp = spm.SentencePieceProcessor(model_proto=file.getvalue())
    pieces = [sp.id_to_piece(i) for i in range(sp.vocab_size())]
    scores = [sp.get_score(i) for i in range(sp.vocab_size())]
    kinds = [2 if sp.is_unknown(i) else 3 if sp.is_control(i) else 6 if sp.is_byte(i) else 1 for i in range(sp.vocab_size())]
    vocab = {p: i for i, p in enumerate(pieces)}
    merges = []
    for piece in pieces:
        local = [(piece[:i], piece[i:]) for i in range(1, len(piece)) if piece[:i] in vocab and piece[i:] in vocab]
        merges += [(l, r, scores[vocab[piece]]) for l, r in sorted(local, key=lambda x: (vocab[x[0]], vocab[x[1]]))] if kinds[vocab[piece]] == 1 else []
    merges = [(l, r) for l, r, s in sorted(merges, key=lambda x: x[2], reverse=True)]
    llama = Tokenizer(m.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    llama.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    llama.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    llama.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in ("<unk>", "<s>", "</s>")])
    llama.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    keep("llama2", llama, ["<unk>", "<s>", "</s>"])
    # As SentencePiece itself cuts texts, in which no signs are looked for.
    plain = [t for t in texts if not any(s in t for s in ("<unk>", "<s>", "</s>", "\x00", "<0x"))]
    expected["sentencepiece"] = dict(sha256=digest(sp.encode(t) for t in plain), texts=len(plain), first=[sp.encode(t) for t in plain[:40]])
    writer = gguf.GGUFWriter(f"{OUT}/tokenizers/sentencepiece.gguf", "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    for step in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
        step()
    # The byte-level ones as GGUF has them.
    for name, pre_name in (("smollm", "smollm"), ("llama3", "llama-bpe"), ("qwen2", "qwen2"), ("gpt2", "gpt-2")):
        if name == "qwen2":
            continue  # llama.cpp does not compose characters, so its ids differ from the library's
        tree = json.load(open(f"{OUT}/tokenizers/{name}.json", encoding="utf-8"))
        all_ids = dict(tree["model"]["vocab"]) | {a["content"]: a["id"] for a in tree["added_tokens"]}
        tokens = sorted(all_ids, key=all_ids.get)
        writer = gguf.GGUFWriter(f"{OUT}/tokenizers/{name}.gguf", "llama")
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre_name)
        writer.add_token_list(tokens)
        writer.add_token_types([3 if t in {a["content"] for a in tree["added_tokens"]} else 1 for t in tokens])
        writer.add_token_merges([" ".join(p) if isinstance(p, list) else p for p in tree["model"]["merges"]])
        for step in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
            step()
    json.dump(PIECES, open(f"{OUT}/tokenizers/pieces.json", "w"))
    json.dump(expected, open(f"{OUT}/tokenizers/expected.json", "w"))
    pair()


def pair():
    """GPT-2's older pair of files, vocab.json and merges.txt, as the library itself reads such a pair."""
    from tokenizers import ByteLevelBPETokenizer, Tokenizer, __version__

    folder = f"{OUT}/tokenizers/pair"
    os.makedirs(folder, exist_ok=True)
    trained = Tokenizer.from_file(f"{OUT}/tokenizers/gpt2.json")
    trained.model.save(folder)
    vocab = json.load(open(f"{folder}/vocab.json", encoding="utf-8"))
    vocab["<|endoftext|>"] = len(vocab)  # which GPT-2's own has too
    json.dump(vocab, open(f"{folder}/vocab.json", "w", encoding="utf-8"), ensure_ascii=False)
    texts = hostile()
    expected = dict(made_by=f"golden_pretrained.py pair, tokenizers {__version__}")
    for name, prefix in (("plain", False), ("prefixed", True)):
        t = ByteLevelBPETokenizer(f"{folder}/vocab.json", f"{folder}/merges.txt", add_prefix_space=prefix)
        t.add_special_tokens(["<|endoftext|>"])
        rows = [e.ids for e in t.encode_batch(texts)]
        expected[name] = dict(sha256=digest(rows), first=rows[:40])
        print("pair", name, t.get_vocab_size(), sum(map(len, rows)))
    json.dump(expected, open(f"{folder}/expected.json", "w"))


def smollm2(file):
    """Ids of SmolLM2's own tokenizer. The library reads its tokens and merges from the file, but not that digits stand alone."""
    from tokenizers import pre_tokenizers as pre
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(os.path.dirname(file), gguf_file=os.path.basename(file))
    tokenizer.backend_tokenizer.pre_tokenizer = pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False)])
    print(digest(tokenizer(t, add_special_tokens=False)["input_ids"] for t in hostile()))


if __name__ == "__main__":
    todo = sys.argv[1:] or ["models", "gguf", "tokenizers", "quantisations"]
    for what in todo:
        if what.endswith(".gguf"):
            smollm2(what)
        else:
            {"models": models, "gguf": ggufs, "tokenizers": tokenizers, "pair": pair, "quantisations": quantisations}[what]()
