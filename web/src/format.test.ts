import { describe, expect, it } from "vitest";
import { bytes, percent, seconds, short, sum, tokens, units } from "./format.ts";

describe("format", () => {
  it.each([[0, "0 B"], [1023, "1023 B"], [1536, "2 KiB"], [1 << 20, "1.0 MiB"], [55 * (1 << 20), "55 MiB"]])("bytes %d", (n, s) => expect(bytes(n)).toBe(s));
  it.each([[0, "1 ms"], [0.289, "289 ms"], [2.34, "2.3 s"], [61, "61 s"], [600, "10 min"], [86_999, "24 h"]])("seconds %d", (n, s) => expect(seconds(n)).toBe(s));
  it.each([["0", "0.00"], ["350000", "0.35"], ["1", "0.000001"], ["123456789012345678", "123456789012.345678"]])("tokens %s", (n, s) => expect(tokens(n)).toBe(s));
  it("units keeps what a float would round", () => expect(units("9007199254740993", 6)).toBe("9007199254.740993"));
  it("sum adds beyond a float", () => expect(sum(["9007199254740993", "1"])).toBe("9007199254740994"));
  it.each([[0, "0 %"], [0.002, "0.2 %"], [0.88, "88 %"], [1, "100 %"]])("percent %d", (n, s) => expect(percent(n)).toBe(s));
  it("short leaves short ids", () => expect(short("0x12")).toBe("0x12"));
});
