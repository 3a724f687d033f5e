// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Register of models, their keys and prices.
/// @notice A model is its creator and the hash of its manifest; a changed manifest is another model.
contract ModelRegistry {
    /// @notice One registered model.
    struct Model {
        address creator; // who is paid and who signs deliveries
        bool active; // whether new jobs may be posted
        bytes32 manifestHash;
        bytes32 sealingKeyHash; // keccak256 of the creator's HPKE public key
    }

    /// @notice The creator's fee for a cut of a model, in the smallest unit of the market's token; 0: not offered.
    mapping(bytes32 modelId => mapping(uint32 cut => uint96 price)) public priceOf;
    mapping(bytes32 modelId => Model) private _models;

    /// @notice A model was registered. The sealing key stands only here; the state holds its hash.
    event ModelRegistered(
        bytes32 indexed modelId, address indexed creator, bytes32 manifestHash, bytes sealingKey, string uri
    );
    /// @notice A cut got a new price; 0: it is no longer offered.
    event ModelPriced(bytes32 indexed modelId, uint32 cut, uint96 price);
    /// @notice New jobs for the model were allowed or stopped.
    event ModelActiveSet(bytes32 indexed modelId, bool active);

    error ModelExists(bytes32 modelId);
    error NotCreator(bytes32 modelId, address caller);
    error EmptyManifestHash();
    error EmptySealingKey();
    /// @notice Each cut needs exactly one price.
    error PricesMismatch(uint256 cuts, uint256 prices);

    modifier onlyCreator(bytes32 modelId) {
        if (_models[modelId].creator != msg.sender) revert NotCreator(modelId, msg.sender);
        _;
    }

    /// @notice Registers a model of the caller.
    /// @param manifestHash Digest of the manifest.
    /// @param sealingKey The creator's HPKE public key.
    /// @param uri Where the manifest can be had; may be empty.
    /// @param cuts Offered cuts.
    /// @param prices Their prices, in the same order.
    /// @return modelId idOf(caller, manifestHash).
    function register(
        bytes32 manifestHash,
        bytes calldata sealingKey,
        string calldata uri,
        uint32[] calldata cuts,
        uint96[] calldata prices
    ) external returns (bytes32 modelId) {
        if (manifestHash == 0) revert EmptyManifestHash();
        if (sealingKey.length == 0) revert EmptySealingKey();
        if (cuts.length != prices.length) revert PricesMismatch(cuts.length, prices.length);
        modelId = idOf(msg.sender, manifestHash);
        if (_models[modelId].creator != address(0)) revert ModelExists(modelId);
        _models[modelId] = Model(msg.sender, true, manifestHash, keccak256(sealingKey));
        emit ModelRegistered(modelId, msg.sender, manifestHash, sealingKey, uri);
        for (uint256 i; i < cuts.length; ++i) {
            _setPrice(modelId, cuts[i], prices[i]);
        }
    }

    /// @notice Changes the price of a cut for jobs to come; 0 stops offering it.
    function setPrice(bytes32 modelId, uint32 cut, uint96 price) external onlyCreator(modelId) {
        _setPrice(modelId, cut, price);
    }

    /// @notice Allows or stops new jobs for a model; posted ones go on.
    function setActive(bytes32 modelId, bool active) external onlyCreator(modelId) {
        _models[modelId].active = active;
        emit ModelActiveSet(modelId, active);
    }

    /// @notice The registered model; all zero if there is none.
    function model(bytes32 modelId) external view returns (Model memory) {
        return _models[modelId];
    }

    /// @notice The id of a creator's model.
    function idOf(address creator, bytes32 manifestHash) public pure returns (bytes32) {
        return keccak256(abi.encode(creator, manifestHash));
    }

    function _setPrice(bytes32 modelId, uint32 cut, uint96 price) private {
        priceOf[modelId][cut] = price;
        emit ModelPriced(modelId, cut, price);
    }
}
