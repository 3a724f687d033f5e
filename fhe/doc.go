// Package fhe evaluates the prefix of a model on an encrypted input with CKKS.
//
// A Prefix is a chain of linear layers and quadratic activations. Compile turns it into a Plan: CKKS parameters, the
// packing of the input, and for each stage (one linear map, at most one square) the layout and the rotations it
// needs. A plan is public and follows from shapes; weights never enter it. The user makes keys, encrypts and
// decrypts with the Plan alone; the worker needs the Plan and the Prefix.
//
// Two kinds of plan exist (DESIGN section 7):
//
//   - keyless: one linear map and at most one square. The user sends every input of a window in its own ciphertext,
//     so that no slot ever moves, and decrypts the square without relinearisation. No evaluation keys at all.
//   - levelled: tensors packed in the slots of one ciphertext, linear maps as sums of rotated diagonals, keys for the
//     rotations of the plan and one relinearisation key.
//
// Either may start from products of input values computed by the user ("quadratic" plans): the first layer, its
// activation, a pool and the next layer are then one linear map.
//
// CKKS is not secure against chosen ciphertexts: verify the worker's receipt before decrypting, and release a
// decrypted value only through package privacy, which floods it first.
package fhe
