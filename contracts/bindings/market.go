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

// MarketSignedDelivery is an auto generated low-level Go binding around an user-defined struct.
type MarketSignedDelivery struct {
	Spec            StatementsJobSpec
	OutputHash      [32]byte
	ResultHash      [32]byte
	Signature       []byte
	Acknowledgement []byte
}

// MarketSignedReceipt is an auto generated low-level Go binding around an user-defined struct.
type MarketSignedReceipt struct {
	Spec       StatementsJobSpec
	OutputHash [32]byte
	ElapsedMs  uint32
	Signature  []byte
}

// StatementsJobSpec is an auto generated low-level Go binding around an user-defined struct.
type StatementsJobSpec struct {
	User         common.Address
	Creator      common.Address
	ModelId      [32]byte
	ManifestHash [32]byte
	PrefixHash   [32]byte
	Cut          uint32
	WorkloadId   [32]byte
	ComputeMs    uint32
	PrefixBy     *big.Int
	DeliverBy    *big.Int
	InputHash    [32]byte
	KeysHash     [32]byte
	WorkerFee    *big.Int
	CreatorFee   *big.Int
	FeeBps       uint16
	Salt         [32]byte
}

// MarketMetaData contains all meta data concerning the Market contract.
var MarketMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"contractIERC20\",\"name\":\"token_\",\"type\":\"address\"},{\"internalType\":\"contractWorkerRegistry\",\"name\":\"workerRegistry_\",\"type\":\"address\"},{\"internalType\":\"contractModelRegistry\",\"name\":\"modelRegistry_\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"feeBps_\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"}],\"name\":\"ComputeLimitExceeded\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"}],\"name\":\"CutNotOffered\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint40\",\"name\":\"deadline\",\"type\":\"uint40\"}],\"name\":\"DeadlineNotPassed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint40\",\"name\":\"deadline\",\"type\":\"uint40\"}],\"name\":\"DeadlinePassed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ECDSAInvalidSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"length\",\"type\":\"uint256\"}],\"name\":\"ECDSAInvalidSignatureLength\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"ECDSAInvalidSignatureS\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EmptyOutputHash\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EnforcedPause\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ExpectedPause\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"}],\"name\":\"InvalidComputeLimit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"earliest\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"latest\",\"type\":\"uint256\"}],\"name\":\"InvalidDeadline\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo\",\"type\":\"address\"}],\"name\":\"InvalidFee\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"internalType\":\"enumMarket.State\",\"name\":\"state\",\"type\":\"uint8\"}],\"name\":\"InvalidState\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"}],\"name\":\"ModelNotActive\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"NotLiveWorker\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"NotRelay\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"}],\"name\":\"NotSignedByCreator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"}],\"name\":\"NotSignedByUser\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"}],\"name\":\"NotUser\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"NothingToWithdraw\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"SafeERC20FailedOperation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"WorkloadNotAllowed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"expected\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"WrongCreator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"expected\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"got\",\"type\":\"uint16\"}],\"name\":\"WrongFeeBps\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"expected\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"got\",\"type\":\"bytes32\"}],\"name\":\"WrongManifest\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"}],\"name\":\"WrongOutputHash\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint96\",\"name\":\"price\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"got\",\"type\":\"uint96\"}],\"name\":\"WrongPrice\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"WrongResultHash\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Credited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"feeTo\",\"type\":\"address\"}],\"name\":\"FeeSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"JobPosted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumMarket.State\",\"name\":\"state\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"JobRefunded\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Paused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"}],\"name\":\"PrefixComputed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"host\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"RelaySet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint40\",\"name\":\"until\",\"type\":\"uint40\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"bond\",\"type\":\"uint256\"}],\"name\":\"ResultContested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"acknowledged\",\"type\":\"bool\"}],\"name\":\"ResultDelivered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"}],\"name\":\"ResultSettled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"reason\",\"type\":\"bytes\"}],\"name\":\"Skipped\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Unpaused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"ACKNOWLEDGEMENT_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"CONTEST_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"DELIVERY_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"JOB_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_COMPUTE_MS\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_DELIVER_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_FEE_BPS\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_PREFIX_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"RECEIPT_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"TRANSFER_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"TRANSFER_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"acknowledgement\",\"type\":\"bytes\"}],\"name\":\"acknowledge\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"acknowledgementDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"bondOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"contest\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"credit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"acknowledgement\",\"type\":\"bytes\"}],\"name\":\"deliver\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"acknowledgement\",\"type\":\"bytes\"}],\"internalType\":\"structMarket.SignedDelivery[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"name\":\"deliverMany\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"deliveryDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"feeBps\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"feeTo\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"host\",\"type\":\"address\"}],\"name\":\"isRelay\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"jobId\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"modelRegistry\",\"outputs\":[{\"internalType\":\"contractModelRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paused\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"post\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec[]\",\"name\":\"specs\",\"type\":\"tuple[]\"}],\"name\":\"postMany\",\"outputs\":[{\"internalType\":\"bytes32[]\",\"name\":\"ids\",\"type\":\"bytes32[]\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint8\",\"name\":\"v\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"postWithPermit\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"}],\"name\":\"receiptDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"refund\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"feeBps_\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo_\",\"type\":\"address\"}],\"name\":\"setFee\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"host\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"allowed\",\"type\":\"bool\"}],\"name\":\"setRelay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"settle\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"state\",\"outputs\":[{\"internalType\":\"enumMarket.State\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"submitReceipt\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structMarket.SignedReceipt[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"name\":\"submitReceipts\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structStatements.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"submitTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"token\",\"outputs\":[{\"internalType\":\"contractIERC20\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"transferDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"unpause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"windowEnd\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"workerRegistry\",\"outputs\":[{\"internalType\":\"contractWorkerRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "Market",
	Bin: "0x6101c0604052348015610010575f5ffd5b5060405161454d38038061454d83398101604081905261002f91610316565b8560405180604001604052806011815260200170456e637279707465645f436f6d7075746560781b815250604051806040016040528060018152602001603160f81b8152506100838261018e60201b60201c565b610120526100908161018e565b61014052815160208084019190912060e052815190820120610100524660a05261011c60e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526001600160a01b03811661015357604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b61015c816101cb565b506001600160a01b03808616610160528481166101805283166101a05261018382826101e7565b5050505050506103fa565b5f5f829050601f815111156101b8578260405163305a27a960e01b815260040161014a919061039f565b80516101c3826103d4565b179392505050565b600380546001600160a01b03191690556101e4816102b1565b50565b6103e861ffff8316118061020257506001600160a01b038116155b156102355760405163e1fe5a4360e01b815261ffff831660048201526001600160a01b038216602482015260440161014a565b6003805461ffff60a81b1916600160a81b61ffff851690810291909117909155600480546001600160a01b0319166001600160a01b0384169081179091556040805192835260208301919091527fcf4d2d03d4b8ecbbb158b4405a7f342f82c5a11f84050a067767a63744e52209910160405180910390a15050565b600280546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b6001600160a01b03811681146101e4575f5ffd5b5f5f5f5f5f5f60c0878903121561032b575f5ffd5b865161033681610302565b602088015190965061034781610302565b604088015190955061035881610302565b606088015190945061036981610302565b608088015190935061ffff81168114610380575f5ffd5b60a088015190925061039181610302565b809150509295509295509295565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156103f4575f198160200360031b1b821691505b50919050565b60805160a05160c05160e05161010051610120516101405161016051610180516101a0516140a56104a85f395f818161046201528181612b370152612cc401525f81816107760152818161137d0152612a4e01525f81816107b0015281816107df01528181610e4901528181610fa9015281816111ca015261173701525f61273f01525f61270f01525f6131a401525f61317c01525f6130d701525f61310101525f61312b01526140a55ff3fe608060405234801561000f575f5ffd5b5060043610610323575f3560e01c8063715018a6116101a85780639a73f8ba116100f3578063d672b9de1161009e578063ec446c0711610079578063ec446c0714610771578063f2fde38b14610798578063fc0c546a146107ab578063fe62045a146107d2575f5ffd5b8063d672b9de14610726578063e04ec5321461074d578063e30c397814610760575f5ffd5b8063c664fe81116100ce578063c664fe81146106eb578063d55be8c6146106fe578063d5d44d8014610707575f5ffd5b80639a73f8ba146106b25780639de1a7c9146106c55780639fac9a43146106d8575f5ffd5b806384b0196e116101535780638f6f7c181161012e5780638f6f7c1814610651578063944362701461066457806395850f591461068b575f5ffd5b806384b0196e146106125780638758cf281461062d5780638da5cb5b14610640575f5ffd5b80637d1d8323116101835780637d1d8323146105c357806380fb4e02146105ea5780638456cb591461060a575f5ffd5b8063715018a6146105a057806373fc37d5146105a857806379ba5097146105bb575f5ffd5b80633a3a84111161027357806351cff8d91161021e578063671749ab116101f9578063671749ab14610554578063688873fb146105675780636b3de9e01461057a5780636c717e0f1461058d575f5ffd5b806351cff8d9146104fe5780635c975abb1461051157806361d585da14610534575f5ffd5b806342fab1871161024e57806342fab187146104d85780634e4c52be146103aa5780634e82449d146104eb575f5ffd5b80633a3a8411146104bd5780633cb39682146103aa5780633f4ba83a146104d0575f5ffd5b806324a9d853116102d35780632fabced5116102ae5780632fabced51461048457806330f738be1461049757806335d3b745146104aa575f5ffd5b806324a9d853146103f157806326cb32b71461042b5780632ba36f781461045d575f5ffd5b8063029ad07111610303578063029ad071146103aa57806304671e87146103c9578063060b5725146103dc575f5ffd5b8062bf26f414610327578062fb1e0614610361578063017e7e581461037f575b5f5ffd5b61034e7f0b6d68c58c7b25b0dc2d37a58d04a8a755171e5ff8608d4b2bddf4b1b9473fcc81565b6040519081526020015b60405180910390f35b61036a61ea6081565b60405163ffffffff9091168152602001610358565b600454610392906001600160a01b031681565b6040516001600160a01b039091168152602001610358565b6103b3610e1081565b60405164ffffffffff9091168152602001610358565b61034e6103d736600461344c565b6107dc565b6103ef6103ea3660046134eb565b6108be565b005b600354610418907501000000000000000000000000000000000000000000900461ffff1681565b60405161ffff9091168152602001610358565b61044d610439366004613549565b60056020525f908152604090205460ff1681565b6040519015158152602001610358565b6103927f000000000000000000000000000000000000000000000000000000000000000081565b6103ef6104923660046134eb565b6109e7565b6103ef6104a5366004613575565b610b0f565b6103ef6104b83660046135e8565b610b25565b6103ef6104cb366004613642565b610c41565b6103ef610e0b565b61034e6104e63660046136da565b610e1d565b6103ef6104f9366004613702565b610e76565b61034e61050c366004613549565b610efa565b60035474010000000000000000000000000000000000000000900460ff1661044d565b61054761054236600461372e565b610fd0565b60405161035891906137ab565b6103b361056236600461372e565b610ff9565b6103ef6105753660046136da565b61105a565b6103ef6105883660046137cc565b6111f9565b61034e61059b36600461383b565b61153d565b6103ef6115a8565b61034e6105b6366004613864565b6115b9565b6103ef6115fe565b61034e7f693ba532ac0fc4383c2949ddad229cbb611a8b9f76d22f23e19050cc3bc3b7e081565b6105fd6105f8366004613884565b61165b565b60405161035891906138f5565b6103ef611766565b61061a611776565b6040516103589796959493929190613983565b61034e61063b3660046136da565b6117d4565b6002546001600160a01b0316610392565b6103ef61065f3660046135e8565b61180b565b61034e7f37ac121d5f4ceb4bea475684619796066c8d631ee1bc6ff9319d4bd0b60f5d2c81565b61034e7fe2268ec2808f4cce3bbac1bf676369c664335b06abee4c109e9a48766bf6e03a81565b61034e6106c0366004613864565b61196d565b61034e6106d33660046136da565b6119b2565b6103ef6106e63660046136da565b6119e5565b61034e6106f9366004613a35565b611cdb565b6104186103e881565b61034e610715366004613549565b60066020525f908152604090205481565b61034e7f46992e6bc5bc87340d479989b9dfcae3ce3f8836ed798fddc71e99069798c47f81565b6103ef61075b3660046136da565b611cf0565b6003546001600160a01b0316610392565b6103927f000000000000000000000000000000000000000000000000000000000000000081565b6103ef6107a6366004613549565b611d8e565b6103927f000000000000000000000000000000000000000000000000000000000000000081565b6103b36201518081565b5f7f00000000000000000000000000000000000000000000000000000000000000006001600160a01b031663d505accf33306108178a611e17565b6040517fffffffff0000000000000000000000000000000000000000000000000000000060e086901b1681526001600160a01b03938416600482015292909116602483015260448201526064810188905260ff8716608482015260a4810186905260c4810185905260e4015f604051808303815f87803b158015610899575f5ffd5b505af19250505080156108aa575060015b506108b486610e1d565b9695505050505050565b5f5b818110156109e257368383838181106108db576108db613a72565b90506020028101906108ed9190613a9f565b905030636b3de9e08261020081013561090e61024083016102208401613adb565b61091c610240870187613af4565b6040518663ffffffff1660e01b815260040161093c959493929190613d0d565b5f604051808303815f87803b158015610953575f5ffd5b505af1925050508015610964575060015b6109d9573d808015610991576040519150601f19603f3d011682016040523d82523d5f602084013e610996565b606091505b506109a0826117d4565b7f8bff884da56cfcfb909cd091abdfbe87eb98d679b090e7e9cd004272f6657a1f826040516109cf9190613d4f565b60405180910390a2505b506001016108c0565b505050565b5f5b818110156109e25736838383818110610a0457610a04613a72565b9050602002810190610a169190613d61565b905030633a3a841182610200810135610220820135610a39610240840184613af4565b610a47610260890189613af4565b6040518863ffffffff1660e01b8152600401610a699796959493929190613d93565b5f604051808303815f87803b158015610a80575f5ffd5b505af1925050508015610a91575060015b610b06573d808015610abe576040519150601f19603f3d011682016040523d82523d5f602084013e610ac3565b606091505b50610acd826117d4565b7f8bff884da56cfcfb909cd091abdfbe87eb98d679b090e7e9cd004272f6657a1f82604051610afc9190613d4f565b60405180910390a2505b506001016109e9565b610b17611e62565b610b218282611ea8565b5050565b5f610b2f856117d4565b90505f610b3b82610fd0565b90506006816007811115610b5157610b51613745565b14158015610b7157506007816007811115610b6e57610b6e613745565b14155b15610bb55781816040517f37d2ccca000000000000000000000000000000000000000000000000000000008152600401610bac929190613de6565b60405180910390fd5b610bbf8286611fcf565b610bcc828787878761201c565b60405182907f582903839535df3e8621f96b3a0ed24bbceddb11a3014dfa811fe04c8c6b0af0905f90a2610c0182875f612090565b6007816007811115610c1557610c15613745565b03610c3957610c3982610c2b6020890189613549565b610c34896119b2565b612180565b505050505050565b5f610c4d8860026121fd565b9050610c6161014089016101208a01613dfa565b64ffffffffff16421115610cbd57610c8161014089016101208a01613dfa565b6040517f6747c9fd00000000000000000000000000000000000000000000000000000000815264ffffffffff9091166004820152602401610bac565b5f81815260076020526040902054871860081c15610d0a576040517f058d741c00000000000000000000000000000000000000000000000000000000815260048101889052602401610bac565b5f610d1682898961153d565b9050610d33610d2b60408b0160208c01613549565b828888612278565b610d8557610d4760408a0160208b01613549565b6040517f638364250000000000000000000000000000000000000000000000000000000081526001600160a01b039091166004820152602401610bac565b604080518981526020810189905284151591810182905283907f536421d963322d48874b607a8fd2aa5f2c7f00c628636644d86381fb0c36497c9060600160405180910390a28015610dee57610dde838b8a888861201c565b610de9838b5f612090565b610dff565b610dfd836006610e108b6122ec565b505b50505050505050505050565b610e13611e62565b610e1b612359565b565b5f610e266123c9565b610e2f8261241e565b9050610e713330610e3f85611e17565b6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000169291906124d2565b919050565b610e7e611e62565b6001600160a01b0382165f8181526005602090815260409182902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001685151590811790915591519182527ff1a9c06ecd6e47e4f5e6a4197adb647f1b139f771d37607de489ab3d30562315910160405180910390a25050565b335f9081526006602052604081205490819003610f45576040517fdc69dc16000000000000000000000000000000000000000000000000000000008152336004820152602401610bac565b335f8181526006602052604080822091909155516001600160a01b03841691907fd1c19fbcd4551a5edfb66d43d2e337c04837afda3482b42bdf569a8fccdae5fb90610f949085815260200190565b60405180910390a3610e716001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168383612521565b5f81815260076020819052604082205460ff1690811115610ff357610ff3613745565b92915050565b5f5f61100483610fd0565b9050600681600781111561101a5761101a613745565b14806110375750600781600781111561103557611035613745565b145b611041575f611053565b5f8381526007602052604090205460081c5b9392505050565b336110686020830183613549565b6001600160a01b0316146110c7576110836020820182613549565b6040517f582dfe750000000000000000000000000000000000000000000000000000000081526001600160a01b039091166004820152336024820152604401610bac565b5f6110d38260066121fd565b5f8181526007602052604090205490915060081c64ffffffffff8116421115611131576040517f6747c9fd00000000000000000000000000000000000000000000000000000000815264ffffffffff82166004820152602401610bac565b5f828152600760205260408120547fffffffffffffffffffffffffffffffffffffffffffffffffffff000000000000169061116b856119b2565b9050837f6b87032b754714da4c9518eab5d2c6eb8194fa912eafd65089f3aefe20f0c89d61119e866007610e10876122ec565b6040805164ffffffffff9092168252602082018590520160405180910390a26111f26001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163330846124d2565b5050505050565b5f6112058660016121fd565b905061121961012087016101008801613dfa565b64ffffffffff1642111561123957610c8161012087016101008801613dfa565b61124a610100870160e08801613adb565b63ffffffff168463ffffffff1611156112b1578361126f610100880160e08901613adb565b6040517f97ad629600000000000000000000000000000000000000000000000000000000815263ffffffff928316600482015291166024820152604401610bac565b5f8590036112eb576040517f5ae6c7db00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f6113366112fb8389898961256f565b85858080601f0160208091040260200160405190810160405280939291908181526020018383808284375f920191909152506125e192505050565b6040517f9cf3c39b0000000000000000000000000000000000000000000000000000000081526001600160a01b03808316600483015260c08a013560248301529192505f917f00000000000000000000000000000000000000000000000000000000000000001690639cf3c39b90604401602060405180830381865afa1580156113c2573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906113e69190613e13565b90506001600160a01b03811661143d576040517fe38fb0ba0000000000000000000000000000000000000000000000000000000081526001600160a01b038316600482015260c08901356024820152604401610bac565b5f838152600760209081526040918290207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008a166002179055815189815263ffffffff8916918101919091526001600160a01b03808516929084169186917fb7e38fa0b225ae17a901092e615c3b2d9b097db499aa5a7b7b58b35eabd8760a910160405180910390a461153383826115096114e06101a08d016101808e01613e2e565b6bffffffffffffffffffffffff166115006101e08e016101c08f01613e49565b61ffff16612609565b61151b6101a08d016101808e01613e2e565b6bffffffffffffffffffffffff16610c349190613e8f565b5050505050505050565b604080517f693ba532ac0fc4383c2949ddad229cbb611a8b9f76d22f23e19050cc3bc3b7e0602082015290810184905260608101839052608081018290525f906115a09060a0015b60405160208183030381529060405280519060200120612621565b949350505050565b6115b0611e62565b610e1b5f612668565b604080517f0b6d68c58c7b25b0dc2d37a58d04a8a755171e5ff8608d4b2bddf4b1b9473fcc6020820152908101839052606081018290525f9061105390608001611585565b60035433906001600160a01b0316811461164f576040517f118cdaa70000000000000000000000000000000000000000000000000000000081526001600160a01b0382166004820152602401610bac565b61165881612668565b50565b60606116656123c9565b8167ffffffffffffffff81111561167e5761167e613ea2565b6040519080825280602002602001820160405280156116a7578160200160208202803683370190505b5090505f5f5b83811015611729576116d68585838181106116ca576116ca613a72565b9050610200020161241e565b8382815181106116e8576116e8613a72565b60200260200101818152505061171585858381811061170957611709613a72565b90506102000201611e17565b61171f9083613ecf565b91506001016116ad565b5061175f6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163330846124d2565b5092915050565b61176e611e62565b610e1b612699565b5f6060805f5f5f6060611787612708565b61178f612738565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b5f610ff37f37ac121d5f4ceb4bea475684619796066c8d631ee1bc6ff9319d4bd0b60f5d2c83604051602001611585929190613ee2565b5f6118178560076121fd565b5f8181526007602052604090205490915060081c64ffffffffff8116421115611875576040517f6747c9fd00000000000000000000000000000000000000000000000000000000815264ffffffffff82166004820152602401610bac565b61187f8286611fcf565b5f6118c861188d84886115b9565b86868080601f0160208091040260200160405190810160405280939291908181526020018383808284375f920191909152506125e192505050565b6001600160a01b0381165f9081526005602052604090205490915060ff16611927576040517fea663b310000000000000000000000000000000000000000000000000000000081526001600160a01b0382166004820152602401610bac565b60405183907f582903839535df3e8621f96b3a0ed24bbceddb11a3014dfa811fe04c8c6b0af0905f90a2611964838861195f8a6119b2565b612090565b50505050505050565b604080517f46992e6bc5bc87340d479989b9dfcae3ce3f8836ed798fddc71e99069798c47f6020820152908101839052606081018290525f9061105390608001611585565b5f60026119c76101c084016101a08501613e2e565b6119d19190613f24565b6bffffffffffffffffffffffff1692915050565b5f6119ef826117d4565b90505f6119fb82610fd0565b90506001816007811115611a1157611a11613745565b14158015611a3157506002816007811115611a2e57611a2e613745565b14155b8015611a4f57506007816007811115611a4c57611a4c613745565b14155b15611a8a5781816040517f37d2ccca000000000000000000000000000000000000000000000000000000008152600401610bac929190613de6565b5f6001826007811115611a9f57611a9f613745565b14611aea576002826007811115611ab857611ab8613745565b14611ad8575f8381526007602052604090205460081c611afc565b611afc565b611ad361014085016101208601613dfa565b611afc61012085016101008601613dfa565b90508064ffffffffff164211611b47576040517fcf35c34200000000000000000000000000000000000000000000000000000000815264ffffffffff82166004820152602401610bac565b5f6001836007811115611b5c57611b5c613745565b14611b68576005611b6b565b60045b90505f611b806101c087016101a08801613e2e565b6bffffffffffffffffffffffff1690506001846007811115611ba457611ba4613745565b03611bd657611bbb6101a087016101808801613e2e565b611bd3906bffffffffffffffffffffffff1682613ecf565b90505b6007846007811115611bea57611bea613745565b03611c0557611bf8866119b2565b611c029082613ecf565b90505b816007811115611c1757611c17613745565b5f8681526007602052604090819020919091555185907f53b2c4b4b02f4e51684e7e9265292918cca5bb0574269a3d11b163dea7f14d0390611c5c9085908590613f5b565b60405180910390a2611c7b85611c756020890189613549565b83612180565b6005826007811115611c8f57611c8f613745565b03610c3957600454610c399086906001600160a01b0316610c34611cbb6101a08b016101808c01613e2e565b6bffffffffffffffffffffffff166115006101e08c016101c08d01613e49565b5f6115a0611ce8856117d4565b85858561256f565b5f611cfc8260066121fd565b5f8181526007602052604090205490915060081c64ffffffffff81164211611d59576040517fcf35c34200000000000000000000000000000000000000000000000000000000815264ffffffffff82166004820152602401610bac565b60405182907f582903839535df3e8621f96b3a0ed24bbceddb11a3014dfa811fe04c8c6b0af0905f90a26109e282845f612090565b611d96611e62565b600380546001600160a01b0383167fffffffffffffffffffffffff00000000000000000000000000000000000000009091168117909155611ddf6002546001600160a01b031690565b6001600160a01b03167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f611e2a6101c083016101a08401613e2e565b6bffffffffffffffffffffffff16611e4a6101a084016101808501613e2e565b6bffffffffffffffffffffffff16610ff39190613ecf565b6002546001600160a01b03163314610e1b576040517f118cdaa7000000000000000000000000000000000000000000000000000000008152336004820152602401610bac565b6103e861ffff83161180611ec357506001600160a01b038116155b15611f0f576040517fe1fe5a4300000000000000000000000000000000000000000000000000000000815261ffff831660048201526001600160a01b0382166024820152604401610bac565b600380547fffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffffffff16750100000000000000000000000000000000000000000061ffff851690810291909117909155600480547fffffffffffffffffffffffff0000000000000000000000000000000000000000166001600160a01b0384169081179091556040805192835260208301919091527fcf4d2d03d4b8ecbbb158b4405a7f342f82c5a11f84050a067767a63744e52209910160405180910390a15050565b5f82815260076020526040902054811860301c15610b21576040517fd4863b1e00000000000000000000000000000000000000000000000000000000815260048101829052602401610bac565b5f612027868561196d565b90506120416120396020870187613549565b828585612278565b610c39576120526020860186613549565b6040517fca99c0cd0000000000000000000000000000000000000000000000000000000081526001600160a01b039091166004820152602401610bac565b5f6120c66120a66101c085016101a08601613e2e565b6bffffffffffffffffffffffff166115006101e086016101c08701613e49565b5f85815260076020908152604091829020600390559192506121299186916120f391908701908701613549565b84846121076101c089016101a08a01613e2e565b6bffffffffffffffffffffffff1661211f9190613e8f565b610c349190613ecf565b60045461217a9085906001600160a01b03166121706121506101a088016101808901613e2e565b6bffffffffffffffffffffffff166115006101e089016101c08a01613e49565b610c349085613ecf565b50505050565b805f0361218c57505050565b6001600160a01b0382165f90815260066020526040812080548392906121b3908490613ecf565b909155505060405181815283906001600160a01b038416907f558163811cccb821d8db9bbab37ebf1805a423c2f00fc6a7f0bf540f03784ae29060200160405180910390a3505050565b5f612207836117d4565b905081600781111561221b5761221b613745565b61222482610fd0565b600781111561223557612235613745565b14610ff3578061224482610fd0565b6040517f37d2ccca000000000000000000000000000000000000000000000000000000008152600401610bac929190613de6565b5f846001600160a01b03163b5f036122d7575f5f612297868686612763565b5090925090505f8160038111156122b0576122b0613745565b1480156122ce5750866001600160a01b0316826001600160a01b0316145b925050506115a0565b6122e3858585856127aa565b95945050505050565b5f6122f78342613f76565b905083600781111561230b5761230b613745565b5f958652600760205260409095207fffffffffffffffffffffffffffffffffffffffffffffffffffff0000000000009290921665ffffffffff00600883901b16179490941790555090919050565b61236161282d565b600380547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff1690557f5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa335b6040516001600160a01b03909116815260200160405180910390a1565b60035474010000000000000000000000000000000000000000900460ff1615610e1b576040517fd93c066500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f612429825f6121fd565b9050336124396020840184613549565b6001600160a01b031614612454576110836020830183613549565b61245d82612881565b61246682612afb565b5f8181526007602090815260409091206001905560c08301359061248c90840184613549565b6001600160a01b0316827fe744b008bbda0d0a89050b0671e869f1857c87b3a9e9734d5a4ca783f6c4699d856040516124c59190613f93565b60405180910390a4919050565b6124e0848484846001612e7e565b61217a576040517f5274afe70000000000000000000000000000000000000000000000000000000081526001600160a01b0385166004820152602401610bac565b61252e8383836001612f04565b6109e2576040517f5274afe70000000000000000000000000000000000000000000000000000000081526001600160a01b0384166004820152602401610bac565b604080517fe2268ec2808f4cce3bbac1bf676369c664335b06abee4c109e9a48766bf6e03a602082015290810185905260808085013560608301526101608501359082015261014084013560a082015260c0810183905263ffffffff821660e08201525f906122e39061010001611585565b5f5f5f5f6125ef8686612f7f565b9250925092506125ff8282612fc8565b5090949350505050565b5f6127106126178385613fa2565b6110539190613fb9565b5f610ff361262d6130cb565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b600380547fffffffffffffffffffffffff0000000000000000000000000000000000000000169055611658816131f4565b6126a16123c9565b600380547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff16740100000000000000000000000000000000000000001790557f62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a2586123ac3390565b60606127337f000000000000000000000000000000000000000000000000000000000000000061325d565b905090565b60606127337f000000000000000000000000000000000000000000000000000000000000000061325d565b5f80806041849003612797578435602086013560408701355f1a6127898982858561329a565b9550955095505050506127a1565b505f915060029050825b93509350939050565b604080517f1626ba7e00000000000000000000000000000000000000000000000000000000808252600482018690526024820192909252604481018390525f91908390818660648301375f82606483010152601f820160051c60051b915060205f60648401838b5afa9050825f5114601f3d111681169350505050949350505050565b60035474010000000000000000000000000000000000000000900460ff16610e1b576040517f8dfc202b00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b612892610100820160e08301613adb565b63ffffffff1615806128bb575061ea606128b3610100830160e08401613adb565b63ffffffff16115b1561290c576128d1610100820160e08301613adb565b6040517f1aa3841400000000000000000000000000000000000000000000000000000000815263ffffffff9091166004820152602401610bac565b61293161292161012083016101008401613dfa565b64ffffffffff1642610e10613380565b61296f61294661014083016101208401613dfa565b64ffffffffff1661295f61012084016101008501613dfa565b64ffffffffff1662015180613380565b6003547501000000000000000000000000000000000000000000900461ffff166129a16101e083016101c08401613e49565b61ffff1614612a1c576003547501000000000000000000000000000000000000000000900461ffff166129dc6101e083016101c08401613e49565b6040517f351e0e8400000000000000000000000000000000000000000000000000000000815261ffff928316600482015291166024820152604401610bac565b6040517fd37b7c5c00000000000000000000000000000000000000000000000000000000815260c082013560048201527f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03169063d37b7c5c90602401602060405180830381865afa158015612a9b573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190612abf9190613fd7565b611658576040517fa4486cae00000000000000000000000000000000000000000000000000000000815260c08201356004820152602401610bac565b604080517fee19e84b0000000000000000000000000000000000000000000000000000000081529082013560048201525f906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000169063ee19e84b90602401608060405180830381865afa158015612b7c573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190612ba09190613ff2565b90508060200151612be357604080517f5271c8a7000000000000000000000000000000000000000000000000000000008152908301356004820152602401610bac565b612bf36040830160208401613549565b6001600160a01b0316815f01516001600160a01b031614612c65578051612c206040840160208501613549565b6040517f37cdccf60000000000000000000000000000000000000000000000000000000081526001600160a01b03928316600482015291166024820152604401610bac565b8160600135816040015114612cb95760408082015190517fe5872e5f000000000000000000000000000000000000000000000000000000008152600481019190915260608301356024820152604401610bac565b5f6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001663a6bca7a26040850135612cfe60c0870160a08801613adb565b6040517fffffffff0000000000000000000000000000000000000000000000000000000060e085901b168152600481019290925263ffffffff166024820152604401602060405180830381865afa158015612d5b573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190612d7f919061408a565b9050806bffffffffffffffffffffffff165f03612dec576040830135612dab60c0850160a08601613adb565b6040517fd58d9a80000000000000000000000000000000000000000000000000000000008152600481019290925263ffffffff166024820152604401610bac565b6bffffffffffffffffffffffff8116612e0d6101c085016101a08601613e2e565b6bffffffffffffffffffffffff1610156109e25780612e346101c085016101a08601613e2e565b6040517f13a0961c0000000000000000000000000000000000000000000000000000000081526bffffffffffffffffffffffff928316600482015291166024820152604401610bac565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f51148316612ef3578383151615612ee7573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038616600452602485905291602083604481808b5af1925060015f51148316612f73578383151615612f67573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b5f5f5f8351604103612fb6576020840151604085015160608601515f1a612fa88882858561329a565b955095509550505050612fc1565b505081515f91506002905b9250925092565b5f826003811115612fdb57612fdb613745565b03612fe4575050565b6001826003811115612ff857612ff8613745565b0361302f576040517ff645eedf00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b600282600381111561304357613043613745565b0361307d576040517ffce698f700000000000000000000000000000000000000000000000000000000815260048101829052602401610bac565b600382600381111561309157613091613745565b03610b21576040517fd78bce0c00000000000000000000000000000000000000000000000000000000815260048101829052602401610bac565b5f306001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001614801561312357507f000000000000000000000000000000000000000000000000000000000000000046145b1561314d57507f000000000000000000000000000000000000000000000000000000000000000090565b612733604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b600280546001600160a01b038381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b60605f613269836133f5565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411156132d357505f91506003905082613376565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015613324573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe001519150506001600160a01b03811661336d57505f925060019150829050613376565b92505f91508190505b9450945094915050565b818311158061339757506133948183613ecf565b83115b156109e257826133a8836001613ecf565b6133b28385613ecf565b6040517f9b4eedf0000000000000000000000000000000000000000000000000000000008152600481019390935260248301919091526044820152606401610bac565b5f60ff8216601f811115610ff3576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f6102008284031215613446575f5ffd5b50919050565b5f5f5f5f5f6102808688031215613461575f5ffd5b61346b8787613435565b9450610200860135935061022086013560ff81168114613489575f5ffd5b949793965093946102408101359450610260013592915050565b5f5f83601f8401126134b3575f5ffd5b50813567ffffffffffffffff8111156134ca575f5ffd5b6020830191508360208260051b85010111156134e4575f5ffd5b9250929050565b5f5f602083850312156134fc575f5ffd5b823567ffffffffffffffff811115613512575f5ffd5b61351e858286016134a3565b90969095509350505050565b6001600160a01b0381168114611658575f5ffd5b8035610e718161352a565b5f60208284031215613559575f5ffd5b81356110538161352a565b803561ffff81168114610e71575f5ffd5b5f5f60408385031215613586575f5ffd5b61358f83613564565b9150602083013561359f8161352a565b809150509250929050565b5f5f83601f8401126135ba575f5ffd5b50813567ffffffffffffffff8111156135d1575f5ffd5b6020830191508360208285010111156134e4575f5ffd5b5f5f5f5f61024085870312156135fc575f5ffd5b6136068686613435565b9350610200850135925061022085013567ffffffffffffffff81111561362a575f5ffd5b613636878288016135aa565b95989497509550505050565b5f5f5f5f5f5f5f610280888a031215613659575f5ffd5b6136638989613435565b96506102008801359550610220880135945061024088013567ffffffffffffffff81111561368f575f5ffd5b61369b8a828b016135aa565b90955093505061026088013567ffffffffffffffff8111156136bb575f5ffd5b6136c78a828b016135aa565b989b979a50959850939692959293505050565b5f61020082840312156136eb575f5ffd5b6110538383613435565b8015158114611658575f5ffd5b5f5f60408385031215613713575f5ffd5b823561371e8161352a565b9150602083013561359f816136f5565b5f6020828403121561373e575f5ffd5b5035919050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b600881106137a7577f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b9052565b60208101610ff38284613772565b803563ffffffff81168114610e71575f5ffd5b5f5f5f5f5f61026086880312156137e1575f5ffd5b6137eb8787613435565b9450610200860135935061380261022087016137b9565b925061024086013567ffffffffffffffff81111561381e575f5ffd5b61382a888289016135aa565b969995985093965092949392505050565b5f5f5f6060848603121561384d575f5ffd5b505081359360208301359350604090920135919050565b5f5f60408385031215613875575f5ffd5b50508035926020909101359150565b5f5f60208385031215613895575f5ffd5b823567ffffffffffffffff8111156138ab575f5ffd5b8301601f810185136138bb575f5ffd5b803567ffffffffffffffff8111156138d1575f5ffd5b8560208260091b84010111156138e5575f5ffd5b6020919091019590945092505050565b602080825282518282018190525f918401906040840190835b8181101561392c57835183526020938401939092019160010161390e565b509095945050505050565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f6139bd60e0830189613937565b82810360408401526139cf8189613937565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015613a24578351835260209384019390920191600101613a06565b50909b9a5050505050505050505050565b5f5f5f6102408486031215613a48575f5ffd5b613a528585613435565b92506102008401359150613a6961022085016137b9565b90509250925092565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b5f82357ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffda1833603018112613ad1575f5ffd5b9190910192915050565b5f60208284031215613aeb575f5ffd5b611053826137b9565b5f5f83357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1843603018112613b27575f5ffd5b83018035915067ffffffffffffffff821115613b41575f5ffd5b6020019150368190038213156134e4575f5ffd5b803564ffffffffff81168114610e71575f5ffd5b6bffffffffffffffffffffffff81168114611658575f5ffd5b8035610e7181613b69565b613ba782613b9a8361353e565b6001600160a01b03169052565b613bb36020820161353e565b6001600160a01b03166020830152604081810135908301526060808201359083015260808082013590830152613beb60a082016137b9565b63ffffffff1660a083015260c08181013590830152613c0c60e082016137b9565b63ffffffff1660e0830152613c246101008201613b55565b64ffffffffff16610100830152613c3e6101208201613b55565b64ffffffffff1661012083015261014081810135908301526101608082013590830152613c6e6101808201613b82565b6bffffffffffffffffffffffff16610180830152613c8f6101a08201613b82565b6bffffffffffffffffffffffff166101a0830152613cb06101c08201613564565b61ffff166101c08301526101e090810135910152565b81835281816020850137505f602082840101525f60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f840116840101905092915050565b613d178187613b8d565b8461020082015263ffffffff84166102208201526102606102408201525f613d4461026083018486613cc6565b979650505050505050565b602081525f6110536020830184613937565b5f82357ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd81833603018112613ad1575f5ffd5b613d9d8189613b8d565b86610200820152856102208201526102806102408201525f613dc461028083018688613cc6565b828103610260840152613dd8818587613cc6565b9a9950505050505050505050565b828152604081016110536020830184613772565b5f60208284031215613e0a575f5ffd5b61105382613b55565b5f60208284031215613e23575f5ffd5b81516110538161352a565b5f60208284031215613e3e575f5ffd5b813561105381613b69565b5f60208284031215613e59575f5ffd5b61105382613564565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b81810381811115610ff357610ff3613e62565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b80820180821115610ff357610ff3613e62565b82815261022081016110536020830184613b8d565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b5f6bffffffffffffffffffffffff831680613f4157613f41613ef7565b806bffffffffffffffffffffffff84160491505092915050565b60408101613f698285613772565b8260208301529392505050565b64ffffffffff8181168382160190811115610ff357610ff3613e62565b6102008101610ff38284613b8d565b8082028115828204841417610ff357610ff3613e62565b5f82613fc757613fc7613ef7565b500490565b8051610e71816136f5565b5f60208284031215613fe7575f5ffd5b8151611053816136f5565b5f6080828403128015614003575f5ffd5b506040516080810167ffffffffffffffff8111828210171561404c577f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b604052825161405a8161352a565b815261406860208401613fcc565b6020820152604083810151908201526060928301519281019290925250919050565b5f6020828403121561409a575f5ffd5b815161105381613b6956",
}

