// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {Wallet} from "./Wallet.sol";
import {Market} from "../src/Market.sol";

contract MarketTest is Fixture {
    function setUp() public {
        deploy();
    }

    // ---- a whole job

    function test_job_paysOperatorCreatorAndMarket() public {
        Market.JobSpec memory s = computed(1);
        assertState(s, Market.State.Computed);
        market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), acknowledgement(s));
        assertState(s, Market.State.Delivered);
        assertEq(market.credit(operator), 195_000);
        assertEq(market.credit(creator), 97_500);
        assertEq(market.credit(feeTo), 7_500);
        vm.prank(operator);
        assertEq(market.withdraw(address(0x77)), 195_000);
        assertEq(token.balanceOf(address(0x77)), 195_000);
        assertEq(token.balanceOf(address(market)), 105_000);
    }

    function test_job_emitsEachTransition() public {
        Market.JobSpec memory s = specOf(1);
        bytes32 id = market.jobId(s);
        vm.expectEmit();
        emit Market.JobPosted(id, user, WORKLOAD, s);
        vm.prank(user);
        market.post(s);
        bytes memory sig = receipt(s, WORKER_KEY, OUTPUT, 5);
        vm.expectEmit();
        emit Market.PrefixComputed(id, operator, signer, OUTPUT, 5);
        vm.expectEmit();
        emit Market.Credited(operator, id, 195_000);
        market.submitReceipt(s, OUTPUT, 5, sig);
        sig = delivery(s, CREATOR_KEY);
        bytes memory ack = acknowledgement(s);
        vm.expectEmit();
        emit Market.ResultDelivered(id, OUTPUT, RESULT, true);
        vm.expectEmit();
        emit Market.Credited(creator, id, 97_500);
        vm.expectEmit();
        emit Market.Credited(feeTo, id, 7_500);
        market.deliver(s, OUTPUT, RESULT, sig, ack);
        vm.expectEmit();
        emit Market.Withdrawn(creator, user, 97_500);
        vm.prank(creator);
        market.withdraw(user);
    }

    /// forge-config: default.isolate = true
    function test_job_gas() public {
        for (uint256 i = 1; i <= 2; ++i) {
            Market.JobSpec memory s = specOf(i);
            bytes memory r = receipt(s, WORKER_KEY, OUTPUT, 1234);
            bytes memory d = delivery(s, CREATOR_KEY);
            bytes memory a = acknowledgement(s);
            vm.prank(user);
            market.post(s);
            vm.snapshotGasLastCall("post");
            market.submitReceipt(s, OUTPUT, 1234, r);
            vm.snapshotGasLastCall("submitReceipt");
            market.deliver(s, OUTPUT, RESULT, d, a);
            vm.snapshotGasLastCall("deliver");
        }
        vm.prank(operator);
        market.withdraw(operator);
        vm.snapshotGasLastCall("withdraw");
    }

    // ---- submitReceipt

    function test_submitReceipt_paysWhicheverWorkerAnswered() public {
        Market.JobSpec memory s = posted(1);
        operator = address(0x2002);
        register(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 1 days)); // after the post
        market.submitReceipt(s, OUTPUT, 1, receipt(s, WORKER2_KEY, OUTPUT, 1));
        assertEq(market.credit(address(0x2002)), 195_000);
        assertEq(market.credit(address(0x1002)), 0);
    }

    function test_submitReceipt_revertsIfSignerIsUnknown() public {
        Market.JobSpec memory s = posted(1);
        bytes memory sig = receipt(s, WORKER2_KEY, OUTPUT, 1);
        vm.expectRevert(abi.encodeWithSelector(Market.NotLiveWorker.selector, vm.addr(WORKER2_KEY), WORKLOAD));
        market.submitReceipt(s, OUTPUT, 1, sig);
    }

    function test_submitReceipt_revertsIfWorkerIsOfAnotherWorkload() public {
        bytes32 other = keccak256("other workload");
        workers.setWorkload(other, true, "");
        register(WORKER2_KEY, other, uint64(block.timestamp + 1 days));
        submitReverts(posted(1), WORKER2_KEY, Market.NotLiveWorker.selector);
    }

    function test_submitReceipt_revertsIfWorkloadWasDisallowed() public {
        Market.JobSpec memory s = posted(1);
        workers.setWorkload(WORKLOAD, false, "");
        submitReverts(s, WORKER_KEY, Market.NotLiveWorker.selector);
    }

    function test_submitReceipt_revertsIfWorkerWasRevoked() public {
        Market.JobSpec memory s = posted(1);
        vm.prank(operator);
        workers.revoke(signer);
        submitReverts(s, WORKER_KEY, Market.NotLiveWorker.selector);
    }

    function test_submitReceipt_revertsIfEvidenceExpired() public {
        vm.warp(block.timestamp + 7 days - 1);
        Market.JobSpec memory s = posted(1);
        vm.warp(block.timestamp + 2);
        submitReverts(s, WORKER_KEY, Market.NotLiveWorker.selector);
    }

    function test_submitReceipt_revertsIfReplayed() public {
        submitReverts(computed(1), WORKER_KEY, Market.InvalidState.selector);
    }

    function test_submitReceipt_revertsIfNotPosted() public {
        submitReverts(specOf(1), WORKER_KEY, Market.InvalidState.selector);
    }

    function test_submitReceipt_revertsIfSignedForAnotherJob() public {
        Market.JobSpec memory s = posted(1);
        bytes memory sig = receipt(posted(2), WORKER_KEY, OUTPUT, 1);
        vm.expectPartialRevert(Market.NotLiveWorker.selector);
        market.submitReceipt(s, OUTPUT, 1, sig);
    }

    function test_submitReceipt_revertsIfSignedForAnotherMarket() public {
        Market other = new Market(address(this), token, workers, models, FEE_BPS, feeTo);
        vm.prank(user);
        token.approve(address(other), type(uint256).max);
        Market.JobSpec memory s = specOf(1);
        bytes memory sig = receipt(s, WORKER_KEY, OUTPUT, 1);
        vm.prank(user);
        other.post(s);
        vm.expectPartialRevert(Market.NotLiveWorker.selector);
        other.submitReceipt(s, OUTPUT, 1, sig);
    }

    function test_submitReceipt_revertsIfOutputIsEmpty() public {
        Market.JobSpec memory s = posted(1);
        bytes memory sig = receipt(s, WORKER_KEY, 0, 1);
        vm.expectPartialRevert(Market.EmptyOutputHash.selector);
        market.submitReceipt(s, 0, 1, sig);
    }

    function testFuzz_submitReceipt_revertsIfLateOrSlow(uint40 wait, uint32 ms) public {
        Market.JobSpec memory s = posted(1);
        wait = wait % 20 minutes;
        ms = ms % 120_000;
        bytes memory sig = receipt(s, WORKER_KEY, OUTPUT, ms);
        vm.warp(block.timestamp + wait);
        if (wait > 10 minutes) vm.expectPartialRevert(Market.DeadlinePassed.selector);
        else if (ms > 60_000) vm.expectPartialRevert(Market.ComputeLimitExceeded.selector);
        market.submitReceipt(s, OUTPUT, ms, sig);
    }

    function testFuzz_submitReceipt_revertsIfSignatureIsChanged(uint8 position, uint8 flip) public {
        vm.assume(flip != 0);
        Market.JobSpec memory s = posted(1);
        bytes memory sig = receipt(s, WORKER_KEY, OUTPUT, 1);
        sig[position % 65] ^= bytes1(flip);
        (bool ok,) = address(market).call(abi.encodeCall(Market.submitReceipt, (s, OUTPUT, 1, sig)));
        require(!ok, "changed signature accepted");
    }

    // ---- deliver

    function test_deliver_acceptsContractWallet() public {
        Market.JobSpec memory s = computed(1);
        vm.etch(creator, address(new Wallet(vm.addr(WORKER2_KEY))).code);
        deliverReverts(s, CREATOR_KEY, Market.NotSignedByCreator.selector);
        market.deliver(s, OUTPUT, RESULT, delivery(s, WORKER2_KEY), acknowledgement(s));
        assertEq(market.credit(creator), 97_500);
    }

    function test_deliver_revertsIfNotComputed() public {
        deliverReverts(posted(1), CREATOR_KEY, Market.InvalidState.selector);
    }

    function test_deliver_revertsIfReplayed() public {
        Market.JobSpec memory s = computed(1);
        market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), acknowledgement(s));
        deliverReverts(s, CREATOR_KEY, Market.InvalidState.selector);
    }

    function test_deliver_revertsIfNotSignedByCreator() public {
        deliverReverts(computed(1), WORKER_KEY, Market.NotSignedByCreator.selector);
    }

    function testFuzz_deliver_revertsIfOutputIsNotTheReceipts(uint8 bit) public {
        vm.assume(bit >= 8); // the state keeps the first 248 bits
        Market.JobSpec memory s = computed(1);
        bytes32 output = OUTPUT ^ bytes32(uint256(1) << bit);
        bytes memory sig = sign(CREATOR_KEY, market.deliveryDigest(market.jobId(s), output, RESULT));
        vm.expectPartialRevert(Market.WrongOutputHash.selector);
        market.deliver(s, output, RESULT, sig, "");
    }

    function testFuzz_deliver_revertsIfLate(uint40 wait) public {
        Market.JobSpec memory s = computed(1);
        wait = wait % 2 hours;
        vm.warp(block.timestamp + wait);
        if (wait > 1 hours) {
            deliverReverts(s, CREATOR_KEY, Market.DeadlinePassed.selector);
        } else {
            market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), acknowledgement(s));
        }
    }

    // ---- refund, withdraw, pause, fee

    function test_refund_givesEverythingBackWithoutReceipt() public {
        Market.JobSpec memory s = posted(1);
        vm.warp(s.prefixBy);
        refundReverts(s, Market.DeadlineNotPassed.selector);
        vm.warp(s.prefixBy + 1);
        vm.expectEmit();
        emit Market.JobRefunded(market.jobId(s), Market.State.Refunded, 300_000);
        market.refund(s);
        assertEq(market.credit(user), 300_000);
        refundReverts(s, Market.InvalidState.selector);
        submitReverts(s, WORKER_KEY, Market.InvalidState.selector);
    }

    function test_refund_givesCreatorFeeBackWithoutDelivery() public {
        Market.JobSpec memory s = computed(1);
        vm.warp(s.deliverBy);
        refundReverts(s, Market.DeadlineNotPassed.selector);
        vm.warp(s.deliverBy + 1);
        market.refund(s);
        assertState(s, Market.State.Undelivered);
        assertEq(market.credit(user), 100_000);
        assertEq(market.credit(operator), 195_000);
        assertEq(market.credit(feeTo), 5_000);
        deliverReverts(s, CREATOR_KEY, Market.InvalidState.selector);
    }

    function test_refund_revertsIfNotPosted() public {
        refundReverts(specOf(1), Market.InvalidState.selector);
    }

    function test_deadlines_includeTheirLastSecond() public {
        Market.JobSpec memory s = posted(1);
        vm.warp(s.prefixBy);
        market.submitReceipt(s, OUTPUT, 60_000, receipt(s, WORKER_KEY, OUTPUT, 60_000));
        vm.warp(s.deliverBy);
        market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), acknowledgement(s));
        assertState(s, Market.State.Delivered);
    }

    function test_withdraw_revertsIfRepeated() public {
        computed(1);
        posted(2); // money of somebody else
        vm.prank(operator);
        market.withdraw(operator);
        vm.expectRevert(abi.encodeWithSelector(Market.NothingToWithdraw.selector, operator));
        vm.prank(operator);
        market.withdraw(operator);
    }

    function test_withdraw_revertsIfNothingIsThere() public {
        vm.expectRevert(abi.encodeWithSelector(Market.NothingToWithdraw.selector, address(this)));
        market.withdraw(address(this));
    }

    function test_pause_stopsOnlyPosts() public {
        Market.JobSpec memory a = posted(1);
        Market.JobSpec memory b = posted(2);
        market.pause();
        Market.JobSpec memory c = specOf(3);
        vm.expectPartialRevert(Pausable.EnforcedPause.selector);
        vm.prank(user);
        market.post(c);
        market.submitReceipt(a, OUTPUT, 1, receipt(a, WORKER_KEY, OUTPUT, 1));
        market.deliver(a, OUTPUT, RESULT, delivery(a, CREATOR_KEY), acknowledgement(a));
        vm.warp(b.prefixBy + 1);
        market.refund(b);
        vm.prank(user);
        market.withdraw(user);
        market.unpause();
        posted(4);
    }

    function test_pause_revertsIfNotOwner() public {
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        vm.prank(user);
        market.pause();
    }

    function test_setFee_doesNotTouchPostedJobs() public {
        Market.JobSpec memory s = posted(1);
        market.setFee(1_000, feeTo);
        market.submitReceipt(s, OUTPUT, 1, receipt(s, WORKER_KEY, OUTPUT, 1));
        assertEq(market.credit(operator), 195_000);
    }

    function test_setFee_revertsIfTooHighOrToNobody() public {
        vm.expectPartialRevert(Market.InvalidFee.selector);
        market.setFee(1_001, feeTo);
        vm.expectPartialRevert(Market.InvalidFee.selector);
        market.setFee(1, address(0));
    }

    function test_setFee_revertsIfNotOwner() public {
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        vm.prank(user);
        market.setFee(1, user);
    }

    function testFuzz_fees_addUp(uint96 workerFee, uint96 creatorFee, uint16 bps) public {
        bps = bps % 1_001;
        market.setFee(bps, feeTo);
        Market.JobSpec memory s = specOf(1);
        s.feeBps = bps;
        s.workerFee = workerFee % 1e28;
        s.creatorFee = CREATOR_FEE + creatorFee % 1e28;
        vm.prank(user);
        market.post(s);
        market.submitReceipt(s, OUTPUT, 1, receipt(s, WORKER_KEY, OUTPUT, 1));
        market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), acknowledgement(s));
        uint256 fee = uint256(s.workerFee) * bps / 10_000 + uint256(s.creatorFee) * bps / 10_000;
        assertEq(market.credit(feeTo), fee);
        uint256 paid = market.credit(operator) + market.credit(creator) + fee;
        assertEq(paid, uint256(s.workerFee) + s.creatorFee);
    }

    // ---- steps that must fail

    function submitReverts(Market.JobSpec memory s, uint256 key, bytes4 selector) private {
        bytes memory sig = receipt(s, key, OUTPUT, 1);
        vm.expectPartialRevert(selector);
        market.submitReceipt(s, OUTPUT, 1, sig);
    }

    function deliverReverts(Market.JobSpec memory s, uint256 key, bytes4 selector) private {
        bytes memory sig = delivery(s, key);
        vm.expectPartialRevert(selector);
        market.deliver(s, OUTPUT, RESULT, sig, "");
    }

    function refundReverts(Market.JobSpec memory s, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        market.refund(s);
    }
}
