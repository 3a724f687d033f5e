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

// DcapVerifierMetaData contains all meta data concerning the DcapVerifier contract.
var DcapVerifierMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"contractIDcapAttestation\",\"name\":\"dcap_\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"validity_\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"delay_\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"item\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"}],\"name\":\"AlreadyListed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ConfigIdNotSet\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"statuses\",\"type\":\"uint256\"}],\"name\":\"InvalidStatuses\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validity\",\"type\":\"uint64\"}],\"name\":\"InvalidValidity\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"InvalidWorkload\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"measurements\",\"type\":\"bytes32\"}],\"name\":\"MeasurementsNotAllowed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ModuleNotIntels\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"blockNumber\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"nonce\",\"type\":\"bytes32\"}],\"name\":\"NotFresh\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"output\",\"type\":\"bytes\"}],\"name\":\"QuoteRefused\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ServiceTdBound\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"status\",\"type\":\"uint8\"}],\"name\":\"StatusNotAccepted\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"attributes\",\"type\":\"uint64\"}],\"name\":\"TdNotProtected\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"bodyType\",\"type\":\"uint16\"},{\"internalType\":\"uint256\",\"name\":\"length\",\"type\":\"uint256\"}],\"name\":\"UnknownBody\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"expected\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"got\",\"type\":\"bytes32\"}],\"name\":\"WrongBinding\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"statuses\",\"type\":\"uint256\"}],\"name\":\"AcceptedStatusesSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"measurements\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"allowedFrom\",\"type\":\"uint64\"}],\"name\":\"MeasurementsSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"UP_TO_DATE\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptedStatuses\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"dcap\",\"outputs\":[{\"internalType\":\"contractIDcapAttestation\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"delay\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"output\",\"type\":\"bytes\"}],\"name\":\"measurementsOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"statuses\",\"type\":\"uint256\"}],\"name\":\"setAcceptedStatuses\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"measurements\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"setMeasurements\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"validity\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"measurements\",\"type\":\"bytes32\"}],\"name\":\"workloadOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "DcapVerifier",
	Bin: "0x60e06040526001600255348015610014575f5ffd5b506040516113d73803806113d783398101604081905261003391610174565b836001600160a01b03811661006257604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b61006b816100da565b506001600160401b038216158061008d575062278d00826001600160401b0316115b156100b6576040516305704a8d60e41b81526001600160401b0383166004820152602401610059565b6001600160401b0390811660c0521660a0526001600160a01b0316608052506101ca565b600180546001600160a01b03191690556100f3816100f6565b50565b5f80546001600160a01b038381166001600160a01b0319831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b6001600160a01b03811681146100f3575f5ffd5b80516001600160401b038116811461016f575f5ffd5b919050565b5f5f5f5f60808587031215610187575f5ffd5b845161019281610145565b60208601519094506101a381610145565b92506101b160408601610159565b91506101bf60608601610159565b905092959194509250565b60805160a05160c0516111ce6102095f395f818161019e015261086801525f818161015201526105a001525f81816101fb015261036801526111ce5ff3fe6080604052600436106100e4575f3560e01c80638da5cb5b11610087578063e30c397811610057578063e30c3978146102d4578063ea899efa146102fe578063f2fde38b14610312578063fdcda97c14610331575f5ffd5b80638da5cb5b14610242578063a0fb15371461026b578063b97c28481461028a578063d707c061146102a9575f5ffd5b80636a42b8f8116100c25780636a42b8f81461018d578063715018a6146101c057806379ba5097146101d6578063866175a2146101ea575f5ffd5b80631ca81b43146100e8578063258ae582146101105780633e98d1fb14610141575b5f5ffd5b3480156100f3575f5ffd5b506100fd60025481565b6040519081526020015b60405180910390f35b61012361011e366004610ddf565b610350565b6040805192835267ffffffffffffffff909116602083015201610107565b34801561014c575f5ffd5b506101747f000000000000000000000000000000000000000000000000000000000000000081565b60405167ffffffffffffffff9091168152602001610107565b348015610198575f5ffd5b506101747f000000000000000000000000000000000000000000000000000000000000000081565b3480156101cb575f5ffd5b506101d46105d8565b005b3480156101e1575f5ffd5b506101d46105eb565b3480156101f5575f5ffd5b5061021d7f000000000000000000000000000000000000000000000000000000000000000081565b60405173ffffffffffffffffffffffffffffffffffffffff9091168152602001610107565b34801561024d575f5ffd5b505f5473ffffffffffffffffffffffffffffffffffffffff1661021d565b348015610276575f5ffd5b506101d4610285366004610e56565b610662565b348015610295575f5ffd5b506100fd6102a4366004610f80565b6106ed565b3480156102b4575f5ffd5b506100fd6102c3366004610e56565b60036020525f908152604090205481565b3480156102df575f5ffd5b5060015473ffffffffffffffffffffffffffffffffffffffff1661021d565b348015610309575f5ffd5b506100fd600181565b34801561031d575f5ffd5b506101d461032c366004610fb2565b6107a5565b34801561033c575f5ffd5b506101d461034b366004610fec565b610854565b5f8080806103608587018761100c565b915091505f5f7f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff166338d8480a34866040518363ffffffff1660e01b81526004016103c0919061104e565b5f6040518083038185885af11580156103db573d5f5f3e3d5ffd5b50505050506040513d5f823e601f3d9081017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe016820160405261042191908101906110a1565b915091508161046757806040517f551d538700000000000000000000000000000000000000000000000000000000815260040161045e919061104e565b60405180910390fd5b610470816108e6565b5f61047a826106ed565b9050610487600482610b5a565b6104c0576040517fbd7fa7cc0000000000000000000000000000000000000000000000000000000081526004810182905260240161045e565b5f6104da836104d2610208600b61115b565b016020015190565b90508a811461051f576040517f19ead3c9000000000000000000000000000000000000000000000000000000008152600481018c90526024810182905260440161045e565b5f61053c84610531610208600b61115b565b6104d290602061115b565b905080158061054c575085408114155b1561058d576040517fd43edc58000000000000000000000000000000000000000000000000000000008152600481018790526024810182905260440161045e565b5f838152600360205260409020546105c57f00000000000000000000000000000000000000000000000000000000000000004261116e565b9850985050505050505050935093915050565b6105e0610b95565b6105e95f610be7565b565b600154339073ffffffffffffffffffffffffffffffffffffffff168114610656576040517f118cdaa700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8216600482015260240161045e565b61065f81610be7565b50565b61066a610b95565b801580610678575060408110155b156106b2576040517f326850d10000000000000000000000000000000000000000000000000000000081526004810182905260240161045e565b60028190556040518181527fde708d88fda3340d79c5e2331d53ad73542762a9f652eb9ef8d9bb3ce338e46f9060200160405180910390a150565b5f6106fb610248600b61115b565b825110156107415781516040517fe11164d70000000000000000000000000000000000000000000000000000000081525f6004820152602481019190915260440161045e565b6040805160f080825261012082019092525f9160208201818036833701905050905061077c836107736088600b61115b565b835f6060610c18565b6107978361078d610148600b61115b565b8360606090610c18565b805160209091012092915050565b6107ad610b95565b6001805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff0000000000000000000000000000000000000000909116811790915561080f5f5473ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b61085c610b95565b5f61088c6004848415157f0000000000000000000000000000000000000000000000000000000000000000610c2d565b5f84815260036020908152604091829020859055905167ffffffffffffffff83168152919250839185917f7b531e89d55e8524ef4babf5b6be80ef3c51ef58020c5f70c0ef1fa0ac06df1e910160405180910390a3505050565b80515f600b821061090157602083015160101b60f01c610903565b5f5b90505f61ffff821660031480156109265750610922610288600b61115b565b8310155b905080158015610950575061ffff82166002141580610950575061094d610248600b61115b565b83105b15610994576040517fe11164d700000000000000000000000000000000000000000000000000000000815261ffff831660048201526024810184905260440161045e565b5f846004815181106109a8576109a861118e565b016020015160025460f89190911c9150600190821c165f036109fb576040517fa14329f400000000000000000000000000000000000000000000000000000000815260ff8216600482015260240161045e565b5f610a0c866104d26078600b61115b565b60c01c905067ffffffbfffffffff811664100000000014610a65576040517f6739b71b00000000000000000000000000000000000000000000000000000000815267ffffffffffffffff8216600482015260240161045e565b610a7c86610a756040600b61115b565b6038610d32565b610ab2576040517ff24be1d000000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b828015610ad45750610ad286610acb610258600b61115b565b6030610d32565b155b15610b0b576040517f8015224700000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b610b1b86610acb60b8600b61115b565b15610b52576040517f4c728cdb00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b505050505050565b5f8181526020839052604081205467ffffffffffffffff168015801590610b8b57508067ffffffffffffffff164210155b9150505b92915050565b5f5473ffffffffffffffffffffffffffffffffffffffff1633146105e9576040517f118cdaa700000000000000000000000000000000000000000000000000000000815233600482015260240161045e565b600180547fffffffffffffffffffffffff000000000000000000000000000000000000000016905561065f81610d6b565b808460208701018360208601015e5050505050565b5f82610c6c57505f83815260208590526040812080547fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000169055610d2a565b5f8481526020869052604090205467ffffffffffffffff1615610cde575f84815260208690526040908190205490517f8f1abb590000000000000000000000000000000000000000000000000000000081526004810186905267ffffffffffffffff909116602482015260440161045e565b610ce8824261116e565b5f85815260208790526040902080547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff831617905590505b949350505050565b5f610d408484016020015190565b158015610d2a5750610d62846020610d58858761115b565b6104d291906111bb565b15949350505050565b5f805473ffffffffffffffffffffffffffffffffffffffff8381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b5f5f5f60408486031215610df1575f5ffd5b83359250602084013567ffffffffffffffff811115610e0e575f5ffd5b8401601f81018613610e1e575f5ffd5b803567ffffffffffffffff811115610e34575f5ffd5b866020828401011115610e45575f5ffd5b939660209190910195509293505050565b5f60208284031215610e66575f5ffd5b5035919050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b604051601f82017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe016810167ffffffffffffffff81118282101715610ee157610ee1610e6d565b604052919050565b5f67ffffffffffffffff821115610f0257610f02610e6d565b50601f017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200190565b5f82601f830112610f3d575f5ffd5b8135610f50610f4b82610ee9565b610e9a565b818152846020838601011115610f64575f5ffd5b816020850160208301375f918101602001919091529392505050565b5f60208284031215610f90575f5ffd5b813567ffffffffffffffff811115610fa6575f5ffd5b610b8b84828501610f2e565b5f60208284031215610fc2575f5ffd5b813573ffffffffffffffffffffffffffffffffffffffff81168114610fe5575f5ffd5b9392505050565b5f5f60408385031215610ffd575f5ffd5b50508035926020909101359150565b5f5f6040838503121561101d575f5ffd5b823567ffffffffffffffff811115611033575f5ffd5b61103f85828601610f2e565b95602094909401359450505050565b602081525f82518060208401528060208501604085015e5f6040828501015260407fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011684010191505092915050565b5f5f604083850312156110b2575f5ffd5b825180151581146110c1575f5ffd5b602084015190925067ffffffffffffffff8111156110dd575f5ffd5b8301601f810185136110ed575f5ffd5b80516110fb610f4b82610ee9565b81815286602083850101111561110f575f5ffd5b8160208401602083015e5f602083830101528093505050509250929050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b80820180821115610b8f57610b8f61112e565b67ffffffffffffffff8181168382160190811115610b8f57610b8f61112e565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b81810381811115610b8f57610b8f61112e56",
}

