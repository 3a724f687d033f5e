package ring52

import "golang.org/x/sys/cpu"

// hasDQ says whether the processor and the system offer the instructions of the DQ kernels.
func hasDQ() bool { return cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ }

// hasIFMA says so of the IFMA kernels.
func hasIFMA() bool { return hasDQ() && cpu.X86.HasAVX512IFMA }

// hasFMA says so of the FMA kernels.
func hasFMA() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }
