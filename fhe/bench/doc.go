// Package bench holds the networks by which the engine of package fhe is judged, and what it is compared with: the
// linear transformations of lattigo, on one goroutine of the same process, under two sets of parameters each.
//
//   - lattigo: the standard ring and wide limbs. Matrices stand as they are, in a square of the least power of two.
//   - orion: parameters and packing of Orion (Ebel, Garimella and Reagen, "Orion: A Fully Homomorphic Encryption
//     Framework for Deep Learning", arXiv 2311.03470): the conjugate-invariant ring, outputs of strided layers
//     multiplexed into the gaps they leave, rows padded to a power of two only, their sum completed by rotations.
//
// A baseline is as good as its parts allow: 128-bit security with the least ring that holds the tensors and the depth,
// the number of special primes, the split into baby and giant steps and the embedding that are fastest, pools merged
// into the layers behind them, activations of one level as in our engine, keys at the level where they are used. A
// client that prepares its input for the first layer is ours alone; so is everything else that package fhe does.
package bench