// DcapVerifier is an auto generated Go binding around an Ethereum contract.
type DcapVerifier struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *DcapVerifier) GetABI() abi.ABI {
	return c.abi
}

// NewDcapVerifier creates a new instance of DcapVerifier.
func NewDcapVerifier() *DcapVerifier {
	parsed, err := DcapVerifierMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &DcapVerifier{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *DcapVerifier) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address owner, address dcap_, uint64 validity_, uint64 delay_) returns()
func (dcapVerifier *DcapVerifier) PackConstructor(owner common.Address, dcap_ common.Address, validity_ uint64, delay_ uint64) []byte {
	enc, err := dcapVerifier.abi.Pack("", owner, dcap_, validity_, delay_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackUPTODATE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea899efa.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function UP_TO_DATE() view returns(uint256)
func (dcapVerifier *DcapVerifier) PackUPTODATE() []byte {
	enc, err := dcapVerifier.abi.Pack("UP_TO_DATE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUPTODATE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea899efa.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function UP_TO_DATE() view returns(uint256)
func (dcapVerifier *DcapVerifier) TryPackUPTODATE() ([]byte, error) {
	return dcapVerifier.abi.Pack("UP_TO_DATE")
}

// UnpackUPTODATE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xea899efa.
//
// Solidity: function UP_TO_DATE() view returns(uint256)
func (dcapVerifier *DcapVerifier) UnpackUPTODATE(data []byte) (*big.Int, error) {
	out, err := dcapVerifier.abi.Unpack("UP_TO_DATE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptOwnership() returns()
func (dcapVerifier *DcapVerifier) PackAcceptOwnership() []byte {
	enc, err := dcapVerifier.abi.Pack("acceptOwnership")
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
func (dcapVerifier *DcapVerifier) TryPackAcceptOwnership() ([]byte, error) {
	return dcapVerifier.abi.Pack("acceptOwnership")
}

// PackAcceptedStatuses is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1ca81b43.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptedStatuses() view returns(uint256)
func (dcapVerifier *DcapVerifier) PackAcceptedStatuses() []byte {
	enc, err := dcapVerifier.abi.Pack("acceptedStatuses")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptedStatuses is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1ca81b43.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptedStatuses() view returns(uint256)
func (dcapVerifier *DcapVerifier) TryPackAcceptedStatuses() ([]byte, error) {
	return dcapVerifier.abi.Pack("acceptedStatuses")
}

// UnpackAcceptedStatuses is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1ca81b43.
//
// Solidity: function acceptedStatuses() view returns(uint256)
func (dcapVerifier *DcapVerifier) UnpackAcceptedStatuses(data []byte) (*big.Int, error) {
	out, err := dcapVerifier.abi.Unpack("acceptedStatuses", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDcap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x866175a2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function dcap() view returns(address)
func (dcapVerifier *DcapVerifier) PackDcap() []byte {
	enc, err := dcapVerifier.abi.Pack("dcap")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDcap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x866175a2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function dcap() view returns(address)
func (dcapVerifier *DcapVerifier) TryPackDcap() ([]byte, error) {
	return dcapVerifier.abi.Pack("dcap")
}

// UnpackDcap is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x866175a2.
//
// Solidity: function dcap() view returns(address)
func (dcapVerifier *DcapVerifier) UnpackDcap(data []byte) (common.Address, error) {
	out, err := dcapVerifier.abi.Unpack("dcap", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a42b8f8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function delay() view returns(uint64)
func (dcapVerifier *DcapVerifier) PackDelay() []byte {
	enc, err := dcapVerifier.abi.Pack("delay")
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
func (dcapVerifier *DcapVerifier) TryPackDelay() ([]byte, error) {
	return dcapVerifier.abi.Pack("delay")
}

// UnpackDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6a42b8f8.
//
// Solidity: function delay() view returns(uint64)
func (dcapVerifier *DcapVerifier) UnpackDelay(data []byte) (uint64, error) {
	out, err := dcapVerifier.abi.Unpack("delay", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMeasurementsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb97c2848.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function measurementsOf(bytes output) pure returns(bytes32)
func (dcapVerifier *DcapVerifier) PackMeasurementsOf(output []byte) []byte {
	enc, err := dcapVerifier.abi.Pack("measurementsOf", output)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMeasurementsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb97c2848.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function measurementsOf(bytes output) pure returns(bytes32)
func (dcapVerifier *DcapVerifier) TryPackMeasurementsOf(output []byte) ([]byte, error) {
	return dcapVerifier.abi.Pack("measurementsOf", output)
}

// UnpackMeasurementsOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb97c2848.
//
// Solidity: function measurementsOf(bytes output) pure returns(bytes32)
func (dcapVerifier *DcapVerifier) UnpackMeasurementsOf(data []byte) ([32]byte, error) {
	out, err := dcapVerifier.abi.Unpack("measurementsOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (dcapVerifier *DcapVerifier) PackOwner() []byte {
	enc, err := dcapVerifier.abi.Pack("owner")
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
func (dcapVerifier *DcapVerifier) TryPackOwner() ([]byte, error) {
	return dcapVerifier.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (dcapVerifier *DcapVerifier) UnpackOwner(data []byte) (common.Address, error) {
	out, err := dcapVerifier.abi.Unpack("owner", data)
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
func (dcapVerifier *DcapVerifier) PackPendingOwner() []byte {
	enc, err := dcapVerifier.abi.Pack("pendingOwner")
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
func (dcapVerifier *DcapVerifier) TryPackPendingOwner() ([]byte, error) {
	return dcapVerifier.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (dcapVerifier *DcapVerifier) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := dcapVerifier.abi.Unpack("pendingOwner", data)
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
func (dcapVerifier *DcapVerifier) PackRenounceOwnership() []byte {
	enc, err := dcapVerifier.abi.Pack("renounceOwnership")
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
func (dcapVerifier *DcapVerifier) TryPackRenounceOwnership() ([]byte, error) {
	return dcapVerifier.abi.Pack("renounceOwnership")
}

// PackSetAcceptedStatuses is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa0fb1537.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setAcceptedStatuses(uint256 statuses) returns()
func (dcapVerifier *DcapVerifier) PackSetAcceptedStatuses(statuses *big.Int) []byte {
	enc, err := dcapVerifier.abi.Pack("setAcceptedStatuses", statuses)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetAcceptedStatuses is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa0fb1537.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setAcceptedStatuses(uint256 statuses) returns()
func (dcapVerifier *DcapVerifier) TryPackSetAcceptedStatuses(statuses *big.Int) ([]byte, error) {
	return dcapVerifier.abi.Pack("setAcceptedStatuses", statuses)
}

// PackSetMeasurements is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfdcda97c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setMeasurements(bytes32 measurements, bytes32 workloadId) returns()
func (dcapVerifier *DcapVerifier) PackSetMeasurements(measurements [32]byte, workloadId [32]byte) []byte {
	enc, err := dcapVerifier.abi.Pack("setMeasurements", measurements, workloadId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetMeasurements is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfdcda97c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setMeasurements(bytes32 measurements, bytes32 workloadId) returns()
func (dcapVerifier *DcapVerifier) TryPackSetMeasurements(measurements [32]byte, workloadId [32]byte) ([]byte, error) {
	return dcapVerifier.abi.Pack("setMeasurements", measurements, workloadId)
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (dcapVerifier *DcapVerifier) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := dcapVerifier.abi.Pack("transferOwnership", newOwner)
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
func (dcapVerifier *DcapVerifier) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return dcapVerifier.abi.Pack("transferOwnership", newOwner)
}

// PackValidity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3e98d1fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function validity() view returns(uint64)
func (dcapVerifier *DcapVerifier) PackValidity() []byte {
	enc, err := dcapVerifier.abi.Pack("validity")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackValidity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3e98d1fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function validity() view returns(uint64)
func (dcapVerifier *DcapVerifier) TryPackValidity() ([]byte, error) {
	return dcapVerifier.abi.Pack("validity")
}

// UnpackValidity is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3e98d1fb.
//
// Solidity: function validity() view returns(uint64)
func (dcapVerifier *DcapVerifier) UnpackValidity(data []byte) (uint64, error) {
	out, err := dcapVerifier.abi.Unpack("validity", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackWorkloadOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd707c061.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function workloadOf(bytes32 measurements) view returns(bytes32 workloadId)
func (dcapVerifier *DcapVerifier) PackWorkloadOf(measurements [32]byte) []byte {
	enc, err := dcapVerifier.abi.Pack("workloadOf", measurements)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWorkloadOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd707c061.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function workloadOf(bytes32 measurements) view returns(bytes32 workloadId)
func (dcapVerifier *DcapVerifier) TryPackWorkloadOf(measurements [32]byte) ([]byte, error) {
	return dcapVerifier.abi.Pack("workloadOf", measurements)
}

// UnpackWorkloadOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd707c061.
//
// Solidity: function workloadOf(bytes32 measurements) view returns(bytes32 workloadId)
func (dcapVerifier *DcapVerifier) UnpackWorkloadOf(data []byte) ([32]byte, error) {
	out, err := dcapVerifier.abi.Unpack("workloadOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// DcapVerifierAcceptedStatusesSet represents a AcceptedStatusesSet event raised by the DcapVerifier contract.
type DcapVerifierAcceptedStatusesSet struct {
	Statuses *big.Int
	Raw      *types.Log // Blockchain specific contextual infos
}

const DcapVerifierAcceptedStatusesSetEventName = "AcceptedStatusesSet"

// ContractEventName returns the user-defined event name.
func (DcapVerifierAcceptedStatusesSet) ContractEventName() string {
	return DcapVerifierAcceptedStatusesSetEventName
}

// UnpackAcceptedStatusesSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AcceptedStatusesSet(uint256 statuses)
func (dcapVerifier *DcapVerifier) UnpackAcceptedStatusesSetEvent(log *types.Log) (*DcapVerifierAcceptedStatusesSet, error) {
	event := "AcceptedStatusesSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != dcapVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DcapVerifierAcceptedStatusesSet)
	if len(log.Data) > 0 {
		if err := dcapVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range dcapVerifier.abi.Events[event].Inputs {
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

// DcapVerifierMeasurementsSet represents a MeasurementsSet event raised by the DcapVerifier contract.
type DcapVerifierMeasurementsSet struct {
	Measurements [32]byte
	WorkloadId   [32]byte
	AllowedFrom  uint64
	Raw          *types.Log // Blockchain specific contextual infos
}

const DcapVerifierMeasurementsSetEventName = "MeasurementsSet"

// ContractEventName returns the user-defined event name.
func (DcapVerifierMeasurementsSet) ContractEventName() string {
	return DcapVerifierMeasurementsSetEventName
}

// UnpackMeasurementsSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event MeasurementsSet(bytes32 indexed measurements, bytes32 indexed workloadId, uint64 allowedFrom)
func (dcapVerifier *DcapVerifier) UnpackMeasurementsSetEvent(log *types.Log) (*DcapVerifierMeasurementsSet, error) {
	event := "MeasurementsSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != dcapVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DcapVerifierMeasurementsSet)
	if len(log.Data) > 0 {
		if err := dcapVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range dcapVerifier.abi.Events[event].Inputs {
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

// DcapVerifierOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the DcapVerifier contract.
type DcapVerifierOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const DcapVerifierOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (DcapVerifierOwnershipTransferStarted) ContractEventName() string {
	return DcapVerifierOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (dcapVerifier *DcapVerifier) UnpackOwnershipTransferStartedEvent(log *types.Log) (*DcapVerifierOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != dcapVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DcapVerifierOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := dcapVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range dcapVerifier.abi.Events[event].Inputs {
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

// DcapVerifierOwnershipTransferred represents a OwnershipTransferred event raised by the DcapVerifier contract.
type DcapVerifierOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const DcapVerifierOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (DcapVerifierOwnershipTransferred) ContractEventName() string {
	return DcapVerifierOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (dcapVerifier *DcapVerifier) UnpackOwnershipTransferredEvent(log *types.Log) (*DcapVerifierOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != dcapVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DcapVerifierOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := dcapVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range dcapVerifier.abi.Events[event].Inputs {
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
func (dcapVerifier *DcapVerifier) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["AlreadyListed"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackAlreadyListedError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["ConfigIdNotSet"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackConfigIdNotSetError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["InvalidStatuses"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackInvalidStatusesError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["InvalidValidity"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackInvalidValidityError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["InvalidWorkload"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackInvalidWorkloadError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["MeasurementsNotAllowed"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackMeasurementsNotAllowedError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["ModuleNotIntels"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackModuleNotIntelsError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["NotFresh"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackNotFreshError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["QuoteRefused"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackQuoteRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["ServiceTdBound"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackServiceTdBoundError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["StatusNotAccepted"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackStatusNotAcceptedError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["TdNotProtected"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackTdNotProtectedError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["UnknownBody"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackUnknownBodyError(raw[4:])
	}
	if bytes.Equal(raw[:4], dcapVerifier.abi.Errors["WrongBinding"].ID.Bytes()[:4]) {
		return dcapVerifier.UnpackWrongBindingError(raw[4:])
	}
	return nil, errors.New("unknown error")
}

// DcapVerifierAlreadyListed represents a AlreadyListed error raised by the DcapVerifier contract.
type DcapVerifierAlreadyListed struct {
	Item [32]byte
	From uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func DcapVerifierAlreadyListedErrorID() common.Hash {
	return common.HexToHash("0x8f1abb596d3d8810f140ab87a88cdddbd60c6d09305bc3cb8bca79f700aef770")
}

// UnpackAlreadyListedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func (dcapVerifier *DcapVerifier) UnpackAlreadyListedError(raw []byte) (*DcapVerifierAlreadyListed, error) {
	out := new(DcapVerifierAlreadyListed)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "AlreadyListed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierConfigIdNotSet represents a ConfigIdNotSet error raised by the DcapVerifier contract.
type DcapVerifierConfigIdNotSet struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ConfigIdNotSet()
func DcapVerifierConfigIdNotSetErrorID() common.Hash {
	return common.HexToHash("0x4c728cdb66b696390e918268e6c4138189f9641b6e5466583191c21a17e385fb")
}

// UnpackConfigIdNotSetError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ConfigIdNotSet()
func (dcapVerifier *DcapVerifier) UnpackConfigIdNotSetError(raw []byte) (*DcapVerifierConfigIdNotSet, error) {
	out := new(DcapVerifierConfigIdNotSet)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "ConfigIdNotSet", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierInvalidStatuses represents a InvalidStatuses error raised by the DcapVerifier contract.
type DcapVerifierInvalidStatuses struct {
	Statuses *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidStatuses(uint256 statuses)
func DcapVerifierInvalidStatusesErrorID() common.Hash {
	return common.HexToHash("0x326850d1958a382f895c6d46c8e2277866721b4af1a820cbd0e622f158c73623")
}

// UnpackInvalidStatusesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidStatuses(uint256 statuses)
func (dcapVerifier *DcapVerifier) UnpackInvalidStatusesError(raw []byte) (*DcapVerifierInvalidStatuses, error) {
	out := new(DcapVerifierInvalidStatuses)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "InvalidStatuses", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierInvalidValidity represents a InvalidValidity error raised by the DcapVerifier contract.
type DcapVerifierInvalidValidity struct {
	Validity uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidValidity(uint64 validity)
func DcapVerifierInvalidValidityErrorID() common.Hash {
	return common.HexToHash("0x5704a8d088713ac1abca18f3d367d10dfc7d252cb07ca8ef35bd2e633b7fb018")
}

// UnpackInvalidValidityError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidValidity(uint64 validity)
func (dcapVerifier *DcapVerifier) UnpackInvalidValidityError(raw []byte) (*DcapVerifierInvalidValidity, error) {
	out := new(DcapVerifierInvalidValidity)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "InvalidValidity", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierInvalidWorkload represents a InvalidWorkload error raised by the DcapVerifier contract.
type DcapVerifierInvalidWorkload struct {
	WorkloadId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidWorkload(bytes32 workloadId)
func DcapVerifierInvalidWorkloadErrorID() common.Hash {
	return common.HexToHash("0xe622d12677ad6c5c0fc7bbb4e9dcc8aaf4c4d26a935a744fe5b5459d6cf58503")
}

// UnpackInvalidWorkloadError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidWorkload(bytes32 workloadId)
func (dcapVerifier *DcapVerifier) UnpackInvalidWorkloadError(raw []byte) (*DcapVerifierInvalidWorkload, error) {
	out := new(DcapVerifierInvalidWorkload)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "InvalidWorkload", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierMeasurementsNotAllowed represents a MeasurementsNotAllowed error raised by the DcapVerifier contract.
type DcapVerifierMeasurementsNotAllowed struct {
	Measurements [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MeasurementsNotAllowed(bytes32 measurements)
func DcapVerifierMeasurementsNotAllowedErrorID() common.Hash {
	return common.HexToHash("0xbd7fa7cc1b4cbca45aba848c8d175995962afec8dea5cb3b84c7e2b21f6b4156")
}

// UnpackMeasurementsNotAllowedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MeasurementsNotAllowed(bytes32 measurements)
func (dcapVerifier *DcapVerifier) UnpackMeasurementsNotAllowedError(raw []byte) (*DcapVerifierMeasurementsNotAllowed, error) {
	out := new(DcapVerifierMeasurementsNotAllowed)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "MeasurementsNotAllowed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierModuleNotIntels represents a ModuleNotIntels error raised by the DcapVerifier contract.
type DcapVerifierModuleNotIntels struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ModuleNotIntels()
func DcapVerifierModuleNotIntelsErrorID() common.Hash {
	return common.HexToHash("0xf24be1d010efeb92adc7b2ac338f7fb6c8fe17f8e7afd597166baa1f29e069b9")
}

// UnpackModuleNotIntelsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ModuleNotIntels()
func (dcapVerifier *DcapVerifier) UnpackModuleNotIntelsError(raw []byte) (*DcapVerifierModuleNotIntels, error) {
	out := new(DcapVerifierModuleNotIntels)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "ModuleNotIntels", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierNotFresh represents a NotFresh error raised by the DcapVerifier contract.
type DcapVerifierNotFresh struct {
	BlockNumber *big.Int
	Nonce       [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFresh(uint256 blockNumber, bytes32 nonce)
func DcapVerifierNotFreshErrorID() common.Hash {
	return common.HexToHash("0xd43edc581809c03699d22c9e3bcf8f21c65cc5613120b907a103c5b33781d3e1")
}

// UnpackNotFreshError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFresh(uint256 blockNumber, bytes32 nonce)
func (dcapVerifier *DcapVerifier) UnpackNotFreshError(raw []byte) (*DcapVerifierNotFresh, error) {
	out := new(DcapVerifierNotFresh)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "NotFresh", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the DcapVerifier contract.
type DcapVerifierOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func DcapVerifierOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (dcapVerifier *DcapVerifier) UnpackOwnableInvalidOwnerError(raw []byte) (*DcapVerifierOwnableInvalidOwner, error) {
	out := new(DcapVerifierOwnableInvalidOwner)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the DcapVerifier contract.
type DcapVerifierOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func DcapVerifierOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (dcapVerifier *DcapVerifier) UnpackOwnableUnauthorizedAccountError(raw []byte) (*DcapVerifierOwnableUnauthorizedAccount, error) {
	out := new(DcapVerifierOwnableUnauthorizedAccount)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierQuoteRefused represents a QuoteRefused error raised by the DcapVerifier contract.
type DcapVerifierQuoteRefused struct {
	Output []byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error QuoteRefused(bytes output)
func DcapVerifierQuoteRefusedErrorID() common.Hash {
	return common.HexToHash("0x551d5387097555e7555fc7bcecd934ea73e573bfb0188eaf4de2756e3ebb34b3")
}

// UnpackQuoteRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error QuoteRefused(bytes output)
func (dcapVerifier *DcapVerifier) UnpackQuoteRefusedError(raw []byte) (*DcapVerifierQuoteRefused, error) {
	out := new(DcapVerifierQuoteRefused)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "QuoteRefused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierServiceTdBound represents a ServiceTdBound error raised by the DcapVerifier contract.
type DcapVerifierServiceTdBound struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ServiceTdBound()
func DcapVerifierServiceTdBoundErrorID() common.Hash {
	return common.HexToHash("0x801522470e471e7971a4b84bc9cd12b886031ddd9a6acefad734fcffee11b810")
}

// UnpackServiceTdBoundError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ServiceTdBound()
func (dcapVerifier *DcapVerifier) UnpackServiceTdBoundError(raw []byte) (*DcapVerifierServiceTdBound, error) {
	out := new(DcapVerifierServiceTdBound)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "ServiceTdBound", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierStatusNotAccepted represents a StatusNotAccepted error raised by the DcapVerifier contract.
type DcapVerifierStatusNotAccepted struct {
	Status uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StatusNotAccepted(uint8 status)
func DcapVerifierStatusNotAcceptedErrorID() common.Hash {
	return common.HexToHash("0xa14329f49f1e02b6fd7ea240980771fb8ff5049773e7a1548fcc5f5692419209")
}

// UnpackStatusNotAcceptedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StatusNotAccepted(uint8 status)
func (dcapVerifier *DcapVerifier) UnpackStatusNotAcceptedError(raw []byte) (*DcapVerifierStatusNotAccepted, error) {
	out := new(DcapVerifierStatusNotAccepted)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "StatusNotAccepted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierTdNotProtected represents a TdNotProtected error raised by the DcapVerifier contract.
type DcapVerifierTdNotProtected struct {
	Attributes uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TdNotProtected(uint64 attributes)
func DcapVerifierTdNotProtectedErrorID() common.Hash {
	return common.HexToHash("0x6739b71bfb12300584b1c349f0ce660474602c701c694e5fe1cc352e83f77316")
}

// UnpackTdNotProtectedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TdNotProtected(uint64 attributes)
func (dcapVerifier *DcapVerifier) UnpackTdNotProtectedError(raw []byte) (*DcapVerifierTdNotProtected, error) {
	out := new(DcapVerifierTdNotProtected)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "TdNotProtected", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierUnknownBody represents a UnknownBody error raised by the DcapVerifier contract.
type DcapVerifierUnknownBody struct {
	BodyType uint16
	Length   *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownBody(uint16 bodyType, uint256 length)
func DcapVerifierUnknownBodyErrorID() common.Hash {
	return common.HexToHash("0xe11164d756be78902258f12268fd5071d245b9b374aac10b49144ab2ac5a1b3f")
}

// UnpackUnknownBodyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownBody(uint16 bodyType, uint256 length)
func (dcapVerifier *DcapVerifier) UnpackUnknownBodyError(raw []byte) (*DcapVerifierUnknownBody, error) {
	out := new(DcapVerifierUnknownBody)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "UnknownBody", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DcapVerifierWrongBinding represents a WrongBinding error raised by the DcapVerifier contract.
type DcapVerifierWrongBinding struct {
	Expected [32]byte
	Got      [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongBinding(bytes32 expected, bytes32 got)
func DcapVerifierWrongBindingErrorID() common.Hash {
	return common.HexToHash("0x19ead3c978139b2d68831969311415778ec4e1652c409e363e0c396c3417a85a")
}

// UnpackWrongBindingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongBinding(bytes32 expected, bytes32 got)
func (dcapVerifier *DcapVerifier) UnpackWrongBindingError(raw []byte) (*DcapVerifierWrongBinding, error) {
	out := new(DcapVerifierWrongBinding)
	if err := dcapVerifier.abi.UnpackIntoInterface(out, "WrongBinding", raw); err != nil {
		return nil, err
	}
	return out, nil
}