// Market is an auto generated Go binding around an Ethereum contract.
type Market struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Market) GetABI() abi.ABI {
	return c.abi
}

// NewMarket creates a new instance of Market.
func NewMarket() *Market {
	parsed, err := MarketMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Market{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Market) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address owner, address token_, address workerRegistry_, address modelRegistry_, uint16 feeBps_, address feeTo_) returns()
func (market *Market) PackConstructor(owner common.Address, token_ common.Address, workerRegistry_ common.Address, modelRegistry_ common.Address, feeBps_ uint16, feeTo_ common.Address) []byte {
	enc, err := market.abi.Pack("", owner, token_, workerRegistry_, modelRegistry_, feeBps_, feeTo_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackACKNOWLEDGEMENTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd672b9de.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ACKNOWLEDGEMENT_TYPEHASH() view returns(bytes32)
func (market *Market) PackACKNOWLEDGEMENTTYPEHASH() []byte {
	enc, err := market.abi.Pack("ACKNOWLEDGEMENT_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackACKNOWLEDGEMENTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd672b9de.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ACKNOWLEDGEMENT_TYPEHASH() view returns(bytes32)
func (market *Market) TryPackACKNOWLEDGEMENTTYPEHASH() ([]byte, error) {
	return market.abi.Pack("ACKNOWLEDGEMENT_TYPEHASH")
}

// UnpackACKNOWLEDGEMENTTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd672b9de.
//
// Solidity: function ACKNOWLEDGEMENT_TYPEHASH() view returns(bytes32)
func (market *Market) UnpackACKNOWLEDGEMENTTYPEHASH(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("ACKNOWLEDGEMENT_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackCONTESTWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3cb39682.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function CONTEST_WINDOW() view returns(uint40)
func (market *Market) PackCONTESTWINDOW() []byte {
	enc, err := market.abi.Pack("CONTEST_WINDOW")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCONTESTWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3cb39682.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function CONTEST_WINDOW() view returns(uint40)
func (market *Market) TryPackCONTESTWINDOW() ([]byte, error) {
	return market.abi.Pack("CONTEST_WINDOW")
}

// UnpackCONTESTWINDOW is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3cb39682.
//
// Solidity: function CONTEST_WINDOW() view returns(uint40)
func (market *Market) UnpackCONTESTWINDOW(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("CONTEST_WINDOW", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDELIVERYTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d1d8323.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DELIVERY_TYPEHASH() view returns(bytes32)
func (market *Market) PackDELIVERYTYPEHASH() []byte {
	enc, err := market.abi.Pack("DELIVERY_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDELIVERYTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d1d8323.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DELIVERY_TYPEHASH() view returns(bytes32)
func (market *Market) TryPackDELIVERYTYPEHASH() ([]byte, error) {
	return market.abi.Pack("DELIVERY_TYPEHASH")
}

// UnpackDELIVERYTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7d1d8323.
//
// Solidity: function DELIVERY_TYPEHASH() view returns(bytes32)
func (market *Market) UnpackDELIVERYTYPEHASH(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("DELIVERY_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackJOBTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94436270.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function JOB_TYPEHASH() view returns(bytes32)
func (market *Market) PackJOBTYPEHASH() []byte {
	enc, err := market.abi.Pack("JOB_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJOBTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94436270.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function JOB_TYPEHASH() view returns(bytes32)
func (market *Market) TryPackJOBTYPEHASH() ([]byte, error) {
	return market.abi.Pack("JOB_TYPEHASH")
}

// UnpackJOBTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x94436270.
//
// Solidity: function JOB_TYPEHASH() view returns(bytes32)
func (market *Market) UnpackJOBTYPEHASH(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("JOB_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackMAXCOMPUTEMS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00fb1e06.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_COMPUTE_MS() view returns(uint32)
func (market *Market) PackMAXCOMPUTEMS() []byte {
	enc, err := market.abi.Pack("MAX_COMPUTE_MS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXCOMPUTEMS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00fb1e06.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_COMPUTE_MS() view returns(uint32)
func (market *Market) TryPackMAXCOMPUTEMS() ([]byte, error) {
	return market.abi.Pack("MAX_COMPUTE_MS")
}

// UnpackMAXCOMPUTEMS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x00fb1e06.
//
// Solidity: function MAX_COMPUTE_MS() view returns(uint32)
func (market *Market) UnpackMAXCOMPUTEMS(data []byte) (uint32, error) {
	out, err := market.abi.Unpack("MAX_COMPUTE_MS", data)
	if err != nil {
		return *new(uint32), err
	}
	out0 := *abi.ConvertType(out[0], new(uint32)).(*uint32)
	return out0, nil
}

// PackMAXDELIVERWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfe62045a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_DELIVER_WINDOW() view returns(uint40)
func (market *Market) PackMAXDELIVERWINDOW() []byte {
	enc, err := market.abi.Pack("MAX_DELIVER_WINDOW")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXDELIVERWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfe62045a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_DELIVER_WINDOW() view returns(uint40)
func (market *Market) TryPackMAXDELIVERWINDOW() ([]byte, error) {
	return market.abi.Pack("MAX_DELIVER_WINDOW")
}

// UnpackMAXDELIVERWINDOW is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfe62045a.
//
// Solidity: function MAX_DELIVER_WINDOW() view returns(uint40)
func (market *Market) UnpackMAXDELIVERWINDOW(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("MAX_DELIVER_WINDOW", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXFEEBPS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd55be8c6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_FEE_BPS() view returns(uint16)
func (market *Market) PackMAXFEEBPS() []byte {
	enc, err := market.abi.Pack("MAX_FEE_BPS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXFEEBPS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd55be8c6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_FEE_BPS() view returns(uint16)
func (market *Market) TryPackMAXFEEBPS() ([]byte, error) {
	return market.abi.Pack("MAX_FEE_BPS")
}

// UnpackMAXFEEBPS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd55be8c6.
//
// Solidity: function MAX_FEE_BPS() view returns(uint16)
func (market *Market) UnpackMAXFEEBPS(data []byte) (uint16, error) {
	out, err := market.abi.Unpack("MAX_FEE_BPS", data)
	if err != nil {
		return *new(uint16), err
	}
	out0 := *abi.ConvertType(out[0], new(uint16)).(*uint16)
	return out0, nil
}

// PackMAXPREFIXWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e4c52be.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_PREFIX_WINDOW() view returns(uint40)
func (market *Market) PackMAXPREFIXWINDOW() []byte {
	enc, err := market.abi.Pack("MAX_PREFIX_WINDOW")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXPREFIXWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e4c52be.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_PREFIX_WINDOW() view returns(uint40)
func (market *Market) TryPackMAXPREFIXWINDOW() ([]byte, error) {
	return market.abi.Pack("MAX_PREFIX_WINDOW")
}

// UnpackMAXPREFIXWINDOW is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4e4c52be.
//
// Solidity: function MAX_PREFIX_WINDOW() view returns(uint40)
func (market *Market) UnpackMAXPREFIXWINDOW(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("MAX_PREFIX_WINDOW", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackRECEIPTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95850f59.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function RECEIPT_TYPEHASH() view returns(bytes32)
func (market *Market) PackRECEIPTTYPEHASH() []byte {
	enc, err := market.abi.Pack("RECEIPT_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRECEIPTTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95850f59.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function RECEIPT_TYPEHASH() view returns(bytes32)
func (market *Market) TryPackRECEIPTTYPEHASH() ([]byte, error) {
	return market.abi.Pack("RECEIPT_TYPEHASH")
}

// UnpackRECEIPTTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x95850f59.
//
// Solidity: function RECEIPT_TYPEHASH() view returns(bytes32)
func (market *Market) UnpackRECEIPTTYPEHASH(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("RECEIPT_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackTRANSFERTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00bf26f4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function TRANSFER_TYPEHASH() view returns(bytes32)
func (market *Market) PackTRANSFERTYPEHASH() []byte {
	enc, err := market.abi.Pack("TRANSFER_TYPEHASH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTRANSFERTYPEHASH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00bf26f4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function TRANSFER_TYPEHASH() view returns(bytes32)
func (market *Market) TryPackTRANSFERTYPEHASH() ([]byte, error) {
	return market.abi.Pack("TRANSFER_TYPEHASH")
}

// UnpackTRANSFERTYPEHASH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x00bf26f4.
//
// Solidity: function TRANSFER_TYPEHASH() view returns(bytes32)
func (market *Market) UnpackTRANSFERTYPEHASH(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("TRANSFER_TYPEHASH", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackTRANSFERWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x029ad071.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function TRANSFER_WINDOW() view returns(uint40)
func (market *Market) PackTRANSFERWINDOW() []byte {
	enc, err := market.abi.Pack("TRANSFER_WINDOW")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTRANSFERWINDOW is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x029ad071.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function TRANSFER_WINDOW() view returns(uint40)
func (market *Market) TryPackTRANSFERWINDOW() ([]byte, error) {
	return market.abi.Pack("TRANSFER_WINDOW")
}

// UnpackTRANSFERWINDOW is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x029ad071.
//
// Solidity: function TRANSFER_WINDOW() view returns(uint40)
func (market *Market) UnpackTRANSFERWINDOW(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("TRANSFER_WINDOW", data)
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
func (market *Market) PackAcceptOwnership() []byte {
	enc, err := market.abi.Pack("acceptOwnership")
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
func (market *Market) TryPackAcceptOwnership() ([]byte, error) {
	return market.abi.Pack("acceptOwnership")
}

// PackAcknowledge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x35d3b745.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acknowledge((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 resultHash, bytes acknowledgement) returns()
func (market *Market) PackAcknowledge(spec StatementsJobSpec, resultHash [32]byte, acknowledgement []byte) []byte {
	enc, err := market.abi.Pack("acknowledge", spec, resultHash, acknowledgement)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcknowledge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x35d3b745.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acknowledge((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 resultHash, bytes acknowledgement) returns()
func (market *Market) TryPackAcknowledge(spec StatementsJobSpec, resultHash [32]byte, acknowledgement []byte) ([]byte, error) {
	return market.abi.Pack("acknowledge", spec, resultHash, acknowledgement)
}

// PackAcknowledgementDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9a73f8ba.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acknowledgementDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) PackAcknowledgementDigest(id [32]byte, resultHash [32]byte) []byte {
	enc, err := market.abi.Pack("acknowledgementDigest", id, resultHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcknowledgementDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9a73f8ba.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acknowledgementDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) TryPackAcknowledgementDigest(id [32]byte, resultHash [32]byte) ([]byte, error) {
	return market.abi.Pack("acknowledgementDigest", id, resultHash)
}

// UnpackAcknowledgementDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9a73f8ba.
//
// Solidity: function acknowledgementDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) UnpackAcknowledgementDigest(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("acknowledgementDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackBondOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9de1a7c9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bondOf((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) pure returns(uint256)
func (market *Market) PackBondOf(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("bondOf", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBondOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9de1a7c9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bondOf((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) pure returns(uint256)
func (market *Market) TryPackBondOf(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("bondOf", spec)
}

// UnpackBondOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9de1a7c9.
//
// Solidity: function bondOf((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) pure returns(uint256)
func (market *Market) UnpackBondOf(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("bondOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackContest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x688873fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function contest((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) PackContest(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("contest", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackContest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x688873fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function contest((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) TryPackContest(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("contest", spec)
}

// PackCredit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd5d44d80.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function credit(address account) view returns(uint256)
func (market *Market) PackCredit(account common.Address) []byte {
	enc, err := market.abi.Pack("credit", account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCredit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd5d44d80.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function credit(address account) view returns(uint256)
func (market *Market) TryPackCredit(account common.Address) ([]byte, error) {
	return market.abi.Pack("credit", account)
}

// UnpackCredit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd5d44d80.
//
// Solidity: function credit(address account) view returns(uint256)
func (market *Market) UnpackCredit(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("credit", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDeliver is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a3a8411.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deliver((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, bytes32 resultHash, bytes signature, bytes acknowledgement) returns()
func (market *Market) PackDeliver(spec StatementsJobSpec, outputHash [32]byte, resultHash [32]byte, signature []byte, acknowledgement []byte) []byte {
	enc, err := market.abi.Pack("deliver", spec, outputHash, resultHash, signature, acknowledgement)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeliver is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a3a8411.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deliver((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, bytes32 resultHash, bytes signature, bytes acknowledgement) returns()
func (market *Market) TryPackDeliver(spec StatementsJobSpec, outputHash [32]byte, resultHash [32]byte, signature []byte, acknowledgement []byte) ([]byte, error) {
	return market.abi.Pack("deliver", spec, outputHash, resultHash, signature, acknowledgement)
}

// PackDeliverMany is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2fabced5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deliverMany(((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32),bytes32,bytes32,bytes,bytes)[] list) returns()
func (market *Market) PackDeliverMany(list []MarketSignedDelivery) []byte {
	enc, err := market.abi.Pack("deliverMany", list)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeliverMany is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2fabced5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deliverMany(((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32),bytes32,bytes32,bytes,bytes)[] list) returns()
func (market *Market) TryPackDeliverMany(list []MarketSignedDelivery) ([]byte, error) {
	return market.abi.Pack("deliverMany", list)
}

// PackDeliveryDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6c717e0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deliveryDigest(bytes32 id, bytes32 outputHash, bytes32 resultHash) view returns(bytes32)
func (market *Market) PackDeliveryDigest(id [32]byte, outputHash [32]byte, resultHash [32]byte) []byte {
	enc, err := market.abi.Pack("deliveryDigest", id, outputHash, resultHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeliveryDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6c717e0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deliveryDigest(bytes32 id, bytes32 outputHash, bytes32 resultHash) view returns(bytes32)
func (market *Market) TryPackDeliveryDigest(id [32]byte, outputHash [32]byte, resultHash [32]byte) ([]byte, error) {
	return market.abi.Pack("deliveryDigest", id, outputHash, resultHash)
}

// UnpackDeliveryDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6c717e0f.
//
// Solidity: function deliveryDigest(bytes32 id, bytes32 outputHash, bytes32 resultHash) view returns(bytes32)
func (market *Market) UnpackDeliveryDigest(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("deliveryDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackFeeBps is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24a9d853.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function feeBps() view returns(uint16)
func (market *Market) PackFeeBps() []byte {
	enc, err := market.abi.Pack("feeBps")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFeeBps is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24a9d853.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function feeBps() view returns(uint16)
func (market *Market) TryPackFeeBps() ([]byte, error) {
	return market.abi.Pack("feeBps")
}

// UnpackFeeBps is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x24a9d853.
//
// Solidity: function feeBps() view returns(uint16)
func (market *Market) UnpackFeeBps(data []byte) (uint16, error) {
	out, err := market.abi.Unpack("feeBps", data)
	if err != nil {
		return *new(uint16), err
	}
	out0 := *abi.ConvertType(out[0], new(uint16)).(*uint16)
	return out0, nil
}

// PackFeeTo is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x017e7e58.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function feeTo() view returns(address)
func (market *Market) PackFeeTo() []byte {
	enc, err := market.abi.Pack("feeTo")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFeeTo is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x017e7e58.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function feeTo() view returns(address)
func (market *Market) TryPackFeeTo() ([]byte, error) {
	return market.abi.Pack("feeTo")
}

// UnpackFeeTo is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x017e7e58.
//
// Solidity: function feeTo() view returns(address)
func (market *Market) UnpackFeeTo(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("feeTo", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackIsRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x26cb32b7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isRelay(address host) view returns(bool)
func (market *Market) PackIsRelay(host common.Address) []byte {
	enc, err := market.abi.Pack("isRelay", host)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x26cb32b7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isRelay(address host) view returns(bool)
func (market *Market) TryPackIsRelay(host common.Address) ([]byte, error) {
	return market.abi.Pack("isRelay", host)
}

// UnpackIsRelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x26cb32b7.
//
// Solidity: function isRelay(address host) view returns(bool)
func (market *Market) UnpackIsRelay(data []byte) (bool, error) {
	out, err := market.abi.Unpack("isRelay", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackJobId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8758cf28.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function jobId((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) view returns(bytes32)
func (market *Market) PackJobId(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("jobId", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJobId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8758cf28.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function jobId((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) view returns(bytes32)
func (market *Market) TryPackJobId(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("jobId", spec)
}

// UnpackJobId is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8758cf28.
//
// Solidity: function jobId((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) view returns(bytes32)
func (market *Market) UnpackJobId(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("jobId", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackModelRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2ba36f78.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function modelRegistry() view returns(address)
func (market *Market) PackModelRegistry() []byte {
	enc, err := market.abi.Pack("modelRegistry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackModelRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2ba36f78.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function modelRegistry() view returns(address)
func (market *Market) TryPackModelRegistry() ([]byte, error) {
	return market.abi.Pack("modelRegistry")
}

// UnpackModelRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2ba36f78.
//
// Solidity: function modelRegistry() view returns(address)
func (market *Market) UnpackModelRegistry(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("modelRegistry", data)
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
func (market *Market) PackOwner() []byte {
	enc, err := market.abi.Pack("owner")
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
func (market *Market) TryPackOwner() ([]byte, error) {
	return market.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (market *Market) UnpackOwner(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("owner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8456cb59.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pause() returns()
func (market *Market) PackPause() []byte {
	enc, err := market.abi.Pack("pause")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8456cb59.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pause() returns()
func (market *Market) TryPackPause() ([]byte, error) {
	return market.abi.Pack("pause")
}

// PackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paused() view returns(bool)
func (market *Market) PackPaused() []byte {
	enc, err := market.abi.Pack("paused")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paused() view returns(bool)
func (market *Market) TryPackPaused() ([]byte, error) {
	return market.abi.Pack("paused")
}

// UnpackPaused is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5c975abb.
//
// Solidity: function paused() view returns(bool)
func (market *Market) UnpackPaused(data []byte) (bool, error) {
	out, err := market.abi.Unpack("paused", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingOwner() view returns(address)
func (market *Market) PackPendingOwner() []byte {
	enc, err := market.abi.Pack("pendingOwner")
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
func (market *Market) TryPackPendingOwner() ([]byte, error) {
	return market.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (market *Market) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("pendingOwner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPost is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42fab187.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function post((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns(bytes32 id)
func (market *Market) PackPost(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("post", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPost is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42fab187.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function post((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns(bytes32 id)
func (market *Market) TryPackPost(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("post", spec)
}

// UnpackPost is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x42fab187.
//
// Solidity: function post((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns(bytes32 id)
func (market *Market) UnpackPost(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("post", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPostMany is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x80fb4e02.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postMany((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32)[] specs) returns(bytes32[] ids)
func (market *Market) PackPostMany(specs []StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("postMany", specs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostMany is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x80fb4e02.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postMany((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32)[] specs) returns(bytes32[] ids)
func (market *Market) TryPackPostMany(specs []StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("postMany", specs)
}

// UnpackPostMany is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x80fb4e02.
//
// Solidity: function postMany((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32)[] specs) returns(bytes32[] ids)
func (market *Market) UnpackPostMany(data []byte) ([][32]byte, error) {
	out, err := market.abi.Unpack("postMany", data)
	if err != nil {
		return *new([][32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([][32]byte)).(*[][32]byte)
	return out0, nil
}

// PackPostWithPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x04671e87.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postWithPermit((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns(bytes32 id)
func (market *Market) PackPostWithPermit(spec StatementsJobSpec, deadline *big.Int, v uint8, r [32]byte, s [32]byte) []byte {
	enc, err := market.abi.Pack("postWithPermit", spec, deadline, v, r, s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostWithPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x04671e87.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postWithPermit((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns(bytes32 id)
func (market *Market) TryPackPostWithPermit(spec StatementsJobSpec, deadline *big.Int, v uint8, r [32]byte, s [32]byte) ([]byte, error) {
	return market.abi.Pack("postWithPermit", spec, deadline, v, r, s)
}

// UnpackPostWithPermit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x04671e87.
//
// Solidity: function postWithPermit((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns(bytes32 id)
func (market *Market) UnpackPostWithPermit(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("postWithPermit", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackReceiptDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc664fe81.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function receiptDigest((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, uint32 elapsedMs) view returns(bytes32)
func (market *Market) PackReceiptDigest(spec StatementsJobSpec, outputHash [32]byte, elapsedMs uint32) []byte {
	enc, err := market.abi.Pack("receiptDigest", spec, outputHash, elapsedMs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReceiptDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc664fe81.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function receiptDigest((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, uint32 elapsedMs) view returns(bytes32)
func (market *Market) TryPackReceiptDigest(spec StatementsJobSpec, outputHash [32]byte, elapsedMs uint32) ([]byte, error) {
	return market.abi.Pack("receiptDigest", spec, outputHash, elapsedMs)
}

// UnpackReceiptDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc664fe81.
//
// Solidity: function receiptDigest((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, uint32 elapsedMs) view returns(bytes32)
func (market *Market) UnpackReceiptDigest(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("receiptDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRefund is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9fac9a43.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function refund((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) PackRefund(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("refund", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRefund is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9fac9a43.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function refund((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) TryPackRefund(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("refund", spec)
}

// PackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceOwnership() returns()
func (market *Market) PackRenounceOwnership() []byte {
	enc, err := market.abi.Pack("renounceOwnership")
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
func (market *Market) TryPackRenounceOwnership() ([]byte, error) {
	return market.abi.Pack("renounceOwnership")
}

// PackSetFee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30f738be.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setFee(uint16 feeBps_, address feeTo_) returns()
func (market *Market) PackSetFee(feeBps uint16, feeTo common.Address) []byte {
	enc, err := market.abi.Pack("setFee", feeBps, feeTo)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetFee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30f738be.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setFee(uint16 feeBps_, address feeTo_) returns()
func (market *Market) TryPackSetFee(feeBps uint16, feeTo common.Address) ([]byte, error) {
	return market.abi.Pack("setFee", feeBps, feeTo)
}

// PackSetRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e82449d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setRelay(address host, bool allowed) returns()
func (market *Market) PackSetRelay(host common.Address, allowed bool) []byte {
	enc, err := market.abi.Pack("setRelay", host, allowed)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e82449d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setRelay(address host, bool allowed) returns()
func (market *Market) TryPackSetRelay(host common.Address, allowed bool) ([]byte, error) {
	return market.abi.Pack("setRelay", host, allowed)
}

// PackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe04ec532.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settle((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) PackSettle(spec StatementsJobSpec) []byte {
	enc, err := market.abi.Pack("settle", spec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe04ec532.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settle((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) returns()
func (market *Market) TryPackSettle(spec StatementsJobSpec) ([]byte, error) {
	return market.abi.Pack("settle", spec)
}

// PackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x61d585da.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function state(bytes32 id) view returns(uint8)
func (market *Market) PackState(id [32]byte) []byte {
	enc, err := market.abi.Pack("state", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x61d585da.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function state(bytes32 id) view returns(uint8)
func (market *Market) TryPackState(id [32]byte) ([]byte, error) {
	return market.abi.Pack("state", id)
}

// UnpackState is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x61d585da.
//
// Solidity: function state(bytes32 id) view returns(uint8)
func (market *Market) UnpackState(data []byte) (uint8, error) {
	out, err := market.abi.Unpack("state", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackSubmitReceipt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6b3de9e0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function submitReceipt((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, uint32 elapsedMs, bytes signature) returns()
func (market *Market) PackSubmitReceipt(spec StatementsJobSpec, outputHash [32]byte, elapsedMs uint32, signature []byte) []byte {
	enc, err := market.abi.Pack("submitReceipt", spec, outputHash, elapsedMs, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubmitReceipt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6b3de9e0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function submitReceipt((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, uint32 elapsedMs, bytes signature) returns()
func (market *Market) TryPackSubmitReceipt(spec StatementsJobSpec, outputHash [32]byte, elapsedMs uint32, signature []byte) ([]byte, error) {
	return market.abi.Pack("submitReceipt", spec, outputHash, elapsedMs, signature)
}

// PackSubmitReceipts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x060b5725.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function submitReceipts(((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32),bytes32,uint32,bytes)[] list) returns()
func (market *Market) PackSubmitReceipts(list []MarketSignedReceipt) []byte {
	enc, err := market.abi.Pack("submitReceipts", list)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubmitReceipts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x060b5725.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function submitReceipts(((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32),bytes32,uint32,bytes)[] list) returns()
func (market *Market) TryPackSubmitReceipts(list []MarketSignedReceipt) ([]byte, error) {
	return market.abi.Pack("submitReceipts", list)
}

// PackSubmitTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f6f7c18.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function submitTransfer((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 resultHash, bytes signature) returns()
func (market *Market) PackSubmitTransfer(spec StatementsJobSpec, resultHash [32]byte, signature []byte) []byte {
	enc, err := market.abi.Pack("submitTransfer", spec, resultHash, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubmitTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f6f7c18.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function submitTransfer((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 resultHash, bytes signature) returns()
func (market *Market) TryPackSubmitTransfer(spec StatementsJobSpec, resultHash [32]byte, signature []byte) ([]byte, error) {
	return market.abi.Pack("submitTransfer", spec, resultHash, signature)
}

// PackToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc0c546a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function token() view returns(address)
func (market *Market) PackToken() []byte {
	enc, err := market.abi.Pack("token")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc0c546a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function token() view returns(address)
func (market *Market) TryPackToken() ([]byte, error) {
	return market.abi.Pack("token")
}

// UnpackToken is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfc0c546a.
//
// Solidity: function token() view returns(address)
func (market *Market) UnpackToken(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("token", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackTransferDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73fc37d5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) PackTransferDigest(id [32]byte, resultHash [32]byte) []byte {
	enc, err := market.abi.Pack("transferDigest", id, resultHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73fc37d5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) TryPackTransferDigest(id [32]byte, resultHash [32]byte) ([]byte, error) {
	return market.abi.Pack("transferDigest", id, resultHash)
}

// UnpackTransferDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x73fc37d5.
//
// Solidity: function transferDigest(bytes32 id, bytes32 resultHash) view returns(bytes32)
func (market *Market) UnpackTransferDigest(data []byte) ([32]byte, error) {
	out, err := market.abi.Unpack("transferDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (market *Market) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := market.abi.Pack("transferOwnership", newOwner)
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
func (market *Market) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return market.abi.Pack("transferOwnership", newOwner)
}

// PackUnpause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f4ba83a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unpause() returns()
func (market *Market) PackUnpause() []byte {
	enc, err := market.abi.Pack("unpause")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnpause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f4ba83a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unpause() returns()
func (market *Market) TryPackUnpause() ([]byte, error) {
	return market.abi.Pack("unpause")
}

// PackWindowEnd is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x671749ab.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function windowEnd(bytes32 id) view returns(uint40)
func (market *Market) PackWindowEnd(id [32]byte) []byte {
	enc, err := market.abi.Pack("windowEnd", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWindowEnd is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x671749ab.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function windowEnd(bytes32 id) view returns(uint40)
func (market *Market) TryPackWindowEnd(id [32]byte) ([]byte, error) {
	return market.abi.Pack("windowEnd", id)
}

// UnpackWindowEnd is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x671749ab.
//
// Solidity: function windowEnd(bytes32 id) view returns(uint40)
func (market *Market) UnpackWindowEnd(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("windowEnd", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw(address to) returns(uint256 amount)
func (market *Market) PackWithdraw(to common.Address) []byte {
	enc, err := market.abi.Pack("withdraw", to)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw(address to) returns(uint256 amount)
func (market *Market) TryPackWithdraw(to common.Address) ([]byte, error) {
	return market.abi.Pack("withdraw", to)
}

// UnpackWithdraw is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x51cff8d9.
//
// Solidity: function withdraw(address to) returns(uint256 amount)
func (market *Market) UnpackWithdraw(data []byte) (*big.Int, error) {
	out, err := market.abi.Unpack("withdraw", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackWorkerRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xec446c07.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function workerRegistry() view returns(address)
func (market *Market) PackWorkerRegistry() []byte {
	enc, err := market.abi.Pack("workerRegistry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWorkerRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xec446c07.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function workerRegistry() view returns(address)
func (market *Market) TryPackWorkerRegistry() ([]byte, error) {
	return market.abi.Pack("workerRegistry")
}

// UnpackWorkerRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xec446c07.
//
// Solidity: function workerRegistry() view returns(address)
func (market *Market) UnpackWorkerRegistry(data []byte) (common.Address, error) {
	out, err := market.abi.Unpack("workerRegistry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// MarketCredited represents a Credited event raised by the Market contract.
type MarketCredited struct {
	Account common.Address
	JobId   [32]byte
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const MarketCreditedEventName = "Credited"

// ContractEventName returns the user-defined event name.
func (MarketCredited) ContractEventName() string {
	return MarketCreditedEventName
}

// UnpackCreditedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Credited(address indexed account, bytes32 indexed jobId, uint256 amount)
func (market *Market) UnpackCreditedEvent(log *types.Log) (*MarketCredited, error) {
	event := "Credited"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketCredited)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketEIP712DomainChanged represents a EIP712DomainChanged event raised by the Market contract.
type MarketEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const MarketEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (MarketEIP712DomainChanged) ContractEventName() string {
	return MarketEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (market *Market) UnpackEIP712DomainChangedEvent(log *types.Log) (*MarketEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketFeeSet represents a FeeSet event raised by the Market contract.
type MarketFeeSet struct {
	FeeBps uint16
	FeeTo  common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const MarketFeeSetEventName = "FeeSet"

// ContractEventName returns the user-defined event name.
func (MarketFeeSet) ContractEventName() string {
	return MarketFeeSetEventName
}

// UnpackFeeSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event FeeSet(uint16 feeBps, address feeTo)
func (market *Market) UnpackFeeSetEvent(log *types.Log) (*MarketFeeSet, error) {
	event := "FeeSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketFeeSet)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketJobPosted represents a JobPosted event raised by the Market contract.
type MarketJobPosted struct {
	JobId      [32]byte
	User       common.Address
	WorkloadId [32]byte
	Spec       StatementsJobSpec
	Raw        *types.Log // Blockchain specific contextual infos
}

const MarketJobPostedEventName = "JobPosted"

// ContractEventName returns the user-defined event name.
func (MarketJobPosted) ContractEventName() string {
	return MarketJobPostedEventName
}

// UnpackJobPostedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event JobPosted(bytes32 indexed jobId, address indexed user, bytes32 indexed workloadId, (address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec)
func (market *Market) UnpackJobPostedEvent(log *types.Log) (*MarketJobPosted, error) {
	event := "JobPosted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketJobPosted)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketJobRefunded represents a JobRefunded event raised by the Market contract.
type MarketJobRefunded struct {
	JobId  [32]byte
	State  uint8
	Amount *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const MarketJobRefundedEventName = "JobRefunded"

// ContractEventName returns the user-defined event name.
func (MarketJobRefunded) ContractEventName() string {
	return MarketJobRefundedEventName
}

// UnpackJobRefundedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event JobRefunded(bytes32 indexed jobId, uint8 state, uint256 amount)
func (market *Market) UnpackJobRefundedEvent(log *types.Log) (*MarketJobRefunded, error) {
	event := "JobRefunded"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketJobRefunded)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the Market contract.
type MarketOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const MarketOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (MarketOwnershipTransferStarted) ContractEventName() string {
	return MarketOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (market *Market) UnpackOwnershipTransferStartedEvent(log *types.Log) (*MarketOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketOwnershipTransferred represents a OwnershipTransferred event raised by the Market contract.
type MarketOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const MarketOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (MarketOwnershipTransferred) ContractEventName() string {
	return MarketOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (market *Market) UnpackOwnershipTransferredEvent(log *types.Log) (*MarketOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketPaused represents a Paused event raised by the Market contract.
type MarketPaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const MarketPausedEventName = "Paused"

// ContractEventName returns the user-defined event name.
func (MarketPaused) ContractEventName() string {
	return MarketPausedEventName
}

// UnpackPausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Paused(address account)
func (market *Market) UnpackPausedEvent(log *types.Log) (*MarketPaused, error) {
	event := "Paused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketPaused)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketPrefixComputed represents a PrefixComputed event raised by the Market contract.
type MarketPrefixComputed struct {
	JobId      [32]byte
	Operator   common.Address
	Signer     common.Address
	OutputHash [32]byte
	ElapsedMs  uint32
	Raw        *types.Log // Blockchain specific contextual infos
}

const MarketPrefixComputedEventName = "PrefixComputed"

// ContractEventName returns the user-defined event name.
func (MarketPrefixComputed) ContractEventName() string {
	return MarketPrefixComputedEventName
}

// UnpackPrefixComputedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PrefixComputed(bytes32 indexed jobId, address indexed operator, address indexed signer, bytes32 outputHash, uint32 elapsedMs)
func (market *Market) UnpackPrefixComputedEvent(log *types.Log) (*MarketPrefixComputed, error) {
	event := "PrefixComputed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketPrefixComputed)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketRelaySet represents a RelaySet event raised by the Market contract.
type MarketRelaySet struct {
	Host    common.Address
	Allowed bool
	Raw     *types.Log // Blockchain specific contextual infos
}

const MarketRelaySetEventName = "RelaySet"

// ContractEventName returns the user-defined event name.
func (MarketRelaySet) ContractEventName() string {
	return MarketRelaySetEventName
}

// UnpackRelaySetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RelaySet(address indexed host, bool allowed)
func (market *Market) UnpackRelaySetEvent(log *types.Log) (*MarketRelaySet, error) {
	event := "RelaySet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketRelaySet)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketResultContested represents a ResultContested event raised by the Market contract.
type MarketResultContested struct {
	JobId [32]byte
	Until *big.Int
	Bond  *big.Int
	Raw   *types.Log // Blockchain specific contextual infos
}

const MarketResultContestedEventName = "ResultContested"

// ContractEventName returns the user-defined event name.
func (MarketResultContested) ContractEventName() string {
	return MarketResultContestedEventName
}

// UnpackResultContestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ResultContested(bytes32 indexed jobId, uint40 until, uint256 bond)
func (market *Market) UnpackResultContestedEvent(log *types.Log) (*MarketResultContested, error) {
	event := "ResultContested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketResultContested)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketResultDelivered represents a ResultDelivered event raised by the Market contract.
type MarketResultDelivered struct {
	JobId        [32]byte
	OutputHash   [32]byte
	ResultHash   [32]byte
	Acknowledged bool
	Raw          *types.Log // Blockchain specific contextual infos
}

const MarketResultDeliveredEventName = "ResultDelivered"

// ContractEventName returns the user-defined event name.
func (MarketResultDelivered) ContractEventName() string {
	return MarketResultDeliveredEventName
}

// UnpackResultDeliveredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ResultDelivered(bytes32 indexed jobId, bytes32 outputHash, bytes32 resultHash, bool acknowledged)
func (market *Market) UnpackResultDeliveredEvent(log *types.Log) (*MarketResultDelivered, error) {
	event := "ResultDelivered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketResultDelivered)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketResultSettled represents a ResultSettled event raised by the Market contract.
type MarketResultSettled struct {
	JobId [32]byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const MarketResultSettledEventName = "ResultSettled"

// ContractEventName returns the user-defined event name.
func (MarketResultSettled) ContractEventName() string {
	return MarketResultSettledEventName
}

// UnpackResultSettledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ResultSettled(bytes32 indexed jobId)
func (market *Market) UnpackResultSettledEvent(log *types.Log) (*MarketResultSettled, error) {
	event := "ResultSettled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketResultSettled)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketSkipped represents a Skipped event raised by the Market contract.
type MarketSkipped struct {
	JobId  [32]byte
	Reason []byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const MarketSkippedEventName = "Skipped"

// ContractEventName returns the user-defined event name.
func (MarketSkipped) ContractEventName() string {
	return MarketSkippedEventName
}

// UnpackSkippedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Skipped(bytes32 indexed jobId, bytes reason)
func (market *Market) UnpackSkippedEvent(log *types.Log) (*MarketSkipped, error) {
	event := "Skipped"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketSkipped)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketUnpaused represents a Unpaused event raised by the Market contract.
type MarketUnpaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const MarketUnpausedEventName = "Unpaused"

// ContractEventName returns the user-defined event name.
func (MarketUnpaused) ContractEventName() string {
	return MarketUnpausedEventName
}

// UnpackUnpausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Unpaused(address account)
func (market *Market) UnpackUnpausedEvent(log *types.Log) (*MarketUnpaused, error) {
	event := "Unpaused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketUnpaused)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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

// MarketWithdrawn represents a Withdrawn event raised by the Market contract.
type MarketWithdrawn struct {
	Account common.Address
	To      common.Address
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const MarketWithdrawnEventName = "Withdrawn"

// ContractEventName returns the user-defined event name.
func (MarketWithdrawn) ContractEventName() string {
	return MarketWithdrawnEventName
}

// UnpackWithdrawnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withdrawn(address indexed account, address indexed to, uint256 amount)
func (market *Market) UnpackWithdrawnEvent(log *types.Log) (*MarketWithdrawn, error) {
	event := "Withdrawn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != market.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(MarketWithdrawn)
	if len(log.Data) > 0 {
		if err := market.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range market.abi.Events[event].Inputs {
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
func (market *Market) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], market.abi.Errors["ComputeLimitExceeded"].ID.Bytes()[:4]) {
		return market.UnpackComputeLimitExceededError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["CutNotOffered"].ID.Bytes()[:4]) {
		return market.UnpackCutNotOfferedError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["DeadlineNotPassed"].ID.Bytes()[:4]) {
		return market.UnpackDeadlineNotPassedError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["DeadlinePassed"].ID.Bytes()[:4]) {
		return market.UnpackDeadlinePassedError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["ECDSAInvalidSignature"].ID.Bytes()[:4]) {
		return market.UnpackECDSAInvalidSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["ECDSAInvalidSignatureLength"].ID.Bytes()[:4]) {
		return market.UnpackECDSAInvalidSignatureLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["ECDSAInvalidSignatureS"].ID.Bytes()[:4]) {
		return market.UnpackECDSAInvalidSignatureSError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["EmptyOutputHash"].ID.Bytes()[:4]) {
		return market.UnpackEmptyOutputHashError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["EnforcedPause"].ID.Bytes()[:4]) {
		return market.UnpackEnforcedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["ExpectedPause"].ID.Bytes()[:4]) {
		return market.UnpackExpectedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["InvalidComputeLimit"].ID.Bytes()[:4]) {
		return market.UnpackInvalidComputeLimitError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["InvalidDeadline"].ID.Bytes()[:4]) {
		return market.UnpackInvalidDeadlineError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["InvalidFee"].ID.Bytes()[:4]) {
		return market.UnpackInvalidFeeError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return market.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["InvalidState"].ID.Bytes()[:4]) {
		return market.UnpackInvalidStateError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["ModelNotActive"].ID.Bytes()[:4]) {
		return market.UnpackModelNotActiveError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NotLiveWorker"].ID.Bytes()[:4]) {
		return market.UnpackNotLiveWorkerError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NotRelay"].ID.Bytes()[:4]) {
		return market.UnpackNotRelayError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NotSignedByCreator"].ID.Bytes()[:4]) {
		return market.UnpackNotSignedByCreatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NotSignedByUser"].ID.Bytes()[:4]) {
		return market.UnpackNotSignedByUserError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NotUser"].ID.Bytes()[:4]) {
		return market.UnpackNotUserError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["NothingToWithdraw"].ID.Bytes()[:4]) {
		return market.UnpackNothingToWithdrawError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return market.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return market.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["SafeERC20FailedOperation"].ID.Bytes()[:4]) {
		return market.UnpackSafeERC20FailedOperationError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return market.UnpackStringTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WorkloadNotAllowed"].ID.Bytes()[:4]) {
		return market.UnpackWorkloadNotAllowedError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongCreator"].ID.Bytes()[:4]) {
		return market.UnpackWrongCreatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongFeeBps"].ID.Bytes()[:4]) {
		return market.UnpackWrongFeeBpsError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongManifest"].ID.Bytes()[:4]) {
		return market.UnpackWrongManifestError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongOutputHash"].ID.Bytes()[:4]) {
		return market.UnpackWrongOutputHashError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongPrice"].ID.Bytes()[:4]) {
		return market.UnpackWrongPriceError(raw[4:])
	}
	if bytes.Equal(raw[:4], market.abi.Errors["WrongResultHash"].ID.Bytes()[:4]) {
		return market.UnpackWrongResultHashError(raw[4:])
	}
	return nil, errors.New("unknown error")
}

// MarketComputeLimitExceeded represents a ComputeLimitExceeded error raised by the Market contract.
type MarketComputeLimitExceeded struct {
	ElapsedMs uint32
	ComputeMs uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ComputeLimitExceeded(uint32 elapsedMs, uint32 computeMs)
func MarketComputeLimitExceededErrorID() common.Hash {
	return common.HexToHash("0x97ad629673939dc3a6bae303857aa1a051e8dc16759bb6726c8c6f9207338494")
}

// UnpackComputeLimitExceededError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ComputeLimitExceeded(uint32 elapsedMs, uint32 computeMs)
func (market *Market) UnpackComputeLimitExceededError(raw []byte) (*MarketComputeLimitExceeded, error) {
	out := new(MarketComputeLimitExceeded)
	if err := market.abi.UnpackIntoInterface(out, "ComputeLimitExceeded", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketCutNotOffered represents a CutNotOffered error raised by the Market contract.
type MarketCutNotOffered struct {
	ModelId [32]byte
	Cut     uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CutNotOffered(bytes32 modelId, uint32 cut)
func MarketCutNotOfferedErrorID() common.Hash {
	return common.HexToHash("0xd58d9a803455236f0333c6ec4810976db2e2bbc107c471e9e15c27213e42b077")
}

// UnpackCutNotOfferedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CutNotOffered(bytes32 modelId, uint32 cut)
func (market *Market) UnpackCutNotOfferedError(raw []byte) (*MarketCutNotOffered, error) {
	out := new(MarketCutNotOffered)
	if err := market.abi.UnpackIntoInterface(out, "CutNotOffered", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketDeadlineNotPassed represents a DeadlineNotPassed error raised by the Market contract.
type MarketDeadlineNotPassed struct {
	Deadline *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlineNotPassed(uint40 deadline)
func MarketDeadlineNotPassedErrorID() common.Hash {
	return common.HexToHash("0xcf35c3424958aa1136889f78595dade8f97a91c5833e78d8667568f7262c8390")
}

// UnpackDeadlineNotPassedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlineNotPassed(uint40 deadline)
func (market *Market) UnpackDeadlineNotPassedError(raw []byte) (*MarketDeadlineNotPassed, error) {
	out := new(MarketDeadlineNotPassed)
	if err := market.abi.UnpackIntoInterface(out, "DeadlineNotPassed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketDeadlinePassed represents a DeadlinePassed error raised by the Market contract.
type MarketDeadlinePassed struct {
	Deadline *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlinePassed(uint40 deadline)
func MarketDeadlinePassedErrorID() common.Hash {
	return common.HexToHash("0x6747c9fdfb92954b77f90f5f74a9c5e1c4c16c5277be003b6e123777cb3140ca")
}

// UnpackDeadlinePassedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlinePassed(uint40 deadline)
func (market *Market) UnpackDeadlinePassedError(raw []byte) (*MarketDeadlinePassed, error) {
	out := new(MarketDeadlinePassed)
	if err := market.abi.UnpackIntoInterface(out, "DeadlinePassed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketECDSAInvalidSignature represents a ECDSAInvalidSignature error raised by the Market contract.
type MarketECDSAInvalidSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignature()
func MarketECDSAInvalidSignatureErrorID() common.Hash {
	return common.HexToHash("0xf645eedf0193584640b6b90cb9477e4c95b98636c148a891d4c0a146dc46e75a")
}

// UnpackECDSAInvalidSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignature()
func (market *Market) UnpackECDSAInvalidSignatureError(raw []byte) (*MarketECDSAInvalidSignature, error) {
	out := new(MarketECDSAInvalidSignature)
	if err := market.abi.UnpackIntoInterface(out, "ECDSAInvalidSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketECDSAInvalidSignatureLength represents a ECDSAInvalidSignatureLength error raised by the Market contract.
type MarketECDSAInvalidSignatureLength struct {
	Length *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func MarketECDSAInvalidSignatureLengthErrorID() common.Hash {
	return common.HexToHash("0xfce698f7e8e5342cd615f641317bc45fe7e1e4a8b0a14dd1383ff8dc9c41917f")
}

// UnpackECDSAInvalidSignatureLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func (market *Market) UnpackECDSAInvalidSignatureLengthError(raw []byte) (*MarketECDSAInvalidSignatureLength, error) {
	out := new(MarketECDSAInvalidSignatureLength)
	if err := market.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketECDSAInvalidSignatureS represents a ECDSAInvalidSignatureS error raised by the Market contract.
type MarketECDSAInvalidSignatureS struct {
	S [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func MarketECDSAInvalidSignatureSErrorID() common.Hash {
	return common.HexToHash("0xd78bce0cccb935155ed6428d1c13e50b7f3550fd2b66b9fe266006fea4a5e1eb")
}

// UnpackECDSAInvalidSignatureSError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func (market *Market) UnpackECDSAInvalidSignatureSError(raw []byte) (*MarketECDSAInvalidSignatureS, error) {
	out := new(MarketECDSAInvalidSignatureS)
	if err := market.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureS", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketEmptyOutputHash represents a EmptyOutputHash error raised by the Market contract.
type MarketEmptyOutputHash struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EmptyOutputHash()
func MarketEmptyOutputHashErrorID() common.Hash {
	return common.HexToHash("0x5ae6c7db81dfcc3ed0fc9459fff8d6c75e33fc22cf99f5bfd23b25a68ea4c088")
}

// UnpackEmptyOutputHashError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EmptyOutputHash()
func (market *Market) UnpackEmptyOutputHashError(raw []byte) (*MarketEmptyOutputHash, error) {
	out := new(MarketEmptyOutputHash)
	if err := market.abi.UnpackIntoInterface(out, "EmptyOutputHash", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketEnforcedPause represents a EnforcedPause error raised by the Market contract.
type MarketEnforcedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EnforcedPause()
func MarketEnforcedPauseErrorID() common.Hash {
	return common.HexToHash("0xd93c0665d6c96d04a8f174024fc4ddd66c250604aff22bbec808de86dd3637e3")
}

// UnpackEnforcedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EnforcedPause()
func (market *Market) UnpackEnforcedPauseError(raw []byte) (*MarketEnforcedPause, error) {
	out := new(MarketEnforcedPause)
	if err := market.abi.UnpackIntoInterface(out, "EnforcedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketExpectedPause represents a ExpectedPause error raised by the Market contract.
type MarketExpectedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExpectedPause()
func MarketExpectedPauseErrorID() common.Hash {
	return common.HexToHash("0x8dfc202bcfe9a735b559bee70674422512bc5c30f687046ae8778315fb81da44")
}

// UnpackExpectedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExpectedPause()
func (market *Market) UnpackExpectedPauseError(raw []byte) (*MarketExpectedPause, error) {
	out := new(MarketExpectedPause)
	if err := market.abi.UnpackIntoInterface(out, "ExpectedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketInvalidComputeLimit represents a InvalidComputeLimit error raised by the Market contract.
type MarketInvalidComputeLimit struct {
	ComputeMs uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidComputeLimit(uint32 computeMs)
func MarketInvalidComputeLimitErrorID() common.Hash {
	return common.HexToHash("0x1aa38414749f0eb48489d00ee4be5973c8613faced1dd18f9126773db7490734")
}

// UnpackInvalidComputeLimitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidComputeLimit(uint32 computeMs)
func (market *Market) UnpackInvalidComputeLimitError(raw []byte) (*MarketInvalidComputeLimit, error) {
	out := new(MarketInvalidComputeLimit)
	if err := market.abi.UnpackIntoInterface(out, "InvalidComputeLimit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketInvalidDeadline represents a InvalidDeadline error raised by the Market contract.
type MarketInvalidDeadline struct {
	Deadline *big.Int
	Earliest *big.Int
	Latest   *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidDeadline(uint256 deadline, uint256 earliest, uint256 latest)
func MarketInvalidDeadlineErrorID() common.Hash {
	return common.HexToHash("0x9b4eedf01237fad2117a260a7a2fa41e36e3f44389ca4e9d4b99ae7beb5bc421")
}

// UnpackInvalidDeadlineError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidDeadline(uint256 deadline, uint256 earliest, uint256 latest)
func (market *Market) UnpackInvalidDeadlineError(raw []byte) (*MarketInvalidDeadline, error) {
	out := new(MarketInvalidDeadline)
	if err := market.abi.UnpackIntoInterface(out, "InvalidDeadline", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketInvalidFee represents a InvalidFee error raised by the Market contract.
type MarketInvalidFee struct {
	FeeBps uint16
	FeeTo  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidFee(uint16 feeBps, address feeTo)
func MarketInvalidFeeErrorID() common.Hash {
	return common.HexToHash("0xe1fe5a43c60ec3bca60179ae584d2822a087a93e0a386bb2f451d55b16b11b6b")
}

// UnpackInvalidFeeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidFee(uint16 feeBps, address feeTo)
func (market *Market) UnpackInvalidFeeError(raw []byte) (*MarketInvalidFee, error) {
	out := new(MarketInvalidFee)
	if err := market.abi.UnpackIntoInterface(out, "InvalidFee", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketInvalidShortString represents a InvalidShortString error raised by the Market contract.
type MarketInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func MarketInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (market *Market) UnpackInvalidShortStringError(raw []byte) (*MarketInvalidShortString, error) {
	out := new(MarketInvalidShortString)
	if err := market.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketInvalidState represents a InvalidState error raised by the Market contract.
type MarketInvalidState struct {
	JobId [32]byte
	State uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidState(bytes32 jobId, uint8 state)
func MarketInvalidStateErrorID() common.Hash {
	return common.HexToHash("0x37d2ccca880dffc8ec0529d1c7db59dc492f17c4ddb289690930443b2b221828")
}

// UnpackInvalidStateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidState(bytes32 jobId, uint8 state)
func (market *Market) UnpackInvalidStateError(raw []byte) (*MarketInvalidState, error) {
	out := new(MarketInvalidState)
	if err := market.abi.UnpackIntoInterface(out, "InvalidState", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketModelNotActive represents a ModelNotActive error raised by the Market contract.
type MarketModelNotActive struct {
	ModelId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ModelNotActive(bytes32 modelId)
func MarketModelNotActiveErrorID() common.Hash {
	return common.HexToHash("0x5271c8a7fd5e48dcae8a2877405c38aff69107169c83cc34e5e4fde8080ec379")
}

// UnpackModelNotActiveError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ModelNotActive(bytes32 modelId)
func (market *Market) UnpackModelNotActiveError(raw []byte) (*MarketModelNotActive, error) {
	out := new(MarketModelNotActive)
	if err := market.abi.UnpackIntoInterface(out, "ModelNotActive", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNotLiveWorker represents a NotLiveWorker error raised by the Market contract.
type MarketNotLiveWorker struct {
	Signer     common.Address
	WorkloadId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotLiveWorker(address signer, bytes32 workloadId)
func MarketNotLiveWorkerErrorID() common.Hash {
	return common.HexToHash("0xe38fb0ba9375af2755a0859af07128597b4b855ba0bceb318e6f22cfe2b9d091")
}

// UnpackNotLiveWorkerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotLiveWorker(address signer, bytes32 workloadId)
func (market *Market) UnpackNotLiveWorkerError(raw []byte) (*MarketNotLiveWorker, error) {
	out := new(MarketNotLiveWorker)
	if err := market.abi.UnpackIntoInterface(out, "NotLiveWorker", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNotRelay represents a NotRelay error raised by the Market contract.
type MarketNotRelay struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotRelay(address signer)
func MarketNotRelayErrorID() common.Hash {
	return common.HexToHash("0xea663b31c84e2eab67e90a9fd9cd0e3aabf96179819c83741d36b6d58d36b4b1")
}

// UnpackNotRelayError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotRelay(address signer)
func (market *Market) UnpackNotRelayError(raw []byte) (*MarketNotRelay, error) {
	out := new(MarketNotRelay)
	if err := market.abi.UnpackIntoInterface(out, "NotRelay", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNotSignedByCreator represents a NotSignedByCreator error raised by the Market contract.
type MarketNotSignedByCreator struct {
	Creator common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotSignedByCreator(address creator)
func MarketNotSignedByCreatorErrorID() common.Hash {
	return common.HexToHash("0x63836425c3a294d61bcf7c1fac238c7738a98b87a5d819b3891bf9ebd1a08de7")
}

// UnpackNotSignedByCreatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotSignedByCreator(address creator)
func (market *Market) UnpackNotSignedByCreatorError(raw []byte) (*MarketNotSignedByCreator, error) {
	out := new(MarketNotSignedByCreator)
	if err := market.abi.UnpackIntoInterface(out, "NotSignedByCreator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNotSignedByUser represents a NotSignedByUser error raised by the Market contract.
type MarketNotSignedByUser struct {
	User common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotSignedByUser(address user)
func MarketNotSignedByUserErrorID() common.Hash {
	return common.HexToHash("0xca99c0cd0b4656059f5675039647cc0e6183a4e060b5825e303cd9fd29c1589f")
}

// UnpackNotSignedByUserError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotSignedByUser(address user)
func (market *Market) UnpackNotSignedByUserError(raw []byte) (*MarketNotSignedByUser, error) {
	out := new(MarketNotSignedByUser)
	if err := market.abi.UnpackIntoInterface(out, "NotSignedByUser", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNotUser represents a NotUser error raised by the Market contract.
type MarketNotUser struct {
	User   common.Address
	Caller common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotUser(address user, address caller)
func MarketNotUserErrorID() common.Hash {
	return common.HexToHash("0x582dfe75069e3cdd6680e5702be2f9ab7da751e6995cdb3054369d5315629a38")
}

// UnpackNotUserError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotUser(address user, address caller)
func (market *Market) UnpackNotUserError(raw []byte) (*MarketNotUser, error) {
	out := new(MarketNotUser)
	if err := market.abi.UnpackIntoInterface(out, "NotUser", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketNothingToWithdraw represents a NothingToWithdraw error raised by the Market contract.
type MarketNothingToWithdraw struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NothingToWithdraw(address account)
func MarketNothingToWithdrawErrorID() common.Hash {
	return common.HexToHash("0xdc69dc16e4a8405b44139edda9a06ee66b303337358b6f4633533d65de15b7f4")
}

// UnpackNothingToWithdrawError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NothingToWithdraw(address account)
func (market *Market) UnpackNothingToWithdrawError(raw []byte) (*MarketNothingToWithdraw, error) {
	out := new(MarketNothingToWithdraw)
	if err := market.abi.UnpackIntoInterface(out, "NothingToWithdraw", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the Market contract.
type MarketOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func MarketOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (market *Market) UnpackOwnableInvalidOwnerError(raw []byte) (*MarketOwnableInvalidOwner, error) {
	out := new(MarketOwnableInvalidOwner)
	if err := market.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the Market contract.
type MarketOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func MarketOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (market *Market) UnpackOwnableUnauthorizedAccountError(raw []byte) (*MarketOwnableUnauthorizedAccount, error) {
	out := new(MarketOwnableUnauthorizedAccount)
	if err := market.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketSafeERC20FailedOperation represents a SafeERC20FailedOperation error raised by the Market contract.
type MarketSafeERC20FailedOperation struct {
	Token common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeERC20FailedOperation(address token)
func MarketSafeERC20FailedOperationErrorID() common.Hash {
	return common.HexToHash("0x5274afe73c98b4749fc91ffae6b7b574e7842cb2144a159e9377a5f20b32edf9")
}

// UnpackSafeERC20FailedOperationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeERC20FailedOperation(address token)
func (market *Market) UnpackSafeERC20FailedOperationError(raw []byte) (*MarketSafeERC20FailedOperation, error) {
	out := new(MarketSafeERC20FailedOperation)
	if err := market.abi.UnpackIntoInterface(out, "SafeERC20FailedOperation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketStringTooLong represents a StringTooLong error raised by the Market contract.
type MarketStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func MarketStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (market *Market) UnpackStringTooLongError(raw []byte) (*MarketStringTooLong, error) {
	out := new(MarketStringTooLong)
	if err := market.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWorkloadNotAllowed represents a WorkloadNotAllowed error raised by the Market contract.
type MarketWorkloadNotAllowed struct {
	WorkloadId [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WorkloadNotAllowed(bytes32 workloadId)
func MarketWorkloadNotAllowedErrorID() common.Hash {
	return common.HexToHash("0xa4486cae57e52aa61fd3220a817e5f97048d7c968dc148c426d59c52df085258")
}

// UnpackWorkloadNotAllowedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WorkloadNotAllowed(bytes32 workloadId)
func (market *Market) UnpackWorkloadNotAllowedError(raw []byte) (*MarketWorkloadNotAllowed, error) {
	out := new(MarketWorkloadNotAllowed)
	if err := market.abi.UnpackIntoInterface(out, "WorkloadNotAllowed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongCreator represents a WrongCreator error raised by the Market contract.
type MarketWrongCreator struct {
	Expected common.Address
	Got      common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongCreator(address expected, address got)
func MarketWrongCreatorErrorID() common.Hash {
	return common.HexToHash("0x37cdccf638d5a3a11b971e96ea02c6a35c39e4cbae071840b49245bfa0ec1777")
}

// UnpackWrongCreatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongCreator(address expected, address got)
func (market *Market) UnpackWrongCreatorError(raw []byte) (*MarketWrongCreator, error) {
	out := new(MarketWrongCreator)
	if err := market.abi.UnpackIntoInterface(out, "WrongCreator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongFeeBps represents a WrongFeeBps error raised by the Market contract.
type MarketWrongFeeBps struct {
	Expected uint16
	Got      uint16
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongFeeBps(uint16 expected, uint16 got)
func MarketWrongFeeBpsErrorID() common.Hash {
	return common.HexToHash("0x351e0e841496b077c897c425f77419cdf9b4786d7a6719da8a71e169ec44a976")
}

// UnpackWrongFeeBpsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongFeeBps(uint16 expected, uint16 got)
func (market *Market) UnpackWrongFeeBpsError(raw []byte) (*MarketWrongFeeBps, error) {
	out := new(MarketWrongFeeBps)
	if err := market.abi.UnpackIntoInterface(out, "WrongFeeBps", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongManifest represents a WrongManifest error raised by the Market contract.
type MarketWrongManifest struct {
	Expected [32]byte
	Got      [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongManifest(bytes32 expected, bytes32 got)
func MarketWrongManifestErrorID() common.Hash {
	return common.HexToHash("0xe5872e5fda5351d04f701f2b4b6e666280680c7f737539b16ab9f596231ece5f")
}

// UnpackWrongManifestError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongManifest(bytes32 expected, bytes32 got)
func (market *Market) UnpackWrongManifestError(raw []byte) (*MarketWrongManifest, error) {
	out := new(MarketWrongManifest)
	if err := market.abi.UnpackIntoInterface(out, "WrongManifest", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongOutputHash represents a WrongOutputHash error raised by the Market contract.
type MarketWrongOutputHash struct {
	OutputHash [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongOutputHash(bytes32 outputHash)
func MarketWrongOutputHashErrorID() common.Hash {
	return common.HexToHash("0x058d741c59ab96b577b6bf17eb2a9edee251153f389bcffab1bac857fa4645e9")
}

// UnpackWrongOutputHashError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongOutputHash(bytes32 outputHash)
func (market *Market) UnpackWrongOutputHashError(raw []byte) (*MarketWrongOutputHash, error) {
	out := new(MarketWrongOutputHash)
	if err := market.abi.UnpackIntoInterface(out, "WrongOutputHash", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongPrice represents a WrongPrice error raised by the Market contract.
type MarketWrongPrice struct {
	Price *big.Int
	Got   *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongPrice(uint96 price, uint96 got)
func MarketWrongPriceErrorID() common.Hash {
	return common.HexToHash("0x13a0961c128d4dba7f7c05c7f3f572ce27234a7c356c0291cc1e1bd7b57b4e57")
}

// UnpackWrongPriceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongPrice(uint96 price, uint96 got)
func (market *Market) UnpackWrongPriceError(raw []byte) (*MarketWrongPrice, error) {
	out := new(MarketWrongPrice)
	if err := market.abi.UnpackIntoInterface(out, "WrongPrice", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// MarketWrongResultHash represents a WrongResultHash error raised by the Market contract.
type MarketWrongResultHash struct {
	ResultHash [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongResultHash(bytes32 resultHash)
func MarketWrongResultHashErrorID() common.Hash {
	return common.HexToHash("0xd4863b1e239f46e93e5c7fd7aa54e0f4da19c9d9b525f505a70dac43b17333c0")
}

// UnpackWrongResultHashError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongResultHash(bytes32 resultHash)
func (market *Market) UnpackWrongResultHashError(raw []byte) (*MarketWrongResultHash, error) {
	out := new(MarketWrongResultHash)
	if err := market.abi.UnpackIntoInterface(out, "WrongResultHash", raw); err != nil {
		return nil, err
	}
	return out, nil
}
