"""A Llama of 7 billion random weights as GGUF of Q4_0 (3.8 GB), to measure what a scan takes.

  pip install gguf numpy
  python random_model.py FILE
  /usr/bin/time -v ./refrain scan FILE --csv >/dev/null     # "Maximum resident set size"

Layers share their random blocks: nothing of the time or the memory depends on what they hold.
"""

import sys

import gguf
import numpy as np

LAYERS, WIDTH, HEADS, MLP, TOKENS = 32, 4096, 32, 11008, 32000


def main():
    rng = np.random.default_rng(0)
    writer = gguf.GGUFWriter(sys.argv[1], "llama")
    writer.add_name("random 7B")
    writer.add_block_count(LAYERS)
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(TOKENS)
    scale = np.frombuffer(np.float16(0.002).tobytes(), np.uint8)
    made = {}

    def matrix(name, rows, columns):
        if (rows, columns) not in made:
            blocks = rng.integers(0, 256, (rows, columns // 32, 18), np.uint8)
            blocks[:, :, :2] = scale
            made[rows, columns] = blocks.reshape(rows, -1)
        writer.add_tensor(name, made[rows, columns], raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    matrix("token_embd.weight", TOKENS, WIDTH)
    ones = np.ones(WIDTH, np.float32)
    for l in range(LAYERS):
        block = f"blk.{l}."
        writer.add_tensor(block + "attn_norm.weight", ones)
        writer.add_tensor(block + "ffn_norm.weight", ones)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{block}{name}.weight", WIDTH, WIDTH)
        matrix(block + "ffn_gate.weight", MLP, WIDTH)
        matrix(block + "ffn_up.weight", MLP, WIDTH)
        matrix(block + "ffn_down.weight", WIDTH, MLP)
    writer.add_tensor("output_norm.weight", ones)
    matrix("output.weight", TOKENS, WIDTH)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
