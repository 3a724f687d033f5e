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
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"delay_\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"item\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"}],\"name\":\"AlreadyListed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"}],\"name\":\"EvidenceExpired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"}],\"name\":\"EvidenceNotNewer\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"latest\",\"type\":\"uint64\"}],\"name\":\"EvidenceTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"InvalidOperator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"InvalidSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"}],\"name\":\"NotOperatorOrOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"SignerRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"SignerTaken\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"VerifierNotAllowed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"WorkloadNotAllowed\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"allowedFrom\",\"type\":\"uint64\"}],\"name\":\"VerifierSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"WorkerRegistered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"WorkerRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"allowedFrom\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"source\",\"type\":\"string\"}],\"name\":\"WorkloadSet\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_VALIDITY\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"WORKER_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"}],\"name\":\"bindingOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"delay\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"liveOperator\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"},{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"evidence\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"revoked\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"setVerifier\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"},{\"internalType\":\"string\",\"name\":\"source\",\"type\":\"string\"}],\"name\":\"setWorkload\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"contractIAttestationVerifier\",\"name\":\"verifier\",\"type\":\"address\"}],\"name\":\"verifierAllowed\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"worker\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKeyHash\",\"type\":\"bytes32\"}],\"internalType\":\"structWorkerRegistry.Worker\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"workloadAllowed\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"workloadAllowedFrom\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "WorkerRegistry",
	Bin: "0x60a060405234801561000f575f5ffd5b5060405161172938038061172983398101604081905261002e916100e3565b816001600160a01b03811661005c57604051631e4fbdf760e01b81525f600482015260240160405180910390fd5b61006581610078565b506001600160401b031660805250610131565b600180546001600160a01b031916905561009181610094565b50565b5f80546001600160a01b038381166001600160a01b0319831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b5f5f604083850312156100f4575f5ffd5b82516001600160a01b038116811461010a575f5ffd5b60208401519092506001600160401b0381168114610126575f5ffd5b809150509250929050565b6080516115d26101575f395f8181610173015281816105c00152610cbc01526115d25ff3fe60806040526004361061013d575f3560e01c80639cf3c39b116100bb578063d7653f6f11610071578063f2fde38b11610057578063f2fde38b1461052a578063fa01dc0614610549578063fda7c94d14610577575f5ffd5b8063d7653f6f146103f5578063e30c397814610500575f5ffd5b8063ac9b5671116100a1578063ac9b567114610382578063c9e08489146103a1578063d37b7c5c146103d6575f5ffd5b80639cf3c39b146102c75780639f21ae3a146102e6575f5ffd5b806374a8f103116101105780638da5cb5b116100f65780638da5cb5b1461022957806396b0f831146102735780639c898630146102b4575f5ffd5b806374a8f103146101f657806379ba509714610215575f5ffd5b8063161e366c146101415780636a42b8f8146101625780636ae4a8fd146101b3578063715018a6146101e2575b5f5ffd5b34801561014c575f5ffd5b5061016061015b366004611305565b61058d565b005b34801561016d575f5ffd5b506101957f000000000000000000000000000000000000000000000000000000000000000081565b60405167ffffffffffffffff90911681526020015b60405180910390f35b3480156101be575f5ffd5b506101d26101cd36600461137c565b610603565b60405190151581526020016101aa565b3480156101ed575f5ffd5b5061016061062b565b348015610201575f5ffd5b5061016061021036600461137c565b61063e565b348015610220575f5ffd5b506101606107c4565b348015610234575f5ffd5b505f5473ffffffffffffffffffffffffffffffffffffffff165b60405173ffffffffffffffffffffffffffffffffffffffff90911681526020016101aa565b34801561027e575f5ffd5b506102a67f56a2a7a333f6b621908f244575739630640fbe3a79dac68a4c0967be416262d981565b6040519081526020016101aa565b6101606102c236600461139e565b61083b565b3480156102d2575f5ffd5b5061024e6102e136600461141e565b610ba7565b3480156102f1575f5ffd5b506102a6610300366004611448565b604080517f56a2a7a333f6b621908f244575739630640fbe3a79dac68a4c0967be416262d9602080830191909152468284015230606083015273ffffffffffffffffffffffffffffffffffffffff95861660808301529390941660a085015260c0808501929092528051808503909201825260e0909301909252815191012090565b34801561038d575f5ffd5b5061016061039c366004611486565b610c73565b3480156103ac575f5ffd5b506101956103bb3660046114b9565b5f9081526002602052604090205467ffffffffffffffff1690565b3480156103e1575f5ffd5b506101d26103f03660046114b9565b610d00565b348015610400575f5ffd5b506104ad61040f36600461137c565b604080516080810182525f8082526020820181905291810182905260608101919091525073ffffffffffffffffffffffffffffffffffffffff9081165f908152600560209081526040918290208251608081018452815494851681527401000000000000000000000000000000000000000090940467ffffffffffffffff169184019190915260018101549183019190915260020154606082015290565b6040516101aa9190815173ffffffffffffffffffffffffffffffffffffffff16815260208083015167ffffffffffffffff1690820152604080830151908201526060918201519181019190915260800190565b34801561050b575f5ffd5b5060015473ffffffffffffffffffffffffffffffffffffffff1661024e565b348015610535575f5ffd5b5061016061054436600461137c565b610d0c565b348015610554575f5ffd5b506101d261056336600461137c565b60046020525f908152604090205460ff1681565b348015610582575f5ffd5b5061019562278d0081565b610595610dbb565b837fcbf935e2e55464997c480266d464ae6d5d8a2cee68d414964d409fb2d2c03f4b6105e4600283877f0000000000000000000000000000000000000000000000000000000000000000610e0d565b84846040516105f593929190611517565b60405180910390a250505050565b5f610625600373ffffffffffffffffffffffffffffffffffffffff8416610f12565b92915050565b610633610dbb565b61063c5f610f48565b565b5f5473ffffffffffffffffffffffffffffffffffffffff16331480159061068b575073ffffffffffffffffffffffffffffffffffffffff8181165f90815260056020526040902054163314155b156106c9576040517ffca03d6d0000000000000000000000000000000000000000000000000000000081523360048201526024015b60405180910390fd5b73ffffffffffffffffffffffffffffffffffffffff81165f9081526004602052604090205460ff1615610740576040517f99a705a300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff821660048201526024016106c0565b73ffffffffffffffffffffffffffffffffffffffff81165f8181526004602090815260409182902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016600117905590513381527f2c5d095386a3d2e20e54cef0107fbc023f347b1de830215f51957bd9b3a001f9910160405180910390a250565b600154339073ffffffffffffffffffffffffffffffffffffffff16811461082f576040517f118cdaa700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff821660048201526024016106c0565b61083881610f48565b50565b73ffffffffffffffffffffffffffffffffffffffff86166108a0576040517f3eaa03e300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff871660048201526024016106c0565b73ffffffffffffffffffffffffffffffffffffffff8516610905576040517fbf18af4300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff861660048201526024016106c0565b61090e83610603565b61095c576040517f8cc3b28c00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff841660048201526024016106c0565b604080517f56a2a7a333f6b621908f244575739630640fbe3a79dac68a4c0967be416262d9602080830191909152468284015230606083015273ffffffffffffffffffffffffffffffffffffffff898116608084015288811660a084015260c08084018990528451808503909101815260e084019485905280519201919091207f258ae582000000000000000000000000000000000000000000000000000000009093525f9283929187169163258ae582913491610a2191908990899060e40161153a565b604080518083038185885af1158015610a3c573d5f5f3e3d5ffd5b50505050506040513d601f19601f82011682018060405250810190610a619190611553565b91509150610a7188888484610f79565b6040805160808101825273ffffffffffffffffffffffffffffffffffffffff808b1680835267ffffffffffffffff8086166020808601918252858701898152606087018e81528f87165f81815260059094529289902097518854945190951674010000000000000000000000000000000000000000027fffffffff0000000000000000000000000000000000000000000000000000000090941694909616939093179190911785559051600185015591516002909301929092559151849291907f82956b56b1afcd9bb9ec9e250c98a38b9a04db7f760e960ac487674df73b885390610b959086908c908c9067ffffffffffffffff939093168352602083019190915273ffffffffffffffffffffffffffffffffffffffff16604082015260600190565b60405180910390a45050505050505050565b73ffffffffffffffffffffffffffffffffffffffff82165f9081526005602052604081206001810154829084148015610c035750815474010000000000000000000000000000000000000000900467ffffffffffffffff164211155b8015610c34575073ffffffffffffffffffffffffffffffffffffffff85165f9081526004602052604090205460ff16155b8015610c445750610c4484610d00565b905080610c51575f610c6a565b815473ffffffffffffffffffffffffffffffffffffffff165b95945050505050565b610c7b610dbb565b73ffffffffffffffffffffffffffffffffffffffff82167ff901ec0b17dd9bf37f9eb3392d014322514ec1c131f2a4f3b01a7b40961244b5610ce0600383857f0000000000000000000000000000000000000000000000000000000000000000610e0d565b60405167ffffffffffffffff909116815260200160405180910390a25050565b5f610625600283610f12565b610d14610dbb565b6001805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091168117909155610d765f5473ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f5473ffffffffffffffffffffffffffffffffffffffff16331461063c576040517f118cdaa70000000000000000000000000000000000000000000000000000000081523360048201526024016106c0565b5f82610e4c57505f83815260208590526040812080547fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000169055610f0a565b5f8481526020869052604090205467ffffffffffffffff1615610ebe575f84815260208690526040908190205490517f8f1abb590000000000000000000000000000000000000000000000000000000081526004810186905267ffffffffffffffff90911660248201526044016106c0565b610ec8824261158d565b5f85815260208790526040902080547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff831617905590505b949350505050565b5f8181526020839052604081205467ffffffffffffffff168015801590610f0a575067ffffffffffffffff164210159392505050565b600180547fffffffffffffffffffffffff000000000000000000000000000000000000000016905561083881611238565b610f8282610d00565b610fbb576040517fa4486cae000000000000000000000000000000000000000000000000000000008152600481018390526024016106c0565b73ffffffffffffffffffffffffffffffffffffffff83165f9081526004602052604090205460ff1615611032576040517f99a705a300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff841660048201526024016106c0565b428167ffffffffffffffff161015611082576040517f98bdbb9000000000000000000000000000000000000000000000000000000000815267ffffffffffffffff821660048201526024016106c0565b5f61109062278d004261158d565b90508067ffffffffffffffff168267ffffffffffffffff1611156110f4576040517f7899a89900000000000000000000000000000000000000000000000000000000815267ffffffffffffffff8084166004830152821660248201526044016106c0565b73ffffffffffffffffffffffffffffffffffffffff8085165f9081526005602052604090208054909116158015906111465750805473ffffffffffffffffffffffffffffffffffffffff878116911614155b156111a05780546040517fa7f1a99600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff808816600483015290911660248201526044016106c0565b805467ffffffffffffffff740100000000000000000000000000000000000000009091048116908416116112305780546040517ff694959000000000000000000000000000000000000000000000000000000000815267ffffffffffffffff80861660048301527401000000000000000000000000000000000000000090920490911660248201526044016106c0565b505050505050565b5f805473ffffffffffffffffffffffffffffffffffffffff8381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681178455604051919092169283917f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09190a35050565b803580151581146112bb575f5ffd5b919050565b5f5f83601f8401126112d0575f5ffd5b50813567ffffffffffffffff8111156112e7575f5ffd5b6020830191508360208285010111156112fe575f5ffd5b9250929050565b5f5f5f5f60608587031215611318575f5ffd5b84359350611328602086016112ac565b9250604085013567ffffffffffffffff811115611343575f5ffd5b61134f878288016112c0565b95989497509550505050565b73ffffffffffffffffffffffffffffffffffffffff81168114610838575f5ffd5b5f6020828403121561138c575f5ffd5b81356113978161135b565b9392505050565b5f5f5f5f5f5f60a087890312156113b3575f5ffd5b86356113be8161135b565b955060208701356113ce8161135b565b94506040870135935060608701356113e58161135b565b9250608087013567ffffffffffffffff811115611400575f5ffd5b61140c89828a016112c0565b979a9699509497509295939492505050565b5f5f6040838503121561142f575f5ffd5b823561143a8161135b565b946020939093013593505050565b5f5f5f6060848603121561145a575f5ffd5b83356114658161135b565b925060208401356114758161135b565b929592945050506040919091013590565b5f5f60408385031215611497575f5ffd5b82356114a28161135b565b91506114b0602084016112ac565b90509250929050565b5f602082840312156114c9575f5ffd5b5035919050565b81835281816020850137505f602082840101525f60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f840116840101905092915050565b67ffffffffffffffff84168152604060208201525f610c6a6040830184866114d0565b838152604060208201525f610c6a6040830184866114d0565b5f5f60408385031215611564575f5ffd5b82519150602083015167ffffffffffffffff81168114611582575f5ffd5b809150509250929050565b67ffffffffffffffff8181168382160190811115610625577f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd",
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
// Solidity: constructor(address owner, uint64 delay_) returns()
func (workerRegistry *WorkerRegistry) PackConstructor(owner common.Address, delay_ uint64) []byte {
	enc, err := workerRegistry.abi.Pack("", owner, delay_)
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

// PackWORKERTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x96b0f831.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function WORKER_TYPEHASH() view returns(bytes32)
func (workerRegistry *WorkerRegistry) PackWORKERTYPEHASH() []byte {
	enc, err := workerRegistry.abi.Pack("WORKER_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWORKERTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x96b0f831.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function WORKER_TYPEHASH() view returns(bytes32)
func (workerRegistry *WorkerRegistry) TryPackWORKERTYPEHASH() ([]byte, error) {
	return workerRegistry.abi.Pack("WORKER_TYPEHASH")
}

// UnpackWORKERTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x96b0f831.
//
// Solidity: function WORKER_TYPEHASH() view returns(bytes32)
func (workerRegistry *WorkerRegistry) UnpackWORKERTYPEHASH(data []byte) ([32]byte, error) {
	out, err := workerRegistry.abi.Unpack("WORKER_TYPEHASH", data)
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
// the contract method with ID 0x9f21ae3a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bindingOf(address operator, address signer, bytes32 sealingKeyHash) view returns(bytes32)
func (workerRegistry *WorkerRegistry) PackBindingOf(operator common.Address, signer common.Address, sealingKeyHash [32]byte) []byte {
	enc, err := workerRegistry.abi.Pack("bindingOf", operator, signer, sealingKeyHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBindingOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9f21ae3a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bindingOf(address operator, address signer, bytes32 sealingKeyHash) view returns(bytes32)
func (workerRegistry *WorkerRegistry) TryPackBindingOf(operator common.Address, signer common.Address, sealingKeyHash [32]byte) ([]byte, error) {
	return workerRegistry.abi.Pack("bindingOf", operator, signer, sealingKeyHash)
}

// UnpackBindingOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9f21ae3a.
//
// Solidity: function bindingOf(address operator, address signer, bytes32 sealingKeyHash) view returns(bytes32)
func (workerRegistry *WorkerRegistry) UnpackBindingOf(data []byte) ([32]byte, error) {
	out, err := workerRegistry.abi.Unpack("bindingOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a42b8f8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function delay() view returns(uint64)
func (workerRegistry *WorkerRegistry) PackDelay() []byte {
	enc, err := workerRegistry.abi.Pack("delay")
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
func (workerRegistry *WorkerRegistry) TryPackDelay() ([]byte, error) {
	return workerRegistry.abi.Pack("delay")
}

// UnpackDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6a42b8f8.
//
// Solidity: function delay() view returns(uint64)
func (workerRegistry *WorkerRegistry) UnpackDelay(data []byte) (uint64, error) {
	out, err := workerRegistry.abi.Unpack("delay", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
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
// the contract method with ID 0x9c898630.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register(address operator, address signer, bytes32 sealingKeyHash, address verifier, bytes evidence) payable returns()
func (workerRegistry *WorkerRegistry) PackRegister(operator common.Address, signer common.Address, sealingKeyHash [32]byte, verifier common.Address, evidence []byte) []byte {
	enc, err := workerRegistry.abi.Pack("register", operator, signer, sealingKeyHash, verifier, evidence)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9c898630.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register(address operator, address signer, bytes32 sealingKeyHash, address verifier, bytes evidence) payable returns()
func (workerRegistry *WorkerRegistry) TryPackRegister(operator common.Address, signer common.Address, sealingKeyHash [32]byte, verifier common.Address, evidence []byte) ([]byte, error) {
	return workerRegistry.abi.Pack("register", operator, signer, sealingKeyHash, verifier, evidence)
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

// PackWorkloadAllowedFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc9e08489.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function workloadAllowedFrom(bytes32 workloadId) view returns(uint64)
func (workerRegistry *WorkerRegistry) PackWorkloadAllowedFrom(workloadId [32]byte) []byte {
	enc, err := workerRegistry.abi.Pack("workloadAllowedFrom", workloadId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWorkloadAllowedFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc9e08489.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function workloadAllowedFrom(bytes32 workloadId) view returns(uint64)
func (workerRegistry *WorkerRegistry) TryPackWorkloadAllowedFrom(workloadId [32]byte) ([]byte, error) {
	return workerRegistry.abi.Pack("workloadAllowedFrom", workloadId)
}

// UnpackWorkloadAllowedFrom is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc9e08489.
//
// Solidity: function workloadAllowedFrom(bytes32 workloadId) view returns(uint64)
func (workerRegistry *WorkerRegistry) UnpackWorkloadAllowedFrom(data []byte) (uint64, error) {
	out, err := workerRegistry.abi.Unpack("workloadAllowedFrom", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
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
	Verifier    common.Address
	AllowedFrom uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryVerifierSetEventName = "VerifierSet"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryVerifierSet) ContractEventName() string {
	return WorkerRegistryVerifierSetEventName
}

// UnpackVerifierSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event VerifierSet(address indexed verifier, uint64 allowedFrom)
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
	Operator       common.Address
	Signer         common.Address
	WorkloadId     [32]byte
	ValidUntil     uint64
	SealingKeyHash [32]byte
	Verifier       common.Address
	Raw            *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryWorkerRegisteredEventName = "WorkerRegistered"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryWorkerRegistered) ContractEventName() string {
	return WorkerRegistryWorkerRegisteredEventName
}

// UnpackWorkerRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event WorkerRegistered(address indexed operator, address indexed signer, bytes32 indexed workloadId, uint64 validUntil, bytes32 sealingKeyHash, address verifier)
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
	WorkloadId  [32]byte
	AllowedFrom uint64
	Source      string
	Raw         *types.Log // Blockchain specific contextual infos
}

const WorkerRegistryWorkloadSetEventName = "WorkloadSet"

// ContractEventName returns the user-defined event name.
func (WorkerRegistryWorkloadSet) ContractEventName() string {
	return WorkerRegistryWorkloadSetEventName
}

// UnpackWorkloadSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event WorkloadSet(bytes32 indexed workloadId, uint64 allowedFrom, string source)
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
	if bytes.Equal(raw[:4], workerRegistry.abi.Errors["AlreadyListed"].ID.Bytes()[:4]) {
		return workerRegistry.UnpackAlreadyListedError(raw[4:])
	}
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

// WorkerRegistryAlreadyListed represents a AlreadyListed error raised by the WorkerRegistry contract.
type WorkerRegistryAlreadyListed struct {
	Item [32]byte
	From uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func WorkerRegistryAlreadyListedErrorID() common.Hash {
	return common.HexToHash("0x8f1abb596d3d8810f140ab87a88cdddbd60c6d09305bc3cb8bca79f700aef770")
}

// UnpackAlreadyListedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyListed(bytes32 item, uint64 from)
func (workerRegistry *WorkerRegistry) UnpackAlreadyListedError(raw []byte) (*WorkerRegistryAlreadyListed, error) {
	out := new(WorkerRegistryAlreadyListed)
	if err := workerRegistry.abi.UnpackIntoInterface(out, "AlreadyListed", raw); err != nil {
		return nil, err
	}
	return out, nil
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
