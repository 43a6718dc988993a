/**
 * The arithmetic that training spends its time in, on rows of float arrays: matrix products, norms,
 * softmax, cross entropy, activations. Every kernel exists twice, plain ({@link
 * refrain.tensor.ScalarKernels}) and on vectors ({@link refrain.tensor.VectorKernels}), behind one
 * contract ({@link refrain.tensor.Kernels}) and one test.
 */
@NullMarked
package refrain.tensor;

import org.jspecify.annotations.NullMarked;
