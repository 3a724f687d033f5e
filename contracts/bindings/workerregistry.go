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

// WorkerRegistryWorker is an auto generated low-level Go binding around an user-defined struct.
type WorkerRegistryWorker struct {
	Operator       common.Address
	ValidUntil     uint64
	WorkloadId     [32]byte
	SealingKeyHash [32]byte
}

// WorkerRegistryMetaData contains all meta data concerning the WorkerRegistry contract.
var WorkerRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"}],\"name\":\"EvidenceExpired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"}],\"name\":\"EvidenceNotNewer\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"latest\",\"type\":\"uint64\"}],\"name\":\"EvidenceTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"InvalidOperator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"InvalidSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"}],\"name\":\"NotOperatorOrOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"SignerRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"SignerTaken\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"VerifierNotAllowed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"WorkloadNotAllowed\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"VerifierSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"sealingKey\",\"type\":\"bytes\"},{\"indexed\":false,\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"WorkerRegistered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"WorkerRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"source\",\"type\":\"string\"}],\"name\":\"WorkloadSet\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_VALIDITY\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"sealingKey\",\"type\":\"bytes\"}],\"name\":\"bindingOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"liveOperator\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"sealingKey\",\"type\":\"bytes\"},{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"evidence\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"revoked\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"setVerifier\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"},{\"internalType\":\"string\",\"name\":\"source\",\"type\":\"string\"}],\"name\":\"setWorkload\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"verifierAllowed\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"worker\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"}],\"internalType\":\"structWorkerRegistry.Worker\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"workloadAllowed\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "WorkerRegistry",
	Bin: "0x608060405234801561000f575f5ffd5b506040516114f23803806114f283398101604081905261002e916100d7565b806001600160a01b03811661005c57604051631e4fbdf760e01b81525f600482015260240160405180910390fd5b6100658161006c565b5050610104565b600180546001600160a01b031916905561008581610088565b50565b5f80546001600160a01b038381166001600160a01b0319831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b5f602082840312156100e7575f5ffd5b81516001600160a01b03811681146100fd575f5ffd5b9392505050565b6113e1806101115f395ff3fe6080604052600436106100ef575f3560e01c8063ac9b567111610087578063e4438b8a11610057578063e4438b8a1461039c578063f2fde38b146103c9578063fa01dc06146103e8578063fda7c94d14610416575f5ffd5b8063ac9b56711461021a578063d37b7c5c14610239578063d7653f6f14610267578063e30c397814610372575f5ffd5b806379ba5097116100c257806379ba50971461018a578063846275c51461019e5780638da5cb5b146101b15780639cf3c39b146101fb575f5ffd5b8063161e366c146100f35780636ae4a8fd14610114578063715018a61461015757806374a8f1031461016b575b5f5ffd5b3480156100fe575f5ffd5b5061011261010d3660046110a4565b610445565b005b34801561011f575f5ffd5b5061014261012e36600461111b565b60036020525f908152604090205460ff1681565b60405190151581526020015b60405180910390f35b348015610162575f5ffd5b506101126104c8565b348015610176575f5ffd5b5061011261018536600461111b565b6104db565b348015610195575f5ffd5b50610112610661565b6101126101ac36600461113d565b6106d8565b3480156101bc575f5ffd5b505f5473ffffffffffffffffffffffffffffffffffffffff165b60405173ffffffffffffffffffffffffffffffffffffffff909116815260200161014e565b348015610206575f5ffd5b506101d66102153660046111e3565b6109f2565b348015610225575f5ffd5b5061011261023436600461120d565b610ac9565b348015610244575f5ffd5b50610142610253366004611240565b60026020525f908152604090205460ff1681565b348015610272575f5ffd5b5061031f61028136600461111b565b604080516080810182525f8082526020820181905291810182905260608101919091525073ffffffffffffffffffffffffffffffffffffffff9081165f908152600560209081526040918290208251608081018452815494851681527401000000000000000000000000000000000000000090940467ffffffffffffffff169184019190915260018101549183019190915260020154606082015290565b60405161014e9190815173ffffffffffffffffffffffffffffffffffffffff16815260208083015167ffffffffffffffff1690820152604080830151908201526060918201519181019190915260800190565b34801561037d575f5ffd5b5060015473ffffffffffffffffffffffffffffffffffffffff166101d6565b3480156103a7575f5ffd5b506103bb6103b6366004611257565b610b5a565b60405190815260200161014e565b3480156103d4575f5ffd5b506101126103e336600461111b565b610bde565b3480156103f3575f5ffd5b5061014261040236600461111b565b60046020525f908152604090205460ff1681565b348015610421575f5ffd5b5061042c62278d0081565b60405167ffffffffffffffff909116815260200161014e565b61044d610c8d565b5f848152600260205260409081902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00168515151790555184907fd752b7b551a0a5aedc31fa651fdb8a11343da8b562dbdf3ba4305973a5303588906104ba908690869086906112cc565b60405180910390a250505050565b6104d0610c8d565b6104d95f610cdf565b565b5f5473ffffffffffffffffffffffffffffffffffffffff163314801590610528575073ffffffffffffffffffffffffffffffffffffffff8181165f90815260056020526040902054163314155b15610566576040517ffca03d6d0000000000000000000000000000000000000000000000000000000081523360048201526024015b60405180910390fd5b73ffffffffffffffffffffffffffffffffffffffff81165f9081526004602052604090205460ff16156105dd576040517f99a705a300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8216600482015260240161055d565b73ffffffffffffffffffffffffffffffffffffffff81165f8181526004602090815260409182902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016600117905590513381527f2c5d095386a3d2e20e54cef0107fbc023f347b1de830215f51957bd9b3a001f9910160405180910390a250565b600154339073ffffffffffffffffffffffffffffffffffffffff1681146106cc576040517f118cdaa700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8216600482015260240161055d565b6106d581610cdf565b50565b73ffffffffffffffffffffffffffffffffffffffff871661073d576040517f3eaa03e300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8816600482015260240161055d565b73ffffffffffffffffffffffffffffffffffffffff86166107a2576040517fbf18af4300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8716600482015260240161055d565b73ffffffffffffffffffffffffffffffffffffffff83165f9081526003602052604090205460ff16610818576040517f8cc3b28c00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8416600482015260240161055d565b5f5f8473ffffffffffffffffffffffffffffffffffffffff1663258ae582346108438c8c8c8c610b5a565b87876040518563ffffffff1660e01b8152600401610863939291906112f0565b604080518083038185885af115801561087e573d5f5f3e3d5ffd5b50505050506040513d601f19601f820116820180604052508101906108a39190611309565b915091506108b389898484610d10565b60405180608001604052808a73ffffffffffffffffffffffffffffffffffffffff1681526020018267ffffffffffffffff1681526020018381526020018888604051610900929190611343565b604080519182900390912090915273ffffffffffffffffffffffffffffffffffffffff808b165f8181526005602090815290849020855181549287015167ffffffffffffffff1674010000000000000000000000000000000000000000027fffffffff000000000000000000000000000000000000000000000000000000009093169085161791909117815584840151600182015560609094015160029094019390935590518492918c16907f818d40485912e54eb6ff17ff76b191e5c16d3c9e8a61eb8c5e194de2e5a7ae84906109df9086908d908d908d90611352565b60405180910390a4505050505050505050565b73ffffffffffffffffffffffffffffffffffffffff82165f9081526005602052604081206001810154829084148015610a4e5750815474010000000000000000000000000000000000000000900467ffffffffffffffff164211155b8015610a7f575073ffffffffffffffffffffffffffffffffffffffff85165f9081526004602052604090205460ff16155b8015610a9857505f8481526002602052604090205460ff165b905080610aa5575f610abe565b815473ffffffffffffffffffffffffffffffffffffffff165b925050505b92915050565b610ad1610c8d565b73ffffffffffffffffffffffffffffffffffffffff82165f8181526003602090815260409182902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001685151590811790915591519182527f7a6dd775b9b6aa6ebde6f0c51172ef328eb9658e095364751705f28234e7257c910160405180910390a25050565b5f463086868686604051610b6f929190611343565b604051908190038120610bbe959493929160200194855273ffffffffffffffffffffffffffffffffffffffff938416602086015291831660408501529091166060830152608082015260a00190565b604051602081830303815290604052805190602001209050949350505050565b610be6610c8d565b6001805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091168117909155610c485f5473ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f5473ffffffffffffffffffffffffffffffffffffffff1633146104d9576040517f118cdaa700000000000000000000000000000000000000000000000000000000815233600482015260240161055d565b600180547fffffffffffffffffffffffff00000000000000000000000000000000000000001690556106d581610fd7565b5f8281526002602052604090205460ff16610d5a576040517fa4486cae0000000000000000000000000000000000000000000000000000000081526004810183905260240161055d565b73ffffffffffffffffffffffffffffffffffffffff83165f9081526004602052604090205460ff1615610dd1576040517f99a705a300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8416600482015260240161055d565b428167ffffffffffffffff161015610e21576040517f98bdbb9000000000000000000000000000000000000000000000000000000000815267ffffffffffffffff8216600482015260240161055d565b5f610e2f62278d004261139c565b90508067ffffffffffffffff168267ffffffffffffffff161115610e93576040517f7899a89900000000000000000000000000000000000000000000000000000000815267ffffffffffffffff80841660048301528216602482015260440161055d565b73ffffffffffffffffffffffffffffffffffffffff8085165f908152600560205260409020805490911615801590610ee55750805473ffffffffffffffffffffffffffffffffffffffff878116911614155b15610f3f5780546040517fa7f1a99600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8088166004830152909116602482015260440161055d565b805467ffffffffffffffff74010000000000000000000000000000000000000000909104811690841611610fcf5780546040517ff694959000000000000000000000000000000000000000000000000000000000815267ffffffffffffffff808616600483015274010000000000000000000000000000000000000000909204909116602482015260440161055d565b505050505050565b5f805473ffffffffffffffffffffffffffffffffffffffff8381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b8035801515811461105a575f5ffd5b919050565b5f5f83601f84011261106f575f5ffd5b50813567ffffffffffffffff811115611086575f5ffd5b60208301915083602082850101111561109d575f5ffd5b9250929050565b5f5f5f5f606085870312156110b7575f5ffd5b843593506110c76020860161104b565b9250604085013567ffffffffffffffff8111156110e2575f5ffd5b6110ee8782880161105f565b95989497509550505050565b73ffffffffffffffffffffffffffffffffffffffff811681146106d5575f5ffd5b5f6020828403121561112b575f5ffd5b8135611136816110fa565b9392505050565b5f5f5f5f5f5f5f60a0888a031215611153575f5ffd5b873561115e816110fa565b9650602088013561116e816110fa565b9550604088013567ffffffffffffffff811115611189575f5ffd5b6111958a828b0161105f565b90965094505060608801356111a9816110fa565b9250608088013567ffffffffffffffff8111156111c4575f5ffd5b6111d08a828b0161105f565b989b979a50959850939692959293505050565b5f5f604083850312156111f4575f5ffd5b82356111ff816110fa565b946020939093013593505050565b5f5f6040838503121561121e575f5ffd5b8235611229816110fa565b91506112376020840161104b565b90509250929050565b5f60208284031215611250575f5ffd5b5035919050565b5f5f5f5f6060858703121561126a575f5ffd5b8435611275816110fa565b935060208501356110c7816110fa565b81835281816020850137505f602082840101525f60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f840116840101905092915050565b8315158152604060208201525f6112e7604083018486611285565b95945050505050565b838152604060208201525f6112e7604083018486611285565b5f5f6040838503121561131a575f5ffd5b82519150602083015167ffffffffffffffff81168114611338575f5ffd5b809150509250929050565b818382375f9101908152919050565b67ffffffffffffffff85168152606060208201525f611375606083018587611285565b905073ffffffffffffffffffffffffffffffffffffffff8316604083015295945050505050565b67ffffffffffffffff8181168382160190811115610ac3577f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd",
}

