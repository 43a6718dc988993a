package refrain.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * C += A B on vectors, as in {@link Kernels#gemm}.
 *
 * <p>C is covered with tiles of 6, 4 or 1 rows and 4, 2 or 1 vectors of columns, held in registers
 * while k runs. The bodies are written out straight: an array or a loop of vectors would be boxed,
 * and a helper that takes vectors is one inlining decision away from it. They start from C instead
 * of adding to it at the end, since a branch between both forms boxes too (measured: 20 instead of
 * 130 GFLOP/s). With 32 registers (512 bits) the 6 x 4 tile is best; with 16 it spills, so narrower
 * vectors use two columns at most. Where C has two columns only (heads of 32), 12 rows keep as many
 * sums.
 */
final class VectorGemm {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  static final int L = S.length();

  /** Whether a tile may be four vectors wide. */
  private static final boolean WIDE = L >= 16;

  private VectorGemm() {}

  static void gemm(Mat a, Mat b, Mat c) {
    int across = b.panel == 0 ? 4 * L : b.panel;
    int bOff = b.origin;
    for (int j0 = 0; j0 < c.columns; j0 += 4 * L, bOff += across) {
      int width = Math.min(4 * L, c.columns - j0);
      int j = 0;
      if (WIDE && width == 4 * L) {
        columns4(a, b, bOff, c, j0);
        continue;
      }
      for (; j + 2 * L <= width; j += 2 * L) {
        columns2(a, b, bOff + j, c, j0 + j);
      }
      if (j + L <= width) {
        columns1(a, b, bOff + j, c, j0 + j);
        j += L;
      }
      if (j < width) {
        VectorMask<Float> in = S.indexInRange(j, width);
        for (int i = 0; i < c.rows; i++) {
          tail(a, a.at(i), b, bOff + j, c, c.at(i) + j0 + j, in);
        }
      }
    }
  }

  /** How many of m rows go into tiles of six, so that the rest is covered by fours and ones. */
  private static int sixes(int m) {
    return switch (m % 6) {
      case 2, 3 -> m >= 8 ? m / 6 - 1 : m / 6;
      default -> m / 6;
    };
  }

  private static void columns4(Mat a, Mat b, int bOff, Mat c, int j) {
    int i = 0;
    for (int end = 6 * sixes(c.rows); i < end; i += 6) {
      tile6x4(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i + 4 <= c.rows; i += 4) {
      tile4x4(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i < c.rows; i++) {
      tile1x4(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
  }

  private static void columns2(Mat a, Mat b, int bOff, Mat c, int j) {
    int i = 0;
    for (int end = WIDE ? c.rows / 12 * 12 : 0; i < end; i += 12) {
      tile12x2(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (int end = i + 6 * sixes(c.rows - i); i < end; i += 6) {
      tile6x2(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i + 4 <= c.rows; i += 4) {
      tile4x2(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i < c.rows; i++) {
      tile1x2(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
  }

  private static void columns1(Mat a, Mat b, int bOff, Mat c, int j) {
    int i = 0;
    for (int end = 6 * sixes(c.rows); i < end; i += 6) {
      tile6x1(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i + 4 <= c.rows; i += 4) {
      tile4x1(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
    for (; i < c.rows; i++) {
      tile1x1(a, a.at(i), b, bOff, c, c.at(i) + j);
    }
  }

  private static void tile6x4(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int a4 = a3 + a.row;
    int a5 = a4 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    int c4 = c3 + c.row;
    int c5 = c4 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s02 = FloatVector.fromArray(S, c.data, c0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(S, c.data, c0 + 3 * L);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s11 = FloatVector.fromArray(S, c.data, c1 + L);
    FloatVector s12 = FloatVector.fromArray(S, c.data, c1 + 2 * L);
    FloatVector s13 = FloatVector.fromArray(S, c.data, c1 + 3 * L);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s21 = FloatVector.fromArray(S, c.data, c2 + L);
    FloatVector s22 = FloatVector.fromArray(S, c.data, c2 + 2 * L);
    FloatVector s23 = FloatVector.fromArray(S, c.data, c2 + 3 * L);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s31 = FloatVector.fromArray(S, c.data, c3 + L);
    FloatVector s32 = FloatVector.fromArray(S, c.data, c3 + 2 * L);
    FloatVector s33 = FloatVector.fromArray(S, c.data, c3 + 3 * L);
    FloatVector s40 = FloatVector.fromArray(S, c.data, c4);
    FloatVector s41 = FloatVector.fromArray(S, c.data, c4 + L);
    FloatVector s42 = FloatVector.fromArray(S, c.data, c4 + 2 * L);
    FloatVector s43 = FloatVector.fromArray(S, c.data, c4 + 3 * L);
    FloatVector s50 = FloatVector.fromArray(S, c.data, c5);
    FloatVector s51 = FloatVector.fromArray(S, c.data, c5 + L);
    FloatVector s52 = FloatVector.fromArray(S, c.data, c5 + 2 * L);
    FloatVector s53 = FloatVector.fromArray(S, c.data, c5 + 3 * L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector b2 = FloatVector.fromArray(S, b.data, bp + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b.data, bp + 3 * L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      FloatVector x4 = FloatVector.broadcast(S, a.data[a4]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      s42 = x4.fma(b2, s42);
      s43 = x4.fma(b3, s43);
      FloatVector x5 = FloatVector.broadcast(S, a.data[a5]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      s52 = x5.fma(b2, s52);
      s53 = x5.fma(b3, s53);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      a4 += a.column;
      a5 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s02.intoArray(c.data, c0 + 2 * L);
    s03.intoArray(c.data, c0 + 3 * L);
    s10.intoArray(c.data, c1);
    s11.intoArray(c.data, c1 + L);
    s12.intoArray(c.data, c1 + 2 * L);
    s13.intoArray(c.data, c1 + 3 * L);
    s20.intoArray(c.data, c2);
    s21.intoArray(c.data, c2 + L);
    s22.intoArray(c.data, c2 + 2 * L);
    s23.intoArray(c.data, c2 + 3 * L);
    s30.intoArray(c.data, c3);
    s31.intoArray(c.data, c3 + L);
    s32.intoArray(c.data, c3 + 2 * L);
    s33.intoArray(c.data, c3 + 3 * L);
    s40.intoArray(c.data, c4);
    s41.intoArray(c.data, c4 + L);
    s42.intoArray(c.data, c4 + 2 * L);
    s43.intoArray(c.data, c4 + 3 * L);
    s50.intoArray(c.data, c5);
    s51.intoArray(c.data, c5 + L);
    s52.intoArray(c.data, c5 + 2 * L);
    s53.intoArray(c.data, c5 + 3 * L);
  }

  private static void tile4x4(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s02 = FloatVector.fromArray(S, c.data, c0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(S, c.data, c0 + 3 * L);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s11 = FloatVector.fromArray(S, c.data, c1 + L);
    FloatVector s12 = FloatVector.fromArray(S, c.data, c1 + 2 * L);
    FloatVector s13 = FloatVector.fromArray(S, c.data, c1 + 3 * L);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s21 = FloatVector.fromArray(S, c.data, c2 + L);
    FloatVector s22 = FloatVector.fromArray(S, c.data, c2 + 2 * L);
    FloatVector s23 = FloatVector.fromArray(S, c.data, c2 + 3 * L);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s31 = FloatVector.fromArray(S, c.data, c3 + L);
    FloatVector s32 = FloatVector.fromArray(S, c.data, c3 + 2 * L);
    FloatVector s33 = FloatVector.fromArray(S, c.data, c3 + 3 * L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector b2 = FloatVector.fromArray(S, b.data, bp + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b.data, bp + 3 * L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s02.intoArray(c.data, c0 + 2 * L);
    s03.intoArray(c.data, c0 + 3 * L);
    s10.intoArray(c.data, c1);
    s11.intoArray(c.data, c1 + L);
    s12.intoArray(c.data, c1 + 2 * L);
    s13.intoArray(c.data, c1 + 3 * L);
    s20.intoArray(c.data, c2);
    s21.intoArray(c.data, c2 + L);
    s22.intoArray(c.data, c2 + 2 * L);
    s23.intoArray(c.data, c2 + 3 * L);
    s30.intoArray(c.data, c3);
    s31.intoArray(c.data, c3 + L);
    s32.intoArray(c.data, c3 + 2 * L);
    s33.intoArray(c.data, c3 + 3 * L);
  }

  private static void tile1x4(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s02 = FloatVector.fromArray(S, c.data, c0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(S, c.data, c0 + 3 * L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector b2 = FloatVector.fromArray(S, b.data, bp + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b.data, bp + 3 * L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      a0 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s02.intoArray(c.data, c0 + 2 * L);
    s03.intoArray(c.data, c0 + 3 * L);
  }

  private static void tile12x2(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int a4 = a3 + a.row;
    int a5 = a4 + a.row;
    int a6 = a5 + a.row;
    int a7 = a6 + a.row;
    int a8 = a7 + a.row;
    int a9 = a8 + a.row;
    int a10 = a9 + a.row;
    int a11 = a10 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    int c4 = c3 + c.row;
    int c5 = c4 + c.row;
    int c6 = c5 + c.row;
    int c7 = c6 + c.row;
    int c8 = c7 + c.row;
    int c9 = c8 + c.row;
    int c10 = c9 + c.row;
    int c11 = c10 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s11 = FloatVector.fromArray(S, c.data, c1 + L);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s21 = FloatVector.fromArray(S, c.data, c2 + L);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s31 = FloatVector.fromArray(S, c.data, c3 + L);
    FloatVector s40 = FloatVector.fromArray(S, c.data, c4);
    FloatVector s41 = FloatVector.fromArray(S, c.data, c4 + L);
    FloatVector s50 = FloatVector.fromArray(S, c.data, c5);
    FloatVector s51 = FloatVector.fromArray(S, c.data, c5 + L);
    FloatVector s60 = FloatVector.fromArray(S, c.data, c6);
    FloatVector s61 = FloatVector.fromArray(S, c.data, c6 + L);
    FloatVector s70 = FloatVector.fromArray(S, c.data, c7);
    FloatVector s71 = FloatVector.fromArray(S, c.data, c7 + L);
    FloatVector s80 = FloatVector.fromArray(S, c.data, c8);
    FloatVector s81 = FloatVector.fromArray(S, c.data, c8 + L);
    FloatVector s90 = FloatVector.fromArray(S, c.data, c9);
    FloatVector s91 = FloatVector.fromArray(S, c.data, c9 + L);
    FloatVector s100 = FloatVector.fromArray(S, c.data, c10);
    FloatVector s101 = FloatVector.fromArray(S, c.data, c10 + L);
    FloatVector s110 = FloatVector.fromArray(S, c.data, c11);
    FloatVector s111 = FloatVector.fromArray(S, c.data, c11 + L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(S, a.data[a4]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      FloatVector x5 = FloatVector.broadcast(S, a.data[a5]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      FloatVector x6 = FloatVector.broadcast(S, a.data[a6]);
      s60 = x6.fma(b0, s60);
      s61 = x6.fma(b1, s61);
      FloatVector x7 = FloatVector.broadcast(S, a.data[a7]);
      s70 = x7.fma(b0, s70);
      s71 = x7.fma(b1, s71);
      FloatVector x8 = FloatVector.broadcast(S, a.data[a8]);
      s80 = x8.fma(b0, s80);
      s81 = x8.fma(b1, s81);
      FloatVector x9 = FloatVector.broadcast(S, a.data[a9]);
      s90 = x9.fma(b0, s90);
      s91 = x9.fma(b1, s91);
      FloatVector x10 = FloatVector.broadcast(S, a.data[a10]);
      s100 = x10.fma(b0, s100);
      s101 = x10.fma(b1, s101);
      FloatVector x11 = FloatVector.broadcast(S, a.data[a11]);
      s110 = x11.fma(b0, s110);
      s111 = x11.fma(b1, s111);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      a4 += a.column;
      a5 += a.column;
      a6 += a.column;
      a7 += a.column;
      a8 += a.column;
      a9 += a.column;
      a10 += a.column;
      a11 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s10.intoArray(c.data, c1);
    s11.intoArray(c.data, c1 + L);
    s20.intoArray(c.data, c2);
    s21.intoArray(c.data, c2 + L);
    s30.intoArray(c.data, c3);
    s31.intoArray(c.data, c3 + L);
    s40.intoArray(c.data, c4);
    s41.intoArray(c.data, c4 + L);
    s50.intoArray(c.data, c5);
    s51.intoArray(c.data, c5 + L);
    s60.intoArray(c.data, c6);
    s61.intoArray(c.data, c6 + L);
    s70.intoArray(c.data, c7);
    s71.intoArray(c.data, c7 + L);
    s80.intoArray(c.data, c8);
    s81.intoArray(c.data, c8 + L);
    s90.intoArray(c.data, c9);
    s91.intoArray(c.data, c9 + L);
    s100.intoArray(c.data, c10);
    s101.intoArray(c.data, c10 + L);
    s110.intoArray(c.data, c11);
    s111.intoArray(c.data, c11 + L);
  }

  private static void tile6x2(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int a4 = a3 + a.row;
    int a5 = a4 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    int c4 = c3 + c.row;
    int c5 = c4 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s11 = FloatVector.fromArray(S, c.data, c1 + L);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s21 = FloatVector.fromArray(S, c.data, c2 + L);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s31 = FloatVector.fromArray(S, c.data, c3 + L);
    FloatVector s40 = FloatVector.fromArray(S, c.data, c4);
    FloatVector s41 = FloatVector.fromArray(S, c.data, c4 + L);
    FloatVector s50 = FloatVector.fromArray(S, c.data, c5);
    FloatVector s51 = FloatVector.fromArray(S, c.data, c5 + L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(S, a.data[a4]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      FloatVector x5 = FloatVector.broadcast(S, a.data[a5]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      a4 += a.column;
      a5 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s10.intoArray(c.data, c1);
    s11.intoArray(c.data, c1 + L);
    s20.intoArray(c.data, c2);
    s21.intoArray(c.data, c2 + L);
    s30.intoArray(c.data, c3);
    s31.intoArray(c.data, c3 + L);
    s40.intoArray(c.data, c4);
    s41.intoArray(c.data, c4 + L);
    s50.intoArray(c.data, c5);
    s51.intoArray(c.data, c5 + L);
  }

  private static void tile4x2(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s11 = FloatVector.fromArray(S, c.data, c1 + L);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s21 = FloatVector.fromArray(S, c.data, c2 + L);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s31 = FloatVector.fromArray(S, c.data, c3 + L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
    s10.intoArray(c.data, c1);
    s11.intoArray(c.data, c1 + L);
    s20.intoArray(c.data, c2);
    s21.intoArray(c.data, c2 + L);
    s30.intoArray(c.data, c3);
    s31.intoArray(c.data, c3 + L);
  }

  private static void tile1x2(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s01 = FloatVector.fromArray(S, c.data, c0 + L);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector b1 = FloatVector.fromArray(S, b.data, bp + L);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      a0 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s01.intoArray(c.data, c0 + L);
  }

  private static void tile6x1(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int a4 = a3 + a.row;
    int a5 = a4 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    int c4 = c3 + c.row;
    int c5 = c4 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    FloatVector s40 = FloatVector.fromArray(S, c.data, c4);
    FloatVector s50 = FloatVector.fromArray(S, c.data, c5);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      FloatVector x4 = FloatVector.broadcast(S, a.data[a4]);
      s40 = x4.fma(b0, s40);
      FloatVector x5 = FloatVector.broadcast(S, a.data[a5]);
      s50 = x5.fma(b0, s50);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      a4 += a.column;
      a5 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s10.intoArray(c.data, c1);
    s20.intoArray(c.data, c2);
    s30.intoArray(c.data, c3);
    s40.intoArray(c.data, c4);
    s50.intoArray(c.data, c5);
  }

  private static void tile4x1(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    int a1 = a0 + a.row;
    int a2 = a1 + a.row;
    int a3 = a2 + a.row;
    int c1 = c0 + c.row;
    int c2 = c1 + c.row;
    int c3 = c2 + c.row;
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    FloatVector s10 = FloatVector.fromArray(S, c.data, c1);
    FloatVector s20 = FloatVector.fromArray(S, c.data, c2);
    FloatVector s30 = FloatVector.fromArray(S, c.data, c3);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a.data[a1]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a.data[a2]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(S, a.data[a3]);
      s30 = x3.fma(b0, s30);
      a0 += a.column;
      a1 += a.column;
      a2 += a.column;
      a3 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
    s10.intoArray(c.data, c1);
    s20.intoArray(c.data, c2);
    s30.intoArray(c.data, c3);
  }

  private static void tile1x1(Mat a, int a0, Mat b, int bp, Mat c, int c0) {
    FloatVector s00 = FloatVector.fromArray(S, c.data, c0);
    for (int p = 0; p < a.columns; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b.data, bp);
      FloatVector x0 = FloatVector.broadcast(S, a.data[a0]);
      s00 = x0.fma(b0, s00);
      a0 += a.column;
      bp += b.row;
    }
    s00.intoArray(c.data, c0);
  }

  /** One row of fewer columns than a vector has. */
  private static void tail(Mat a, int ap, Mat b, int bp, Mat c, int at, VectorMask<Float> in) {
    FloatVector s = FloatVector.fromArray(S, c.data, at, in);
    for (int p = 0; p < a.columns; p++) {
      s = FloatVector.fromArray(S, b.data, bp, in).fma(FloatVector.broadcast(S, a.data[ap]), s);
      ap += a.column;
      bp += b.row;
    }
    s.intoArray(c.data, at, in);
  }
}
