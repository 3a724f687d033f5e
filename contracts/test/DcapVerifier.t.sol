// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {DcapVerifier, IDcapAttestation} from "../src/DcapVerifier.sol";
import {DelayedList} from "../src/DelayedList.sol";

/// @title Answers as Automata's verifier does, without checking anything: version, body type, status, FMSPC, body.
contract FakeDcap is IDcapAttestation {
    bool public success = true;
    uint16 public bodyType = 2;
    uint8 public status;

    function set(bool success_, uint16 bodyType_, uint8 status_) external {
        (success, bodyType, status) = (success_, bodyType_, status_);
    }

    function verifyAndAttestOnChain(bytes calldata rawQuote) external payable returns (bool, bytes memory) {
        require(msg.value == 7, "fee");
        if (!success) return (false, "no good");
        return (true, abi.encodePacked(uint16(5), bodyType, status, bytes6("fmspc!"), rawQuote));
    }
}

contract DcapVerifierTest is Fixture {
    uint256 private constant MRSIGNERSEAM = 64;
    uint256 private constant SEAMATTRIBUTES = 112;
    uint256 private constant ATTRIBUTES = 120;
    uint256 private constant MRTD = 136;
    uint256 private constant MRCONFIGID = 184;
    uint256 private constant RTMR0 = 328;
    uint256 private constant MRSERVICETD = 600;

    FakeDcap private dcap;
    DcapVerifier private verifier;

    function setUp() public {
        deploy();
        dcap = new FakeDcap();
        verifier = new DcapVerifier(address(this), dcap, 1 days, 2 days);
        verifier.setMeasurements(verifier.measurementsOf(outputOf(body())), WORKLOAD);
        vm.warp(block.timestamp + 2 days);
        vm.roll(1_000);
        vm.deal(address(this), 1 ether);
        workers.setVerifier(verifier, true);
    }

    function test_verify_registersWorker() public {
        bytes memory evidence = evidenceOf(body());
        workers.register{value: 7}(operator, vm.addr(WORKER2_KEY), sealingKeyHash, verifier, evidence);
        require(workers.liveOperator(vm.addr(WORKER2_KEY), WORKLOAD) == operator, "not live");
        assertEq(workers.worker(vm.addr(WORKER2_KEY)).validUntil, block.timestamp + 1 days);
    }

    function test_verify_acceptsTd15WithoutServiceTd() public {
        dcap.set(true, 3, 0);
        verify(bytes.concat(body(), new bytes(64)));
    }

    function test_verify_allowsProtectionKeys() public {
        bytes memory b = body();
        b[ATTRIBUTES + 3] = 0x50;
        verify(b);
    }

    function test_verify_revertsIfServiceTdIsBound() public {
        dcap.set(true, 3, 0);
        for (uint256 p = MRSERVICETD; p < MRSERVICETD + 48; ++p) {
            bytes memory b = bytes.concat(body(), new bytes(64));
            b[p - 64] = 0x01; // report data stands before it
            refused(b, DcapVerifier.ServiceTdBound.selector);
        }
    }

    function test_verify_revertsIfQuoteIsRefused() public {
        dcap.set(false, 2, 0);
        refused(body(), DcapVerifier.QuoteRefused.selector);
    }

    function test_verify_revertsIfBodyIsUnknown() public {
        bytes memory b = body();
        dcap.set(true, 1, 0); // an SGX enclave
        refused(b, DcapVerifier.UnknownBody.selector);
        dcap.set(true, 3, 0); // a TD 1.5 of the length of a TD 1.0
        refused(b, DcapVerifier.UnknownBody.selector);
        dcap.set(true, 2, 0);
        refused(new bytes(519), DcapVerifier.UnknownBody.selector);
        refused("", DcapVerifier.UnknownBody.selector);
    }

    function testFuzz_verify_revertsUnlessStatusIsAccepted(uint8 status, uint8 accepted) public {
        accepted = accepted % 63 + 1;
        verifier.setAcceptedStatuses(accepted);
        dcap.set(true, 2, status);
        if (status < 6 && (accepted >> status) & 1 == 1) verify(body());
        else refused(body(), DcapVerifier.StatusNotAccepted.selector);
    }

    function testFuzz_verify_revertsIfTdIsNotProtected(uint8 bit) public {
        bit = bit % 64;
        vm.assume(bit != 30); // protection keys
        bytes memory b = body();
        b[ATTRIBUTES + bit / 8] ^= bytes1(uint8(1) << (bit % 8)); // bit 28 takes SEPT_VE_DISABLE away
        refused(b, DcapVerifier.TdNotProtected.selector);
    }

    function test_verify_revertsIfModuleIsNotIntels() public {
        for (uint256 p = MRSIGNERSEAM; p < SEAMATTRIBUTES + 8; ++p) {
            bytes memory b = body();
            b[p] = 0x01;
            refused(b, DcapVerifier.ModuleNotIntels.selector);
        }
    }

    function test_verify_revertsIfConfigIdIsNotSet() public {
        bytes memory b = body();
        for (uint256 i; i < 48; ++i) {
            b[MRCONFIGID + i] = 0;
        }
        refused(b, DcapVerifier.ConfigIdNotSet.selector);
    }

    function testFuzz_verify_revertsIfMeasurementsAreNotAllowed(uint16 p) public {
        // Every byte of MRTD, MRCONFIGID and RTMR0 to RTMR2.
        p = p % 240;
        bytes memory b = body();
        b[p < 96 ? MRTD + p : RTMR0 + (p - 96)] ^= 0x80;
        refused(b, DcapVerifier.MeasurementsNotAllowed.selector);
    }

    function test_verify_revertsIfBoundToAnother() public {
        bytes memory evidence = evidenceOf(body());
        vm.expectPartialRevert(DcapVerifier.WrongBinding.selector);
        workers.register{value: 7}(address(0xBAD), vm.addr(WORKER2_KEY), sealingKeyHash, verifier, evidence);
        vm.expectPartialRevert(DcapVerifier.WrongBinding.selector);
        workers.register{value: 7}(operator, signer, sealingKeyHash, verifier, evidence);
        vm.expectPartialRevert(DcapVerifier.WrongBinding.selector);
        workers.register{value: 7}(operator, vm.addr(WORKER2_KEY), keccak256("other"), verifier, evidence);
    }

    function test_verify_revertsIfNotFresh() public {
        bytes memory evidence = evidenceOf(body());
        vm.roll(block.number + 257);
        vm.expectPartialRevert(DcapVerifier.NotFresh.selector);
        workers.register{value: 7}(operator, vm.addr(WORKER2_KEY), sealingKeyHash, verifier, evidence);
        bytes memory quote = quoteOf(body(), 0);
        evidence = abi.encode(quote, block.number + 1); // whose hash is zero
        vm.expectPartialRevert(DcapVerifier.NotFresh.selector);
        workers.register{value: 7}(operator, vm.addr(WORKER2_KEY), sealingKeyHash, verifier, evidence);
    }

    function test_setMeasurements_addsAfterTheDelayAndRemovesAtOnce() public {
        bytes memory b = body();
        b[MRTD] = 0x77;
        bytes32 other = verifier.measurementsOf(outputOf(b));
        vm.expectEmit();
        emit DcapVerifier.MeasurementsSet(other, WORKLOAD, uint64(block.timestamp + 2 days));
        verifier.setMeasurements(other, WORKLOAD);
        vm.warp(block.timestamp + 2 days - 1);
        refused(b, DcapVerifier.MeasurementsNotAllowed.selector);
        vm.expectPartialRevert(DelayedList.AlreadyListed.selector);
        verifier.setMeasurements(other, keccak256("another workload"));
        vm.warp(block.timestamp + 1);
        verify(b);
        verifier.setMeasurements(other, 0);
        refused(b, DcapVerifier.MeasurementsNotAllowed.selector);
    }

    function test_setters_revertIfNotOwner() public {
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        vm.prank(user);
        verifier.setMeasurements(0, 0);
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        vm.prank(user);
        verifier.setAcceptedStatuses(1);
    }

    function test_setAcceptedStatuses_revertsIfRevokedOrNone() public {
        vm.expectPartialRevert(DcapVerifier.InvalidStatuses.selector);
        verifier.setAcceptedStatuses(1 << 6);
        vm.expectPartialRevert(DcapVerifier.InvalidStatuses.selector);
        verifier.setAcceptedStatuses(0);
    }

    function test_constructor_revertsIfValidityIsOutOfRange() public {
        vm.expectPartialRevert(DcapVerifier.InvalidValidity.selector);
        new DcapVerifier(address(this), dcap, 0, 0);
        vm.expectPartialRevert(DcapVerifier.InvalidValidity.selector);
        new DcapVerifier(address(this), dcap, 30 days + 1, 0);
    }

    function test_measurementsOf_revertsIfOutputIsShort() public {
        vm.expectPartialRevert(DcapVerifier.UnknownBody.selector);
        verifier.measurementsOf(new bytes(594));
    }

    // ---- quotes

    /// A TD 1.0 body up to its report data: each byte of the measurements differs from its neighbours.
    function body() private pure returns (bytes memory b) {
        b = new bytes(520);
        b[ATTRIBUTES + 3] = 0x10; // SEPT_VE_DISABLE
        for (uint256 i = MRTD; i < 520; ++i) {
            b[i] = bytes1(uint8(i));
        }
        b[MRCONFIGID] = 0x01;
    }

    function outputOf(bytes memory b) private pure returns (bytes memory) {
        return bytes.concat(new bytes(11), b, new bytes(64));
    }

    /// Puts report data where it belongs: after 520 bytes of the body.
    function quoteOf(bytes memory b, bytes32 nonce) private view returns (bytes memory) {
        bytes32 binding = workers.bindingOf(operator, vm.addr(WORKER2_KEY), sealingKeyHash);
        if (b.length < 520) return b;
        bytes memory rest = new bytes(b.length - 520);
        for (uint256 i; i < rest.length; ++i) {
            rest[i] = b[520 + i];
        }
        bytes memory head = b;
        assembly ("memory-safe") {
            mstore(head, 520)
        }
        return bytes.concat(head, binding, nonce, rest);
    }

    function evidenceOf(bytes memory b) private view returns (bytes memory) {
        uint256 n = block.number - 1;
        return abi.encode(quoteOf(b, blockhash(n)), n);
    }

    function verify(bytes memory b) private returns (bytes32 workloadId) {
        bytes32 binding = workers.bindingOf(operator, vm.addr(WORKER2_KEY), sealingKeyHash);
        (workloadId,) = verifier.verify{value: 7}(binding, evidenceOf(b));
        require(workloadId == WORKLOAD, "workload");
    }

    function refused(bytes memory b, bytes4 selector) private {
        bytes32 binding = workers.bindingOf(operator, vm.addr(WORKER2_KEY), sealingKeyHash);
        bytes memory evidence = evidenceOf(b);
        vm.expectPartialRevert(selector);
        verifier.verify{value: 7}(binding, evidence);
    }
}
