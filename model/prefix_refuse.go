package model

import "fmt"

// remedies say for an operator why it stops the encrypted prefix and what to do.
var remedies = map[string][2]string{
	"MaxPool":       {"a maximum is not a polynomial", "use AveragePool, or cut before it"},
	"GlobalMaxPool": {"a maximum is not a polynomial", "use GlobalAveragePool, or cut before it"},
	"ReduceMax":     {"a maximum is not a polynomial", "use ReduceMean, or cut before it"},
	"ReduceMin":     {"a minimum is not a polynomial", "use ReduceMean, or cut before it"},
	"Max":           {"a maximum is not a polynomial", "add the tensors instead, or cut before it"},
	"Min":           {"a minimum is not a polynomial", "add the tensors instead, or cut before it"},
	"Softmax":       {"it divides by an encrypted sum", "cut before it: the suffix or the user can compute it"},
	"LogSoftmax":    {"it divides by an encrypted sum", "cut before it: the suffix or the user can compute it"},
	"PRelu":         {"the activation is not a polynomial", "train with a polynomial a*x*x + b*x + c or with LeakyRelu instead, or cut before it"},
}

// refuse reports a node that cannot be encrypted.
func refuse(n *Node, why, remedy string) error {
	return &NotEncryptable{Layer: scope(n.Name), Op: n.Op, Why: why, Remedy: remedy}
}

func refuseOp(n *Node) error {
	if r, ok := remedies[n.Op]; ok {
		return refuse(n, r[0], r[1])
	}
	if isActivation(n) {
		return refuse(n, "the activation is not a polynomial", fmt.Sprintf(
			"train with a polynomial a*x*x + b*x + c instead, accept an approximation (--approximate %s), or cut before it", scope(n.Name)))
	}
	return refuse(n, "it is neither a linear map nor a polynomial", "cut before it")
}

func refuseBatch(n *Node) error {
	return refuse(n, "its input is not one sample", "keep the leading dimension 1, or cut before it")
}

func refuseProduct(n *Node) error {
	return refuse(n, "it multiplies two encrypted tensors", "use a constant matrix, or cut before the branches")
}
