// Command gen writes the AVX-512 kernels of package ring52: butterflies of the number-theoretic
// transforms, fused arithmetic and basis extension. Run it through "make generate".
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// main emits all kernels; avo's flags -out, -stubs and -pkg name the files.
func main() {
	ConstraintExpr("amd64")
	for _, f := range []*field{{name: "Narrow", ifma: true, narrow: true}, {name: "IFMA", ifma: true}, {name: "DQ"}} {
		f.foldPass(false)
		f.foldPass(true)
		f.first()
		f.pass("forward8", forward8, 8)
		f.pass("forward4", forward4, 4)
		f.forwardTail()
		f.inverseTail()
		f.pass("inverse4", inverse4, 4)
		f.pass("inverse8", inverse8, 8)
		f.last()
		if f.narrow {
			continue
		}
		f.scale()
		f.digits()
		f.subMul()
	}
	for logRun := range longRun + 1 {
		mulAdd2(logRun)
		mulAdd2DQ(logRun)
	}
	add()
	permute(false)
	permute(true)
	truncate()
	combine()
	combineDQ()
	kernelsFMA()
	Generate()
}

// kernelsFMA emits those in doubles.
func kernelsFMA() {
	f := &floats{}
	f.foldPass(false)
	f.foldPass(true)
	f.pass("forwardFirst", floatFirst, 8, 0)
	f.pass("forward8", floatForward, 8, maxFloat)
	f.pass("forward4", floatForward, 4, maxFloat)
	f.pass("inverse4", floatInverse, 4, 1)
	f.pass("inverse8", floatInverse, 8, 1)
	f.pass("inverseLast", floatLast, 8, 1)
	f.tails()
	for _, logRun := range []int{0, 1, 2, longRun} {
		f.mulAdd2(logRun)
	}
	f.combine()
	f.scale()
	f.subMul()
	f.digits()
	f.truncate()
	add4()
	permute4(false)
	permute4(true)
}
