// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bindings

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// ModelRegistryModel is an auto generated low-level Go binding around an user-defined struct.
type ModelRegistryModel struct {
	Creator        common.Address
	Active         bool
	ManifestHash   [32]byte
	SealingKeyHash [32]byte
}

// ModelRegistryMetaData contains all meta data concerning the ModelRegistry contract.
var ModelRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"name\":\"EmptyManifestHash\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EmptySealingKey\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"}],\"name\":\"ModelExists\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"}],\"name\":\"NotCreator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"cuts\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"prices\",\"type\":\"uint256\"}],\"name\":\"PricesMismatch\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"active\",\"type\":\"bool\"}],\"name\":\"ModelActiveSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint96\",\"name\":\"price\",\"type\":\"uint96\"}],\"name\":\"ModelPriced\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"sealingKey\",\"type\":\"bytes\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"uri\",\"type\":\"string\"}],\"name\":\"ModelRegistered\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"}],\"name\":\"idOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"}],\"name\":\"model\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"active\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"}],\"internalType\":\"structModelRegistry.Model\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"}],\"name\":\"priceOf\",\"outputs\":[{\"internalType\":\"uint96\",\"name\":\"price\",\"type\":\"uint96\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"sealingKey\",\"type\":\"bytes\"},{\"internalType\":\"string\",\"name\":\"uri\",\"type\":\"string\"},{\"internalType\":\"uint32[]\",\"name\":\"cuts\",\"type\":\"uint32[]\"},{\"internalType\":\"uint96[]\",\"name\":\"prices\",\"type\":\"uint96[]\"}],\"name\":\"register\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"active\",\"type\":\"bool\"}],\"name\":\"setActive\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"uint96\",\"name\":\"price\",\"type\":\"uint96\"}],\"name\":\"setPrice\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "ModelRegistry",
	Bin: "0x6080604052348015600e575f5ffd5b50610a908061001c5f395ff3fe608060405234801561000f575f5ffd5b506004361061006f575f3560e01c8063c5104d251161004d578063c5104d2514610100578063ee19e84b14610157578063faab208214610243575f5ffd5b80636485d67814610073578063a6bca7a214610088578063c5078da1146100df575b5f5ffd5b61008661008136600461071c565b610256565b005b6100bd610096366004610766565b5f6020818152928152604080822090935290815220546bffffffffffffffffffffffff1681565b6040516bffffffffffffffffffffffff90911681526020015b60405180910390f35b6100f26100ed366004610816565b610355565b6040519081526020016100d6565b6100f261010e3660046108ef565b6040805173ffffffffffffffffffffffffffffffffffffffff841660208201529081018290525f9060600160405160208183030381529060405280519060200120905092915050565b6101f8610165366004610931565b604080516080810182525f808252602082018190529181018290526060810191909152505f908152600160208181526040928390208351608081018552815473ffffffffffffffffffffffffffffffffffffffff8116825274010000000000000000000000000000000000000000900460ff16151592810192909252918201549281019290925260020154606082015290565b6040516100d69190815173ffffffffffffffffffffffffffffffffffffffff168152602080830151151590820152604080830151908201526060918201519181019190915260800190565b610086610251366004610963565b610616565b5f82815260016020526040902054829073ffffffffffffffffffffffffffffffffffffffff1633146102c2576040517fe985de86000000000000000000000000000000000000000000000000000000008152600481018290523360248201526044015b60405180910390fd5b5f8381526001602052604090819020805484151574010000000000000000000000000000000000000000027fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff9091161790555183907f258d2fadf16c807b1a1113c7de3b3e2e9c6900d2f60290e3d925732de1de087c9061034890851515815260200190565b60405180910390a2505050565b5f89810361038f576040517f46829b8500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f8890036103c9576040517f281fb34e00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b83821461040c576040517fab338f0f00000000000000000000000000000000000000000000000000000000815260048101859052602481018390526044016102b9565b60408051336020808301919091528183018d9052825180830384018152606090920190925280519101205f8181526001602052604090205490915073ffffffffffffffffffffffffffffffffffffffff1615610497576040517f2486e84c000000000000000000000000000000000000000000000000000000008152600481018290526024016102b9565b60408051608081018252338152600160208201528082018c9052905160608201906104c5908c908c9061099c565b60408051918290039091209091525f83815260016020818152918390208451815493860151151574010000000000000000000000000000000000000000027fffffffffffffffffffffff00000000000000000000000000000000000000000090941673ffffffffffffffffffffffffffffffffffffffff90911617929092178255838301519082015560609092015160029092019190915551339082907f1a85b965edb36eb3bd407f5a9e6fd384033a944c0b0627b006df723fc9ef189090610597908e908e908e908e908e906109f2565b60405180910390a35f5b8481101561060857610600828787848181106105bf576105bf610a2a565b90506020020160208101906105d49190610a57565b8686858181106105e6576105e6610a2a565b90506020020160208101906105fb9190610a77565b61068e565b6001016105a1565b509998505050505050505050565b5f83815260016020526040902054839073ffffffffffffffffffffffffffffffffffffffff16331461067d576040517fe985de86000000000000000000000000000000000000000000000000000000008152600481018290523360248201526044016102b9565b61068884848461068e565b50505050565b5f8381526020818152604080832063ffffffff86168085529083529281902080547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff861690811790915581519384529183019190915284917fd8b6258ca2da57312bd50ceac90936eb714e52ac933e14f5928a5269ef70ac079101610348565b5f5f6040838503121561072d575f5ffd5b8235915060208301358015158114610743575f5ffd5b809150509250929050565b803563ffffffff81168114610761575f5ffd5b919050565b5f5f60408385031215610777575f5ffd5b823591506107876020840161074e565b90509250929050565b5f5f83601f8401126107a0575f5ffd5b50813567ffffffffffffffff8111156107b7575f5ffd5b6020830191508360208285010111156107ce575f5ffd5b9250929050565b5f5f83601f8401126107e5575f5ffd5b50813567ffffffffffffffff8111156107fc575f5ffd5b6020830191508360208260051b85010111156107ce575f5ffd5b5f5f5f5f5f5f5f5f5f60a08a8c03121561082e575f5ffd5b8935985060208a013567ffffffffffffffff81111561084b575f5ffd5b6108578c828d01610790565b90995097505060408a013567ffffffffffffffff811115610876575f5ffd5b6108828c828d01610790565b90975095505060608a013567ffffffffffffffff8111156108a1575f5ffd5b6108ad8c828d016107d5565b90955093505060808a013567ffffffffffffffff8111156108cc575f5ffd5b6108d88c828d016107d5565b915080935050809150509295985092959850929598565b5f5f60408385031215610900575f5ffd5b823573ffffffffffffffffffffffffffffffffffffffff81168114610923575f5ffd5b946020939093013593505050565b5f60208284031215610941575f5ffd5b5035919050565b80356bffffffffffffffffffffffff81168114610761575f5ffd5b5f5f5f60608486031215610975575f5ffd5b833592506109856020850161074e565b915061099360408501610948565b90509250925092565b818382375f9101908152919050565b81835281816020850137505f602082840101525f60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f840116840101905092915050565b858152606060208201525f610a0b6060830186886109ab565b8281036040840152610a1e8185876109ab565b98975050505050505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b5f60208284031215610a67575f5ffd5b610a708261074e565b9392505050565b5f60208284031215610a87575f5ffd5b610a708261094856",
}

