"""Writes golden/tokenizer.json and golden/tokenizer-cases.json with Hugging Face's tokenizers.

Run in lab/src/test: python3 python/golden_tokenizer.py (tokenizers 0.23.2, Python 3.11).
"""
import json
import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

corpus = open("resources/golden/bpe-corpus.txt", encoding="utf-8", newline="").read()
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    [corpus],
    trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
tokenizer.save("resources/golden/tokenizer.json")

rng = random.Random(0)
alphabet = sorted(set(corpus)) + ["\u00ad", "\u0300", "\u180e", "\u200b", "\u1680", "\U0010ffff", "\ue000", "\x00", "\x1f", "\x7f", "\x0b", "\x0c", "\x1c"]
texts = ["", " ", "\n", "a", "'", "''s", " 's", "it's'll", "  x", " \t x", "x  ", "\u3000\u3000a"]
texts += [corpus[i : i + 37] for i in range(0, len(corpus), 211)]
texts += ["".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 60))) for _ in range(300)]
texts += ["".join(rng.choice(" \n\t's1aé中.\u00a0") for _ in range(rng.randrange(1, 20))) for _ in range(300)]
cases = [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]
with open("resources/golden/tokenizer-cases.json", "w", encoding="utf-8") as f:
    json.dump(cases, f, separators=(",", ":"))
