// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Checker of a worker's evidence.
/// @notice Says what the evidence proves; whether that is enough is the WorkerRegistry's policy.
interface IAttestationVerifier {
    /// @notice Checks evidence for one binding; reverts if it proves nothing.
    /// @param binding What the evidence must vouch for: WorkerRegistry.bindingOf(operator, signer, sealingKey).
    /// @param evidence The verifier's own format.
    /// @return workloadId The measurement that runs behind the binding.
    /// @return validUntil Unix seconds: the last second at which the evidence counts.
    function verify(bytes32 binding, bytes calldata evidence)
        external
        payable
        returns (bytes32 workloadId, uint64 validUntil);
}
