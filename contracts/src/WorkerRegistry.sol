// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DelayedList} from "./DelayedList.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title Register of attested workers.
/// @notice A worker is known by its signer, the account of its receipt key. It is live while its evidence is valid
/// and its workload is allowed. A revoked signer never comes back. What the owner allows counts after a delay, what the
/// owner takes away is gone at once.
contract WorkerRegistry is Ownable2Step {
    using DelayedList for DelayedList.List;

    /// @notice One registered worker.
    struct Worker {
        address operator; // who is paid for its receipts
        uint64 validUntil; // Unix seconds, last second of its evidence
        bytes32 workloadId; // what the evidence proved
        bytes32 sealingKeyHash; // keccak256 of its HPKE public key
    }

    /// @notice Evidence that claims to hold longer than this is refused.
    uint64 public constant MAX_VALIDITY = 30 days;

    /// @notice EIP-712 style type of what a worker's evidence vouches for; see bindingOf.
    bytes32 public constant WORKER_TYPEHASH =
        keccak256("Worker(uint256 chainId,address registry,address operator,address signer,bytes32 sealingKeyHash)");

    /// @notice Seconds from allowing a workload or verifier until it counts.
    uint64 public immutable delay;

    DelayedList.List private _workloads; // measurements that may answer jobs
    DelayedList.List private _verifiers; // whose word is taken
    /// @notice Tombstones: old evidence must not bring a revoked key back.
    mapping(address signer => bool) public revoked;
    mapping(address signer => Worker) private _workers;

    /// @notice A workload was allowed from a time on, or (0) disallowed; source says where its code is.
    event WorkloadSet(bytes32 indexed workloadId, uint64 allowedFrom, string source);
    /// @notice A verifier was allowed from a time on, or (0) disallowed.
    event VerifierSet(IAttestationVerifier indexed verifier, uint64 allowedFrom);
    /// @notice A worker was registered, or its registration renewed.
    event WorkerRegistered(
        address indexed operator,
        address indexed signer,
        bytes32 indexed workloadId,
        uint64 validUntil,
        bytes32 sealingKeyHash,
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

    /// @notice Makes an empty register.
    /// @param owner Account that allows workloads and verifiers.
    /// @param delay_ Seconds until what it allows counts; 0 for development only.
    constructor(address owner, uint64 delay_) Ownable(owner) {
        delay = delay_;
    }

    /// @notice Allows a workload after the delay, or disallows it; then its workers stop being live at once.
    function setWorkload(bytes32 workloadId, bool allowed, string calldata source) external onlyOwner {
        emit WorkloadSet(workloadId, _workloads.set(workloadId, allowed, delay), source);
    }

    /// @notice Allows a verifier for registrations after the delay, or disallows it at once.
    function setVerifier(IAttestationVerifier verifier, bool allowed) external onlyOwner {
        emit VerifierSet(verifier, _verifiers.set(_item(verifier), allowed, delay));
    }

    /// @notice Registers or renews a worker. Anybody may call: the evidence names operator and keys.
    /// @param operator Account that is paid.
    /// @param signer Account of the worker's receipt key.
    /// @param sealingKeyHash keccak256 of the worker's HPKE public key.
    /// @param verifier Who checks the evidence; it receives msg.value.
    /// @param evidence In the verifier's format.
    function register(
        address operator,
        address signer,
        bytes32 sealingKeyHash,
        IAttestationVerifier verifier,
        bytes calldata evidence
    ) external payable {
        if (operator == address(0)) revert InvalidOperator(operator);
        if (signer == address(0)) revert InvalidSigner(signer);
        if (!verifierAllowed(verifier)) revert VerifierNotAllowed(verifier);
        (bytes32 workloadId, uint64 validUntil) =
            verifier.verify{value: msg.value}(bindingOf(operator, signer, sealingKeyHash), evidence);
        _checkNewer(operator, signer, workloadId, validUntil);
        _workers[signer] = Worker(operator, validUntil, workloadId, sealingKeyHash);
        emit WorkerRegistered(operator, signer, workloadId, validUntil, sealingKeyHash, verifier);
    }

    /// @notice Revokes a signer for good. The owner may revoke a signer before it is ever registered.
    function revoke(address signer) external {
        if (msg.sender != owner() && msg.sender != _workers[signer].operator) revert NotOperatorOrOwner(msg.sender);
        if (revoked[signer]) revert SignerRevoked(signer);
        revoked[signer] = true;
        emit WorkerRevoked(signer, msg.sender);
    }

    /// @notice What evidence must vouch for, so that it cannot be used for other keys, operators, registries or chains.
    function bindingOf(address operator, address signer, bytes32 sealingKeyHash) public view returns (bytes32) {
        return keccak256(abi.encode(WORKER_TYPEHASH, block.chainid, address(this), operator, signer, sealingKeyHash));
    }

    /// @notice Whether a workload may answer jobs now.
    function workloadAllowed(bytes32 workloadId) public view returns (bool) {
        return _workloads.has(workloadId);
    }

    /// @notice Unix seconds: first second at which a workload may answer jobs; 0: never.
    function workloadAllowedFrom(bytes32 workloadId) external view returns (uint64) {
        return _workloads.from[workloadId];
    }

    /// @notice Whether a verifier's word is taken now.
    function verifierAllowed(IAttestationVerifier verifier) public view returns (bool) {
        return _verifiers.has(_item(verifier));
    }

    /// @notice The operator to pay for a receipt of signer, or zero unless signer is a live worker of the workload.
    function liveOperator(address signer, bytes32 workloadId) external view returns (address) {
        Worker storage w = _workers[signer];
        bool live = w.workloadId == workloadId && block.timestamp <= w.validUntil && !revoked[signer]
            && workloadAllowed(workloadId);
        return live ? w.operator : address(0);
    }

    /// @notice The last registration of signer; all zero if there is none.
    function worker(address signer) external view returns (Worker memory) {
        return _workers[signer];
    }

    function _item(IAttestationVerifier verifier) private pure returns (bytes32) {
        return bytes32(uint256(uint160(address(verifier))));
    }

    function _checkNewer(address operator, address signer, bytes32 workloadId, uint64 validUntil) private view {
        if (!workloadAllowed(workloadId)) revert WorkloadNotAllowed(workloadId);
        if (revoked[signer]) revert SignerRevoked(signer);
        if (validUntil < block.timestamp) revert EvidenceExpired(validUntil);
        uint64 latest = uint64(block.timestamp) + MAX_VALIDITY;
        if (validUntil > latest) revert EvidenceTooLong(validUntil, latest);
        Worker storage held = _workers[signer];
        if (held.operator != address(0) && held.operator != operator) revert SignerTaken(signer, held.operator);
        if (validUntil <= held.validUntil) revert EvidenceNotNewer(validUntil, held.validUntil);
    }
}
