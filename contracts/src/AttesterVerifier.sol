// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {DelayedList} from "./DelayedList.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title Verifier that trusts named attesters.
/// @notice An attester checks a worker's quote off chain and signs the verdict (EIP-712).
contract AttesterVerifier is IAttestationVerifier, EIP712, Ownable2Step {
    using DelayedList for DelayedList.List;

    /// @notice EIP-712 type of a verdict; quoteHash lets anybody audit the attester later.
    bytes32 public constant VERDICT_TYPEHASH =
        keccak256("Verdict(bytes32 binding,bytes32 workloadId,bytes32 quoteHash,uint64 validUntil)");

    /// @notice Seconds from adding an attester until its verdicts count.
    uint64 public immutable delay;

    DelayedList.List private _attesters;

    /// @notice An attester was added from a time on, or (0) removed.
    event AttesterSet(address indexed attester, uint64 allowedFrom);

    /// @notice The verdict is signed by an account that is no attester.
    error NotAttester(address signer);
    /// @notice This verifier charges nothing and would keep what it is sent.
    error NoFeeExpected(uint256 value);

    /// @notice Makes a verifier without attesters.
    /// @param owner Account that names the attesters.
    /// @param delay_ Seconds until one that it adds counts; 0 for development only.
    constructor(address owner, uint64 delay_) EIP712("Encrypted_Compute Attester", "1") Ownable(owner) {
        delay = delay_;
    }

    /// @notice Adds an attester after the delay, or removes one at once.
    function setAttester(address attester, bool allowed) external onlyOwner {
        emit AttesterSet(attester, _attesters.set(_item(attester), allowed, delay));
    }

    /// @notice Whether an account's verdicts count now.
    function isAttester(address attester) public view returns (bool) {
        return _attesters.has(_item(attester));
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
        if (!isAttester(signer)) revert NotAttester(signer);
    }

    /// @notice What an attester signs.
    function verdictDigest(bytes32 binding, bytes32 workloadId, bytes32 quoteHash, uint64 validUntil)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(VERDICT_TYPEHASH, binding, workloadId, quoteHash, validUntil)));
    }

    function _item(address attester) private pure returns (bytes32) {
        return bytes32(uint256(uint160(attester)));
    }
}
