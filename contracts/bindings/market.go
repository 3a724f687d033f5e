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

// MarketJobSpec is an auto generated low-level Go binding around an user-defined struct.
type MarketJobSpec struct {
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
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"contractIERC20\",\"name\":\"token_\",\"type\":\"address\"},{\"internalType\":\"contractWorkerRegistry\",\"name\":\"workerRegistry_\",\"type\":\"address\"},{\"internalType\":\"contractModelRegistry\",\"name\":\"modelRegistry_\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"feeBps_\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"}],\"name\":\"ComputeLimitExceeded\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"}],\"name\":\"CutNotOffered\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint40\",\"name\":\"deadline\",\"type\":\"uint40\"}],\"name\":\"DeadlineNotPassed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint40\",\"name\":\"deadline\",\"type\":\"uint40\"}],\"name\":\"DeadlinePassed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ECDSAInvalidSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"length\",\"type\":\"uint256\"}],\"name\":\"ECDSAInvalidSignatureLength\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"ECDSAInvalidSignatureS\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EmptyOutputHash\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EnforcedPause\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ExpectedPause\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"}],\"name\":\"InvalidComputeLimit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"earliest\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"latest\",\"type\":\"uint256\"}],\"name\":\"InvalidDeadline\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo\",\"type\":\"address\"}],\"name\":\"InvalidFee\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"internalType\":\"enumMarket.State\",\"name\":\"state\",\"type\":\"uint8\"}],\"name\":\"InvalidState\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"}],\"name\":\"ModelNotActive\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"NotLiveWorker\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"}],\"name\":\"NotSignedByCreator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"}],\"name\":\"NotUser\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"NothingToWithdraw\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"SafeERC20FailedOperation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"}],\"name\":\"WorkloadNotAllowed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"expected\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"WrongCreator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"expected\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"got\",\"type\":\"uint16\"}],\"name\":\"WrongFeeBps\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"expected\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"got\",\"type\":\"bytes32\"}],\"name\":\"WrongManifest\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"}],\"name\":\"WrongOutputHash\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint96\",\"name\":\"price\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"got\",\"type\":\"uint96\"}],\"name\":\"WrongPrice\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Credited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"feeTo\",\"type\":\"address\"}],\"name\":\"FeeSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"JobPosted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumMarket.State\",\"name\":\"state\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"JobRefunded\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Paused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"}],\"name\":\"PrefixComputed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"jobId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"ResultDelivered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Unpaused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DELIVERY_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"JOB_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_COMPUTE_MS\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_DELIVER_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_FEE_BPS\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_PREFIX_WINDOW\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"RECEIPT_TYPEHASH\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"credit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"deliver\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"resultHash\",\"type\":\"bytes32\"}],\"name\":\"deliveryDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"feeBps\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"feeTo\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"jobId\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"modelRegistry\",\"outputs\":[{\"internalType\":\"contractModelRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paused\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"post\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint8\",\"name\":\"v\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"postWithPermit\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"}],\"name\":\"receiptDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"}],\"name\":\"refund\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint16\",\"name\":\"feeBps_\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"feeTo_\",\"type\":\"address\"}],\"name\":\"setFee\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"state\",\"outputs\":[{\"internalType\":\"enumMarket.State\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"creator\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"modelId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"manifestHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"prefixHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"cut\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"workloadId\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"computeMs\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"prefixBy\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"deliverBy\",\"type\":\"uint40\"},{\"internalType\":\"bytes32\",\"name\":\"inputHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keysHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint96\",\"name\":\"workerFee\",\"type\":\"uint96\"},{\"internalType\":\"uint96\",\"name\":\"creatorFee\",\"type\":\"uint96\"},{\"internalType\":\"uint16\",\"name\":\"feeBps\",\"type\":\"uint16\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structMarket.JobSpec\",\"name\":\"spec\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"outputHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"elapsedMs\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"submitReceipt\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"token\",\"outputs\":[{\"internalType\":\"contractIERC20\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"unpause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"workerRegistry\",\"outputs\":[{\"internalType\":\"contractWorkerRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "Market",
	Bin: "0x6101c0604052348015610010575f5ffd5b506040516131bf3803806131bf83398101604081905261002f91610316565b8560405180604001604052806011815260200170456e637279707465645f436f6d7075746560781b815250604051806040016040528060018152602001603160f81b8152506100838261018e60201b60201c565b610120526100908161018e565b61014052815160208084019190912060e052815190820120610100524660a05261011c60e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526001600160a01b03811661015357604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b61015c816101cb565b506001600160a01b03808616610160528481166101805283166101a05261018382826101e7565b5050505050506103fa565b5f5f829050601f815111156101b8578260405163305a27a960e01b815260040161014a919061039f565b80516101c3826103d4565b179392505050565b600380546001600160a01b03191690556101e4816102b1565b50565b6103e861ffff8316118061020257506001600160a01b038116155b156102355760405163e1fe5a4360e01b815261ffff831660048201526001600160a01b038216602482015260440161014a565b6003805461ffff60a81b1916600160a81b61ffff851690810291909117909155600480546001600160a01b0319166001600160a01b0384169081179091556040805192835260208301919091527fcf4d2d03d4b8ecbbb158b4405a7f342f82c5a11f84050a067767a63744e52209910160405180910390a15050565b600280546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b6001600160a01b03811681146101e4575f5ffd5b5f5f5f5f5f5f60c0878903121561032b575f5ffd5b865161033681610302565b602088015190965061034781610302565b604088015190955061035881610302565b606088015190945061036981610302565b608088015190935061ffff81168114610380575f5ffd5b60a088015190925061039181610302565b809150509295509295509295565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156103f4575f198160200360031b1b821691505b50919050565b60805160a05160c05160e05161010051610120516101405161016051610180516101a051612d2561049a5f395f81816102b20152818161177201526118ff01525f81816104ed01528181610aea015261168901525f818161052701528181610556015281816107d601526108b201525f611d7101525f611d4101525f61227301525f61224b01525f6121a601525f6121d001525f6121fa0152612d255ff3fe608060405234801561000f575f5ffd5b5060043610610200575f3560e01c80637d1d832311610123578063ad1d5b9b116100b8578063e30c397811610088578063f2fde38b1161006e578063f2fde38b1461050f578063fc0c546a14610522578063fe62045a14610549575f5ffd5b8063e30c3978146104d7578063ec446c07146104e8575f5ffd5b8063ad1d5b9b14610489578063c664fe811461049c578063d55be8c6146104af578063d5d44d80146104b8575f5ffd5b80638da5cb5b116100f35780638da5cb5b14610417578063944362701461042857806395850f591461044f5780639fac9a4314610476575f5ffd5b80637d1d8323146103ba5780638456cb59146103e157806384b0196e146103e95780638758cf2814610404575f5ffd5b80634e4c52be116101995780636b3de9e0116101695780636b3de9e0146103845780636c717e0f14610397578063715018a6146103aa57806379ba5097146103b2575f5ffd5b80634e4c52be1461030457806351cff8d9146103235780635c975abb1461033657806361d585da14610364575f5ffd5b80632ba36f78116101d45780632ba36f78146102ad57806330f738be146102d45780633f4ba83a146102e957806342fab187146102f1575f5ffd5b8062fb1e0614610204578063017e7e581461022757806304671e871461025257806324a9d85314610273575b5f5ffd5b61020d61ea6081565b60405163ffffffff90911681526020015b60405180910390f35b60045461023a906001600160a01b031681565b6040516001600160a01b03909116815260200161021e565b610265610260366004612570565b610553565b60405190815260200161021e565b60035461029a907501000000000000000000000000000000000000000000900461ffff1681565b60405161ffff909116815260200161021e565b61023a7f000000000000000000000000000000000000000000000000000000000000000081565b6102e76102e23660046125f7565b610635565b005b6102e761064b565b6102656102ff36600461262c565b61065d565b61030d610e1081565b60405164ffffffffff909116815260200161021e565b610265610331366004612647565b610803565b60035474010000000000000000000000000000000000000000900460ff16604051901515815260200161021e565b610377610372366004612662565b6108d9565b60405161021e91906126df565b6102e7610392366004612745565b610901565b6102656103a53660046127b4565b610c7d565b6102e7610cea565b6102e7610cfb565b6102657f693ba532ac0fc4383c2949ddad229cbb611a8b9f76d22f23e19050cc3bc3b7e081565b6102e7610d58565b6103f1610d68565b60405161021e9796959493929190612829565b61026561041236600461262c565b610dc6565b6002546001600160a01b031661023a565b6102657f37ac121d5f4ceb4bea475684619796066c8d631ee1bc6ff9319d4bd0b60f5d2c81565b6102657fe2268ec2808f4cce3bbac1bf676369c664335b06abee4c109e9a48766bf6e03a81565b6102e761048436600461262c565b610dfd565b6102e76104973660046128db565b610fdd565b6102656104aa366004612926565b6111a1565b61029a6103e881565b6102656104c6366004612647565b60056020525f908152604090205481565b6003546001600160a01b031661023a565b61023a7f000000000000000000000000000000000000000000000000000000000000000081565b6102e761051d366004612647565b6111b6565b61023a7f000000000000000000000000000000000000000000000000000000000000000081565b61030d6201518081565b5f7f00000000000000000000000000000000000000000000000000000000000000006001600160a01b031663d505accf333061058e8a61123f565b6040517fffffffff0000000000000000000000000000000000000000000000000000000060e086901b1681526001600160a01b03938416600482015292909116602483015260448201526064810188905260ff8716608482015260a4810186905260c4810185905260e4015f604051808303815f87803b158015610610575f5ffd5b505af1925050508015610621575060015b5061062b8661065d565b9695505050505050565b61063d61128a565b61064782826112d0565b5050565b61065361128a565b61065b6113f7565b565b5f610666611467565b61066f82610dc6565b90505f61067b826108d9565b600581111561068c5761068c612679565b146106d8578061069b826108d9565b6040517f37d2ccca0000000000000000000000000000000000000000000000000000000081526004016106cf929190612963565b60405180910390fd5b336106e66020840184612647565b6001600160a01b031614610745576107016020830183612647565b6040517f582dfe750000000000000000000000000000000000000000000000000000000081526001600160a01b0390911660048201523360248201526044016106cf565b61074e826114bc565b61075782611736565b5f8181526006602090815260409091206001905560c08301359061077d90840184612647565b6001600160a01b0316827fe744b008bbda0d0a89050b0671e869f1857c87b3a9e9734d5a4ca783f6c4699d856040516107b69190612ae8565b60405180910390a46107fe33306107cc8561123f565b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016929190611abe565b919050565b335f908152600560205260408120549081900361084e576040517fdc69dc160000000000000000000000000000000000000000000000000000000081523360048201526024016106cf565b335f8181526005602052604080822091909155516001600160a01b03841691907fd1c19fbcd4551a5edfb66d43d2e337c04837afda3482b42bdf569a8fccdae5fb9061089d9085815260200190565b60405180910390a36107fe6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168383611b13565b5f8181526006602052604081205460ff1660058111156108fb576108fb612679565b92915050565b5f61090b86610dc6565b90506001610918826108d9565b600581111561092957610929612679565b14610938578061069b826108d9565b61094a61012087016101008801612af7565b64ffffffffff164211156109a65761096a61012087016101008801612af7565b6040517f6747c9fd00000000000000000000000000000000000000000000000000000000815264ffffffffff90911660048201526024016106cf565b6109b7610100870160e08801612b10565b63ffffffff168463ffffffff161115610a1e57836109dc610100880160e08901612b10565b6040517f97ad629600000000000000000000000000000000000000000000000000000000815263ffffffff9283166004820152911660248201526044016106cf565b5f859003610a58576040517f5ae6c7db00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f610aa3610a6883898989611b61565b85858080601f0160208091040260200160405190810160405280939291908181526020018383808284375f92019190915250611bde92505050565b6040517f9cf3c39b0000000000000000000000000000000000000000000000000000000081526001600160a01b03808316600483015260c08a013560248301529192505f917f00000000000000000000000000000000000000000000000000000000000000001690639cf3c39b90604401602060405180830381865afa158015610b2f573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190610b539190612b29565b90506001600160a01b038116610baa576040517fe38fb0ba0000000000000000000000000000000000000000000000000000000081526001600160a01b038316600482015260c089013560248201526044016106cf565b5f838152600660209081526040918290207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008a166002179055815189815263ffffffff8916918101919091526001600160a01b03808516929084169186917fb7e38fa0b225ae17a901092e615c3b2d9b097db499aa5a7b7b58b35eabd8760a910160405180910390a4610c738382610c4a6101a08c016101808d01612b44565b6bffffffffffffffffffffffff16610c6a6101e08d016101c08e01612b5f565b61ffff16611c06565b5050505050505050565b604080517f693ba532ac0fc4383c2949ddad229cbb611a8b9f76d22f23e19050cc3bc3b7e0602082015290810184905260608101839052608081018290525f90610ce09060a0015b60405160208183030381529060405280519060200120611c53565b90505b9392505050565b610cf261128a565b61065b5f611c9a565b60035433906001600160a01b03168114610d4c576040517f118cdaa70000000000000000000000000000000000000000000000000000000081526001600160a01b03821660048201526024016106cf565b610d5581611c9a565b50565b610d6061128a565b61065b611ccb565b5f6060805f5f5f6060610d79611d3a565b610d81611d6a565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b5f6108fb7f37ac121d5f4ceb4bea475684619796066c8d631ee1bc6ff9319d4bd0b60f5d2c83604051602001610cc5929190612b78565b5f610e0782610dc6565b90505f610e13826108d9565b90506001816005811115610e2957610e29612679565b14158015610e4957506002816005811115610e4657610e46612679565b14155b15610e845781816040517f37d2ccca0000000000000000000000000000000000000000000000000000000081526004016106cf929190612963565b5f6001826005811115610e9957610e99612679565b1490505f81610eb957610eb461014086016101208701612af7565b610ecb565b610ecb61012086016101008701612af7565b90508064ffffffffff164211610f16576040517fcf35c34200000000000000000000000000000000000000000000000000000000815264ffffffffff821660048201526024016106cf565b5f82610f23576005610f26565b60045b90505f83610f5357610f406101c088016101a08901612b44565b6bffffffffffffffffffffffff16610f5c565b610f5c8761123f565b9050816005811115610f7057610f70612679565b5f8781526006602052604090819020919091555186907f53b2c4b4b02f4e51684e7e9265292918cca5bb0574269a3d11b163dea7f14d0390610fb59085908590612b8d565b60405180910390a2610fd486610fce60208a018a612647565b83611d95565b50505050505050565b5f610fe786610dc6565b90506002610ff4826108d9565b600581111561100557611005612679565b14611014578061069b826108d9565b61102661014087016101208801612af7565b64ffffffffff164211156110465761096a61014087016101208801612af7565b5f81815260066020526040902054851860081c15611093576040517f058d741c000000000000000000000000000000000000000000000000000000008152600481018690526024016106cf565b5f61109f828787610c7d565b90506110bc6110b46040890160208a01612647565b828686611e12565b61110e576110d06040880160208901612647565b6040517f638364250000000000000000000000000000000000000000000000000000000081526001600160a01b0390911660048201526024016106cf565b5f8281526006602090815260409182902060039055815188815290810187905283917f1033449fe2a1f9e54b48e52202c4bf450c2106c53612820e83e88e37da22d1ec910160405180910390a2610fd48261116f60408a0160208b01612647565b6111816101c08b016101a08c01612b44565b6bffffffffffffffffffffffff16610c6a6101e08c016101c08d01612b5f565b5f610ce06111ae85610dc6565b858585611b61565b6111be61128a565b600380546001600160a01b0383167fffffffffffffffffffffffff000000000000000000000000000000000000000090911681179091556112076002546001600160a01b031690565b6001600160a01b03167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f6112526101c083016101a08401612b44565b6bffffffffffffffffffffffff166112726101a084016101808501612b44565b6bffffffffffffffffffffffff166108fb9190612bd5565b6002546001600160a01b0316331461065b576040517f118cdaa70000000000000000000000000000000000000000000000000000000081523360048201526024016106cf565b6103e861ffff831611806112eb57506001600160a01b038116155b15611337576040517fe1fe5a4300000000000000000000000000000000000000000000000000000000815261ffff831660048201526001600160a01b03821660248201526044016106cf565b600380547fffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffffffff16750100000000000000000000000000000000000000000061ffff851690810291909117909155600480547fffffffffffffffffffffffff0000000000000000000000000000000000000000166001600160a01b0384169081179091556040805192835260208301919091527fcf4d2d03d4b8ecbbb158b4405a7f342f82c5a11f84050a067767a63744e52209910160405180910390a15050565b6113ff611e84565b600380547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff1690557f5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa335b6040516001600160a01b03909116815260200160405180910390a1565b60035474010000000000000000000000000000000000000000900460ff161561065b576040517fd93c066500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6114cd610100820160e08301612b10565b63ffffffff1615806114f6575061ea606114ee610100830160e08401612b10565b63ffffffff16115b156115475761150c610100820160e08301612b10565b6040517f1aa3841400000000000000000000000000000000000000000000000000000000815263ffffffff90911660048201526024016106cf565b61156c61155c61012083016101008401612af7565b64ffffffffff1642610e10611ed8565b6115aa61158161014083016101208401612af7565b64ffffffffff1661159a61012084016101008501612af7565b64ffffffffff1662015180611ed8565b6003547501000000000000000000000000000000000000000000900461ffff166115dc6101e083016101c08401612b5f565b61ffff1614611657576003547501000000000000000000000000000000000000000000900461ffff166116176101e083016101c08401612b5f565b6040517f351e0e8400000000000000000000000000000000000000000000000000000000815261ffff9283166004820152911660248201526044016106cf565b6040517fd37b7c5c00000000000000000000000000000000000000000000000000000000815260c082013560048201527f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03169063d37b7c5c90602401602060405180830381865afa1580156116d6573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906116fa9190612bf7565b610d55576040517fa4486cae00000000000000000000000000000000000000000000000000000000815260c082013560048201526024016106cf565b604080517fee19e84b0000000000000000000000000000000000000000000000000000000081529082013560048201525f906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000169063ee19e84b90602401608060405180830381865afa1580156117b7573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906117db9190612c10565b9050806020015161181e57604080517f5271c8a70000000000000000000000000000000000000000000000000000000081529083013560048201526024016106cf565b61182e6040830160208401612647565b6001600160a01b0316815f01516001600160a01b0316146118a057805161185b6040840160208501612647565b6040517f37cdccf60000000000000000000000000000000000000000000000000000000081526001600160a01b039283166004820152911660248201526044016106cf565b81606001358160400151146118f45760408082015190517fe5872e5f0000000000000000000000000000000000000000000000000000000081526004810191909152606083013560248201526044016106cf565b5f6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001663a6bca7a2604085013561193960c0870160a08801612b10565b6040517fffffffff0000000000000000000000000000000000000000000000000000000060e085901b168152600481019290925263ffffffff166024820152604401602060405180830381865afa158015611996573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906119ba9190612ca8565b9050806bffffffffffffffffffffffff165f03611a275760408301356119e660c0850160a08601612b10565b6040517fd58d9a80000000000000000000000000000000000000000000000000000000008152600481019290925263ffffffff1660248201526044016106cf565b6bffffffffffffffffffffffff8116611a486101c085016101a08601612b44565b6bffffffffffffffffffffffff161015611ab95780611a6f6101c085016101a08601612b44565b6040517f13a0961c0000000000000000000000000000000000000000000000000000000081526bffffffffffffffffffffffff9283166004820152911660248201526044016106cf565b505050565b611acc848484846001611f4d565b611b0d576040517f5274afe70000000000000000000000000000000000000000000000000000000081526001600160a01b03851660048201526024016106cf565b50505050565b611b208383836001611fd3565b611ab9576040517f5274afe70000000000000000000000000000000000000000000000000000000081526001600160a01b03841660048201526024016106cf565b604080517fe2268ec2808f4cce3bbac1bf676369c664335b06abee4c109e9a48766bf6e03a602082015290810185905260808085013560608301526101608501359082015261014084013560a082015260c0810183905263ffffffff821660e08201525f90611bd39061010001610cc5565b90505b949350505050565b5f5f5f5f611bec868661204e565b925092509250611bfc8282612097565b5090949350505050565b5f612710611c148385612cc3565b611c1e9190612cda565b9050611c348585611c2f8487612d12565b611d95565b600454611c4c9086906001600160a01b031683611d95565b5050505050565b5f6108fb611c5f61219a565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b600380547fffffffffffffffffffffffff0000000000000000000000000000000000000000169055610d55816122c3565b611cd3611467565b600380547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff16740100000000000000000000000000000000000000001790557f62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a25861144a3390565b6060611d657f000000000000000000000000000000000000000000000000000000000000000061232c565b905090565b6060611d657f000000000000000000000000000000000000000000000000000000000000000061232c565b805f03611da157505050565b6001600160a01b0382165f9081526005602052604081208054839290611dc8908490612bd5565b909155505060405181815283906001600160a01b038416907f558163811cccb821d8db9bbab37ebf1805a423c2f00fc6a7f0bf540f03784ae29060200160405180910390a3505050565b5f846001600160a01b03163b5f03611e71575f5f611e31868686612369565b5090925090505f816003811115611e4a57611e4a612679565b148015611e685750866001600160a01b0316826001600160a01b0316145b92505050611bd6565b611e7d858585856123b0565b9050611bd6565b60035474010000000000000000000000000000000000000000900460ff1661065b576040517f8dfc202b00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b8183111580611eef5750611eec8183612bd5565b83115b15611ab95782611f00836001612bd5565b611f0a8385612bd5565b6040517f9b4eedf00000000000000000000000000000000000000000000000000000000081526004810193909352602483019190915260448201526064016106cf565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f51148316611fc2578383151615611fb6573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038616600452602485905291602083604481808b5af1925060015f51148316612042578383151615612036573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b5f5f5f8351604103612085576020840151604085015160608601515f1a61207788828585612433565b955095509550505050612090565b505081515f91506002905b9250925092565b5f8260038111156120aa576120aa612679565b036120b3575050565b60018260038111156120c7576120c7612679565b036120fe576040517ff645eedf00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b600282600381111561211257612112612679565b0361214c576040517ffce698f7000000000000000000000000000000000000000000000000000000008152600481018290526024016106cf565b600382600381111561216057612160612679565b03610647576040517fd78bce0c000000000000000000000000000000000000000000000000000000008152600481018290526024016106cf565b5f306001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000161480156121f257507f000000000000000000000000000000000000000000000000000000000000000046145b1561221c57507f000000000000000000000000000000000000000000000000000000000000000090565b611d65604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b600280546001600160a01b038381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b60605f61233883612519565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f8080604184900361239d578435602086013560408701355f1a61238f89828585612433565b9550955095505050506123a7565b505f915060029050825b93509350939050565b604080517f1626ba7e00000000000000000000000000000000000000000000000000000000808252600482018690526024820192909252604481018390525f91908390818660648301375f82606483010152601f820160051c60051b915060205f60648401838b5afa9050825f5114601f3d111681169350505050949350505050565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084111561246c57505f9150600390508261250f565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa1580156124bd573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe001519150506001600160a01b03811661250657505f92506001915082905061250f565b92505f91508190505b9450945094915050565b5f60ff8216601f8111156108fb576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f610200828403121561256a575f5ffd5b50919050565b5f5f5f5f5f6102808688031215612585575f5ffd5b61258f8787612559565b9450610200860135935061022086013560ff811681146125ad575f5ffd5b949793965093946102408101359450610260013592915050565b803561ffff811681146107fe575f5ffd5b6001600160a01b0381168114610d55575f5ffd5b80356107fe816125d8565b5f5f60408385031215612608575f5ffd5b612611836125c7565b91506020830135612621816125d8565b809150509250929050565b5f610200828403121561263d575f5ffd5b610ce38383612559565b5f60208284031215612657575f5ffd5b8135610ce3816125d8565b5f60208284031215612672575f5ffd5b5035919050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b600681106126db577f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b9052565b602081016108fb82846126a6565b803563ffffffff811681146107fe575f5ffd5b5f5f83601f840112612710575f5ffd5b50813567ffffffffffffffff811115612727575f5ffd5b60208301915083602082850101111561273e575f5ffd5b9250929050565b5f5f5f5f5f610260868803121561275a575f5ffd5b6127648787612559565b9450610200860135935061277b61022087016126ed565b925061024086013567ffffffffffffffff811115612797575f5ffd5b6127a388828901612700565b969995985093965092949392505050565b5f5f5f606084860312156127c6575f5ffd5b505081359360208301359350604090920135919050565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f61286360e08301896127dd565b828103604084015261287581896127dd565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b818110156128ca5783518352602093840193909201916001016128ac565b50909b9a5050505050505050505050565b5f5f5f5f5f61026086880312156128f0575f5ffd5b6128fa8787612559565b94506102008601359350610220860135925061024086013567ffffffffffffffff811115612797575f5ffd5b5f5f5f6102408486031215612939575f5ffd5b6129438585612559565b9250610200840135915061295a61022085016126ed565b90509250925092565b82815260408101610ce360208301846126a6565b803564ffffffffff811681146107fe575f5ffd5b6bffffffffffffffffffffffff81168114610d55575f5ffd5b80356107fe8161298b565b6129c9826129bc836125ec565b6001600160a01b03169052565b6129d5602082016125ec565b6001600160a01b03166020830152604081810135908301526060808201359083015260808082013590830152612a0d60a082016126ed565b63ffffffff1660a083015260c08181013590830152612a2e60e082016126ed565b63ffffffff1660e0830152612a466101008201612977565b64ffffffffff16610100830152612a606101208201612977565b64ffffffffff1661012083015261014081810135908301526101608082013590830152612a9061018082016129a4565b6bffffffffffffffffffffffff16610180830152612ab16101a082016129a4565b6bffffffffffffffffffffffff166101a0830152612ad26101c082016125c7565b61ffff166101c08301526101e090810135910152565b61020081016108fb82846129af565b5f60208284031215612b07575f5ffd5b610ce382612977565b5f60208284031215612b20575f5ffd5b610ce3826126ed565b5f60208284031215612b39575f5ffd5b8151610ce3816125d8565b5f60208284031215612b54575f5ffd5b8135610ce38161298b565b5f60208284031215612b6f575f5ffd5b610ce3826125c7565b8281526102208101610ce360208301846129af565b60408101612b9b82856126a6565b8260208301529392505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b808201808211156108fb576108fb612ba8565b805180151581146107fe575f5ffd5b5f60208284031215612c07575f5ffd5b610ce382612be8565b5f6080828403128015612c21575f5ffd5b506040516080810167ffffffffffffffff81118282101715612c6a577f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b6040528251612c78816125d8565b8152612c8660208401612be8565b6020820152604083810151908201526060928301519281019290925250919050565b5f60208284031215612cb8575f5ffd5b8151610ce38161298b565b80820281158282048414176108fb576108fb612ba8565b5f82612d0d577f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b500490565b818103818111156108fb576108fb612ba856",
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
// the contract method with ID 0xad1d5b9b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deliver((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, bytes32 resultHash, bytes signature) returns()
func (market *Market) PackDeliver(spec MarketJobSpec, outputHash [32]byte, resultHash [32]byte, signature []byte) []byte {
	enc, err := market.abi.Pack("deliver", spec, outputHash, resultHash, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeliver is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xad1d5b9b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deliver((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, bytes32 outputHash, bytes32 resultHash, bytes signature) returns()
func (market *Market) TryPackDeliver(spec MarketJobSpec, outputHash [32]byte, resultHash [32]byte, signature []byte) ([]byte, error) {
	return market.abi.Pack("deliver", spec, outputHash, resultHash, signature)
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

// PackJobId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8758cf28.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function jobId((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec) view returns(bytes32)
func (market *Market) PackJobId(spec MarketJobSpec) []byte {
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
func (market *Market) TryPackJobId(spec MarketJobSpec) ([]byte, error) {
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
func (market *Market) PackPost(spec MarketJobSpec) []byte {
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
func (market *Market) TryPackPost(spec MarketJobSpec) ([]byte, error) {
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

// PackPostWithPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x04671e87.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postWithPermit((address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32) spec, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns(bytes32 id)
func (market *Market) PackPostWithPermit(spec MarketJobSpec, deadline *big.Int, v uint8, r [32]byte, s [32]byte) []byte {
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
func (market *Market) TryPackPostWithPermit(spec MarketJobSpec, deadline *big.Int, v uint8, r [32]byte, s [32]byte) ([]byte, error) {
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
func (market *Market) PackReceiptDigest(spec MarketJobSpec, outputHash [32]byte, elapsedMs uint32) []byte {
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
func (market *Market) TryPackReceiptDigest(spec MarketJobSpec, outputHash [32]byte, elapsedMs uint32) ([]byte, error) {
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
func (market *Market) PackRefund(spec MarketJobSpec) []byte {
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
func (market *Market) TryPackRefund(spec MarketJobSpec) ([]byte, error) {
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
func (market *Market) PackSubmitReceipt(spec MarketJobSpec, outputHash [32]byte, elapsedMs uint32, signature []byte) []byte {
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
func (market *Market) TryPackSubmitReceipt(spec MarketJobSpec, outputHash [32]byte, elapsedMs uint32, signature []byte) ([]byte, error) {
	return market.abi.Pack("submitReceipt", spec, outputHash, elapsedMs, signature)
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
	Spec       MarketJobSpec
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

// MarketResultDelivered represents a ResultDelivered event raised by the Market contract.
type MarketResultDelivered struct {
	JobId      [32]byte
	OutputHash [32]byte
	ResultHash [32]byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const MarketResultDeliveredEventName = "ResultDelivered"

// ContractEventName returns the user-defined event name.
func (MarketResultDelivered) ContractEventName() string {
	return MarketResultDeliveredEventName
}

// UnpackResultDeliveredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ResultDelivered(bytes32 indexed jobId, bytes32 outputHash, bytes32 resultHash)
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
	if bytes.Equal(raw[:4], market.abi.Errors["NotSignedByCreator"].ID.Bytes()[:4]) {
		return market.UnpackNotSignedByCreatorError(raw[4:])
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
