package protocol

import "strings"

// TypedData is a statement as wallets show it before they sign: the argument of eth_signTypedData_v4.
type TypedData struct {
	Types       map[string][]TypedField `json:"types"`
	PrimaryType string                  `json:"primaryType"`
	Domain      TypedDomain             `json:"domain"`
	Message     any                     `json:"message"`

	digest Digest
}

// TypedField is a member of a type of TypedData.
type TypedField struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// TypedDomain is a Domain as wallets read it.
type TypedDomain struct {
	Name              string  `json:"name"`
	Version           string  `json:"version"`
	ChainID           uint64  `json:"chainId"`
	VerifyingContract Address `json:"verifyingContract"`
}

// Digest is what a signature of the statement is over.
func (t TypedData) Digest() Digest { return t.digest }

// ShowRelease returns r as a wallet shows it.
func (d Domain) ShowRelease(r Release) TypedData { return d.show(releaseType, r, d.ReleaseDigest(r)) }

// ShowAcknowledgement returns a as a wallet shows it.
func (d Domain) ShowAcknowledgement(a Acknowledgement) TypedData {
	return d.show(ackType, a, d.AcknowledgementDigest(a))
}

// show describes a message, whose JSON members are named as its type's, for wallets.
func (d Domain) show(typeString string, message any, digest Digest) TypedData {
	name, fields := typedFields(typeString)
	domain, domainFields := typedFields(domainType)
	return TypedData{
		Types: map[string][]TypedField{domain: domainFields, name: fields}, PrimaryType: name,
		Domain:  TypedDomain{domainName, domainVersion, d.ChainID, d.Market},
		Message: message, digest: digest,
	}
}

// typedFields reads a type string of this package.
func typedFields(typeString string) (name string, fields []TypedField) {
	name, list, _ := strings.Cut(strings.TrimSuffix(typeString, ")"), "(")
	for field := range strings.SplitSeq(list, ",") {
		kind, name, _ := strings.Cut(field, " ")
		fields = append(fields, TypedField{name, kind})
	}
	return name, fields
}
