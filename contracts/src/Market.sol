// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {WorkerRegistry} from "./WorkerRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";

/// @title Escrow of jobs.
/// @notice A job is the EIP-712 digest of its spec. The user pays into escrow; a worker's receipt pays the operator,
/// a creator's delivery pays the creator, and what is not earned in time goes back to the user. All terms are in the
/// spec: nothing is read from changeable settings at settlement but who is a live worker. Payments are credits to be
/// withdrawn. Not upgradeable; a pause stops new jobs and nothing else.
contract Market is EIP712, Ownable2Step, Pausable {
    using SafeERC20 for IERC20;

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

    /// @notice None -> Posted -> Computed -> Delivered; Posted -> Refunded; Computed -> Undelivered.
    enum State {
        None,
        Posted, // both fees in escrow
        Computed, // operator paid, creator's fee in escrow
        Delivered, // creator paid
        Refunded, // no receipt in time: both fees back to the user
        Undelivered // no delivery in time: creator's fee back to the user
    }

    bytes32 public constant JOB_TYPEHASH = keccak256(
        "JobSpec(address user,address creator,bytes32 modelId,bytes32 manifestHash,bytes32 prefixHash,uint32 cut,bytes32 workloadId,uint32 computeMs,uint40 prefixBy,uint40 deliverBy,bytes32 inputHash,bytes32 keysHash,uint96 workerFee,uint96 creatorFee,uint16 feeBps,bytes32 salt)"
    );
    bytes32 public constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 jobId,bytes32 prefixHash,bytes32 keysHash,bytes32 inputHash,bytes32 outputHash,uint32 elapsedMs)"
    );
    bytes32 public constant DELIVERY_TYPEHASH =
        keccak256("Delivery(bytes32 jobId,bytes32 outputHash,bytes32 resultHash)");

    /// @notice Hard limit for the evaluation of a prefix, in milliseconds.
    uint32 public constant MAX_COMPUTE_MS = 60_000;
    /// @notice A receipt's deadline is at most this far from the post, in seconds.
    uint40 public constant MAX_PREFIX_WINDOW = 1 hours;
    /// @notice A delivery's deadline is at most this far from the receipt's, in seconds.
    uint40 public constant MAX_DELIVER_WINDOW = 1 days;
    /// @notice The market's share is at most this, in 1/10000.
    uint16 public constant MAX_FEE_BPS = 1_000;

    IERC20 public immutable token;
    WorkerRegistry public immutable workerRegistry;
    ModelRegistry public immutable modelRegistry;

    /// @notice The market's share that a new job must state, in 1/10000.
    uint16 public feeBps;
    /// @notice Who is credited with the market's share.
    address public feeTo;
    /// @notice What an account may withdraw, in the token's smallest unit.
    mapping(address account => uint256) public credit;
    /// @dev State in the low 8 bits; while Computed, the first 248 bits of the output hash above them.
    mapping(bytes32 jobId => uint256) private _jobs;

    event JobPosted(bytes32 indexed jobId, address indexed user, bytes32 indexed workloadId, JobSpec spec);
    event PrefixComputed(
        bytes32 indexed jobId, address indexed operator, address indexed signer, bytes32 outputHash, uint32 elapsedMs
    );
    event ResultDelivered(bytes32 indexed jobId, bytes32 outputHash, bytes32 resultHash);
    /// @notice The user was credited with amount; state is Refunded or Undelivered.
    event JobRefunded(bytes32 indexed jobId, State state, uint256 amount);
    event Credited(address indexed account, bytes32 indexed jobId, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);
    event FeeSet(uint16 feeBps, address feeTo);

    /// @notice The job is in a state that does not allow this.
    error InvalidState(bytes32 jobId, State state);
    /// @notice Only the spec's user may post it.
    error NotUser(address user, address caller);
    error InvalidComputeLimit(uint32 computeMs);
    /// @notice A deadline of the spec is outside of its window (Unix seconds).
    error InvalidDeadline(uint256 deadline, uint256 earliest, uint256 latest);
    error WrongFeeBps(uint16 expected, uint16 got);
    /// @notice The model is unknown or takes no new jobs.
    error ModelNotActive(bytes32 modelId);
    error WrongCreator(address expected, address got);
    error WrongManifest(bytes32 expected, bytes32 got);
    error CutNotOffered(bytes32 modelId, uint32 cut);
    /// @notice The creator's fee is below the price.
    error WrongPrice(uint96 price, uint96 got);
    error WorkloadNotAllowed(bytes32 workloadId);
    error DeadlinePassed(uint40 deadline);
    error DeadlineNotPassed(uint40 deadline);
    error ComputeLimitExceeded(uint32 elapsedMs, uint32 computeMs);
    error EmptyOutputHash();
    error WrongOutputHash(bytes32 outputHash);
    /// @notice The receipt is not by a live worker of the job's workload.
    error NotLiveWorker(address signer, bytes32 workloadId);
    /// @notice The delivery is not signed by the job's creator.
    error NotSignedByCreator(address creator);
    error NothingToWithdraw(address account);
    error InvalidFee(uint16 feeBps, address feeTo);

    /// @param owner Account that sets the fee and may pause new jobs.
    /// @param token_ The only money; it must not charge transfers.
    constructor(
        address owner,
        IERC20 token_,
        WorkerRegistry workerRegistry_,
        ModelRegistry modelRegistry_,
        uint16 feeBps_,
        address feeTo_
    ) EIP712("Encrypted_Compute", "1") Ownable(owner) {
        token = token_;
        workerRegistry = workerRegistry_;
        modelRegistry = modelRegistry_;
        _setFee(feeBps_, feeTo_);
    }

    /// @notice Posts a job of the caller and takes both fees into escrow.
    /// @return id The job's id.
    function post(JobSpec calldata spec) public whenNotPaused returns (bytes32 id) {
        id = jobId(spec);
        if (state(id) != State.None) revert InvalidState(id, state(id));
        if (spec.user != msg.sender) revert NotUser(spec.user, msg.sender);
        _checkTerms(spec);
        _checkOffer(spec);
        _jobs[id] = uint256(State.Posted);
        emit JobPosted(id, spec.user, spec.workloadId, spec);
        token.safeTransferFrom(msg.sender, address(this), _escrow(spec));
    }

    /// @notice Posts a job with an ERC-2612 permit of exactly its escrow.
    /// @dev Somebody may have used the permit already; then the allowance is there and the post goes on.
    function postWithPermit(JobSpec calldata spec, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (bytes32 id)
    {
        try IERC20Permit(address(token)).permit(msg.sender, address(this), _escrow(spec), deadline, v, r, s) {} catch {}
        return post(spec);
    }

    /// @notice Settles the prefix by a worker's receipt and credits its operator. Anybody may relay.
    /// @param spec The job.
    /// @param outputHash Digest of the output ciphertext.
    /// @param elapsedMs The worker's own measurement.
    /// @param signature By the worker's receipt key over receiptDigest.
    function submitReceipt(JobSpec calldata spec, bytes32 outputHash, uint32 elapsedMs, bytes calldata signature)
        external
    {
        bytes32 id = jobId(spec);
        if (state(id) != State.Posted) revert InvalidState(id, state(id));
        if (block.timestamp > spec.prefixBy) revert DeadlinePassed(spec.prefixBy);
        if (elapsedMs > spec.computeMs) revert ComputeLimitExceeded(elapsedMs, spec.computeMs);
        if (outputHash == 0) revert EmptyOutputHash();
        address signer = ECDSA.recover(_receiptDigest(id, spec, outputHash, elapsedMs), signature);
        address operator = workerRegistry.liveOperator(signer, spec.workloadId);
        if (operator == address(0)) revert NotLiveWorker(signer, spec.workloadId);
        _jobs[id] = (uint256(outputHash) & ~uint256(0xff)) | uint256(State.Computed);
        emit PrefixComputed(id, operator, signer, outputHash, elapsedMs);
        _pay(id, operator, spec.workerFee, spec.feeBps);
    }

    /// @notice Settles the result by the creator's delivery and credits the creator. Anybody may relay.
    /// @param spec The job.
    /// @param outputHash Digest of the output ciphertext that the receipt named.
    /// @param resultHash Digest of the sealed result.
    /// @param signature By the creator over deliveryDigest; a contract's by ERC-1271.
    function deliver(JobSpec calldata spec, bytes32 outputHash, bytes32 resultHash, bytes calldata signature) external {
        bytes32 id = jobId(spec);
        if (state(id) != State.Computed) revert InvalidState(id, state(id));
        if (block.timestamp > spec.deliverBy) revert DeadlinePassed(spec.deliverBy);
        if ((uint256(outputHash) ^ _jobs[id]) >> 8 != 0) revert WrongOutputHash(outputHash);
        bytes32 digest = deliveryDigest(id, outputHash, resultHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(spec.creator, digest, signature)) {
            revert NotSignedByCreator(spec.creator);
        }
        _jobs[id] = uint256(State.Delivered);
        emit ResultDelivered(id, outputHash, resultHash);
        _pay(id, spec.creator, spec.creatorFee, spec.feeBps);
    }

    /// @notice Credits the user with what was not earned in time. Anybody may call.
    function refund(JobSpec calldata spec) external {
        bytes32 id = jobId(spec);
        State from = state(id);
        if (from != State.Posted && from != State.Computed) revert InvalidState(id, from);
        bool whole = from == State.Posted;
        uint40 deadline = whole ? spec.prefixBy : spec.deliverBy;
        if (block.timestamp <= deadline) revert DeadlineNotPassed(deadline);
        State to = whole ? State.Refunded : State.Undelivered;
        uint256 amount = whole ? _escrow(spec) : spec.creatorFee;
        _jobs[id] = uint256(to);
        emit JobRefunded(id, to, amount);
        _credit(id, spec.user, amount);
    }

    /// @notice Pays out the caller's credit.
    /// @return amount In the token's smallest unit.
    function withdraw(address to) external returns (uint256 amount) {
        amount = credit[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @notice Sets the market's share for jobs to come, and who gets the share of all jobs.
    function setFee(uint16 feeBps_, address feeTo_) external onlyOwner {
        _setFee(feeBps_, feeTo_);
    }

    /// @notice Stops new jobs. Receipts, deliveries, refunds and withdrawals go on.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Allows new jobs again.
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @notice The id of a job: the EIP-712 digest of its spec.
    /// @dev abi.encode of the struct equals EIP-712's encodeData only while every field is static.
    function jobId(JobSpec calldata spec) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(JOB_TYPEHASH, spec)));
    }

    /// @notice The state of a job.
    function state(bytes32 id) public view returns (State) {
        return State(uint8(_jobs[id]));
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

    function _checkTerms(JobSpec calldata spec) private view {
        if (spec.computeMs == 0 || spec.computeMs > MAX_COMPUTE_MS) revert InvalidComputeLimit(spec.computeMs);
        _checkDeadline(spec.prefixBy, block.timestamp, MAX_PREFIX_WINDOW);
        _checkDeadline(spec.deliverBy, spec.prefixBy, MAX_DELIVER_WINDOW);
        if (spec.feeBps != feeBps) revert WrongFeeBps(feeBps, spec.feeBps);
        if (!workerRegistry.workloadAllowed(spec.workloadId)) revert WorkloadNotAllowed(spec.workloadId);
    }

    function _checkOffer(JobSpec calldata spec) private view {
        ModelRegistry.Model memory model = modelRegistry.model(spec.modelId);
        if (!model.active) revert ModelNotActive(spec.modelId);
        if (model.creator != spec.creator) revert WrongCreator(model.creator, spec.creator);
        if (model.manifestHash != spec.manifestHash) revert WrongManifest(model.manifestHash, spec.manifestHash);
        uint96 price = modelRegistry.priceOf(spec.modelId, spec.cut);
        if (price == 0) revert CutNotOffered(spec.modelId, spec.cut);
        if (spec.creatorFee < price) revert WrongPrice(price, spec.creatorFee);
    }

    function _checkDeadline(uint256 deadline, uint256 from, uint256 window) private pure {
        if (deadline <= from || deadline > from + window) revert InvalidDeadline(deadline, from + 1, from + window);
    }

    function _receiptDigest(bytes32 id, JobSpec calldata spec, bytes32 outputHash, uint32 elapsedMs)
        private
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(RECEIPT_TYPEHASH, id, spec.prefixHash, spec.keysHash, spec.inputHash, outputHash, elapsedMs)
            )
        );
    }

    function _escrow(JobSpec calldata spec) private pure returns (uint256) {
        return uint256(spec.workerFee) + spec.creatorFee;
    }

    function _setFee(uint16 feeBps_, address feeTo_) private {
        if (feeBps_ > MAX_FEE_BPS || feeTo_ == address(0)) revert InvalidFee(feeBps_, feeTo_);
        feeBps = feeBps_;
        feeTo = feeTo_;
        emit FeeSet(feeBps_, feeTo_);
    }

    function _pay(bytes32 id, address to, uint256 gross, uint256 bps) private {
        uint256 fee = gross * bps / 10_000;
        _credit(id, to, gross - fee);
        _credit(id, feeTo, fee);
    }

    function _credit(bytes32 id, address to, uint256 amount) private {
        if (amount == 0) return;
        credit[to] += amount;
        emit Credited(to, id, amount);
    }
}
