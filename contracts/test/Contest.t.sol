// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {Market} from "../src/Market.sol";

/// @title Deliveries that the user has not acknowledged.
contract ContestTest is Fixture {
    uint256 private constant RELAY_KEY = 0xF1;
    uint256 private constant BOND = CREATOR_FEE / 2;

    function setUp() public {
        deploy();
        market.setRelay(vm.addr(RELAY_KEY), true);
    }

    function test_deliver_waitsWithoutAcknowledgement() public {
        Market.JobSpec memory s = computed(1);
        bytes memory sig = delivery(s, CREATOR_KEY);
        vm.expectEmit();
        emit Market.ResultDelivered(market.jobId(s), OUTPUT, RESULT, false);
        market.deliver(s, OUTPUT, RESULT, sig, "");
        assertState(s, Market.State.Claimed);
        assertEq(market.credit(creator), 0);
        assertEq(market.windowEnd(market.jobId(s)), block.timestamp + 1 hours);
    }

    function test_deliver_revertsIfAcknowledgementIsNotTheUsers() public {
        Market.JobSpec memory s = computed(1);
        bytes memory sig = delivery(s, CREATOR_KEY);
        bytes memory ack = sign(CREATOR_KEY, market.acknowledgementDigest(market.jobId(s), RESULT));
        vm.expectRevert(abi.encodeWithSelector(Market.NotSignedByUser.selector, user));
        market.deliver(s, OUTPUT, RESULT, sig, ack);
    }

    function test_deliver_revertsIfAcknowledgementIsOfAnotherResult() public {
        Market.JobSpec memory s = computed(1);
        bytes memory sig = delivery(s, CREATOR_KEY);
        bytes memory ack = sign(USER_KEY, market.acknowledgementDigest(market.jobId(s), OUTPUT));
        vm.expectPartialRevert(Market.NotSignedByUser.selector);
        market.deliver(s, OUTPUT, RESULT, sig, ack);
    }

    function test_windowEnd_isZeroElsewhere() public {
        assertEq(market.windowEnd(market.jobId(computed(1))), 0);
    }

    // ---- acknowledge

    function test_acknowledge_paysCreator() public {
        Market.JobSpec memory s = claimed(1);
        bytes memory ack = acknowledgement(s);
        vm.expectEmit();
        emit Market.ResultSettled(market.jobId(s));
        market.acknowledge(s, RESULT, ack);
        assertState(s, Market.State.Delivered);
        assertEq(market.credit(creator), 97_500);
        assertEq(market.credit(feeTo), 7_500);
    }

    function test_acknowledge_givesTheBondBack() public {
        Market.JobSpec memory s = contested(1);
        market.acknowledge(s, RESULT, acknowledgement(s));
        assertEq(market.credit(user), BOND);
        assertEq(market.credit(creator), 97_500);
    }

    function test_acknowledge_revertsIfNotClaimed() public {
        Market.JobSpec memory s = computed(1);
        bytes memory ack = acknowledgement(s);
        vm.expectPartialRevert(Market.InvalidState.selector);
        market.acknowledge(s, RESULT, ack);
    }

    function testFuzz_acknowledge_revertsIfResultIsNotTheClaimed(uint8 bit) public {
        vm.assume(bit >= 48); // the state keeps the first 208 bits
        Market.JobSpec memory s = claimed(1);
        bytes32 result = RESULT ^ bytes32(uint256(1) << bit);
        bytes memory ack = sign(USER_KEY, market.acknowledgementDigest(market.jobId(s), result));
        vm.expectPartialRevert(Market.WrongResultHash.selector);
        market.acknowledge(s, result, ack);
    }

    function test_acknowledge_revertsIfNotSignedByUser() public {
        Market.JobSpec memory s = claimed(1);
        bytes memory ack = sign(CREATOR_KEY, market.acknowledgementDigest(market.jobId(s), RESULT));
        vm.expectPartialRevert(Market.NotSignedByUser.selector);
        market.acknowledge(s, RESULT, ack);
    }

    // ---- settle

    function test_settle_paysCreatorAfterTheWindow() public {
        Market.JobSpec memory s = claimed(1);
        vm.warp(block.timestamp + 1 hours);
        vm.expectPartialRevert(Market.DeadlineNotPassed.selector);
        market.settle(s);
        vm.warp(block.timestamp + 1);
        market.settle(s);
        assertState(s, Market.State.Delivered);
        assertEq(market.credit(creator), 97_500);
        assertEq(market.credit(feeTo), 7_500);
    }

    function test_settle_revertsIfContested() public {
        Market.JobSpec memory s = contested(1);
        vm.warp(block.timestamp + 3 hours);
        vm.expectPartialRevert(Market.InvalidState.selector);
        market.settle(s);
    }

    // ---- contest

    function test_contest_takesTheBond() public {
        Market.JobSpec memory s = claimed(1);
        uint256 before = token.balanceOf(user);
        vm.warp(block.timestamp + 1 hours); // the last second
        vm.expectEmit();
        emit Market.ResultContested(market.jobId(s), uint40(block.timestamp + 1 hours), BOND);
        vm.prank(user);
        market.contest(s);
        assertState(s, Market.State.Contested);
        assertEq(before - token.balanceOf(user), BOND);
    }

    function test_contest_revertsIfNotUser() public {
        Market.JobSpec memory s = claimed(1);
        vm.expectPartialRevert(Market.NotUser.selector);
        market.contest(s);
    }

    function test_contest_revertsIfLate() public {
        Market.JobSpec memory s = claimed(1);
        vm.warp(block.timestamp + 1 hours + 1);
        vm.expectPartialRevert(Market.DeadlinePassed.selector);
        vm.prank(user);
        market.contest(s);
    }

    function test_contest_revertsIfNotClaimed() public {
        Market.JobSpec memory s = computed(1);
        vm.expectPartialRevert(Market.InvalidState.selector);
        vm.prank(user);
        market.contest(s);
    }

    function test_contest_revertsIfBondIsMissing() public {
        Market.JobSpec memory s = claimed(1);
        vm.prank(user);
        token.transfer(address(1), 1e30 - 300_000);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        vm.prank(user);
        market.contest(s);
    }

    // ---- transfer, refund

    function test_submitTransfer_paysCreatorWithTheBond() public {
        Market.JobSpec memory s = contested(1);
        vm.warp(block.timestamp + 1 hours); // the last second
        market.submitTransfer(s, RESULT, transfer(s, RELAY_KEY));
        assertState(s, Market.State.Delivered);
        assertEq(market.credit(creator), 97_500 + BOND);
        assertEq(market.credit(user), 0);
    }

    function test_submitTransfer_revertsIfSignerIsNoRelay() public {
        Market.JobSpec memory s = contested(1);
        bytes memory sig = transfer(s, CREATOR_KEY);
        vm.expectRevert(abi.encodeWithSelector(Market.NotRelay.selector, creator));
        market.submitTransfer(s, RESULT, sig);
        market.setRelay(vm.addr(RELAY_KEY), false);
        sig = transfer(s, RELAY_KEY);
        vm.expectPartialRevert(Market.NotRelay.selector);
        market.submitTransfer(s, RESULT, sig);
    }

    function test_submitTransfer_revertsIfResultIsAnother() public {
        Market.JobSpec memory s = contested(1);
        bytes memory sig = sign(RELAY_KEY, market.transferDigest(market.jobId(s), OUTPUT));
        vm.expectPartialRevert(Market.WrongResultHash.selector);
        market.submitTransfer(s, OUTPUT, sig);
    }

    function test_submitTransfer_revertsIfLate() public {
        Market.JobSpec memory s = contested(1);
        bytes memory sig = transfer(s, RELAY_KEY);
        vm.warp(block.timestamp + 1 hours + 1);
        vm.expectPartialRevert(Market.DeadlinePassed.selector);
        market.submitTransfer(s, RESULT, sig);
    }

    function test_submitTransfer_revertsIfNotContested() public {
        Market.JobSpec memory s = claimed(1);
        bytes memory sig = transfer(s, RELAY_KEY);
        vm.expectPartialRevert(Market.InvalidState.selector);
        market.submitTransfer(s, RESULT, sig);
    }

    function test_refund_givesFeeAndBondBackIfNoTransferIsShown() public {
        Market.JobSpec memory s = contested(1);
        vm.expectPartialRevert(Market.DeadlineNotPassed.selector);
        market.refund(s);
        vm.warp(block.timestamp + 1 hours + 1);
        vm.expectEmit();
        emit Market.JobRefunded(market.jobId(s), Market.State.Undelivered, CREATOR_FEE + BOND);
        market.refund(s);
        assertEq(market.credit(user), CREATOR_FEE + BOND);
        assertEq(market.credit(creator), 0);
        assertEq(market.credit(feeTo), 5_000);
    }

    function test_refund_revertsIfClaimed() public {
        Market.JobSpec memory s = claimed(1);
        vm.warp(block.timestamp + 2 days);
        vm.expectPartialRevert(Market.InvalidState.selector);
        market.refund(s);
    }

    function test_setRelay_revertsIfNotOwner() public {
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        vm.prank(user);
        market.setRelay(user, true);
    }

    // ---- steps

    function claimed(uint256 salt) private returns (Market.JobSpec memory s) {
        s = computed(salt);
        market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), "");
    }

    function contested(uint256 salt) private returns (Market.JobSpec memory s) {
        s = claimed(salt);
        vm.prank(user);
        market.contest(s);
    }

    function transfer(Market.JobSpec memory s, uint256 key) private view returns (bytes memory) {
        return sign(key, market.transferDigest(market.jobId(s), RESULT));
    }
}
