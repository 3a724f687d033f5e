// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Statements} from "./Statements.sol";
import {WorkerRegistry} from "./WorkerRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";

/// @title Escrow of jobs.
/// @notice A job is the EIP-712 digest of its spec. The user pays into escrow; a worker's receipt pays the operator, a
/// creator's delivery that the user acknowledges pays the creator, and what is not earned in time goes back to the user.
/// A delivery without acknowledgement pays after a window in which the user may contest it: a hash on chain proves no
/// delivery. All terms are in the spec: nothing is read from changeable settings at settlement but who is a live worker
/// or a relay. Payments are credits to be withdrawn. Not upgradeable; a pause stops new jobs and nothing else.
contract Market is Statements, Ownable2Step, Pausable {
    using SafeERC20 for IERC20;

    /// @notice None -> Posted -> Computed -> Delivered; Posted -> Refunded; Computed -> Undelivered; without the user's
    /// acknowledgement Computed -> Claimed -> Delivered, or Claimed -> Contested -> Delivered or Undelivered.
    enum State {
        None,
        Posted, // both fees in escrow
        Computed, // operator paid, creator's fee in escrow
        Delivered, // creator paid
        Refunded, // no receipt in time: both fees back to the user
        Undelivered, // no delivery: creator's fee back to the user
        Claimed, // the creator named a result; its fee waits for the user's word or the end of the window
        Contested // the user says that no result came, and put up a bond
    }

    /// @notice The arguments of submitReceipt, for batches.
    struct SignedReceipt {
        JobSpec spec;
        bytes32 outputHash;
        uint32 elapsedMs;
        bytes signature;
    }

    /// @notice The arguments of deliver, for batches.
    struct SignedDelivery {
        JobSpec spec;
        bytes32 outputHash;
        bytes32 resultHash;
        bytes signature;
        bytes acknowledgement;
    }

    /// @notice Hard limit for the evaluation of a prefix, in milliseconds.
    uint32 public constant MAX_COMPUTE_MS = 60_000;
    /// @notice A receipt's deadline is at most this far from the post, in seconds.
    uint40 public constant MAX_PREFIX_WINDOW = 1 hours;
    /// @notice A delivery's deadline is at most this far from the receipt's, in seconds.
    uint40 public constant MAX_DELIVER_WINDOW = 1 days;
    /// @notice Seconds after a claim in which the user may contest it.
    uint40 public constant CONTEST_WINDOW = 1 hours;
    /// @notice Seconds after a contest in which a relay's word for the transfer counts.
    uint40 public constant TRANSFER_WINDOW = 1 hours;
    /// @notice The market's share is at most this, in 1/10000.
    uint16 public constant MAX_FEE_BPS = 1_000;

    /// @notice The only money.
    IERC20 public immutable token;
    /// @notice Says whose receipts count.
    WorkerRegistry public immutable workerRegistry;
    /// @notice Says what models cost, and who is paid for them.
    ModelRegistry public immutable modelRegistry;

    /// @notice The market's share that a new job must state, in 1/10000.
    uint16 public feeBps;
    /// @notice Who is credited with the market's share.
    address public feeTo;
    /// @notice Hosts whose word counts that a result was handed over.
    mapping(address host => bool) public isRelay;
    /// @notice What an account may withdraw, in the token's smallest unit.
    mapping(address account => uint256) public credit;
    /// @dev State in the low 8 bits. Above them, while Computed, the first 248 bits of the output hash; while Claimed or
    /// Contested, 40 bits of the time at which the window ends and the first 208 bits of the result hash.
    mapping(bytes32 jobId => uint256) private _jobs;

    /// @notice A job's fees are in escrow.
    event JobPosted(bytes32 indexed jobId, address indexed user, bytes32 indexed workloadId, JobSpec spec);
    /// @notice A receipt was accepted, and the operator credited.
    event PrefixComputed(
        bytes32 indexed jobId, address indexed operator, address indexed signer, bytes32 outputHash, uint32 elapsedMs
    );
    /// @notice The creator named a result; acknowledged says whether the user confirmed it at once.
    event ResultDelivered(bytes32 indexed jobId, bytes32 outputHash, bytes32 resultHash, bool acknowledged);
    /// @notice A claimed or contested result was paid for: the user or a relay vouched for it, or nobody contested it.
    event ResultSettled(bytes32 indexed jobId);
    /// @notice The user says that no result came; a relay has until the given time to show the transfer.
    event ResultContested(bytes32 indexed jobId, uint40 until, uint256 bond);
    /// @notice One of a batch could not be done; the others were. reason is the error that it gave.
    event Skipped(bytes32 indexed jobId, bytes reason);
    /// @notice A host's word for a transfer counts from now on, or no longer.
    event RelaySet(address indexed host, bool allowed);
    /// @notice The user was credited with amount; state is Refunded or Undelivered.
    event JobRefunded(bytes32 indexed jobId, State state, uint256 amount);
    /// @notice An account may withdraw that much more.
    event Credited(address indexed account, bytes32 indexed jobId, uint256 amount);
    /// @notice An account's whole credit was paid out.
    event Withdrawn(address indexed account, address indexed to, uint256 amount);
    /// @notice Jobs to come pay this share to feeTo.
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
    error WrongResultHash(bytes32 resultHash);
    /// @notice The acknowledgement is not signed by the job's user.
    error NotSignedByUser(address user);
    /// @notice The transfer receipt is not signed by a relay.
    error NotRelay(address signer);
    /// @notice The receipt is not by a live worker of the job's workload.
    error NotLiveWorker(address signer, bytes32 workloadId);
    /// @notice The delivery is not signed by the job's creator.
    error NotSignedByCreator(address creator);
    error NothingToWithdraw(address account);
    error InvalidFee(uint16 feeBps, address feeTo);

    /// @notice Makes a market without jobs.
    /// @param owner Account that sets the fee and may pause new jobs.
    /// @param token_ The only money; it must not charge transfers.
    constructor(
        address owner,
        IERC20 token_,
        WorkerRegistry workerRegistry_,
        ModelRegistry modelRegistry_,
        uint16 feeBps_,
        address feeTo_
    ) Ownable(owner) {
        token = token_;
        workerRegistry = workerRegistry_;
        modelRegistry = modelRegistry_;
        _setFee(feeBps_, feeTo_);
    }

    /// @notice Posts a job of the caller and takes both fees into escrow.
    /// @return id The job's id.
    function post(JobSpec calldata spec) public whenNotPaused returns (bytes32 id) {
        id = _post(spec);
        token.safeTransferFrom(msg.sender, address(this), _escrow(spec));
    }

    /// @notice Posts several jobs of the caller with one payment; all or none.
    /// @return ids The jobs' ids, in order.
    function postMany(JobSpec[] calldata specs) external whenNotPaused returns (bytes32[] memory ids) {
        ids = new bytes32[](specs.length);
        uint256 sum;
        for (uint256 i; i < specs.length; ++i) {
            ids[i] = _post(specs[i]);
            sum += _escrow(specs[i]);
        }
        token.safeTransferFrom(msg.sender, address(this), sum);
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
        bytes32 id = _expect(spec, State.Posted);
        if (block.timestamp > spec.prefixBy) revert DeadlinePassed(spec.prefixBy);
        if (elapsedMs > spec.computeMs) revert ComputeLimitExceeded(elapsedMs, spec.computeMs);
        if (outputHash == 0) revert EmptyOutputHash();
        address signer = ECDSA.recover(_receiptDigest(id, spec, outputHash, elapsedMs), signature);
        address operator = workerRegistry.liveOperator(signer, spec.workloadId);
        if (operator == address(0)) revert NotLiveWorker(signer, spec.workloadId);
        _jobs[id] = (uint256(outputHash) & ~uint256(0xff)) | uint256(State.Computed);
        emit PrefixComputed(id, operator, signer, outputHash, elapsedMs);
        _credit(id, operator, spec.workerFee - _share(spec.workerFee, spec.feeBps));
    }

    /// @notice Settles many receipts. One that cannot be settled, for instance because somebody was faster, is skipped.
    function submitReceipts(SignedReceipt[] calldata list) external {
        for (uint256 i; i < list.length; ++i) {
            SignedReceipt calldata r = list[i];
            try this.submitReceipt(r.spec, r.outputHash, r.elapsedMs, r.signature) {}
            catch (bytes memory reason) {
                emit Skipped(jobId(r.spec), reason);
            }
        }
    }

    /// @notice Settles the result by the creator's delivery. With the user's acknowledgement the creator is credited at
    /// once, without it after CONTEST_WINDOW. Anybody may relay.
    /// @param spec The job.
    /// @param outputHash Digest of the output ciphertext that the receipt named.
    /// @param resultHash Digest of the sealed result.
    /// @param signature By the creator over deliveryDigest; a contract's by ERC-1271.
    /// @param acknowledgement By the user over acknowledgementDigest; a contract's by ERC-1271; empty: none.
    function deliver(
        JobSpec calldata spec,
        bytes32 outputHash,
        bytes32 resultHash,
        bytes calldata signature,
        bytes calldata acknowledgement
    ) external {
        bytes32 id = _expect(spec, State.Computed);
        if (block.timestamp > spec.deliverBy) revert DeadlinePassed(spec.deliverBy);
        if ((uint256(outputHash) ^ _jobs[id]) >> 8 != 0) revert WrongOutputHash(outputHash);
        bytes32 digest = deliveryDigest(id, outputHash, resultHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(spec.creator, digest, signature)) {
            revert NotSignedByCreator(spec.creator);
        }
        bool acknowledged = acknowledgement.length != 0;
        emit ResultDelivered(id, outputHash, resultHash, acknowledged);
        if (acknowledged) {
            _checkAcknowledgement(id, spec, resultHash, acknowledgement);
            _settle(id, spec, 0);
        } else {
            _wait(id, State.Claimed, CONTEST_WINDOW, resultHash);
        }
    }

    /// @notice Settles many deliveries. One that cannot be settled is skipped.
    function deliverMany(SignedDelivery[] calldata list) external {
        for (uint256 i; i < list.length; ++i) {
            SignedDelivery calldata d = list[i];
            try this.deliver(d.spec, d.outputHash, d.resultHash, d.signature, d.acknowledgement) {}
            catch (bytes memory reason) {
                emit Skipped(jobId(d.spec), reason);
            }
        }
    }

    /// @notice Credits the creator of a claimed or contested result that the user confirms. Anybody may relay.
    /// @param acknowledgement By the user over acknowledgementDigest; a contract's by ERC-1271.
    function acknowledge(JobSpec calldata spec, bytes32 resultHash, bytes calldata acknowledgement) external {
        bytes32 id = jobId(spec);
        State from = state(id);
        if (from != State.Claimed && from != State.Contested) revert InvalidState(id, from);
        _checkResult(id, resultHash);
        _checkAcknowledgement(id, spec, resultHash, acknowledgement);
        emit ResultSettled(id);
        _settle(id, spec, 0);
        if (from == State.Contested) _credit(id, spec.user, bondOf(spec));
    }

    /// @notice Credits the creator of a claimed result that nobody contested in time. Anybody may call.
    function settle(JobSpec calldata spec) external {
        bytes32 id = _expect(spec, State.Claimed);
        uint40 until = _until(id);
        if (block.timestamp <= until) revert DeadlineNotPassed(until);
        emit ResultSettled(id);
        _settle(id, spec, 0);
    }

    /// @notice The user says that no result came, and puts up a bond of bondOf(spec). It goes to the creator if a relay
    /// shows the transfer in time, and comes back with the creator's fee if none does.
    function contest(JobSpec calldata spec) external {
        if (spec.user != msg.sender) revert NotUser(spec.user, msg.sender);
        bytes32 id = _expect(spec, State.Claimed);
        uint40 until = _until(id);
        if (block.timestamp > until) revert DeadlinePassed(until);
        bytes32 result = bytes32(_jobs[id] & ~uint256(type(uint48).max));
        uint256 bond = bondOf(spec);
        emit ResultContested(id, _wait(id, State.Contested, TRANSFER_WINDOW, result), bond);
        token.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @notice Credits the creator of a contested result, with the user's bond, by a relay's word for the transfer.
    /// @param signature By a relay over transferDigest.
    function submitTransfer(JobSpec calldata spec, bytes32 resultHash, bytes calldata signature) external {
        bytes32 id = _expect(spec, State.Contested);
        uint40 until = _until(id);
        if (block.timestamp > until) revert DeadlinePassed(until);
        _checkResult(id, resultHash);
        address signer = ECDSA.recover(transferDigest(id, resultHash), signature);
        if (!isRelay[signer]) revert NotRelay(signer);
        emit ResultSettled(id);
        _settle(id, spec, bondOf(spec));
    }

    /// @notice Credits the user with what was not earned in time. Anybody may call.
    function refund(JobSpec calldata spec) external {
        bytes32 id = jobId(spec);
        State from = state(id);
        if (from != State.Posted && from != State.Computed && from != State.Contested) revert InvalidState(id, from);
        uint40 deadline = from == State.Posted ? spec.prefixBy : from == State.Computed ? spec.deliverBy : _until(id);
        if (block.timestamp <= deadline) revert DeadlineNotPassed(deadline);
        State to = from == State.Posted ? State.Refunded : State.Undelivered;
        uint256 amount = spec.creatorFee;
        if (from == State.Posted) amount += spec.workerFee;
        if (from == State.Contested) amount += bondOf(spec);
        _jobs[id] = uint256(to);
        emit JobRefunded(id, to, amount);
        _credit(id, spec.user, amount);
        if (to == State.Undelivered) _credit(id, feeTo, _share(spec.workerFee, spec.feeBps));
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

    /// @notice Names or removes a host whose word counts that a result was handed over.
    function setRelay(address host, bool allowed) external onlyOwner {
        isRelay[host] = allowed;
        emit RelaySet(host, allowed);
    }

    /// @notice Stops new jobs. Receipts, deliveries, refunds and withdrawals go on.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Allows new jobs again.
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @notice The state of a job.
    function state(bytes32 id) public view returns (State) {
        return State(uint8(_jobs[id]));
    }

    /// @notice What contesting a result takes: half the creator's fee, in the token's smallest unit.
    function bondOf(JobSpec calldata spec) public pure returns (uint256) {
        return spec.creatorFee / 2;
    }

    /// @notice Unix seconds: last second of the window that a claimed or contested job is in; 0 in other states.
    function windowEnd(bytes32 id) external view returns (uint40) {
        State s = state(id);
        return s == State.Claimed || s == State.Contested ? _until(id) : 0;
    }

    function _post(JobSpec calldata spec) private returns (bytes32 id) {
        id = _expect(spec, State.None);
        if (spec.user != msg.sender) revert NotUser(spec.user, msg.sender);
        _checkTerms(spec);
        _checkOffer(spec);
        _jobs[id] = uint256(State.Posted);
        emit JobPosted(id, spec.user, spec.workloadId, spec);
    }

    function _expect(JobSpec calldata spec, State want) private view returns (bytes32 id) {
        id = jobId(spec);
        if (state(id) != want) revert InvalidState(id, state(id));
    }

    /// @dev Puts a job into a state with a window and returns its last second.
    function _wait(bytes32 id, State to, uint40 window, bytes32 resultHash) private returns (uint40 until) {
        until = uint40(block.timestamp) + window;
        _jobs[id] = (uint256(resultHash) & ~uint256(type(uint48).max)) | (uint256(until) << 8) | uint256(to);
    }

    function _until(bytes32 id) private view returns (uint40) {
        return uint40(_jobs[id] >> 8);
    }

    function _checkResult(bytes32 id, bytes32 resultHash) private view {
        if ((uint256(resultHash) ^ _jobs[id]) >> 48 != 0) revert WrongResultHash(resultHash);
    }

    function _checkAcknowledgement(bytes32 id, JobSpec calldata spec, bytes32 resultHash, bytes calldata signature)
        private
        view
    {
        bytes32 digest = acknowledgementDigest(id, resultHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(spec.user, digest, signature)) {
            revert NotSignedByUser(spec.user);
        }
    }

    /// @dev Ends a job well: pays the creator, with a bond that was lost, and the market's share of both fees.
    function _settle(bytes32 id, JobSpec calldata spec, uint256 bond) private {
        uint256 share = _share(spec.creatorFee, spec.feeBps);
        _jobs[id] = uint256(State.Delivered);
        _credit(id, spec.creator, spec.creatorFee - share + bond);
        _credit(id, feeTo, share + _share(spec.workerFee, spec.feeBps));
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

    function _escrow(JobSpec calldata spec) private pure returns (uint256) {
        return uint256(spec.workerFee) + spec.creatorFee;
    }

    function _setFee(uint16 feeBps_, address feeTo_) private {
        if (feeBps_ > MAX_FEE_BPS || feeTo_ == address(0)) revert InvalidFee(feeBps_, feeTo_);
        feeBps = feeBps_;
        feeTo = feeTo_;
        emit FeeSet(feeBps_, feeTo_);
    }

    function _share(uint256 gross, uint256 bps) private pure returns (uint256) {
        return gross * bps / 10_000;
    }

    function _credit(bytes32 id, address to, uint256 amount) private {
        if (amount == 0) return;
        credit[to] += amount;
        emit Credited(to, id, amount);
    }
}
