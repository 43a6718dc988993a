// The processor's peak in C: fused multiply-adds that never leave their registers. What
// refrain.train.bench.FmaPeak does in Java has to come within 3 % of it:
//   gcc -O3 -march=native bench/peak.c -o /tmp/peak && /tmp/peak      (-march=haswell: AVX2)
// Time is the thread's own, so that a busy machine tells the same as a quiet one.
#include <stdio.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif

// As many as there are registers for: 32 or 16, less two for the factors.
#if defined(__AVX512F__) || defined(__aarch64__)
#define SUMS 24
#else
#define SUMS 12
#endif

typedef float vector __attribute__((vector_size(BYTES)));

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

int main(void) {
  volatile float x = .999f, y = 1e-3f; // volatile: unknown to the compiler
  vector a = (vector){0} + x, b = (vector){0} + y, sum[SUMS];
  for (int i = 0; i < SUMS; i++) sum[i] = (vector){0} + i * y;
  double best = 0;
  for (int round = 0; round < 60; round++) {
    const long turns = 1000000;
    double begun = seconds();
    for (long turn = 0; turn < turns; turn++)
#pragma GCC unroll 24
      // The sum is a factor: the compiler would take a product of a and b out of the loop.
      for (int i = 0; i < SUMS; i++) sum[i] = a * sum[i] + b;
    double gflops = 2e-9 * turns * SUMS * (BYTES / sizeof(float)) / (seconds() - begun);
    if (gflops > best) best = gflops;
  }
  float all = 0;
  for (int i = 0; i < SUMS; i++) all += sum[i][0];
  printf("%.1f GFLOP/s with %d sums of %d bits (%g)\n", best, SUMS, 8 * BYTES, all);
}
