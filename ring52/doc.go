// Package ring52 is vector arithmetic under lattigo's package ring: number-theoretic transforms and
// fused products on the same limbs, keys and ciphertexts, with results equal to lattigo's bit for bit.
//
// A Prime is a subring of a lattigo ring with these transforms and products, an Extension carries residues from some of
// them over to others: they serve evaluators that work on limbs themselves. Lattigo's rings stay as they are, since what
// lattigo itself does there, encoding and marshalling, panics on a subring whose transformer is not its own. Its evaluator gives the same
// ciphertexts where its subrings are replaced by such as transform with these kernels, as the tests of this package do.
//
// Primes below 2^50 are served by 52-bit multiply-add instructions (AVX-512 IFMA), others below 2^61 by
// 64-bit products put together from 32-bit ones (AVX-512 DQ). Without AVX-512, primes below 2^50 are served by exact products
// in double precision (AVX2 and FMA), as in van der Hoeven, Lecerf and Quintin, "Modular SIMD arithmetic in Mathemagix"
// (2016); with DQ alone, their transforms are. Degrees are 2^11 to 2^16, rings standard
// or conjugate-invariant. Whatever is not served, by its size or because the processor lacks the
// instructions, stays lattigo's.
//
// # Method
//
// Butterflies keep residues lazily as in David Harvey, "Faster arithmetic for number-theoretic
// transforms" (2014); vectors of them follow Boemer et al., "Intel HEXL" (arXiv 2103.16400). Stages are
// taken three or two at a time on rows in memory, the last six within registers on blocks of 64
// words; what lies between goes through an eighth of a limb at a time, which the nearest cache holds. Such a part may be used up
// before the next is finished: an automorphism moves parts as wholes, so that a key switch goes from the digits' last stages to
// the rotated product within one. The order of coefficients is lattigo's. A transform in a conjugate-invariant ring is a fold of the coefficients followed by the
// standard network with other roots (eprint 2018/952); the fold and the outermost stages are one pass.
//
// Where 2^52 is more than 64q and some more for large degrees, which is below 2^46 up to degree 2^14, nothing is reduced
// between the stages of a forward transform, and one row of eight between the passes of an inverse one.
//
// Doubles hold integers below 2^53 of either sign; the generator follows their bounds, and reduces where one would be too
// large. Their last four stages are within registers. Sums of products modulo wide primes add up products of 31-bit halves,
// and carry every four terms.
//
// # Timing
//
// The kernels take the same instructions and addresses for all values: reductions are minima of two
// words, masked additions, or a multiple of the prime by the rounded quotient, in
// doubles that are integers and never denormal. Permutations depend on the public Galois element only, and loops on sizes.
// An Extension divides in double precision, as lattigo does, never by zero and without denormal numbers. What falls back to
// lattigo is as timing-safe as lattigo, whose full reductions compare and branch.
//
// # Generated code
//
// kernels_amd64.s and kernels_amd64.go come from internal/gen, a module of its own so that its
// dependencies stay out of programs; "make generate" writes them anew.
package ring52
