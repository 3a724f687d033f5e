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

// AttesterVerifierMetaData contains all meta data concerning the AttesterVerifier contract.
var AttesterVerifierMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"delay_\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"item\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"}],\"name\":\"AlreadyListed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ECDSAInvalidSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"length\",\"type\":\"uint256\"}],\"name\":\"ECDSAInvalidSignatureLength\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"ECDSAInvalidSignatureS\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"NoFeeExpected\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"NotAttester\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"attester\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"allowedFrom\",\"type\":\"uint64\"}],\"name\":\"AttesterSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"VERDICT_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"delay\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"attester\",\"type\":\"address\"}],\"name\":\"isAttester\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"attester\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"setAttester\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"binding\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"quoteHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"}],\"name\":\"verdictDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "AttesterVerifier",
	Bin: "0x610180604052348015610010575f5ffd5b506040516114a43803806114a483398101604081905261002f91610226565b816040518060400160405280601a81526020017f456e637279707465645f436f6d70757465204174746573746572000000000000815250604051806040016040528060018152602001603160f81b81525061008f8261017c60201b60201c565b6101205261009c8161017c565b61014052815160208084019190912060e052815190820120610100524660a05261012860e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526001600160a01b03811661015f57604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b610168816101b9565b506001600160401b031661016052506102cf565b5f5f829050601f815111156101a6578260405163305a27a960e01b81526004016101569190610274565b80516101b1826102a9565b179392505050565b600380546001600160a01b03191690556101d2816101d5565b50565b600280546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b5f5f60408385031215610237575f5ffd5b82516001600160a01b038116811461024d575f5ffd5b60208401519092506001600160401b0381168114610269575f5ffd5b809150509250929050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156102c9575f198160200360031b1b821691505b50919050565b60805160a05160c05160e051610100516101205161014051610160516111736103315f395f818161015c015261047501525f6108a501525f61087501525f6109e501525f6109bd01525f61091801525f61094201525f61096c01526111735ff3fe6080604052600436106100c3575f3560e01c806379ba509711610071578063b6ebe5391161004c578063b6ebe53914610264578063e30c397814610293578063f2fde38b146102bd575f5ffd5b806379ba5097146101de57806384b0196e146101f25780638da5cb5b14610219575f5ffd5b80636a42b8f8116100a15780636a42b8f81461014b578063715018a61461019757806375cb5f3d146101ab575f5ffd5b80631bebd9b8146100c7578063258ae582146100f95780635c0204d91461012a575b5f5ffd5b3480156100d2575f5ffd5b506100e66100e1366004610d87565b6102dc565b6040519081526020015b60405180910390f35b61010c610107366004610dc3565b610359565b6040805192835267ffffffffffffffff9091166020830152016100f0565b348015610135575f5ffd5b50610149610144366004610e5d565b61042c565b005b348015610156575f5ffd5b5061017e7f000000000000000000000000000000000000000000000000000000000000000081565b60405167ffffffffffffffff90911681526020016100f0565b3480156101a2575f5ffd5b506101496104b9565b3480156101b6575f5ffd5b506100e67fcf922c4e9aa8a5071fcaed79d25bc6748ac20539fc2708b8b7f4dd8113f3d92181565b3480156101e9575f5ffd5b506101496104cc565b3480156101fd575f5ffd5b50610206610543565b6040516100f09796959493929190610ee2565b348015610224575f5ffd5b5060025473ffffffffffffffffffffffffffffffffffffffff165b60405173ffffffffffffffffffffffffffffffffffffffff90911681526020016100f0565b34801561026f575f5ffd5b5061028361027e366004610fa1565b6105a1565b60405190151581526020016100f0565b34801561029e575f5ffd5b5060035473ffffffffffffffffffffffffffffffffffffffff1661023f565b3480156102c8575f5ffd5b506101496102d7366004610fa1565b6105c9565b604080517fcf922c4e9aa8a5071fcaed79d25bc6748ac20539fc2708b8b7f4dd8113f3d9216020820152908101859052606081018490526080810183905267ffffffffffffffff821660a08201525f9061034e9060c00160405160208183030381529060405280519060200120610679565b90505b949350505050565b5f80341561039a576040517fbafd0d5f0000000000000000000000000000000000000000000000000000000081523460048201526024015b60405180910390fd5b5f60606103a985870187610fee565b9296509450925090505f6103c86103c2898786886102dc565b836106c0565b90506103d3816105a1565b610421576040517f14817f2f00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff82166004820152602401610391565b505050935093915050565b6104346106e8565b73ffffffffffffffffffffffffffffffffffffffff82167f5877d895cadf1692f474c12f7e4b70e3901a4b72eb2678425242d57b8294b1cc610499600483857f000000000000000000000000000000000000000000000000000000000000000061073b565b60405167ffffffffffffffff909116815260200160405180910390a25050565b6104c16106e8565b6104ca5f61083d565b565b600354339073ffffffffffffffffffffffffffffffffffffffff168114610537576040517f118cdaa700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff82166004820152602401610391565b6105408161083d565b50565b5f6060805f5f5f606061055461086e565b61055c61089e565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b5f6105c3600473ffffffffffffffffffffffffffffffffffffffff84166108c9565b92915050565b6105d16106e8565b6003805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff0000000000000000000000000000000000000000909116811790915561063460025473ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f6105c36106856108ff565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f5f5f5f6106ce8686610a35565b9250925092506106de8282610a7e565b5090949350505050565b60025473ffffffffffffffffffffffffffffffffffffffff1633146104ca576040517f118cdaa7000000000000000000000000000000000000000000000000000000008152336004820152602401610391565b5f8261077a57505f83815260208590526040812080547fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000169055610351565b5f8481526020869052604090205467ffffffffffffffff16156107ec575f84815260208690526040908190205490517f8f1abb590000000000000000000000000000000000000000000000000000000081526004810186905267ffffffffffffffff9091166024820152604401610391565b6107f68242611101565b5f9485526020959095525050604090912080547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff84161790555090565b600380547fffffffffffffffffffffffff000000000000000000000000000000000000000016905561054081610b85565b60606108997f0000000000000000000000000000000000000000000000000000000000000000610bfb565b905090565b60606108997f0000000000000000000000000000000000000000000000000000000000000000610bfb565b5f8181526020839052604081205467ffffffffffffffff168015801590610351575067ffffffffffffffff164210159392505050565b5f3073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001614801561096457507f000000000000000000000000000000000000000000000000000000000000000046145b1561098e57507f000000000000000000000000000000000000000000000000000000000000000090565b610899604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f5f5f8351604103610a6c576020840151604085015160608601515f1a610a5e88828585610c38565b955095509550505050610a77565b505081515f91506002905b9250925092565b5f826003811115610a9157610a91611146565b03610a9a575050565b6001826003811115610aae57610aae611146565b03610ae5576040517ff645eedf00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6002826003811115610af957610af9611146565b03610b33576040517ffce698f700000000000000000000000000000000000000000000000000000000815260048101829052602401610391565b6003826003811115610b4757610b47611146565b03610b81576040517fd78bce0c00000000000000000000000000000000000000000000000000000000815260048101829052602401610391565b5050565b6002805473ffffffffffffffffffffffffffffffffffffffff8381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b60605f610c0783610d2b565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115610c7157505f91506003905082610d21565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015610cc2573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0015191505073ffffffffffffffffffffffffffffffffffffffff8116610d1857505f925060019150829050610d21565b92505f91508190505b9450945094915050565b5f60ff8216601f8111156105c3576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b803567ffffffffffffffff81168114610d82575f5ffd5b919050565b5f5f5f5f60808587031215610d9a575f5ffd5b843593506020850135925060408501359150610db860608601610d6b565b905092959194509250565b5f5f5f60408486031215610dd5575f5ffd5b83359250602084013567ffffffffffffffff811115610df2575f5ffd5b8401601f81018613610e02575f5ffd5b803567ffffffffffffffff811115610e18575f5ffd5b866020828401011115610e29575f5ffd5b939660209190910195509293505050565b803573ffffffffffffffffffffffffffffffffffffffff81168114610d82575f5ffd5b5f5f60408385031215610e6e575f5ffd5b610e7783610e3a565b915060208301358015158114610e8b575f5ffd5b809150509250929050565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f610f1c60e0830189610e96565b8281036040840152610f2e8189610e96565b6060840188905273ffffffffffffffffffffffffffffffffffffffff8716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015610f90578351835260209384019390920191600101610f72565b50909b9a5050505050505050505050565b5f60208284031215610fb1575f5ffd5b610fba82610e3a565b9392505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b5f5f5f5f60808587031215611001575f5ffd5b843593506020850135925061101860408601610d6b565b9150606085013567ffffffffffffffff811115611033575f5ffd5b8501601f81018713611043575f5ffd5b803567ffffffffffffffff81111561105d5761105d610fc1565b6040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0603f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8501160116810181811067ffffffffffffffff821117156110c9576110c9610fc1565b6040528181528282016020018910156110e0575f5ffd5b816020840160208301375f6020838301015280935050505092959194509250565b67ffffffffffffffff81811683821601908111156105c3577f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd",
}

