// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture} from "./Fixture.sol";
import {vm, Vm} from "./Vm.sol";
import {Market} from "../src/Market.sol";

/// @title The vectors that the Go and TypeScript implementations of EIP-712 read too.
contract VectorsTest is Fixture {
    string private constant DIR = "../protocol/testdata/vectors/receipt";

    function setUp() public {
        deploy();
    }

    function test_digests_matchVectors() public {
        Vm.DirEntry[] memory files = vm.readDir(DIR);
        require(files.length > 0, "no vectors");
        for (uint256 i; i < files.length; ++i) {
            check(vm.readFile(files[i].path));
        }
    }

    function check(string memory json) private {
        vm.chainId(vm.parseJsonUint(json, ".domain.chainId"));
        Market at_ = Market(vm.parseJsonAddress(json, ".domain.market"));
        vm.etch(address(at_), address(market).code);
        Market.JobSpec memory s = spec(json);
        bytes32 output = vm.parseJsonBytes32(json, ".receipt.outputHash");
        uint32 ms = uint32(vm.parseJsonUint(json, ".receipt.elapsedMs"));
        require(at_.jobId(s) == vm.parseJsonBytes32(json, ".jobId"), "job id");
        require(at_.receiptDigest(s, output, ms) == vm.parseJsonBytes32(json, ".digest"), "digest");
        bytes32 result = vm.parseJsonBytes32(json, ".resultHash");
        bytes32 id = at_.jobId(s);
        require(at_.deliveryDigest(id, output, result) == vm.parseJsonBytes32(json, ".deliveryDigest"), "delivery");
        bytes32 want = vm.parseJsonBytes32(json, ".acknowledgementDigest");
        require(at_.acknowledgementDigest(id, result) == want, "acknowledgement");
        require(at_.transferDigest(id, result) == vm.parseJsonBytes32(json, ".transferDigest"), "transfer");
        require(vm.parseJsonBytes32(json, ".receipt.jobId") == at_.jobId(s), "receipt's job id");
    }

    function spec(string memory json) private pure returns (Market.JobSpec memory s) {
        s.user = vm.parseJsonAddress(json, ".spec.user");
        s.creator = vm.parseJsonAddress(json, ".spec.creator");
        s.modelId = vm.parseJsonBytes32(json, ".spec.modelId");
        s.manifestHash = vm.parseJsonBytes32(json, ".spec.manifestHash");
        s.prefixHash = vm.parseJsonBytes32(json, ".spec.prefixHash");
        s.cut = uint32(vm.parseJsonUint(json, ".spec.cut"));
        s.workloadId = vm.parseJsonBytes32(json, ".spec.workloadId");
        s.computeMs = uint32(vm.parseJsonUint(json, ".spec.computeMs"));
        s.prefixBy = uint40(vm.parseJsonUint(json, ".spec.prefixBy"));
        s.deliverBy = uint40(vm.parseJsonUint(json, ".spec.deliverBy"));
        s.inputHash = vm.parseJsonBytes32(json, ".spec.inputHash");
        s.keysHash = vm.parseJsonBytes32(json, ".spec.keysHash");
        s.workerFee = uint96(vm.parseJsonUint(json, ".spec.workerFee"));
        s.creatorFee = uint96(vm.parseJsonUint(json, ".spec.creatorFee"));
        s.feeBps = uint16(vm.parseJsonUint(json, ".spec.feeBps"));
        s.salt = vm.parseJsonBytes32(json, ".spec.salt");
    }
}
