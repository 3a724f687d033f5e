// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title Register of attested workers.
/// @notice A worker is known by its signer, the account of its receipt key. It is live while its evidence is valid
/// and its workload is allowed. A revoked signer never comes back.
contract WorkerRegistry is Ownable2Step {
    /// @notice One registered worker.
    struct Worker {
        address operator; // who is paid for its receipts
        uint64 validUntil; // Unix seconds, last second of its evidence
        bytes32 workloadId; // what the evidence proved
        bytes32 sealingKeyHash; // keccak256 of its HPKE public key
    }

    /// @notice Evidence that claims to hold longer than this is refused.
    uint64 public constant MAX_VALIDITY = 30 days;

    /// @notice Workloads (measurements) that may answer jobs.
    mapping(bytes32 workloadId => bool) public workloadAllowed;
    /// @notice Verifiers whose word is taken.
    mapping(IAttestationVerifier verifier => bool) public verifierAllowed;
    /// @notice Tombstones: old evidence must not bring a revoked key back.
    mapping(address signer => bool) public revoked;
    mapping(address signer => Worker) private _workers;

    /// @notice A workload was allowed or disallowed; source says where its code is.
    event WorkloadSet(bytes32 indexed workloadId, bool allowed, string source);
    /// @notice A verifier was allowed or disallowed.
    event VerifierSet(IAttestationVerifier indexed verifier, bool allowed);
    /// @notice A worker was registered, or its registration renewed.
    event WorkerRegistered(
        address indexed operator,
        address indexed signer,
        bytes32 indexed workloadId,
        uint64 validUntil,
        bytes sealingKey,
        IAttestationVerifier verifier
    );
    /// @notice A signer was revoked for good.
    event WorkerRevoked(address indexed signer, address by);

    error VerifierNotAllowed(IAttestationVerifier verifier);
    error WorkloadNotAllowed(bytes32 workloadId);
    /// @notice The evidence is past its last second.
    error EvidenceExpired(uint64 validUntil);
    /// @notice The evidence claims to hold longer than MAX_VALIDITY.
    error EvidenceTooLong(uint64 validUntil, uint64 latest);
    /// @notice The evidence is no newer than what is registered.
    error EvidenceNotNewer(uint64 validUntil, uint64 registered);
    /// @notice The signer belongs to another operator.
    error SignerTaken(address signer, address operator);
    error SignerRevoked(address signer);
    error InvalidOperator(address operator);
    error InvalidSigner(address signer);
    /// @notice Only the worker's operator and the registry's owner may revoke.
    error NotOperatorOrOwner(address caller);

    /// @param owner Account that allows workloads and verifiers.
    constructor(address owner) Ownable(owner) {}

    /// @notice Allows or disallows a workload; workers of a disallowed one stop being live at once.
    function setWorkload(bytes32 workloadId, bool allowed, string calldata source) external onlyOwner {
        workloadAllowed[workloadId] = allowed;
        emit WorkloadSet(workloadId, allowed, source);
    }

    /// @notice Allows or disallows a verifier for registrations to come.
    function setVerifier(IAttestationVerifier verifier, bool allowed) external onlyOwner {
        verifierAllowed[verifier] = allowed;
        emit VerifierSet(verifier, allowed);
    }

    /// @notice Registers or renews a worker. Anybody may call: the evidence names operator and keys.
    /// @param operator Account that is paid.
    /// @param signer Account of the worker's receipt key.
    /// @param sealingKey The worker's HPKE public key.
    /// @param verifier Who checks the evidence; it receives msg.value.
    /// @param evidence In the verifier's format.
    function register(
        address operator,
        address signer,
        bytes calldata sealingKey,
        IAttestationVerifier verifier,
        bytes calldata evidence
    ) external payable {
        if (operator == address(0)) revert InvalidOperator(operator);
        if (signer == address(0)) revert InvalidSigner(signer);
        if (!verifierAllowed[verifier]) revert VerifierNotAllowed(verifier);
        (bytes32 workloadId, uint64 validUntil) =
            verifier.verify{value: msg.value}(bindingOf(operator, signer, sealingKey), evidence);
        _checkNewer(operator, signer, workloadId, validUntil);
        _workers[signer] = Worker(operator, validUntil, workloadId, keccak256(sealingKey));
        emit WorkerRegistered(operator, signer, workloadId, validUntil, sealingKey, verifier);
    }

    /// @notice Revokes a signer for good. The owner may revoke a signer before it is ever registered.
    function revoke(address signer) external {
        if (msg.sender != owner() && msg.sender != _workers[signer].operator) revert NotOperatorOrOwner(msg.sender);
        if (revoked[signer]) revert SignerRevoked(signer);
        revoked[signer] = true;
        emit WorkerRevoked(signer, msg.sender);
    }

    /// @notice What evidence must vouch for, so that it cannot be used for other keys, operators, registries or chains.
    function bindingOf(address operator, address signer, bytes calldata sealingKey) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), operator, signer, keccak256(sealingKey)));
    }

    /// @notice The operator to pay for a receipt of signer, or zero unless signer is a live worker of the workload.
    function liveOperator(address signer, bytes32 workloadId) external view returns (address) {
        Worker storage w = _workers[signer];
        bool live = w.workloadId == workloadId && block.timestamp <= w.validUntil && !revoked[signer]
            && workloadAllowed[workloadId];
        return live ? w.operator : address(0);
    }

    /// @notice The last registration of signer; all zero if there is none.
    function worker(address signer) external view returns (Worker memory) {
        return _workers[signer];
    }

    function _checkNewer(address operator, address signer, bytes32 workloadId, uint64 validUntil) private view {
        if (!workloadAllowed[workloadId]) revert WorkloadNotAllowed(workloadId);
        if (revoked[signer]) revert SignerRevoked(signer);
        if (validUntil < block.timestamp) revert EvidenceExpired(validUntil);
        uint64 latest = uint64(block.timestamp) + MAX_VALIDITY;
        if (validUntil > latest) revert EvidenceTooLong(validUntil, latest);
        Worker storage held = _workers[signer];
        if (held.operator != address(0) && held.operator != operator) revert SignerTaken(signer, held.operator);
        if (validUntil <= held.validUntil) revert EvidenceNotNewer(validUntil, held.validUntil);
    }
}