// WorkerRegistry is an auto generated Go binding around an Ethereum contract.
type WorkerRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *WorkerRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewWorkerRegistry creates a new instance of WorkerRegistry.
func NewWorkerRegistry() *WorkerRegistry {
	parsed, err := WorkerRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &WorkerRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *WorkerRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address owner) returns()
func (workerRegistry *WorkerRegistry) PackConstructor(owner common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("", owner)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMAXVALIDITY is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfda7c94d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_VALIDITY() view returns(uint64)
func (workerRegistry *WorkerRegistry) PackMAXVALIDITY() []byte {
	enc, err := workerRegistry.abi.Pack("MAX_VALIDITY")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXVALIDITY is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfda7c94d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_VALIDITY() view returns(uint64)
func (workerRegistry *WorkerRegistry) TryPackMAXVALIDITY() ([]byte, error) {
	return workerRegistry.abi.Pack("MAX_VALIDITY")
}

// UnpackMAXVALIDITY is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfda7c94d.
//
// Solidity: function MAX_VALIDITY() view returns(uint64)
func (workerRegistry *WorkerRegistry) UnpackMAXVALIDITY(data []byte) (uint64, error) {
	out, err := workerRegistry.abi.Unpack("MAX_VALIDITY", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptOwnership() returns()
func (workerRegistry *WorkerRegistry) PackAcceptOwnership() []byte {
	enc, err := workerRegistry.abi.Pack("acceptOwnership")
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
func (workerRegistry *WorkerRegistry) TryPackAcceptOwnership() ([]byte, error) {
	return workerRegistry.abi.Pack("acceptOwnership")
}

// PackBindingOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe4438b8a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bindingOf(address operator, address signer, bytes sealingKey) view returns(bytes32)
func (workerRegistry *WorkerRegistry) PackBindingOf(operator common.Address, signer common.Address, sealingKey []byte) []byte {
	enc, err := workerRegistry.abi.Pack("bindingOf", operator, signer, sealingKey)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBindingOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe4438b8a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bindingOf(address operator, address signer, bytes sealingKey) view returns(bytes32)
func (workerRegistry *WorkerRegistry) TryPackBindingOf(operator common.Address, signer common.Address, sealingKey []byte) ([]byte, error) {
	return workerRegistry.abi.Pack("bindingOf", operator, signer, sealingKey)
}

// UnpackBindingOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe4438b8a.
//
// Solidity: function bindingOf(address operator, address signer, bytes sealingKey) view returns(bytes32)
func (workerRegistry *WorkerRegistry) UnpackBindingOf(data []byte) ([32]byte, error) {
	out, err := workerRegistry.abi.Unpack("bindingOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackLiveOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9cf3c39b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function liveOperator(address signer, bytes32 workloadId) view returns(address)
func (workerRegistry *WorkerRegistry) PackLiveOperator(signer common.Address, workloadId [32]byte) []byte {
	enc, err := workerRegistry.abi.Pack("liveOperator", signer, workloadId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLiveOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9cf3c39b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function liveOperator(address signer, bytes32 workloadId) view returns(address)
func (workerRegistry *WorkerRegistry) TryPackLiveOperator(signer common.Address, workloadId [32]byte) ([]byte, error) {
	return workerRegistry.abi.Pack("liveOperator", signer, workloadId)
}

// UnpackLiveOperator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9cf3c39b.
//
// Solidity: function liveOperator(address signer, bytes32 workloadId) view returns(address)
func (workerRegistry *WorkerRegistry) UnpackLiveOperator(data []byte) (common.Address, error) {
	out, err := workerRegistry.abi.Unpack("liveOperator", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (workerRegistry *WorkerRegistry) PackOwner() []byte {
	enc, err := workerRegistry.abi.Pack("owner")
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
func (workerRegistry *WorkerRegistry) TryPackOwner() ([]byte, error) {
	return workerRegistry.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (workerRegistry *WorkerRegistry) UnpackOwner(data []byte) (common.Address, error) {
	out, err := workerRegistry.abi.Unpack("owner", data)
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
func (workerRegistry *WorkerRegistry) PackPendingOwner() []byte {
	enc, err := workerRegistry.abi.Pack("pendingOwner")
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
func (workerRegistry *WorkerRegistry) TryPackPendingOwner() ([]byte, error) {
	return workerRegistry.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (workerRegistry *WorkerRegistry) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := workerRegistry.abi.Unpack("pendingOwner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x846275c5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register(address operator, address signer, bytes sealingKey, address verifier, bytes evidence) payable returns()
func (workerRegistry *WorkerRegistry) PackRegister(operator common.Address, signer common.Address, sealingKey []byte, verifier common.Address, evidence []byte) []byte {
	enc, err := workerRegistry.abi.Pack("register", operator, signer, sealingKey, verifier, evidence)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x846275c5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register(address operator, address signer, bytes sealingKey, address verifier, bytes evidence) payable returns()
func (workerRegistry *WorkerRegistry) TryPackRegister(operator common.Address, signer common.Address, sealingKey []byte, verifier common.Address, evidence []byte) ([]byte, error) {
	return workerRegistry.abi.Pack("register", operator, signer, sealingKey, verifier, evidence)
}

// PackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceOwnership() returns()
func (workerRegistry *WorkerRegistry) PackRenounceOwnership() []byte {
	enc, err := workerRegistry.abi.Pack("renounceOwnership")
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
func (workerRegistry *WorkerRegistry) TryPackRenounceOwnership() ([]byte, error) {
	return workerRegistry.abi.Pack("renounceOwnership")
}

// PackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x74a8f103.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revoke(address signer) returns()
func (workerRegistry *WorkerRegistry) PackRevoke(signer common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("revoke", signer)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x74a8f103.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revoke(address signer) returns()
func (workerRegistry *WorkerRegistry) TryPackRevoke(signer common.Address) ([]byte, error) {
	return workerRegistry.abi.Pack("revoke", signer)
}

// PackRevoked is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfa01dc06.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revoked(address signer) view returns(bool)
func (workerRegistry *WorkerRegistry) PackRevoked(signer common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("revoked", signer)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevoked is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfa01dc06.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revoked(address signer) view returns(bool)
func (workerRegistry *WorkerRegistry) TryPackRevoked(signer common.Address) ([]byte, error) {
	return workerRegistry.abi.Pack("revoked", signer)
}

// UnpackRevoked is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfa01dc06.
//
// Solidity: function revoked(address signer) view returns(bool)
func (workerRegistry *WorkerRegistry) UnpackRevoked(data []byte) (bool, error) {
	out, err := workerRegistry.abi.Unpack("revoked", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSetVerifier is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9b5671.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setVerifier(address verifier, bool allowed) returns()
func (workerRegistry *WorkerRegistry) PackSetVerifier(verifier common.Address, allowed bool) []byte {
	enc, err := workerRegistry.abi.Pack("setVerifier", verifier, allowed)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetVerifier is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9b5671.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setVerifier(address verifier, bool allowed) returns()
func (workerRegistry *WorkerRegistry) TryPackSetVerifier(verifier common.Address, allowed bool) ([]byte, error) {
	return workerRegistry.abi.Pack("setVerifier", verifier, allowed)
}

// PackSetWorkload is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x161e366c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setWorkload(bytes32 workloadId, bool allowed, string source) returns()
func (workerRegistry *WorkerRegistry) PackSetWorkload(workloadId [32]byte, allowed bool, source string) []byte {
	enc, err := workerRegistry.abi.Pack("setWorkload", workloadId, allowed, source)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetWorkload is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x161e366c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setWorkload(bytes32 workloadId, bool allowed, string source) returns()
func (workerRegistry *WorkerRegistry) TryPackSetWorkload(workloadId [32]byte, allowed bool, source string) ([]byte, error) {
	return workerRegistry.abi.Pack("setWorkload", workloadId, allowed, source)
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (workerRegistry *WorkerRegistry) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("transferOwnership", newOwner)
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
func (workerRegistry *WorkerRegistry) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return workerRegistry.abi.Pack("transferOwnership", newOwner)
}

// PackVerifierAllowed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6ae4a8fd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function verifierAllowed(address verifier) view returns(bool)
func (workerRegistry *WorkerRegistry) PackVerifierAllowed(verifier common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("verifierAllowed", verifier)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVerifierAllowed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6ae4a8fd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function verifierAllowed(address verifier) view returns(bool)
func (workerRegistry *WorkerRegistry) TryPackVerifierAllowed(verifier common.Address) ([]byte, error) {
	return workerRegistry.abi.Pack("verifierAllowed", verifier)
}

// UnpackVerifierAllowed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6ae4a8fd.
//
// Solidity: function verifierAllowed(address verifier) view returns(bool)
func (workerRegistry *WorkerRegistry) UnpackVerifierAllowed(data []byte) (bool, error) {
	out, err := workerRegistry.abi.Unpack("verifierAllowed", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackWorker is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd7653f6f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function worker(address signer) view returns((address,uint64,bytes32,bytes32))
func (workerRegistry *WorkerRegistry) PackWorker(signer common.Address) []byte {
	enc, err := workerRegistry.abi.Pack("worker", signer)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWorker is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd7653f6f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function worker(address signer) view returns((address,uint64,bytes32,bytes32))
func (workerRegistry *WorkerRegistry) TryPackWorker(signer common.Address) ([]byte, error) {
	return workerRegistry.abi.Pack("worker", signer)
}

// UnpackWorker is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd7653f6f.
//
// Solidity: function worker(address signer) view returns((address,uint64,bytes32,bytes32))
func (workerRegistry *WorkerRegistry) UnpackWorker(data []byte) (WorkerRegistryWorker, error) {
	out, err := workerRegistry.abi.Unpack("worker", data)
	if err != nil {
		return *new(WorkerRegistryWorker), err
	}
	out0 := *abi.ConvertType(out[0], new(WorkerRegistryWorker)).(*WorkerRegistryWorker)
	return out0, nil
}

// PackWorkloadAllowed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd37b7c5c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function workloadAllowed(bytes32 workloadId) view returns(bool)
func (workerRegistry *WorkerRegistry) PackWorkloadAllowed(workloadId [32]byte) []byte {
	enc, err := workerRegistry.abi.Pack("workloadAllowed", workloadId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWorkloadAllowed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd37b7c5c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function workloadAllowed(bytes32 workloadId) view returns(bool)
func (workerRegistry *WorkerRegistry) TryPackWorkloadAllowed(workloadId [32]byte) ([]byte, error) {
	return workerRegistry.abi.Pack("workloadAllowed", workloadId)
}

// UnpackWorkloadAllowed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd37b7c5c.
//
// Solidity: function workloadAllowed(bytes32 workloadId) view returns(bool)
func (workerRegistry *WorkerRegistry) UnpackWorkloadAllowed(data []byte) (bool, error) {
	out, err := workerRegistry.abi.Unpack("workloadAllowed", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// WorkerRegistryOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the WorkerRegistry contract.
type WorkerRegistryOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryOwnershipTransferStarted) ContractEventName() string {
	return WorkerRegistryOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (workerRegistry *WorkerRegistry) UnpackOwnershipTransferStartedEvent(log *types.Log) (*WorkerRegistryOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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

// WorkerRegistryOwnershipTransferred represents a OwnershipTransferred event raised by the WorkerRegistry contract.
type WorkerRegistryOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryOwnershipTransferred) ContractEventName() string {
	return WorkerRegistryOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (workerRegistry *WorkerRegistry) UnpackOwnershipTransferredEvent(log *types.Log) (*WorkerRegistryOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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

// WorkerRegistryVerifierSet represents a VerifierSet event raised by the WorkerRegistry contract.
type WorkerRegistryVerifierSet struct {
	Verifier common.Address
	Allowed  bool
	Raw      *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryVerifierSetEventName = "VerifierSet"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryVerifierSet) ContractEventName() string {
	return WorkerRegistryVerifierSetEventName
}

// UnpackVerifierSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event VerifierSet(address indexed verifier, bool allowed)
func (workerRegistry *WorkerRegistry) UnpackVerifierSetEvent(log *types.Log) (*WorkerRegistryVerifierSet, error) {
	event := "VerifierSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryVerifierSet)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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

// WorkerRegistryWorkerRegistered represents a WorkerRegistered event raised by the WorkerRegistry contract.
type WorkerRegistryWorkerRegistered struct {
	Operator   common.Address
	Signer     common.Address
	WorkloadId [32]byte
	ValidUntil uint64
	SealingKey []byte
	Verifier   common.Address
	Raw        *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryWorkerRegisteredEventName = "WorkerRegistered"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryWorkerRegistered) ContractEventName() string {
	return WorkerRegistryWorkerRegisteredEventName
}

// UnpackWorkerRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event WorkerRegistered(address indexed operator, address indexed signer, bytes32 indexed workloadId, uint64 validUntil, bytes sealingKey, address verifier)
func (workerRegistry *WorkerRegistry) UnpackWorkerRegisteredEvent(log *types.Log) (*WorkerRegistryWorkerRegistered, error) {
	event := "WorkerRegistered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryWorkerRegistered)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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

// WorkerRegistryWorkerRevoked represents a WorkerRevoked event raised by the WorkerRegistry contract.
type WorkerRegistryWorkerRevoked struct {
	Signer common.Address
	By     common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryWorkerRevokedEventName = "WorkerRevoked"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryWorkerRevoked) ContractEventName() string {
	return WorkerRegistryWorkerRevokedEventName
}

// UnpackWorkerRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event WorkerRevoked(address indexed signer, address by)
func (workerRegistry *WorkerRegistry) UnpackWorkerRevokedEvent(log *types.Log) (*WorkerRegistryWorkerRevoked, error) {
	event := "WorkerRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryWorkerRevoked)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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

// WorkerRegistryWorkloadSet represents a WorkloadSet event raised by the WorkerRegistry contract.
type WorkerRegistryWorkloadSet struct {
	WorkloadId [32]byte
	Allowed    bool
	Source     string
	Raw        *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryWorkloadSetEventName = "WorkloadSet"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryWorkloadSet) ContractEventName() string {
	return WorkerRegistryWorkloadSetEventName
}

// UnpackWorkloadSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event WorkloadSet(bytes32 indexed workloadId, bool allowed, string source)
func (workerRegistry *WorkerRegistry) UnpackWorkloadSetEvent(log *types.Log) (*WorkerRegistryWorkloadSet, error) {
	event := "WorkloadSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != workerRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(WorkerRegistryWorkloadSet)
	if len(log.Data) > 0 {
		if err := workerRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range workerRegistry.abi.Events[event].Inputs {
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
func (workerRegistry *WorkerRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["EvidenceExpired"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackEvidenceExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["EvidenceNotNewer"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackEvidenceNotNewerError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["EvidenceTooLong"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackEvidenceTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["InvalidOperator"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackInvalidOperatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["InvalidSigner"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackInvalidSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["NotOperatorOrOwner"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackNotOperatorOrOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["SignerRevoked"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackSignerRevokedError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["SignerTaken"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackSignerTakenError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["VerifierNotAllowed"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackVerifierNotAllowedError(raw[4:])
	}
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["WorkloadNotAllowed"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackWorkloadNotAllowedError(raw[4:])
	}
	return nil, errors.New("unknown error")
}

// WorkerRegistryEvidenceExpired represents a EvidenceExpired error raised by the WorkerRegistry contract.
type WorkerRegistryEvidenceExpired struct {
	ValidUntil uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EvidenceExpired(uint64 validUntil)
func WorkerRegistryEvidenceExpiredErrorID() common.Hash {
	return common.HexToHash("0x98bdbb909140b78da15f535624178cea7f6bf4ecc89479c2a2cf80badbe8972e")
}

// UnpackEvidenceExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EvidenceExpired(uint64 validUntil)
func (workerRegistry *WorkerRegistry) UnpackEvidenceExpiredError(raw []byte) (*WorkerRegistryEvidenceExpired, error) {
	out := new(WorkerRegistryEvidenceExpired)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "EvidenceExpired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryEvidenceNotNewer represents a EvidenceNotNewer error raised by the WorkerRegistry contract.
type WorkerRegistryEvidenceNotNewer struct {
	ValidUntil uint64
	Registered uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EvidenceNotNewer(uint64 validUntil, uint64 registered)
func WorkerRegistryEvidenceNotNewerErrorID() common.Hash {
	return common.HexToHash("0xf6949590058f6effc32ebe4733661d257254604c0dbd0cefeda9ead07ae1a1d1")
}

// UnpackEvidenceNotNewerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EvidenceNotNewer(uint64 validUntil, uint64 registered)
func (workerRegistry *WorkerRegistry) UnpackEvidenceNotNewerError(raw []byte) (*WorkerRegistryEvidenceNotNewer, error) {
	out := new(WorkerRegistryEvidenceNotNewer)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "EvidenceNotNewer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryEvidenceTooLong represents a EvidenceTooLong error raised by the WorkerRegistry contract.
type WorkerRegistryEvidenceTooLong struct {
	ValidUntil uint64
	Latest     uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EvidenceTooLong(uint64 validUntil, uint64 latest)
func WorkerRegistryEvidenceTooLongErrorID() common.Hash {
	return common.HexToHash("0x7899a899d161b946d40ebaff70310e1b6b0281c60a00b69c27122e9eb6072edc")
}

// UnpackEvidenceTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EvidenceTooLong(uint64 validUntil, uint64 latest)
func (workerRegistry *WorkerRegistry) UnpackEvidenceTooLongError(raw []byte) (*WorkerRegistryEvidenceTooLong, error) {
	out := new(WorkerRegistryEvidenceTooLong)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "EvidenceTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryInvalidOperator represents a InvalidOperator error raised by the WorkerRegistry contract.
type WorkerRegistryInvalidOperator struct {
	Operator common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidOperator(address operator)
func WorkerRegistryInvalidOperatorErrorID() common.Hash {
	return common.HexToHash("0x3eaa03e38745f9ef282a3d3ae730e428a187a9075ccc2a3b7a1a318fe83d25be")
}

// UnpackInvalidOperatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidOperator(address operator)
func (workerRegistry *WorkerRegistry) UnpackInvalidOperatorError(raw []byte) (*WorkerRegistryInvalidOperator, error) {
	out := new(WorkerRegistryInvalidOperator)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "InvalidOperator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryInvalidSigner represents a InvalidSigner error raised by the WorkerRegistry contract.
type WorkerRegistryInvalidSigner struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidSigner(address signer)
func WorkerRegistryInvalidSignerErrorID() common.Hash {
	return common.HexToHash("0xbf18af4376e76b3bc6eff3f06259e7333a989b275646b90af2c119b5bf92ae45")
}

// UnpackInvalidSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidSigner(address signer)
func (workerRegistry *WorkerRegistry) UnpackInvalidSignerError(raw []byte) (*WorkerRegistryInvalidSigner, error) {
	out := new(WorkerRegistryInvalidSigner)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "InvalidSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryNotOperatorOrOwner represents a NotOperatorOrOwner error raised by the WorkerRegistry contract.
type WorkerRegistryNotOperatorOrOwner struct {
	Caller common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOperatorOrOwner(address caller)
func WorkerRegistryNotOperatorOrOwnerErrorID() common.Hash {
	return common.HexToHash("0xfca03d6de8a9de2bfe68a64bf8dff2104e7a06b9933c340761d11c48e2305f36")
}

// UnpackNotOperatorOrOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOperatorOrOwner(address caller)
func (workerRegistry *WorkerRegistry) UnpackNotOperatorOrOwnerError(raw []byte) (*WorkerRegistryNotOperatorOrOwner, error) {
	out := new(WorkerRegistryNotOperatorOrOwner)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "NotOperatorOrOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the WorkerRegistry contract.
type WorkerRegistryOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func WorkerRegistryOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (workerRegistry *WorkerRegistry) UnpackOwnableInvalidOwnerError(raw []byte) (*WorkerRegistryOwnableInvalidOwner, error) {
	out := new(WorkerRegistryOwnableInvalidOwner)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the WorkerRegistry contract.
type WorkerRegistryOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func WorkerRegistryOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (workerRegistry *WorkerRegistry) UnpackOwnableUnauthorizedAccountError(raw []byte) (*WorkerRegistryOwnableUnauthorizedAccount, error) {
	out := new(WorkerRegistryOwnableUnauthorizedAccount)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistrySignerRevoked represents a SignerRevoked error raised by the WorkerRegistry contract.
type WorkerRegistrySignerRevoked struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SignerRevoked(address signer)
func WorkerRegistrySignerRevokedErrorID() common.Hash {
	return common.HexToHash("0x99a705a3c2c3339d0051f56b36a60fef91e30142c93353002617999f27aec4af")
}

// UnpackSignerRevokedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SignerRevoked(address signer)
func (workerRegistry *WorkerRegistry) UnpackSignerRevokedError(raw []byte) (*WorkerRegistrySignerRevoked, error) {
	out := new(WorkerRegistrySignerRevoked)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "SignerRevoked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistrySignerTaken represents a SignerTaken error raised by the WorkerRegistry contract.
type WorkerRegistrySignerTaken struct {
	Signer   common.Address
	Operator common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SignerTaken(address signer, address operator)
func WorkerRegistrySignerTakenErrorID() common.Hash {
	return common.HexToHash("0xa7f1a996c0a8da99e1b6adfa078bff57a6401ca972c6d75259daad1ab548ad23")
}

// UnpackSignerTakenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SignerTaken(address signer, address operator)
func (workerRegistry *WorkerRegistry) UnpackSignerTakenError(raw []byte) (*WorkerRegistrySignerTaken, error) {
	out := new(WorkerRegistrySignerTaken)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "SignerTaken", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryVerifierNotAllowed represents a VerifierNotAllowed error raised by the WorkerRegistry contract.
type WorkerRegistryVerifierNotAllowed struct {
	Verifier common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error VerifierNotAllowed(address verifier)
func WorkerRegistryVerifierNotAllowedErrorID() common.Hash {
	return common.HexToHash("0x8cc3b28c1607097d10d952946dda888d5ed5db56a90951011eb45d3ce4397077")
}

// UnpackVerifierNotAllowedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error VerifierNotAllowed(address verifier)
func (workerRegistry *WorkerRegistry) UnpackVerifierNotAllowedError(raw []byte) (*WorkerRegistryVerifierNotAllowed, error) {
	out := new(WorkerRegistryVerifierNotAllowed)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "VerifierNotAllowed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// WorkerRegistryWorkloadNotAllowed represents a WorkloadNotAllowed error raised by the WorkerRegistry contract.
type WorkerRegistryWorkloadNotAllowed struct {
	WorkloadId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WorkloadNotAllowed(bytes32 workloadId)
func WorkerRegistryWorkloadNotAllowedErrorID() common.Hash {
	return common.HexToHash("0xa4486cae57e52aa61fd3220a817e5f97048d7c968dc148c426d59c52df085258")
}

// UnpackWorkloadNotAllowedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WorkloadNotAllowed(bytes32 workloadId)
func (workerRegistry *WorkerRegistry) UnpackWorkloadNotAllowedError(raw []byte) (*WorkerRegistryWorkloadNotAllowed, error) {
	out := new(WorkerRegistryWorkloadNotAllowed)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "WorkloadNotAllowed", raw); err != nil {
		return nil, err
	}
	return out, nil
}
