// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {Market} from "../src/Market.sol";

contract PostTest is Fixture {
    function setUp() public {
        deploy();
    }

    function test_postWithPermit_needsNoApproval() public {
        Market.JobSpec memory s = specOf(1);
        (uint8 v, bytes32 r, bytes32 ss) = permit(WORKER_FEE + CREATOR_FEE);
        vm.prank(user);
        market.postWithPermit(s, block.timestamp, v, r, ss);
        assertState(s, Market.State.Posted);
        assertEq(token.allowance(user, address(market)), 0);
    }

    function test_postWithPermit_survivesFrontRunPermit() public {
        Market.JobSpec memory s = specOf(1);
        (uint8 v, bytes32 r, bytes32 ss) = permit(WORKER_FEE + CREATOR_FEE);
        token.permit(user, address(market), WORKER_FEE + CREATOR_FEE, block.timestamp, v, r, ss);
        vm.prank(user);
        market.postWithPermit(s, block.timestamp, v, r, ss);
        assertState(s, Market.State.Posted);
    }

    function test_postWithPermit_revertsIfPermitIsForLess() public {
        Market.JobSpec memory s = specOf(1);
        (uint8 v, bytes32 r, bytes32 ss) = permit(WORKER_FEE);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
        vm.prank(user);
        market.postWithPermit(s, block.timestamp, v, r, ss);
    }

    function test_postWithPermit_revertsIfNotUser() public {
        Market.JobSpec memory s = specOf(1);
        (uint8 v, bytes32 r, bytes32 ss) = permit(WORKER_FEE + CREATOR_FEE);
        vm.expectPartialRevert(Market.NotUser.selector);
        market.postWithPermit(s, block.timestamp, v, r, ss);
    }

    function test_post_revertsIfPostedBefore() public {
        Market.JobSpec memory s = posted(1);
        postReverts(s, Market.InvalidState.selector);
    }

    function test_post_revertsIfNotUser() public {
        Market.JobSpec memory s = specOf(1);
        vm.expectRevert(abi.encodeWithSelector(Market.NotUser.selector, user, address(this)));
        market.post(s);
    }

    function test_post_revertsIfComputeLimitIsOutOfRange() public {
        Market.JobSpec memory s = specOf(1);
        s.computeMs = 0;
        postReverts(s, Market.InvalidComputeLimit.selector);
        s.computeMs = 60_001;
        postReverts(s, Market.InvalidComputeLimit.selector);
    }

    function testFuzz_post_revertsIfDeadlinesAreOutOfWindow(uint40 prefixBy, uint40 deliverBy) public {
        Market.JobSpec memory s = specOf(1);
        s.prefixBy = uint40(block.timestamp - 1 hours + prefixBy % 4 hours);
        s.deliverBy = uint40(s.prefixBy - 1 hours + deliverBy % 30 hours);
        bool ok = s.prefixBy > block.timestamp && s.prefixBy <= block.timestamp + 1 hours && s.deliverBy > s.prefixBy
            && s.deliverBy <= s.prefixBy + 1 days;
        if (ok) {
            vm.prank(user);
            market.post(s);
        } else {
            postReverts(s, Market.InvalidDeadline.selector);
        }
    }

    function test_post_revertsIfFeeBpsIsNotTheMarkets() public {
        Market.JobSpec memory s = specOf(1);
        market.setFee(FEE_BPS + 1, feeTo);
        postReverts(s, Market.WrongFeeBps.selector);
    }

    function test_post_revertsIfWorkloadIsNotAllowed() public {
        Market.JobSpec memory s = specOf(1);
        workers.setWorkload(WORKLOAD, false, "");
        postReverts(s, Market.WorkloadNotAllowed.selector);
    }

    function test_post_revertsIfModelIsNotActive() public {
        Market.JobSpec memory s = specOf(1);
        vm.prank(creator);
        models.setActive(modelId, false);
        postReverts(s, Market.ModelNotActive.selector);
        s.modelId = keccak256("unknown");
        postReverts(s, Market.ModelNotActive.selector);
    }

    function test_post_revertsIfCreatorIsNotTheModels() public {
        Market.JobSpec memory s = specOf(1);
        s.creator = user;
        postReverts(s, Market.WrongCreator.selector);
    }

    function test_post_revertsIfManifestIsNotTheModels() public {
        Market.JobSpec memory s = specOf(1);
        s.manifestHash = keccak256("another");
        postReverts(s, Market.WrongManifest.selector);
    }

    function test_post_revertsIfCutHasNoPrice() public {
        Market.JobSpec memory s = specOf(1);
        s.cut = CUT + 1;
        postReverts(s, Market.CutNotOffered.selector);
    }

    function testFuzz_post_revertsIfCreatorFeeIsBelowPrice(uint96 price, uint96 fee) public {
        vm.assume(price > 0 && fee < 1e29);
        vm.prank(creator);
        models.setPrice(modelId, CUT, price);
        Market.JobSpec memory s = specOf(1);
        s.creatorFee = fee;
        if (fee < price) {
            postReverts(s, Market.WrongPrice.selector);
        } else {
            vm.prank(user);
            market.post(s);
        }
    }

    function test_post_revertsIfUnfunded() public {
        Market.JobSpec memory s = specOf(1);
        vm.prank(user);
        token.transfer(address(1), 1e30);
        postReverts(s, IERC20Errors.ERC20InsufficientBalance.selector);
    }

    // ---- steps

    function permit(uint256 value) private returns (uint8 v, bytes32 r, bytes32 s) {
        vm.prank(user);
        token.approve(address(market), 0);
        bytes32 typehash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 body = keccak256(abi.encode(typehash, user, market, value, token.nonces(user), block.timestamp));
        return vm.sign(USER_KEY, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), body)));
    }

    function postReverts(Market.JobSpec memory s, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        vm.prank(user);
        market.post(s);
    }
}
