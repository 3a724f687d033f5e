package protocol

import (
	"bytes"
	"reflect"
	"testing"
)

// Every field of every statement is bound by its digest.
func TestDigestsBindEveryField(t *testing.T) {
	t.Parallel()
	dom := Domain{ChainID: 1337, Market: Address{1}}
	mutateFields(t, JobSpec{}, func(v JobSpec) Digest { return dom.JobID(v) })
	mutateFields(t, Receipt{}, func(v Receipt) Digest { return dom.ReceiptDigest(v) })
	mutateFields(t, Delivery{}, func(v Delivery) Digest { return dom.DeliveryDigest(v) })
	mutateFields(t, Acknowledgement{}, func(v Acknowledgement) Digest { return dom.AcknowledgementDigest(v) })
	mutateFields(t, Transfer{}, func(v Transfer) Digest { return dom.TransferDigest(v) })
	mutateFields(t, Release{}, func(v Release) Digest { return dom.ReleaseDigest(v) })
	mutateFields(t, dom, func(v Domain) Digest { return v.ReceiptDigest(Receipt{}) })
	mutateFields(t, Binding{ReceiptKey: []byte{1}, SealingKey: []byte{2}}, func(v Binding) Digest {
		d := v.ReportData()
		return NewDigest("test", d[:])
	})
	mutateFields(t, Workload{}, func(v Workload) Digest { return v.ID() })
}

func mutateFields[T any](t *testing.T, base T, digest func(T) Digest) {
	t.Helper()
	typ := reflect.TypeFor[T]()
	for i := range typ.NumField() {
		v := base
		f := reflect.ValueOf(&v).Elem().Field(i)
		switch f.Kind() {
		case reflect.Array:
			f.Index(0).SetUint(f.Index(0).Uint() + 1)
		case reflect.Slice:
			f.SetBytes(append(bytes.Clone(f.Bytes()), 1))
		case reflect.String:
			f.SetString("x")
		default:
			f.SetUint(f.Uint() + 1)
		}
		if digest(v) == digest(base) {
			t.Errorf("%s.%s is not bound by the digest", typ.Name(), typ.Field(i).Name)
		}
	}
}

// The same statement under another type must not have the same digest.
func TestStatementsDiffer(t *testing.T) {
	t.Parallel()
	dom := Domain{ChainID: 1}
	if dom.DeliveryDigest(Delivery{}) == dom.ReleaseDigest(Release{}) {
		t.Error("a delivery can be taken for a release")
	}
	if dom.AcknowledgementDigest(Acknowledgement{}) == dom.TransferDigest(Transfer{}) {
		t.Error("an acknowledgement can be taken for a transfer")
	}
}

// Moving a byte from a field to its neighbour changes the report data.
func TestReportDataSeparatesFields(t *testing.T) {
	t.Parallel()
	a := Binding{ReceiptKey: []byte{1, 2}, SealingKey: []byte{3}}
	b := Binding{ReceiptKey: []byte{1}, SealingKey: []byte{2, 3}}
	if a.ReportData() == b.ReportData() {
		t.Error("fields run into each other")
	}
}
