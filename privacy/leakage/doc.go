// Package leakage measures what the receiver of an intermediate learns about the input, and
// what hiding it costs in accuracy: the numbers of a leakage sheet.
//
// The attacker is the creator, who knows the prefix and owns records of the same kind as the
// user's (Subject.Train). What is released is y = quantize(clip(P (z - mean)) + noise), of the
// intermediate z, with a Projection P to a few coefficients and a Mechanism for the rest. Three
// kinds of figure come out, and a Sheet keeps them apart:
//
//   - attacks that were run (a linear estimate, a trained decoder, a search by gradients, a match
//     against known records): lower bounds, better attacks may exist;
//   - a cap on the bits a release can carry, for every attacker, on average over the records:
//     it exists only with noise;
//   - estimates under a Gaussian model, to compare cuts by: rank, degrees of freedom, dFIL.
//     The reciprocal of dFIL is not a floor for an attacker with prior knowledge (Maeng et al.,
//     arXiv 2305.04146, bound unbiased ones only), so the sheet does not show it as one.
//
// Everything is a function of the subject, the mechanism and a seed: bit for bit on one machine,
// whatever the number of its cores.
package leakage
