// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";

contract ModelRegistryTest is Fixture {
    uint32[] private cuts = [1, 2];
    uint96[] private prices = [10, 20];

    function setUp() public {
        deploy();
    }

    function testFuzz_register_keepsOwnerAndPrices(address owner, bytes32 manifest, uint96 price) public {
        vm.assume(manifest != 0);
        vm.assume(owner != address(0) && (owner != creator || manifest != MANIFEST));
        prices[1] = price;
        bytes32 id = models.idOf(owner, manifest);
        vm.expectEmit();
        emit ModelRegistry.ModelRegistered(id, owner, manifest, sealingKey, "ipfs://m");
        vm.expectEmit();
        emit ModelRegistry.ModelPriced(id, 1, 10);
        vm.expectEmit();
        emit ModelRegistry.ModelPriced(id, 2, price);
        vm.prank(owner);
        require(models.register(manifest, sealingKey, "ipfs://m", cuts, prices) == id, "id");
        ModelRegistry.Model memory m = models.model(id);
        require(m.creator == owner && m.active && m.manifestHash == manifest, "model");
        require(m.sealingKeyHash == sealingKeyHash, "key hash");
        assertEq(models.priceOf(id, 2), price);
    }

    /// forge-config: default.isolate = true
    function test_register_gas() public {
        models.register(keccak256("another"), sealingKey, "", cuts, prices);
        vm.snapshotGasLastCall("registerModel");
    }

    function test_register_revertsIfRegisteredBefore() public {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelExists.selector, modelId));
        vm.prank(creator);
        models.register(MANIFEST, sealingKey, "", cuts, prices);
    }

    function test_register_revertsIfIncomplete() public {
        vm.expectPartialRevert(ModelRegistry.EmptyManifestHash.selector);
        models.register(0, sealingKey, "", cuts, prices);
        vm.expectPartialRevert(ModelRegistry.EmptySealingKey.selector);
        models.register(MANIFEST, "", "", cuts, prices);
        prices.pop();
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.PricesMismatch.selector, 2, 1));
        models.register(MANIFEST, sealingKey, "", cuts, prices);
    }

    function test_setPrice_revertsIfNotCreator() public {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.NotCreator.selector, modelId, address(this)));
        models.setPrice(modelId, CUT, 1);
    }

    function test_setPrice_emits() public {
        vm.expectEmit();
        emit ModelRegistry.ModelPriced(modelId, CUT, 7);
        vm.prank(creator);
        models.setPrice(modelId, CUT, 7);
        assertEq(models.priceOf(modelId, CUT), 7);
    }

    function test_setActive_revertsIfNotCreator() public {
        vm.expectPartialRevert(ModelRegistry.NotCreator.selector);
        models.setActive(modelId, false);
        vm.expectPartialRevert(ModelRegistry.NotCreator.selector);
        models.setActive(keccak256("unknown"), false);
    }

    function test_setActive_emits() public {
        vm.expectEmit();
        emit ModelRegistry.ModelActiveSet(modelId, false);
        vm.prank(creator);
        models.setActive(modelId, false);
        require(!models.model(modelId).active, "active");
    }
}
