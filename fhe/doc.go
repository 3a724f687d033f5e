// Package fhe evaluates the prefix of a model on an encrypted input with CKKS.
//
// A Prefix is a graph of linear layers and polynomials. Compile turns it into a Plan: CKKS parameters, the packing of
// the input, and for each stage (a linear map of one or several tensors, at most one polynomial, at most one pool) the
// layout, the rotations and the level. A plan is public and follows from shapes; weights never enter it. The user
// makes keys, encrypts and decrypts with the Plan alone; the worker needs the Plan and the Prefix.
//
// Two kinds of plan exist (DESIGN section 7):
//
//   - keyless: one linear map and at most one quadratic. The user sends every input of a window in its own
//     ciphertext, so that no slot ever moves, and decrypts the square without relinearisation. No evaluation keys.
//   - levelled: tensors in the slots of one or several ciphertexts, linear maps as sums of rotated diagonals, keys for
//     the rotations of the plan and one relinearisation key.
//
// The user packs the input itself, its windows, or products of its values: the first layer, its activation, a pool and
// the next layer are then one linear map. How plans are found is told in docs/decisions/0004.
//
// CKKS is not secure against chosen ciphertexts: verify the worker's receipt before decrypting, and release a
// decrypted value only through package privacy, which floods it first.
package fhe
