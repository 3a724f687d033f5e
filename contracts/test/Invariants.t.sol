// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {Market} from "../src/Market.sol";

/// @title Does random things to a market and keeps its own books.
contract Handler is Fixture {
    struct Paid {
        uint8 worker;
        uint8 creator;
        uint8 refunds;
    }

    uint256 public escrow; // of jobs that are not settled
    mapping(bytes32 => Paid) public paid;
    mapping(bytes32 => Market.State) public ended; // terminal state once reached
    address[] public accounts;
    Market.JobSpec[] private specs;

    constructor() {
        deploy();
        register(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 7 days));
        accounts = [user, operator, creator, feeTo, address(0x1004)];
    }

    function post(uint96 workerFee, uint96 creatorFee) external {
        Market.JobSpec memory s = specOf(specs.length);
        s.workerFee = workerFee % 1e9;
        s.creatorFee = CREATOR_FEE + creatorFee % 1e9;
        s.feeBps = market.feeBps();
        vm.prank(user);
        try market.post(s) {
            specs.push(s);
            escrow += uint256(s.workerFee) + s.creatorFee;
        } catch {}
    }

    function submit(uint256 i, bool second, uint32 ms) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        ms = ms % 70_000;
        bytes memory sig = receipt(s, second ? WORKER2_KEY : WORKER_KEY, OUTPUT, ms);
        try market.submitReceipt(s, OUTPUT, ms, sig) {
            paid[market.jobId(s)].worker++;
            escrow -= s.workerFee;
        } catch {}
    }

    function deliver(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        try market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY)) {
            paid[market.jobId(s)].creator++;
            escrow -= s.creatorFee;
        } catch {}
    }

    function refund(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        bytes32 id = market.jobId(s);
        bool due = market.state(id) == Market.State.Posted && block.timestamp > s.prefixBy;
        due = due || (market.state(id) == Market.State.Computed && block.timestamp > s.deliverBy);
        uint256 amount = s.creatorFee + (market.state(id) == Market.State.Posted ? s.workerFee : 0);
        try market.refund(s) {
            require(due, "refund before the deadline");
            paid[id].refunds++;
            escrow -= amount;
        } catch {
            require(!due, "refund blocked"); // a pause must not
        }
    }

    function withdraw(uint256 i) external {
        address account = accounts[i % accounts.length];
        uint256 owed = market.credit(account);
        vm.prank(account);
        try market.withdraw(account) {
            require(owed != 0, "paid without credit");
        } catch {
            require(owed == 0, "withdrawal blocked"); // a pause must not
        }
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 20 minutes);
        if (block.timestamp % 3 == 0) renew();
    }

    function administer(uint16 bps, bool pause, uint8 allow, uint8 feeAccount) external {
        market.setFee(bps % 1_001, accounts[3 + feeAccount % 2]);
        workers.setWorkload(WORKLOAD, allow % 4 != 0, "");
        if (pause && !market.paused()) market.pause();
        if (!pause && market.paused()) market.unpause();
    }

    // ---- read by the invariants

    function balance() external view returns (uint256) {
        return token.balanceOf(address(market));
    }

    function credits() external view returns (uint256 sum) {
        for (uint256 i; i < accounts.length; ++i) {
            sum += market.credit(accounts[i]);
        }
    }

    function jobs() external view returns (uint256) {
        return specs.length;
    }

    function job(uint256 i) external view returns (bytes32 id, Market.State state) {
        id = market.jobId(specs[i]);
        state = market.state(id);
    }

    function noteEnd(bytes32 id, Market.State state) external {
        ended[id] = state;
    }

    function renew() private {
        uint64 until = uint64(block.timestamp + 7 days);
        if (workers.worker(signer).validUntil >= until || !workers.workloadAllowed(WORKLOAD)) return;
        register(WORKER_KEY, WORKLOAD, until);
    }
}

contract InvariantsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;

    function setUp() public {
        handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory s = new bytes4[](7);
        (s[0], s[1], s[2]) = (Handler.post.selector, Handler.submit.selector, Handler.deliver.selector);
        (s[3], s[4], s[5]) = (Handler.refund.selector, Handler.withdraw.selector, Handler.wait.selector);
        s[6] = Handler.administer.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), s);
    }

    /// The market has exactly what it owes.
    function invariant_balanceIsEscrowAndCredits() public view {
        require(handler.balance() == handler.escrow() + handler.credits(), "insolvent");
    }

    /// Each job paid exactly whom its state says, each at most once.
    function invariant_paymentsFollowState() public view {
        for (uint256 i; i < handler.jobs(); ++i) {
            (bytes32 id, Market.State state) = handler.job(i);
            (uint8 worker, uint8 creator, uint8 refunds) = handler.paid(id);
            bool computed =
                state == Market.State.Computed || state == Market.State.Delivered || state == Market.State.Undelivered;
            bool refunded = state == Market.State.Refunded || state == Market.State.Undelivered;
            require(state != Market.State.None, "job vanished");
            require(worker == (computed ? 1 : 0), "worker");
            require(creator == (state == Market.State.Delivered ? 1 : 0), "creator");
            require(refunds == (refunded ? 1 : 0), "refund");
        }
    }

    /// A job that has ended stays as it ended.
    function invariant_terminalStatesAbsorb() public {
        for (uint256 i; i < handler.jobs(); ++i) {
            (bytes32 id, Market.State state) = handler.job(i);
            Market.State before = handler.ended(id);
            require(before == Market.State.None || before == state, "terminal state left");
            if (uint8(state) >= uint8(Market.State.Delivered)) handler.noteEnd(id, state);
        }
    }
}
