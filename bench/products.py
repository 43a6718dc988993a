"""Matrix products in PyTorch (MKL where it has it), one thread, timed on request for bench/run --blas.

Says "ready ...", then reads lines "m n k transposed seconds" and answers each with 1e9 operations a
second of [m, n] <- [m, k] [k, n], over processor time; transposed is 1 where A lies as [k, m].
"""

import sys
import time

import torch

from peer import describe


def gflops(m, n, k, transposed, seconds):
    a = torch.randn(k, m).T if transposed else torch.randn(m, k)
    b, c = torch.randn(k, n), torch.empty(m, n)
    times = int(seconds * 1e11 / (2 * m * n * k)) + 1
    torch.mm(a, b, out=c)
    begun = time.thread_time()
    for _ in range(times):
        torch.mm(a, b, out=c)
    return 2e-9 * m * n * k * times / (time.thread_time() - begun)


def main():
    torch.set_num_threads(1)
    print(f"ready {describe()}", flush=True)
    for line in sys.stdin:
        *sizes, seconds = line.split()
        print(f"{gflops(*map(int, sizes), float(seconds)):.3f}", flush=True)


if __name__ == "__main__":
    main()