// ModelRegistry is an auto generated Go binding around an Ethereum contract.
type ModelRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *ModelRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewModelRegistry creates a new instance of ModelRegistry.
func NewModelRegistry() *ModelRegistry {
	parsed, err := ModelRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &ModelRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *ModelRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5104d25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function idOf(address creator, bytes32 manifestHash) pure returns(bytes32)
func (modelRegistry *ModelRegistry) PackIdOf(creator common.Address, manifestHash [32]byte) []byte {
	enc, err := modelRegistry.abi.Pack("idOf", creator, manifestHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5104d25.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function idOf(address creator, bytes32 manifestHash) pure returns(bytes32)
func (modelRegistry *ModelRegistry) TryPackIdOf(creator common.Address, manifestHash [32]byte) ([]byte, error) {
	return modelRegistry.abi.Pack("idOf", creator, manifestHash)
}

// UnpackIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc5104d25.
//
// Solidity: function idOf(address creator, bytes32 manifestHash) pure returns(bytes32)
func (modelRegistry *ModelRegistry) UnpackIdOf(data []byte) ([32]byte, error) {
	out, err := modelRegistry.abi.Unpack("idOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackModel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xee19e84b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function model(bytes32 modelId) view returns((address,bool,bytes32,bytes32))
func (modelRegistry *ModelRegistry) PackModel(modelId [32]byte) []byte {
	enc, err := modelRegistry.abi.Pack("model", modelId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackModel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xee19e84b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function model(bytes32 modelId) view returns((address,bool,bytes32,bytes32))
func (modelRegistry *ModelRegistry) TryPackModel(modelId [32]byte) ([]byte, error) {
	return modelRegistry.abi.Pack("model", modelId)
}

// UnpackModel is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xee19e84b.
//
// Solidity: function model(bytes32 modelId) view returns((address,bool,bytes32,bytes32))
func (modelRegistry *ModelRegistry) UnpackModel(data []byte) (ModelRegistryModel, error) {
	out, err := modelRegistry.abi.Unpack("model", data)
	if err != nil {
		return *new(ModelRegistryModel), err
	}
	out0 := *abi.ConvertType(out[0], new(ModelRegistryModel)).(*ModelRegistryModel)
	return out0, nil
}

// PackPriceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa6bca7a2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function priceOf(bytes32 modelId, uint32 cut) view returns(uint96 price)
func (modelRegistry *ModelRegistry) PackPriceOf(modelId [32]byte, cut uint32) []byte {
	enc, err := modelRegistry.abi.Pack("priceOf", modelId, cut)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPriceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa6bca7a2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function priceOf(bytes32 modelId, uint32 cut) view returns(uint96 price)
func (modelRegistry *ModelRegistry) TryPackPriceOf(modelId [32]byte, cut uint32) ([]byte, error) {
	return modelRegistry.abi.Pack("priceOf", modelId, cut)
}

// UnpackPriceOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa6bca7a2.
//
// Solidity: function priceOf(bytes32 modelId, uint32 cut) view returns(uint96 price)
func (modelRegistry *ModelRegistry) UnpackPriceOf(data []byte) (*big.Int, error) {
	out, err := modelRegistry.abi.Unpack("priceOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5078da1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register(bytes32 manifestHash, bytes sealingKey, string uri, uint32[] cuts, uint96[] prices) returns(bytes32 modelId)
func (modelRegistry *ModelRegistry) PackRegister(manifestHash [32]byte, sealingKey []byte, uri string, cuts []uint32, prices []*big.Int) []byte {
	enc, err := modelRegistry.abi.Pack("register", manifestHash, sealingKey, uri, cuts, prices)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5078da1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register(bytes32 manifestHash, bytes sealingKey, string uri, uint32[] cuts, uint96[] prices) returns(bytes32 modelId)
func (modelRegistry *ModelRegistry) TryPackRegister(manifestHash [32]byte, sealingKey []byte, uri string, cuts []uint32, prices []*big.Int) ([]byte, error) {
	return modelRegistry.abi.Pack("register", manifestHash, sealingKey, uri, cuts, prices)
}

// UnpackRegister is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc5078da1.
//
// Solidity: function register(bytes32 manifestHash, bytes sealingKey, string uri, uint32[] cuts, uint96[] prices) returns(bytes32 modelId)
func (modelRegistry *ModelRegistry) UnpackRegister(data []byte) ([32]byte, error) {
	out, err := modelRegistry.abi.Unpack("register", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackSetActive is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6485d678.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setActive(bytes32 modelId, bool active) returns()
func (modelRegistry *ModelRegistry) PackSetActive(modelId [32]byte, active bool) []byte {
	enc, err := modelRegistry.abi.Pack("setActive", modelId, active)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetActive is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6485d678.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setActive(bytes32 modelId, bool active) returns()
func (modelRegistry *ModelRegistry) TryPackSetActive(modelId [32]byte, active bool) ([]byte, error) {
	return modelRegistry.abi.Pack("setActive", modelId, active)
}

// PackSetPrice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfaab2082.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setPrice(bytes32 modelId, uint32 cut, uint96 price) returns()
func (modelRegistry *ModelRegistry) PackSetPrice(modelId [32]byte, cut uint32, price *big.Int) []byte {
	enc, err := modelRegistry.abi.Pack("setPrice", modelId, cut, price)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetPrice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfaab2082.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setPrice(bytes32 modelId, uint32 cut, uint96 price) returns()
func (modelRegistry *ModelRegistry) TryPackSetPrice(modelId [32]byte, cut uint32, price *big.Int) ([]byte, error) {
	return modelRegistry.abi.Pack("setPrice", modelId, cut, price)
}

// ModelRegistryModelActiveSet represents a ModelActiveSet event raised by the ModelRegistry contract.
type ModelRegistryModelActiveSet struct {
	ModelId [32]byte
	Active  bool
	Raw     *types.Log // Blockchain specific contextual infos
}

const ModelRegistryModelActiveSetEventName = "ModelActiveSet"

// ContractEventName returns the user-defined event name.
func (ModelRegistryModelActiveSet) ContractEventName() string {
	return ModelRegistryModelActiveSetEventName
}

// UnpackModelActiveSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ModelActiveSet(bytes32 indexed modelId, bool active)
func (modelRegistry *ModelRegistry) UnpackModelActiveSetEvent(log *types.Log) (*ModelRegistryModelActiveSet, error) {
	event := "ModelActiveSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != modelRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ModelRegistryModelActiveSet)
	if len(log.Data) > 0 {
		if err := modelRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range modelRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// ModelRegistryModelPriced represents a ModelPriced event raised by the ModelRegistry contract.
type ModelRegistryModelPriced struct {
	ModelId [32]byte
	Cut     uint32
	Price   *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const ModelRegistryModelPricedEventName = "ModelPriced"

// ContractEventName returns the user-defined event name.
func (ModelRegistryModelPriced) ContractEventName() string {
	return ModelRegistryModelPricedEventName
}

// UnpackModelPricedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ModelPriced(bytes32 indexed modelId, uint32 cut, uint96 price)
func (modelRegistry *ModelRegistry) UnpackModelPricedEvent(log *types.Log) (*ModelRegistryModelPriced, error) {
	event := "ModelPriced"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != modelRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ModelRegistryModelPriced)
	if len(log.Data) > 0 {
		if err := modelRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range modelRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// ModelRegistryModelRegistered represents a ModelRegistered event raised by the ModelRegistry contract.
type ModelRegistryModelRegistered struct {
	ModelId      [32]byte
	Creator      common.Address
	ManifestHash [32]byte
	SealingKey   []byte
	Uri          string
	Raw          *types.Log // Blockchain specific contextual infos
}

const ModelRegistryModelRegisteredEventName = "ModelRegistered"

// ContractEventName returns the user-defined event name.
func (ModelRegistryModelRegistered) ContractEventName() string {
	return ModelRegistryModelRegisteredEventName
}

// UnpackModelRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ModelRegistered(bytes32 indexed modelId, address indexed creator, bytes32 manifestHash, bytes sealingKey, string uri)
func (modelRegistry *ModelRegistry) UnpackModelRegisteredEvent(log *types.Log) (*ModelRegistryModelRegistered, error) {
	event := "ModelRegistered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != modelRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ModelRegistryModelRegistered)
	if len(log.Data) > 0 {
		if err := modelRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range modelRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (modelRegistry *ModelRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], modelRegistry.abi.Errors["EmptyManifestHash"].ID.Bytes()[:4]) {
		return modelRegistry.UnpackEmptyManifestHashError(raw[4:])
	}
	if bytes.Equal(raw[:4], modelRegistry.abi.Errors["EmptySealingKey"].ID.Bytes()[:4]) {
		return modelRegistry.UnpackEmptySealingKeyError(raw[4:])
	}
	if bytes.Equal(raw[:4], modelRegistry.abi.Errors["ModelExists"].ID.Bytes()[:4]) {
		return modelRegistry.UnpackModelExistsError(raw[4:])
	}
	if bytes.Equal(raw[:4], modelRegistry.abi.Errors["NotCreator"].ID.Bytes()[:4]) {
		return modelRegistry.UnpackNotCreatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], modelRegistry.abi.Errors["PricesMismatch"].ID.Bytes()[:4]) {
		return modelRegistry.UnpackPricesMismatchError(raw[4:])
	}
	return nil, errors.New("unknown error")
}

// ModelRegistryEmptyManifestHash represents a EmptyManifestHash error raised by the ModelRegistry contract.
type ModelRegistryEmptyManifestHash struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EmptyManifestHash()
func ModelRegistryEmptyManifestHashErrorID() common.Hash {
	return common.HexToHash("0x46829b85ef94af5b7573e1a628e06a255b284d81dacbf7b099d178eb14715dae")
}

// UnpackEmptyManifestHashError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EmptyManifestHash()
func (modelRegistry *ModelRegistry) UnpackEmptyManifestHashError(raw []byte) (*ModelRegistryEmptyManifestHash, error) {
	out := new(ModelRegistryEmptyManifestHash)
	if err := modelRegistry.abi.UnpackIntoInterface(out, "EmptyManifestHash", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ModelRegistryEmptySealingKey represents a EmptySealingKey error raised by the ModelRegistry contract.
type ModelRegistryEmptySealingKey struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EmptySealingKey()
func ModelRegistryEmptySealingKeyErrorID() common.Hash {
	return common.HexToHash("0x281fb34e9e50e4eb51f917b2e09f846192891ed837b451ec22877afe662a6ff2")
}

// UnpackEmptySealingKeyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EmptySealingKey()
func (modelRegistry *ModelRegistry) UnpackEmptySealingKeyError(raw []byte) (*ModelRegistryEmptySealingKey, error) {
	out := new(ModelRegistryEmptySealingKey)
	if err := modelRegistry.abi.UnpackIntoInterface(out, "EmptySealingKey", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ModelRegistryModelExists represents a ModelExists error raised by the ModelRegistry contract.
type ModelRegistryModelExists struct {
	ModelId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ModelExists(bytes32 modelId)
func ModelRegistryModelExistsErrorID() common.Hash {
	return common.HexToHash("0x2486e84c052de9ee5713d71255d16e161b570742e58700609fd2c741335e69a6")
}

// UnpackModelExistsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ModelExists(bytes32 modelId)
func (modelRegistry *ModelRegistry) UnpackModelExistsError(raw []byte) (*ModelRegistryModelExists, error) {
	out := new(ModelRegistryModelExists)
	if err := modelRegistry.abi.UnpackIntoInterface(out, "ModelExists", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ModelRegistryNotCreator represents a NotCreator error raised by the ModelRegistry contract.
type ModelRegistryNotCreator struct {
	ModelId [32]byte
	Caller  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotCreator(bytes32 modelId, address caller)
func ModelRegistryNotCreatorErrorID() common.Hash {
	return common.HexToHash("0xe985de8603aa0a350ac18bba7487484a4c3002a71829be75676f9082c919ba4b")
}

// UnpackNotCreatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotCreator(bytes32 modelId, address caller)
func (modelRegistry *ModelRegistry) UnpackNotCreatorError(raw []byte) (*ModelRegistryNotCreator, error) {
	out := new(ModelRegistryNotCreator)
	if err := modelRegistry.abi.UnpackIntoInterface(out, "NotCreator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ModelRegistryPricesMismatch represents a PricesMismatch error raised by the ModelRegistry contract.
type ModelRegistryPricesMismatch struct {
	Cuts   *big.Int
	Prices *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PricesMismatch(uint256 cuts, uint256 prices)
func ModelRegistryPricesMismatchErrorID() common.Hash {
	return common.HexToHash("0xab338f0f6030a62990fdad659be589c202bf414e725a3838c8034fa194272fa0")
}

// UnpackPricesMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PricesMismatch(uint256 cuts, uint256 prices)
func (modelRegistry *ModelRegistry) UnpackPricesMismatchError(raw []byte) (*ModelRegistryPricesMismatch, error) {
	out := new(ModelRegistryPricesMismatch)
	if err := modelRegistry.abi.UnpackIntoInterface(out, "PricesMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}
