// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import {AttesterVerifier} from "../src/AttesterVerifier.sol";
import {Market} from "../src/Market.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {TestToken} from "../src/TestToken.sol";
import {WorkerRegistry} from "../src/WorkerRegistry.sol";

/// @title A market with one live worker, one model and a user with money.
abstract contract Fixture {
    uint256 internal constant WORKER_KEY = 0xE1;
    uint256 internal constant WORKER2_KEY = 0xE2;
    uint256 internal constant CREATOR_KEY = 0xC1;
    uint256 internal constant ATTESTER_KEY = 0xA1;
    uint256 internal constant USER_KEY = 0xB1;
    bytes32 internal constant WORKLOAD = keccak256("workload");
    bytes32 internal constant MANIFEST = keccak256("manifest");
    bytes32 internal constant OUTPUT = keccak256("output");
    bytes32 internal constant RESULT = keccak256("result");
    uint32 internal constant CUT = 3;
    uint96 internal constant WORKER_FEE = 200_000;
    uint96 internal constant CREATOR_FEE = 100_000;
    uint16 internal constant FEE_BPS = 250;

    address internal operator = address(0x1002);
    address internal feeTo = address(0x1003);
    address internal user = vm.addr(USER_KEY);
    address internal creator = vm.addr(CREATOR_KEY);
    address internal signer = vm.addr(WORKER_KEY);
    bytes internal sealingKey = new bytes(1216);
    bytes32 internal sealingKeyHash = keccak256(new bytes(1216));
    bytes32 internal modelId;

    TestToken internal token;
    WorkerRegistry internal workers;
    ModelRegistry internal models;
    AttesterVerifier internal attesters;
    Market internal market;

    function deploy() internal {
        vm.warp(1_700_000_000);
        token = new TestToken();
        workers = new WorkerRegistry(address(this), 0);
        models = new ModelRegistry();
        attesters = new AttesterVerifier(address(this), 0);
        market = new Market(address(this), token, workers, models, FEE_BPS, feeTo);
        attesters.setAttester(vm.addr(ATTESTER_KEY), true);
        workers.setVerifier(attesters, true);
        workers.setWorkload(WORKLOAD, true, "git+https://example.org@abc");
        register(WORKER_KEY, WORKLOAD, uint64(block.timestamp + 7 days));
        uint32[] memory cuts = new uint32[](1);
        uint96[] memory prices = new uint96[](1);
        (cuts[0], prices[0]) = (CUT, CREATOR_FEE);
        vm.prank(creator);
        modelId = models.register(MANIFEST, sealingKey, "", cuts, prices);
        token.mint(user, 1e30);
        vm.prank(user);
        token.approve(address(market), type(uint256).max);
    }

    function register(uint256 workerKey, bytes32 workload, uint64 validUntil) internal {
        address worker = vm.addr(workerKey);
        workers.register(operator, worker, sealingKeyHash, attesters, verdict(workerKey, workload, validUntil));
    }

    function verdict(uint256 workerKey, bytes32 workload, uint64 validUntil) internal view returns (bytes memory) {
        bytes32 binding = workers.bindingOf(operator, vm.addr(workerKey), sealingKeyHash);
        bytes32 quoteHash = keccak256("quote");
        bytes32 digest = attesters.verdictDigest(binding, workload, quoteHash, validUntil);
        return abi.encode(workload, quoteHash, validUntil, sign(ATTESTER_KEY, digest));
    }

    function specOf(uint256 salt) internal view returns (Market.JobSpec memory s) {
        s.user = user;
        s.creator = creator;
        s.modelId = modelId;
        s.manifestHash = MANIFEST;
        s.prefixHash = keccak256("prefix");
        s.cut = CUT;
        s.workloadId = WORKLOAD;
        s.computeMs = 60_000;
        s.prefixBy = uint40(block.timestamp + 10 minutes);
        s.deliverBy = uint40(block.timestamp + 1 hours);
        s.inputHash = keccak256("input");
        s.keysHash = keccak256("keys");
        s.workerFee = WORKER_FEE;
        s.creatorFee = CREATOR_FEE;
        s.feeBps = FEE_BPS;
        s.salt = bytes32(salt);
    }

    function posted(uint256 salt) internal returns (Market.JobSpec memory s) {
        s = specOf(salt);
        vm.prank(user);
        market.post(s);
    }

    function computed(uint256 salt) internal returns (Market.JobSpec memory s) {
        s = posted(salt);
        market.submitReceipt(s, OUTPUT, 1234, receipt(s, WORKER_KEY, OUTPUT, 1234));
    }

    function receipt(Market.JobSpec memory s, uint256 key, bytes32 output, uint32 ms)
        internal
        view
        returns (bytes memory)
    {
        return sign(key, market.receiptDigest(s, output, ms));
    }

    function delivery(Market.JobSpec memory s, uint256 key) internal view returns (bytes memory) {
        return sign(key, market.deliveryDigest(market.jobId(s), OUTPUT, RESULT));
    }

    function acknowledgement(Market.JobSpec memory s) internal view returns (bytes memory) {
        return sign(USER_KEY, market.acknowledgementDigest(market.jobId(s), RESULT));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function assertState(Market.JobSpec memory s, Market.State want) internal view {
        require(market.state(market.jobId(s)) == want, "state");
    }

    function assertEq(uint256 got, uint256 want) internal pure {
        require(got == want, "not equal");
    }
}