// AttesterVerifier is an auto generated Go binding around an Ethereum contract.
type AttesterVerifier struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *AttesterVerifier) GetABI() abi.ABI {
	return c.abi
}

// NewAttesterVerifier creates a new instance of AttesterVerifier.
func NewAttesterVerifier() *AttesterVerifier {
	parsed, err := AttesterVerifierMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &AttesterVerifier{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *AttesterVerifier) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address owner, uint64 delay_) returns()
func (attesterVerifier *AttesterVerifier) PackConstructor(owner common.Address, delay_ uint64) []byte {
	enc, err := attesterVerifier.abi.Pack("", owner, delay_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackVERDICTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x75cb5f3d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function VERDICT_TYPEHASH() view returns(bytes32)
func (attesterVerifier *AttesterVerifier) PackVERDICTTYPEHASH() []byte {
	enc, err := attesterVerifier.abi.Pack("VERDICT_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVERDICTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x75cb5f3d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function VERDICT_TYPEHASH() view returns(bytes32)
func (attesterVerifier *AttesterVerifier) TryPackVERDICTTYPEHASH() ([]byte, error) {
	return attesterVerifier.abi.Pack("VERDICT_TYPEHASH")
}

// UnpackVERDICTTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x75cb5f3d.
//
// Solidity: function VERDICT_TYPEHASH() view returns(bytes32)
func (attesterVerifier *AttesterVerifier) UnpackVERDICTTYPEHASH(data []byte) ([32]byte, error) {
	out, err := attesterVerifier.abi.Unpack("VERDICT_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptOwnership() returns()
func (attesterVerifier *AttesterVerifier) PackAcceptOwnership() []byte {
	enc, err := attesterVerifier.abi.Pack("acceptOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptOwnership() returns()
func (attesterVerifier *AttesterVerifier) TryPackAcceptOwnership() ([]byte, error) {
	return attesterVerifier.abi.Pack("acceptOwnership")
}

// PackDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a42b8f8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function delay() view returns(uint64)
func (attesterVerifier *AttesterVerifier) PackDelay() []byte {
	enc, err := attesterVerifier.abi.Pack("delay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a42b8f8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function delay() view returns(uint64)
func (attesterVerifier *AttesterVerifier) TryPackDelay() ([]byte, error) {
	return attesterVerifier.abi.Pack("delay")
}

// UnpackDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6a42b8f8.
//
// Solidity: function delay() view returns(uint64)
func (attesterVerifier *AttesterVerifier) UnpackDelay(data []byte) (uint64, error) {
	out, err := attesterVerifier.abi.Unpack("delay", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackIsAttester is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6ebe539.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isAttester(address attester) view returns(bool)
func (attesterVerifier *AttesterVerifier) PackIsAttester(attester common.Address) []byte {
	enc, err := attesterVerifier.abi.Pack("isAttester", attester)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsAttester is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6ebe539.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isAttester(address attester) view returns(bool)
func (attesterVerifier *AttesterVerifier) TryPackIsAttester(attester common.Address) ([]byte, error) {
	return attesterVerifier.abi.Pack("isAttester", attester)
}

// UnpackIsAttester is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb6ebe539.
//
// Solidity: function isAttester(address attester) view returns(bool)
func (attesterVerifier *AttesterVerifier) UnpackIsAttester(data []byte) (bool, error) {
	out, err := attesterVerifier.abi.Unpack("isAttester", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (attesterVerifier *AttesterVerifier) PackOwner() []byte {
	enc, err := attesterVerifier.abi.Pack("owner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function owner() view returns(address)
func (attesterVerifier *AttesterVerifier) TryPackOwner() ([]byte, error) {
	return attesterVerifier.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (attesterVerifier *AttesterVerifier) UnpackOwner(data []byte) (common.Address, error) {
	out, err := attesterVerifier.abi.Unpack("owner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingOwner() view returns(address)
func (attesterVerifier *AttesterVerifier) PackPendingOwner() []byte {
	enc, err := attesterVerifier.abi.Pack("pendingOwner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pendingOwner() view returns(address)
func (attesterVerifier *AttesterVerifier) TryPackPendingOwner() ([]byte, error) {
	return attesterVerifier.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (attesterVerifier *AttesterVerifier) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := attesterVerifier.abi.Unpack("pendingOwner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceOwnership() returns()
func (attesterVerifier *AttesterVerifier) PackRenounceOwnership() []byte {
	enc, err := attesterVerifier.abi.Pack("renounceOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceOwnership() returns()
func (attesterVerifier *AttesterVerifier) TryPackRenounceOwnership() ([]byte, error) {
	return attesterVerifier.abi.Pack("renounceOwnership")
}

// PackSetAttester is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c0204d9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setAttester(address attester, bool allowed) returns()
func (attesterVerifier *AttesterVerifier) PackSetAttester(attester common.Address, allowed bool) []byte {
	enc, err := attesterVerifier.abi.Pack("setAttester", attester, allowed)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetAttester is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c0204d9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setAttester(address attester, bool allowed) returns()
func (attesterVerifier *AttesterVerifier) TryPackSetAttester(attester common.Address, allowed bool) ([]byte, error) {
	return attesterVerifier.abi.Pack("setAttester", attester, allowed)
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (attesterVerifier *AttesterVerifier) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := attesterVerifier.abi.Pack("transferOwnership", newOwner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (attesterVerifier *AttesterVerifier) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return attesterVerifier.abi.Pack("transferOwnership", newOwner)
}

// PackVerdictDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1bebd9b8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function verdictDigest(bytes32 binding, bytes32 workloadId, bytes32 quoteHash, uint64 validUntil) view returns(bytes32)
func (attesterVerifier *AttesterVerifier) PackVerdictDigest(binding [32]byte, workloadId [32]byte, quoteHash [32]byte, validUntil uint64) []byte {
	enc, err := attesterVerifier.abi.Pack("verdictDigest", binding, workloadId, quoteHash, validUntil)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVerdictDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1bebd9b8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function verdictDigest(bytes32 binding, bytes32 workloadId, bytes32 quoteHash, uint64 validUntil) view returns(bytes32)
func (attesterVerifier *AttesterVerifier) TryPackVerdictDigest(binding [32]byte, workloadId [32]byte, quoteHash [32]byte, validUntil uint64) ([]byte, error) {
	return attesterVerifier.abi.Pack("verdictDigest", binding, workloadId, quoteHash, validUntil)
}

// UnpackVerdictDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1bebd9b8.
//
// Solidity: function verdictDigest(bytes32 binding, bytes32 workloadId, bytes32 quoteHash, uint64 validUntil) view returns(bytes32)
func (attesterVerifier *AttesterVerifier) UnpackVerdictDigest(data []byte) ([32]byte, error) {
	out, err := attesterVerifier.abi.Unpack("verdictDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// AttesterVerifierAttesterSet represents a AttesterSet event raised by the AttesterVerifier contract.
type AttesterVerifierAttesterSet struct {
	Attester    common.Address
	AllowedFrom uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const AttesterVerifierAttesterSetEventName = "AttesterSet"

// ContractEventName returns the user-defined event name.
func (AttesterVerifierAttesterSet) ContractEventName() string {
	return AttesterVerifierAttesterSetEventName
}

// UnpackAttesterSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AttesterSet(address indexed attester, uint64 allowedFrom)
func (attesterVerifier *AttesterVerifier) UnpackAttesterSetEvent(log *types.Log) (*AttesterVerifierAttesterSet, error) {
	event := "AttesterSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != attesterVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AttesterVerifierAttesterSet)
	if len(log.Data) > 0 {
		if err := attesterVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range attesterVerifier.abi.Events[event].Inputs {
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

// AttesterVerifierEIP712DomainChanged represents a EIP712DomainChanged event raised by the AttesterVerifier contract.
type AttesterVerifierEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const AttesterVerifierEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (AttesterVerifierEIP712DomainChanged) ContractEventName() string {
	return AttesterVerifierEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (attesterVerifier *AttesterVerifier) UnpackEIP712DomainChangedEvent(log *types.Log) (*AttesterVerifierEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != attesterVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AttesterVerifierEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := attesterVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range attesterVerifier.abi.Events[event].Inputs {
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

// AttesterVerifierOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the AttesterVerifier contract.
type AttesterVerifierOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const AttesterVerifierOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (AttesterVerifierOwnershipTransferStarted) ContractEventName() string {
	return AttesterVerifierOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (attesterVerifier *AttesterVerifier) UnpackOwnershipTransferStartedEvent(log *types.Log) (*AttesterVerifierOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != attesterVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AttesterVerifierOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := attesterVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range attesterVerifier.abi.Events[event].Inputs {
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

// AttesterVerifierOwnershipTransferred represents a OwnershipTransferred event raised by the AttesterVerifier contract.
type AttesterVerifierOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const AttesterVerifierOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (AttesterVerifierOwnershipTransferred) ContractEventName() string {
	return AttesterVerifierOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (attesterVerifier *AttesterVerifier) UnpackOwnershipTransferredEvent(log *types.Log) (*AttesterVerifierOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != attesterVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AttesterVerifierOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := attesterVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range attesterVerifier.abi.Events[event].Inputs {
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
func (attesterVerifier *AttesterVerifier) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["AlreadyListed"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackAlreadyListedError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["ECDSAInvalidSignature"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackECDSAInvalidSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["ECDSAInvalidSignatureLength"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackECDSAInvalidSignatureLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["ECDSAInvalidSignatureS"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackECDSAInvalidSignatureSError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["NoFeeExpected"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackNoFeeExpectedError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["NotAttester"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackNotAttesterError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], attesterVerifier.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return attesterVerifier.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("unknown error")
}

// AttesterVerifierAlreadyListed represents a AlreadyListed error raised by the AttesterVerifier contract.
type AttesterVerifierAlreadyListed struct {
	Item [32]byte
	From uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func AttesterVerifierAlreadyListedErrorID() common.Hash {
	return common.HexToHash("0x8f1abb596d3d8810f140ab87a88cdddbd60c6d09305bc3cb8bca79f700aef770")
}

// UnpackAlreadyListedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func (attesterVerifier *AttesterVerifier) UnpackAlreadyListedError(raw []byte) (*AttesterVerifierAlreadyListed, error) {
	out := new(AttesterVerifierAlreadyListed)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "AlreadyListed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierECDSAInvalidSignature represents a ECDSAInvalidSignature error raised by the AttesterVerifier contract.
type AttesterVerifierECDSAInvalidSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignature()
func AttesterVerifierECDSAInvalidSignatureErrorID() common.Hash {
	return common.HexToHash("0xf645eedf0193584640b6b90cb9477e4c95b98636c148a891d4c0a146dc46e75a")
}

// UnpackECDSAInvalidSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignature()
func (attesterVerifier *AttesterVerifier) UnpackECDSAInvalidSignatureError(raw []byte) (*AttesterVerifierECDSAInvalidSignature, error) {
	out := new(AttesterVerifierECDSAInvalidSignature)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "ECDSAInvalidSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierECDSAInvalidSignatureLength represents a ECDSAInvalidSignatureLength error raised by the AttesterVerifier contract.
type AttesterVerifierECDSAInvalidSignatureLength struct {
	Length *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func AttesterVerifierECDSAInvalidSignatureLengthErrorID() common.Hash {
	return common.HexToHash("0xfce698f7e8e5342cd615f641317bc45fe7e1e4a8b0a14dd1383ff8dc9c41917f")
}

// UnpackECDSAInvalidSignatureLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func (attesterVerifier *AttesterVerifier) UnpackECDSAInvalidSignatureLengthError(raw []byte) (*AttesterVerifierECDSAInvalidSignatureLength, error) {
	out := new(AttesterVerifierECDSAInvalidSignatureLength)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierECDSAInvalidSignatureS represents a ECDSAInvalidSignatureS error raised by the AttesterVerifier contract.
type AttesterVerifierECDSAInvalidSignatureS struct {
	S [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func AttesterVerifierECDSAInvalidSignatureSErrorID() common.Hash {
	return common.HexToHash("0xd78bce0cccb935155ed6428d1c13e50b7f3550fd2b66b9fe266006fea4a5e1eb")
}

// UnpackECDSAInvalidSignatureSError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func (attesterVerifier *AttesterVerifier) UnpackECDSAInvalidSignatureSError(raw []byte) (*AttesterVerifierECDSAInvalidSignatureS, error) {
	out := new(AttesterVerifierECDSAInvalidSignatureS)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureS", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierInvalidShortString represents a InvalidShortString error raised by the AttesterVerifier contract.
type AttesterVerifierInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func AttesterVerifierInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (attesterVerifier *AttesterVerifier) UnpackInvalidShortStringError(raw []byte) (*AttesterVerifierInvalidShortString, error) {
	out := new(AttesterVerifierInvalidShortString)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierNoFeeExpected represents a NoFeeExpected error raised by the AttesterVerifier contract.
type AttesterVerifierNoFeeExpected struct {
	Value *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoFeeExpected(uint256 value)
func AttesterVerifierNoFeeExpectedErrorID() common.Hash {
	return common.HexToHash("0xbafd0d5ffdd448c80dc2148bf0b53957908eb70604d19e34023d9a95be316d0d")
}

// UnpackNoFeeExpectedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoFeeExpected(uint256 value)
func (attesterVerifier *AttesterVerifier) UnpackNoFeeExpectedError(raw []byte) (*AttesterVerifierNoFeeExpected, error) {
	out := new(AttesterVerifierNoFeeExpected)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "NoFeeExpected", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierNotAttester represents a NotAttester error raised by the AttesterVerifier contract.
type AttesterVerifierNotAttester struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAttester(address signer)
func AttesterVerifierNotAttesterErrorID() common.Hash {
	return common.HexToHash("0x14817f2f584570953b41dcf787fe5799176797b67ea0429f314f3bca83b3274a")
}

// UnpackNotAttesterError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAttester(address signer)
func (attesterVerifier *AttesterVerifier) UnpackNotAttesterError(raw []byte) (*AttesterVerifierNotAttester, error) {
	out := new(AttesterVerifierNotAttester)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "NotAttester", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the AttesterVerifier contract.
type AttesterVerifierOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func AttesterVerifierOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (attesterVerifier *AttesterVerifier) UnpackOwnableInvalidOwnerError(raw []byte) (*AttesterVerifierOwnableInvalidOwner, error) {
	out := new(AttesterVerifierOwnableInvalidOwner)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the AttesterVerifier contract.
type AttesterVerifierOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func AttesterVerifierOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (attesterVerifier *AttesterVerifier) UnpackOwnableUnauthorizedAccountError(raw []byte) (*AttesterVerifierOwnableUnauthorizedAccount, error) {
	out := new(AttesterVerifierOwnableUnauthorizedAccount)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AttesterVerifierStringTooLong represents a StringTooLong error raised by the AttesterVerifier contract.
type AttesterVerifierStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func AttesterVerifierStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (attesterVerifier *AttesterVerifier) UnpackStringTooLongError(raw []byte) (*AttesterVerifierStringTooLong, error) {
	out := new(AttesterVerifierStringTooLong)
	if err := attesterVerifier.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
