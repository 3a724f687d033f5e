// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {AttesterVerifier} from "../src/AttesterVerifier.sol";
import {DelayedList} from "../src/DelayedList.sol";
import {WorkerRegistry} from "../src/WorkerRegistry.sol";

contract WorkerRegistryTest is Fixture {
    function setUp() public {
        deploy();
    }

    function test_register_emitsTheKey() public {
        uint64 until = uint64(block.timestamp + 1 days);
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, until);
        address worker = vm.addr(WORKER2_KEY);
        vm.expectEmit();
        emit WorkerRegistry.WorkerRegistered(operator, worker, WORKLOAD, until, sealingKeyHash, attesters);
        workers.register(operator, worker, sealingKeyHash, attesters, evidence);
        require(workers.worker(worker).sealingKeyHash == sealingKeyHash, "key hash");
        require(workers.liveOperator(worker, WORKLOAD) == operator, "not live");
    }

    /// forge-config: default.isolate = true
    function test_register_gas() public {
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        workers.register(operator, vm.addr(WORKER2_KEY), sealingKeyHash, attesters, evidence);
        vm.snapshotGasLastCall("registerWorker");
    }

    function testFuzz_register_revertsUnlessNewerAndInWindow(uint64 until) public {
        uint64 held = uint64(block.timestamp + 7 days);
        uint64 latest = uint64(block.timestamp + 30 days);
        until = uint64(block.timestamp - 5 days + until % 60 days);
        bytes memory evidence = verdict(WORKER_KEY, WORKLOAD, until);
        if (until < block.timestamp) vm.expectPartialRevert(WorkerRegistry.EvidenceExpired.selector);
        else if (until > latest) vm.expectPartialRevert(WorkerRegistry.EvidenceTooLong.selector);
        else if (until <= held) vm.expectPartialRevert(WorkerRegistry.EvidenceNotNewer.selector);
        workers.register(operator, signer, sealingKeyHash, attesters, evidence);
    }

    function test_register_revertsIfOlderVerdictIsReplayed() public {
        uint64 until = uint64(block.timestamp + 8 days);
        bytes memory older = verdict(WORKER_KEY, WORKLOAD, until);
        register(WORKER_KEY, WORKLOAD, until + 1);
        vm.expectRevert(abi.encodeWithSelector(WorkerRegistry.EvidenceNotNewer.selector, until, until + 1));
        workers.register(operator, signer, sealingKeyHash, attesters, older);
        bytes memory same = verdict(WORKER_KEY, WORKLOAD, until + 1);
        vm.expectPartialRevert(WorkerRegistry.EvidenceNotNewer.selector);
        workers.register(operator, signer, sealingKeyHash, attesters, same);
    }

    function test_liveOperator_includesTheLastSecond() public {
        vm.warp(workers.worker(signer).validUntil);
        require(workers.liveOperator(signer, WORKLOAD) == operator, "dead too early");
        vm.warp(block.timestamp + 1);
        require(workers.liveOperator(signer, WORKLOAD) == address(0), "alive too long");
    }

    function test_register_revertsIfVerifierIsNotAllowed() public {
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        workers.setVerifier(attesters, false);
        registerReverts(WORKER2_KEY, evidence, WorkerRegistry.VerifierNotAllowed.selector);
    }

    function test_register_revertsIfWorkloadIsNotAllowed() public {
        bytes memory evidence = verdict(WORKER2_KEY, keccak256("evil"), uint64(block.timestamp + 1 days));
        registerReverts(WORKER2_KEY, evidence, WorkerRegistry.WorkloadNotAllowed.selector);
    }

    function test_register_revertsIfSignerIsAnothersAlready() public {
        operator = address(0xBAD);
        bytes memory evidence = verdict(WORKER_KEY, WORKLOAD, uint64(block.timestamp + 8 days));
        registerReverts(WORKER_KEY, evidence, WorkerRegistry.SignerTaken.selector);
    }

    function test_register_revertsIfSignerIsRevoked() public {
        bytes memory evidence = verdict(WORKER_KEY, WORKLOAD, uint64(block.timestamp + 8 days));
        workers.revoke(signer);
        registerReverts(WORKER_KEY, evidence, WorkerRegistry.SignerRevoked.selector);
    }

    function test_register_revertsIfAddressesAreZero() public {
        vm.expectPartialRevert(WorkerRegistry.InvalidOperator.selector);
        workers.register(address(0), signer, sealingKeyHash, attesters, "");
        vm.expectPartialRevert(WorkerRegistry.InvalidSigner.selector);
        workers.register(operator, address(0), sealingKeyHash, attesters, "");
    }

    function test_register_revertsIfVerdictIsForAnotherBinding() public {
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        vm.expectPartialRevert(AttesterVerifier.NotAttester.selector);
        workers.register(address(0xBAD), vm.addr(WORKER2_KEY), sealingKeyHash, attesters, evidence);
        vm.expectPartialRevert(AttesterVerifier.NotAttester.selector);
        workers.register(operator, vm.addr(WORKER2_KEY), "another key", attesters, evidence);
        WorkerRegistry other = new WorkerRegistry(address(this), 0);
        other.setVerifier(attesters, true);
        other.setWorkload(WORKLOAD, true, "");
        vm.expectPartialRevert(AttesterVerifier.NotAttester.selector);
        other.register(operator, vm.addr(WORKER2_KEY), sealingKeyHash, attesters, evidence);
        vm.chainId(block.chainid + 1);
        registerReverts(WORKER2_KEY, evidence, AttesterVerifier.NotAttester.selector);
    }

    function test_register_revertsIfSignedByNoAttester() public {
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        attesters.setAttester(vm.addr(ATTESTER_KEY), false);
        registerReverts(WORKER2_KEY, evidence, AttesterVerifier.NotAttester.selector);
    }

    function test_register_revertsIfAttesterVerifierIsSentMoney() public {
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        vm.deal(address(this), 1);
        vm.expectPartialRevert(AttesterVerifier.NoFeeExpected.selector);
        workers.register{value: 1}(operator, vm.addr(WORKER2_KEY), sealingKeyHash, attesters, evidence);
    }

    function test_revoke_worksForOperatorAndOwnerOnly() public {
        vm.expectPartialRevert(WorkerRegistry.NotOperatorOrOwner.selector);
        vm.prank(user);
        workers.revoke(signer);
        vm.expectEmit();
        emit WorkerRegistry.WorkerRevoked(signer, operator);
        vm.prank(operator);
        workers.revoke(signer);
        require(workers.liveOperator(signer, WORKLOAD) == address(0), "live");
        vm.expectPartialRevert(WorkerRegistry.SignerRevoked.selector);
        workers.revoke(signer);
        workers.revoke(vm.addr(WORKER2_KEY)); // the owner, before it is registered
        bytes memory evidence = verdict(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days));
        registerReverts(WORKER2_KEY, evidence, WorkerRegistry.SignerRevoked.selector);
    }

    function testFuzz_liveOperator_followsEvidenceAndWorkload(uint40 wait, bool allowed, bytes32 workload) public {
        wait = wait % 14 days;
        vm.warp(block.timestamp + wait);
        if (!allowed) workers.setWorkload(WORKLOAD, false, "");
        bool live = wait <= 7 days && allowed;
        require(workers.liveOperator(signer, WORKLOAD) == (live ? operator : address(0)), "live");
        vm.assume(workload != WORKLOAD);
        require(workers.liveOperator(signer, workload) == address(0), "another workload");
    }

    // ---- what the owner adds waits, what it removes does not

    function test_setWorkload_addsAfterTheDelay() public {
        WorkerRegistry slow = new WorkerRegistry(address(this), 2 days);
        vm.expectEmit();
        emit WorkerRegistry.WorkloadSet(WORKLOAD, uint64(block.timestamp + 2 days), "here");
        slow.setWorkload(WORKLOAD, true, "here");
        assertEq(slow.workloadAllowedFrom(WORKLOAD), block.timestamp + 2 days);
        vm.warp(block.timestamp + 2 days - 1);
        require(!slow.workloadAllowed(WORKLOAD), "too early");
        vm.warp(block.timestamp + 1);
        require(slow.workloadAllowed(WORKLOAD), "too late");
    }

    function test_setWorkload_removesAtOnceAndAddsWithDelayAgain() public {
        WorkerRegistry slow = new WorkerRegistry(address(this), 2 days);
        slow.setWorkload(WORKLOAD, true, "");
        vm.warp(block.timestamp + 3 days);
        vm.expectEmit();
        emit WorkerRegistry.WorkloadSet(WORKLOAD, 0, "");
        slow.setWorkload(WORKLOAD, false, "");
        require(!slow.workloadAllowed(WORKLOAD), "still there");
        slow.setWorkload(WORKLOAD, true, "");
        require(!slow.workloadAllowed(WORKLOAD), "back at once");
    }

    function test_setWorkload_revertsIfListed() public {
        vm.expectRevert(abi.encodeWithSelector(DelayedList.AlreadyListed.selector, WORKLOAD, block.timestamp));
        workers.setWorkload(WORKLOAD, true, "");
    }

    function test_setVerifier_addsAfterTheDelayAndRemovesAtOnce() public {
        WorkerRegistry slow = new WorkerRegistry(address(this), 2 days);
        slow.setVerifier(attesters, true);
        require(!slow.verifierAllowed(attesters), "too early");
        vm.warp(block.timestamp + 2 days);
        require(slow.verifierAllowed(attesters), "too late");
        slow.setVerifier(attesters, false);
        require(!slow.verifierAllowed(attesters), "still there");
    }

    function test_setAttester_addsAfterTheDelayAndRemovesAtOnce() public {
        AttesterVerifier slow = new AttesterVerifier(address(this), 2 days);
        vm.expectEmit();
        emit AttesterVerifier.AttesterSet(user, uint64(block.timestamp + 2 days));
        slow.setAttester(user, true);
        require(!slow.isAttester(user), "too early");
        vm.warp(block.timestamp + 2 days);
        require(slow.isAttester(user), "too late");
        slow.setAttester(user, false);
        require(!slow.isAttester(user), "still there");
    }

    function test_setters_revertIfNotOwner() public {
        bytes4 denied = Ownable.OwnableUnauthorizedAccount.selector;
        vm.expectPartialRevert(denied);
        vm.prank(user);
        workers.setWorkload(WORKLOAD, true, "");
        vm.expectPartialRevert(denied);
        vm.prank(user);
        workers.setVerifier(attesters, true);
        vm.expectPartialRevert(denied);
        vm.prank(user);
        attesters.setAttester(user, true);
    }

    function test_transferOwnership_takesTwoSteps() public {
        workers.transferOwnership(user);
        require(workers.owner() == address(this), "moved at once");
        vm.prank(user);
        workers.acceptOwnership();
        require(workers.owner() == user, "not moved");
    }

    function registerReverts(uint256 key, bytes memory evidence, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        workers.register(operator, vm.addr(key), sealingKeyHash, attesters, evidence);
    }
}
