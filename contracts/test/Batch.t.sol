// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {Market} from "../src/Market.sol";

/// @title Many jobs in one transaction.
contract BatchTest is Fixture {
    function setUp() public {
        deploy();
    }

    /// forge-config: default.isolate = true
    function test_batch_gas() public {
        for (uint256 round = 1; round <= 2; ++round) {
            Market.JobSpec[] memory specs = specsOf(16, round * 100);
            Market.SignedReceipt[] memory receipts = receiptsOf(specs);
            Market.SignedDelivery[] memory deliveries = deliveriesOf(specs);
            vm.prank(user);
            market.postMany(specs);
            vm.snapshotGasLastCall("postMany16");
            market.submitReceipts(receipts);
            vm.snapshotGasLastCall("submitReceipts16");
            market.deliverMany(deliveries);
            vm.snapshotGasLastCall("deliverMany16");
        }
    }

    function test_batch_paysEverybody() public {
        Market.JobSpec[] memory specs = specsOf(3, 1);
        vm.prank(user);
        bytes32[] memory ids = market.postMany(specs);
        assertEq(token.balanceOf(address(market)), 900_000);
        market.submitReceipts(receiptsOf(specs));
        market.deliverMany(deliveriesOf(specs));
        for (uint256 i; i < specs.length; ++i) {
            require(ids[i] == market.jobId(specs[i]), "id");
            assertState(specs[i], Market.State.Delivered);
        }
        assertEq(market.credit(operator), 3 * 195_000);
        assertEq(market.credit(creator), 3 * 97_500);
        assertEq(market.credit(feeTo), 3 * 7_500);
    }

    function test_postMany_revertsIfOneIsBad() public {
        Market.JobSpec[] memory specs = specsOf(3, 1);
        specs[2].computeMs = 0;
        vm.expectPartialRevert(Market.InvalidComputeLimit.selector);
        vm.prank(user);
        market.postMany(specs);
        specs = specsOf(2, 1);
        specs[1].user = operator;
        vm.expectPartialRevert(Market.NotUser.selector);
        vm.prank(user);
        market.postMany(specs);
    }

    function test_postMany_revertsIfOneIsThereTwice() public {
        Market.JobSpec[] memory specs = specsOf(2, 1);
        specs[1] = specs[0];
        vm.expectPartialRevert(Market.InvalidState.selector);
        vm.prank(user);
        market.postMany(specs);
    }

    function test_postMany_revertsIfPaused() public {
        market.pause();
        vm.expectPartialRevert(Pausable.EnforcedPause.selector);
        vm.prank(user);
        market.postMany(specsOf(1, 1));
    }

    /// Who settles one of them first does not stop the others.
    function test_submitReceipts_skipsWhatIsSettled() public {
        Market.JobSpec[] memory specs = specsOf(3, 1);
        vm.prank(user);
        market.postMany(specs);
        Market.SignedReceipt[] memory receipts = receiptsOf(specs);
        market.submitReceipt(specs[1], OUTPUT, 7, receipt(specs[1], WORKER_KEY, OUTPUT, 7));
        bytes32 id = market.jobId(specs[1]);
        vm.expectEmit();
        emit Market.Skipped(id, abi.encodeWithSelector(Market.InvalidState.selector, id, Market.State.Computed));
        market.submitReceipts(receipts);
        assertEq(market.credit(operator), 3 * 195_000);
    }

    function test_deliverMany_skipsWhatIsWronglySigned() public {
        Market.JobSpec[] memory specs = specsOf(3, 1);
        vm.prank(user);
        market.postMany(specs);
        market.submitReceipts(receiptsOf(specs));
        Market.SignedDelivery[] memory deliveries = deliveriesOf(specs);
        deliveries[0].signature = deliveries[1].signature;
        deliveries[2].acknowledgement = "";
        bytes32 id = market.jobId(specs[0]);
        vm.expectEmit();
        emit Market.Skipped(id, abi.encodeWithSelector(Market.NotSignedByCreator.selector, creator));
        market.deliverMany(deliveries);
        assertState(specs[0], Market.State.Computed);
        assertState(specs[1], Market.State.Delivered);
        assertState(specs[2], Market.State.Claimed);
    }

    function specsOf(uint256 n, uint256 salt) private view returns (Market.JobSpec[] memory specs) {
        specs = new Market.JobSpec[](n);
        for (uint256 i; i < n; ++i) {
            specs[i] = specOf(salt + i);
        }
    }

    function receiptsOf(Market.JobSpec[] memory specs) private view returns (Market.SignedReceipt[] memory list) {
        list = new Market.SignedReceipt[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            list[i] = Market.SignedReceipt(specs[i], OUTPUT, 1234, receipt(specs[i], WORKER_KEY, OUTPUT, 1234));
        }
    }

    function deliveriesOf(Market.JobSpec[] memory specs) private view returns (Market.SignedDelivery[] memory list) {
        list = new Market.SignedDelivery[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            list[i].spec = specs[i];
            list[i].outputHash = OUTPUT;
            list[i].resultHash = RESULT;
            list[i].signature = delivery(specs[i], CREATOR_KEY);
            list[i].acknowledgement = acknowledgement(specs[i]);
        }
    }
}
