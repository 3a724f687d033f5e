// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title What the parties of a job sign.
/// @notice EIP-712 under the domain "Encrypted_Compute", version 1; the same strings stand in the Go and browser clients.
abstract contract Statements is EIP712 {
    /// @notice What a job asks and pays. It names a workload: any live worker of it may answer.
    struct JobSpec {
        address user; // pays, and gets refunds
        address creator; // paid for the result
        bytes32 modelId;
        bytes32 manifestHash;
        bytes32 prefixHash;
        uint32 cut;
        bytes32 workloadId;
        uint32 computeMs; // limit for the prefix, at most MAX_COMPUTE_MS
        uint40 prefixBy; // Unix seconds: last second a receipt counts
        uint40 deliverBy; // Unix seconds: last second a delivery counts
        bytes32 inputHash;
        bytes32 keysHash; // zero for a keyless plan
        uint96 workerFee; // gross, in the token's smallest unit
        uint96 creatorFee; // gross, at least the price of the cut
        uint16 feeBps; // the market's share of both fees, in 1/10000
        bytes32 salt; // tells equal jobs apart
    }

    /// @notice EIP-712 type of a job's terms.
    bytes32 public constant JOB_TYPEHASH = keccak256(
        "JobSpec(address user,address creator,bytes32 modelId,bytes32 manifestHash,bytes32 prefixHash,uint32 cut,bytes32 workloadId,uint32 computeMs,uint40 prefixBy,uint40 deliverBy,bytes32 inputHash,bytes32 keysHash,uint96 workerFee,uint96 creatorFee,uint16 feeBps,bytes32 salt)"
    );
    /// @notice EIP-712 type of a worker's word that it computed.
    bytes32 public constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 jobId,bytes32 prefixHash,bytes32 keysHash,bytes32 inputHash,bytes32 outputHash,uint32 elapsedMs)"
    );
    /// @notice EIP-712 type of a creator's word for a result.
    bytes32 public constant DELIVERY_TYPEHASH =
        keccak256("Delivery(bytes32 jobId,bytes32 outputHash,bytes32 resultHash)");
    /// @notice EIP-712 type of a user's word that a result came.
    bytes32 public constant ACKNOWLEDGEMENT_TYPEHASH = keccak256("Acknowledgement(bytes32 jobId,bytes32 resultHash)");
    /// @notice EIP-712 type of a relay's word that a result is there to be fetched.
    bytes32 public constant TRANSFER_TYPEHASH = keccak256("Transfer(bytes32 jobId,bytes32 resultHash)");

    constructor() EIP712("Encrypted_Compute", "1") {}

    /// @notice The id of a job: the EIP-712 digest of its spec.
    /// @dev abi.encode of the struct equals EIP-712's encodeData only while every field is static.
    function jobId(JobSpec calldata spec) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(JOB_TYPEHASH, spec)));
    }

    /// @notice What a worker signs.
    function receiptDigest(JobSpec calldata spec, bytes32 outputHash, uint32 elapsedMs)
        external
        view
        returns (bytes32)
    {
        return _receiptDigest(jobId(spec), spec, outputHash, elapsedMs);
    }

    /// @notice What a creator signs.
    function deliveryDigest(bytes32 id, bytes32 outputHash, bytes32 resultHash) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(DELIVERY_TYPEHASH, id, outputHash, resultHash)));
    }

    /// @notice What a user signs who has opened the result.
    function acknowledgementDigest(bytes32 id, bytes32 resultHash) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ACKNOWLEDGEMENT_TYPEHASH, id, resultHash)));
    }

    /// @notice What a relay signs that holds the sealed result for the user to fetch.
    function transferDigest(bytes32 id, bytes32 resultHash) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(TRANSFER_TYPEHASH, id, resultHash)));
    }

    function _receiptDigest(bytes32 id, JobSpec calldata spec, bytes32 outputHash, uint32 elapsedMs)
        internal
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(RECEIPT_TYPEHASH, id, spec.prefixHash, spec.keysHash, spec.inputHash, outputHash, elapsedMs)
            )
        );
    }
}
