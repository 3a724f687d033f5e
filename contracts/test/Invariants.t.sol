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
        uint8 bonds; // put up
        uint8 bondsBack; // to whomever
    }

    uint256 private constant RELAY_KEY = 0xF1;

    uint256 public escrow; // of jobs that are not settled, with their bonds
    mapping(bytes32 => Paid) public paid;
    mapping(bytes32 => Market.State) public ended; // terminal state once reached
    address[] public accounts;
    Market.JobSpec[] private specs;

    constructor() {
        deploy();
        register(WORKER2_KEY, WORKLOAD, uint64(block.timestamp + 7 days));
        market.setRelay(vm.addr(RELAY_KEY), true);
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
            escrow -= net(s.workerFee, s.feeBps); // the market's share stays until the job ends
        } catch {}
    }

    /// The same receipt twice, beside one that is somebody else's: each counts once.
    function submitBatch(uint256 i, bool second) external {
        if (specs.length == 0) return;
        Market.SignedReceipt[] memory list = new Market.SignedReceipt[](3);
        for (uint256 k; k < 3; ++k) {
            Market.JobSpec memory s = specs[(i % specs.length + k / 2) % specs.length];
            list[k] = Market.SignedReceipt(s, OUTPUT, 5, receipt(s, second ? WORKER2_KEY : WORKER_KEY, OUTPUT, 5));
        }
        Market.State[3] memory before;
        for (uint256 k; k < 3; ++k) {
            before[k] = market.state(market.jobId(list[k].spec));
        }
        market.submitReceipts(list);
        for (uint256 k; k < 3; ++k) {
            if (k == 1 || (specs.length == 1 && k == 2)) continue; // the same job
            bytes32 id = market.jobId(list[k].spec);
            if (market.state(id) == before[k]) continue;
            paid[id].worker++;
            escrow -= net(list[k].spec.workerFee, list[k].spec.feeBps);
        }
    }

    function deliver(uint256 i, bool acknowledged) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        bytes memory ack = acknowledged ? acknowledgement(s) : bytes("");
        try market.deliver(s, OUTPUT, RESULT, delivery(s, CREATOR_KEY), ack) {
            if (acknowledged) noteSettled(s, false);
        } catch {}
    }

    function acknowledge(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        bool bond = market.state(market.jobId(s)) == Market.State.Contested;
        try market.acknowledge(s, RESULT, acknowledgement(s)) {
            noteSettled(s, bond);
        } catch {}
    }

    function settle(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        try market.settle(s) {
            noteSettled(s, false);
        } catch {}
    }

    function contest(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        vm.prank(user);
        try market.contest(s) {
            paid[market.jobId(s)].bonds++;
            escrow += market.bondOf(s);
        } catch {}
    }

    function submitTransfer(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        try market.submitTransfer(s, RESULT, sign(RELAY_KEY, market.transferDigest(market.jobId(s), RESULT))) {
            noteSettled(s, true);
        } catch {}
    }

    function refund(uint256 i) external {
        if (specs.length == 0) return;
        Market.JobSpec memory s = specs[i % specs.length];
        bytes32 id = market.jobId(s);
        Market.State from = market.state(id);
        bool due = from == Market.State.Posted && block.timestamp > s.prefixBy;
        due = due || (from == Market.State.Computed && block.timestamp > s.deliverBy);
        due = due || (from == Market.State.Contested && block.timestamp > market.windowEnd(id));
        uint256 amount =
            s.creatorFee + (from == Market.State.Posted ? s.workerFee : s.workerFee - net(s.workerFee, s.feeBps));
        if (from == Market.State.Contested) amount += market.bondOf(s);
        try market.refund(s) {
            require(due, "refund before the deadline");
            paid[id].refunds++;
            if (from == Market.State.Contested) paid[id].bondsBack++;
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
        bool allowed = workers.workloadAllowed(WORKLOAD);
        if (allowed != (allow % 4 != 0)) workers.setWorkload(WORKLOAD, !allowed, "");
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

    function net(uint256 gross, uint256 bps) private pure returns (uint256) {
        return gross - gross * bps / 10_000;
    }

    function noteSettled(Market.JobSpec memory s, bool bond) private {
        bytes32 id = market.jobId(s);
        paid[id].creator++;
        escrow -= s.creatorFee + s.workerFee - net(s.workerFee, s.feeBps);
        if (!bond) return;
        paid[id].bondsBack++;
        escrow -= market.bondOf(s);
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
        bytes4[] memory s = new bytes4[](12);
        (s[0], s[1], s[2]) = (Handler.post.selector, Handler.submit.selector, Handler.deliver.selector);
        (s[3], s[4], s[5]) = (Handler.refund.selector, Handler.withdraw.selector, Handler.wait.selector);
        (s[6], s[7], s[8]) = (Handler.administer.selector, Handler.acknowledge.selector, Handler.settle.selector);
        (s[9], s[10]) = (Handler.contest.selector, Handler.submitTransfer.selector);
        s[11] = Handler.submitBatch.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), s);
    }

    /// The handler comes to every state of a job, and to both ends of a contest: the invariants are about something.
    function test_handlerReachesEveryState() public {
        bool[8] memory seen;
        bool[8] memory afterContest;
        bytes32 random = keccak256("walk");
        for (uint256 step; step < 1500; ++step) {
            random = keccak256(abi.encode(random));
            bytes4[] memory moves = targetSelectors()[0].selectors;
            bytes4 move = moves[uint8(random[0]) % moves.length];
            // Six words are more than any of the handler's functions takes.
            bytes memory words = abi.encode(
                uint256(uint8(random[1])), uint256(uint8(random[2]) % 2), uint256(uint8(random[3])), uint256(1), 0, 0
            );
            (bool done,) = address(handler).call(bytes.concat(move, words));
            require(done, "handler reverted");
            for (uint256 i; i < handler.jobs(); ++i) {
                (bytes32 id, Market.State state) = handler.job(i);
                (,,, uint8 bonds,) = handler.paid(id);
                seen[uint8(state)] = true;
                if (bonds != 0) afterContest[uint8(state)] = true;
            }
        }
        for (uint8 s = uint8(Market.State.Posted); s <= uint8(Market.State.Contested); ++s) {
            require(seen[s], "a state was never reached");
        }
        require(afterContest[uint8(Market.State.Delivered)], "no contest was answered");
        require(afterContest[uint8(Market.State.Undelivered)], "no contest was won");
    }

    /// The market has exactly what it owes.
    function invariant_balanceIsEscrowAndCredits() public view {
        require(handler.balance() == handler.escrow() + handler.credits(), "insolvent");
    }

    /// Each job paid exactly whom its state says, each at most once.
    function invariant_paymentsFollowState() public view {
        for (uint256 i; i < handler.jobs(); ++i) {
            (bytes32 id, Market.State state) = handler.job(i);
            (uint8 worker, uint8 creator, uint8 refunds, uint8 bonds, uint8 back) = handler.paid(id);
            bool computed = state != Market.State.Posted && state != Market.State.Refunded;
            bool refunded = state == Market.State.Refunded || state == Market.State.Undelivered;
            require(state != Market.State.None, "job vanished");
            require(worker == (computed ? 1 : 0), "worker");
            require(creator == (state == Market.State.Delivered ? 1 : 0), "creator");
            require(refunds == (refunded ? 1 : 0), "refund");
            require(bonds <= 1 && bonds - back == (state == Market.State.Contested ? 1 : 0), "bond");
        }
    }

    /// A job that has ended stays as it ended.
    function invariant_terminalStatesAbsorb() public {
        for (uint256 i; i < handler.jobs(); ++i) {
            (bytes32 id, Market.State state) = handler.job(i);
            Market.State before = handler.ended(id);
            require(before == Market.State.None || before == state, "terminal state left");
            bool over = state == Market.State.Delivered || state == Market.State.Refunded;
            if (over || state == Market.State.Undelivered) handler.noteEnd(id, state);
        }
    }
}
