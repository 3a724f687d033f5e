// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DelayedList} from "./DelayedList.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title The entry point of Automata's on-chain DCAP verifier, version 1.1.
/// @notice Verifies quotes of Intel's TEEs.
interface IDcapAttestation {
    /// @notice Checks a raw quote up to Intel's root with the collateral on chain.
    /// @return success Whether the quote is genuine and not revoked; not whether its platform is up to date.
    /// @return output Version (uint16), body type (uint16), TCB status (uint8), FMSPC (bytes6), the quote's body, advisories.
    function verifyAndAttestOnChain(bytes calldata rawQuote)
        external
        payable
        returns (bool success, bytes memory output);
}

/// @title Verifier that checks a TDX quote on chain.
/// @notice Trusts Intel and the DCAP verifier, and no attester. RTMR3 cannot be replayed here, since the chain has no
/// SHA-384: which app runs is known from MRCONFIGID, which the platform fixed before the TD started.
contract DcapVerifier is IAttestationVerifier, Ownable2Step {
    using DelayedList for DelayedList.List;

    /// @notice TCB statuses of the DCAP verifier that can be accepted, as bits; bit 0 is UpToDate.
    uint256 public constant UP_TO_DATE = 1;

    uint256 private constant HEADER = 11; // bytes of output before the body
    uint256 private constant TD10_BODY = 584;
    uint256 private constant TD15_BODY = 648;
    uint16 private constant TD10 = 2; // body types
    uint16 private constant TD15 = 3;
    uint8 private constant REVOKED = 6; // TCB statuses from here on are never accepted
    // Offsets in the body.
    uint256 private constant MRSIGNERSEAM = 64;
    uint256 private constant ATTRIBUTES = 120;
    uint256 private constant MRTD = 136;
    uint256 private constant MRCONFIGID = 184;
    uint256 private constant RTMR0 = 328;
    uint256 private constant REPORTDATA = 520;
    uint256 private constant MRSERVICETD = 600;
    // TD attributes, as a big-endian number of the little-endian field.
    uint64 private constant SEPT_VE_DISABLE = 0x00000010_00000000;
    uint64 private constant PROTECTION_KEY = 0x00000040_00000000;

    /// @notice Automata's verifier on this chain.
    IDcapAttestation public immutable dcap;
    /// @notice Seconds for which a quote counts.
    uint64 public immutable validity;
    /// @notice Seconds from adding measurements until they count.
    uint64 public immutable delay;

    /// @notice Accepted TCB statuses as bits: 1 << status of the DCAP verifier.
    uint256 public acceptedStatuses = UP_TO_DATE;
    /// @notice The workload that measurements stand for.
    mapping(bytes32 measurements => bytes32 workloadId) public workloadOf;
    DelayedList.List private _measurements;

    /// @notice Measurements stand for a workload from a time on, or (0) no longer.
    event MeasurementsSet(bytes32 indexed measurements, bytes32 indexed workloadId, uint64 allowedFrom);
    /// @notice These TCB statuses are accepted from now on, as bits.
    event AcceptedStatusesSet(uint256 statuses);

    error InvalidValidity(uint64 validity);
    error InvalidStatuses(uint256 statuses);
    error InvalidWorkload(bytes32 workloadId);
    /// @notice The DCAP verifier refused the quote; output is its reason.
    error QuoteRefused(bytes output);
    /// @notice The DCAP verifier's output is of no TD that this contract knows.
    error UnknownBody(uint16 bodyType, uint256 length);
    error StatusNotAccepted(uint8 status);
    /// @notice The TD can be debugged, migrated or otherwise looked into.
    error TdNotProtected(uint64 attributes);
    error ModuleNotIntels();
    /// @notice A service TD is bound to the TD.
    error ServiceTdBound();
    /// @notice MRCONFIGID is zero, so that nothing says which app runs.
    error ConfigIdNotSet();
    error MeasurementsNotAllowed(bytes32 measurements);
    error WrongBinding(bytes32 expected, bytes32 got);
    /// @notice The quote's nonce is not the hash of that block, or the block is more than 256 blocks old.
    error NotFresh(uint256 blockNumber, bytes32 nonce);

    /// @notice Makes a verifier that knows no measurements.
    /// @param owner Account that names measurements.
    /// @param dcap_ Automata's verifier on this chain.
    /// @param validity_ Seconds for which a quote counts, at most 30 days.
    /// @param delay_ Seconds until measurements that the owner adds count.
    constructor(address owner, IDcapAttestation dcap_, uint64 validity_, uint64 delay_) Ownable(owner) {
        if (validity_ == 0 || validity_ > 30 days) revert InvalidValidity(validity_);
        (dcap, validity, delay) = (dcap_, validity_, delay_);
    }

    /// @notice Lets measurements stand for a workload after the delay, or (workload 0) no longer, at once.
    /// @param measurements measurementsOf the quote's body.
    function setMeasurements(bytes32 measurements, bytes32 workloadId) external onlyOwner {
        uint64 from = _measurements.set(measurements, workloadId != 0, delay);
        workloadOf[measurements] = workloadId;
        emit MeasurementsSet(measurements, workloadId, from);
    }

    /// @notice Sets which TCB statuses are accepted. Revoked and unrecognized ones cannot be.
    function setAcceptedStatuses(uint256 statuses) external onlyOwner {
        if (statuses == 0 || statuses >= 1 << REVOKED) revert InvalidStatuses(statuses);
        acceptedStatuses = statuses;
        emit AcceptedStatusesSet(statuses);
    }

    /// @inheritdoc IAttestationVerifier
    /// @dev evidence = abi.encode(bytes quote, uint256 blockNumber). The quote's report data is the binding and, as its
    /// nonce, the hash of that block. msg.value pays the DCAP verifier's fee.
    function verify(bytes32 binding, bytes calldata evidence)
        external
        payable
        returns (bytes32 workloadId, uint64 validUntil)
    {
        (bytes memory quote, uint256 blockNumber) = abi.decode(evidence, (bytes, uint256));
        (bool success, bytes memory output) = dcap.verifyAndAttestOnChain{value: msg.value}(quote);
        if (!success) revert QuoteRefused(output);
        _checkPlatform(output);
        bytes32 measurements = measurementsOf(output);
        if (!_measurements.has(measurements)) revert MeasurementsNotAllowed(measurements);
        bytes32 bound = _word(output, HEADER + REPORTDATA);
        if (bound != binding) revert WrongBinding(binding, bound);
        bytes32 nonce = _word(output, HEADER + REPORTDATA + 32);
        if (nonce == 0 || nonce != blockhash(blockNumber)) revert NotFresh(blockNumber, nonce);
        return (workloadOf[measurements], uint64(block.timestamp) + validity);
    }

    /// @notice What stands for a workload: keccak256 of MRTD, MRCONFIGID, RTMR0, RTMR1 and RTMR2 of a verified quote.
    /// @param output The DCAP verifier's.
    function measurementsOf(bytes memory output) public pure returns (bytes32) {
        if (output.length < HEADER + TD10_BODY) revert UnknownBody(0, output.length);
        bytes memory packed = new bytes(5 * 48);
        _copy(output, HEADER + MRTD, packed, 0, 96); // MRTD and MRCONFIGID stand side by side
        _copy(output, HEADER + RTMR0, packed, 96, 144);
        return keccak256(packed);
    }

    function _checkPlatform(bytes memory output) private view {
        uint256 length = output.length;
        uint16 bodyType = length < HEADER ? 0 : uint16(bytes2(_word(output, 0) << 16));
        bool td15 = bodyType == TD15 && length >= HEADER + TD15_BODY;
        if (!td15 && (bodyType != TD10 || length < HEADER + TD10_BODY)) revert UnknownBody(bodyType, length);
        uint8 status = uint8(output[4]);
        if ((acceptedStatuses >> status) & 1 == 0) revert StatusNotAccepted(status);
        uint64 attributes = uint64(bytes8(_word(output, HEADER + ATTRIBUTES)));
        if (attributes & ~PROTECTION_KEY != SEPT_VE_DISABLE) revert TdNotProtected(attributes);
        if (!_isZero(output, HEADER + MRSIGNERSEAM, 56)) revert ModuleNotIntels(); // with the SEAM attributes behind it
        if (td15 && !_isZero(output, HEADER + MRSERVICETD, 48)) revert ServiceTdBound();
        if (_isZero(output, HEADER + MRCONFIGID, 48)) revert ConfigIdNotSet();
    }

    function _isZero(bytes memory data, uint256 offset, uint256 length) private pure returns (bool) {
        // Two words that overlap cover 33 to 64 bytes.
        return _word(data, offset) == 0 && _word(data, offset + length - 32) == 0;
    }

    function _word(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }

    function _copy(bytes memory from, uint256 start, bytes memory to, uint256 offset, uint256 length) private pure {
        assembly ("memory-safe") {
            mcopy(add(add(to, 32), offset), add(add(from, 32), start), length)
        }
    }
}
