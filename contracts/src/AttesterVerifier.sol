// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title Verifier that trusts named attesters.
/// @notice An attester checks a worker's quote off chain and signs the verdict (EIP-712).
contract AttesterVerifier is IAttestationVerifier, EIP712, Ownable2Step {
    /// @notice EIP-712 type of a verdict; quoteHash lets anybody audit the attester later.
    bytes32 public constant VERDICT_TYPEHASH =
        keccak256("Verdict(bytes32 binding,bytes32 workloadId,bytes32 quoteHash,uint64 validUntil)");

    /// @notice Accounts whose verdicts count.
    mapping(address attester => bool) public isAttester;

    /// @notice An attester was added or removed.
    event AttesterSet(address indexed attester, bool allowed);

    /// @notice The verdict is signed by an account that is no attester.
    error NotAttester(address signer);
    /// @notice This verifier charges nothing and would keep what it is sent.
    error NoFeeExpected(uint256 value);

    /// @param owner Account that names the attesters.
    constructor(address owner) EIP712("Encrypted_Compute Attester", "1") Ownable(owner) {}

    /// @notice Adds or removes an attester.
    function setAttester(address attester, bool allowed) external onlyOwner {
        isAttester[attester] = allowed;
        emit AttesterSet(attester, allowed);
    }

    /// @inheritdoc IAttestationVerifier
    /// @dev evidence = abi.encode(bytes32 workloadId, bytes32 quoteHash, uint64 validUntil, bytes signature).
    function verify(bytes32 binding, bytes calldata evidence)
        external
        payable
        returns (bytes32 workloadId, uint64 validUntil)
    {
        if (msg.value != 0) revert NoFeeExpected(msg.value);
        bytes32 quoteHash;
        bytes memory signature;
        (workloadId, quoteHash, validUntil, signature) = abi.decode(evidence, (bytes32, bytes32, uint64, bytes));
        address signer = ECDSA.recover(verdictDigest(binding, workloadId, quoteHash, validUntil), signature);
        if (!isAttester[signer]) revert NotAttester(signer);
    }

    /// @notice What an attester signs.
    function verdictDigest(bytes32 binding, bytes32 workloadId, bytes32 quoteHash, uint64 validUntil)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(VERDICT_TYPEHASH, binding, workloadId, quoteHash, validUntil)));
    }
}
