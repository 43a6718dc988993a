"""Writes adamw_golden.json: what torch.optim.AdamW does to 7 parameters in 12 steps.

Run once with PyTorch 2.13.0: python adamw_golden.py > adamw_golden.json
The gradient of step t is g[i] = scale[t] * sin(1.7 i + 0.9 t), clipped at norm 1 by
torch.nn.utils.clip_grad_norm_; the rate warms up over 5 steps. Parameters, optimiser and gradient
are float64, so that the numbers are the formula's.
"""
import json
import math
import sys

import torch

n, steps, rate, warmup = 7, 12, 3e-2, 5
theta = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(n)], dtype=torch.float64))
optimizer = torch.optim.AdamW([theta], lr=rate, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.1)
rows = []
for t in range(steps):
    for group in optimizer.param_groups:
        group["lr"] = rate * min(1, (t + 1) / warmup)
    scale = 3.0 if t % 3 == 0 else 0.1
    theta.grad = torch.tensor([scale * math.sin(1.7 * i + 0.9 * t) for i in range(n)], dtype=torch.float64)
    norm = torch.nn.utils.clip_grad_norm_([theta], 1.0)
    optimizer.step()
    rows.append({"norm": norm.item(), "theta": theta.detach().tolist()})
json.dump({"torch": torch.__version__.split("+")[0], "python": sys.version.split()[0], "steps": rows}, sys.stdout, indent=1)
print()
