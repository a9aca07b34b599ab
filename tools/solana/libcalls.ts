// The names of compiler_builtins' functions that must be replaced, and LLVM IR for those of 128-bit integers.

/** Library calls that return 128 bits, with the types of their parameters; runtime/ implements each as `__rt_<name>`. */
const RETURNING_I128: Readonly<Record<string, readonly string[]>> = {
  multi3: ["i128", "i128"],
  udivti3: ["i128", "i128"],
  umodti3: ["i128", "i128"],
  divti3: ["i128", "i128"],
  modti3: ["i128", "i128"],
  muloti4: ["i128", "i128", "ptr"],
  ashlti3: ["i128", "i32"],
  lshrti3: ["i128", "i32"],
  ashrti3: ["i128", "i32"],
  fixdfti: ["double"],
  fixunsdfti: ["double"],
  fixsfti: ["float"],
  fixunssfti: ["float"],
};

/** Every library call whose convention rustc and LLVM disagree about: a definition in C's convention must not be linked. */
export const I128_CALLS: ReadonlySet<string> = new Set([
  ...Object.keys(RETURNING_I128).map((name) => `__${name}`),
  ...["__udivmodti4", "__divmodti4", "__floattidf", "__floatuntidf", "__floattisf", "__floatuntisf"],
]);

/** Calls that solana-compiler-builtins answers by cheaper means than compiler_builtins. */
export const REPLACED_CALLS: ReadonlySet<string> = new Set([
  ...I128_CALLS,
  ...["memcpy", "memmove", "memset", "memcmp", "bcmp"],
  ...[
    "__adddf3",
    "__subdf3",
    "__negdf2",
    "__muldf3",
    "__divdf3",
    "__floatundidf",
    "__fixunsdfdi",
    "__gedf2",
    "__gtdf2",
  ],
]);

const FLOAT_CALLS = ["df", "sf"].flatMap((type) => [
  ...["add", "sub", "mul", "div"].map((name) => `__${name}${type}3`),
  ...["neg", "eq", "ne", "lt", "le", "gt", "ge", "unord"].map((name) => `__${name}${type}2`),
  ...["si", "di", "ti"].flatMap((int) => [
    ...[`__fix${type}${int}`, `__fixuns${type}${int}`],
    ...[`__float${int}${type}`, `__floatun${int}${type}`],
  ]),
  `__powi${type}2`,
]);

const MATH_CALLS = ["fma", "fmod", "floor", "ceil", "trunc", "round", "rint", "sqrt", "fmin", "fmax"];

/** Calls that code generation may introduce after dead code has gone: they have to be kept until then. */
export const KEPT_CALLS: readonly string[] = [
  ...["memcpy", "memmove", "memset", "memcmp", "bcmp"],
  ...["__multi3", "__udivti3", "__umodti3", "__divti3", "__modti3", "__ashlti3", "__lshrti3", "__ashrti3"],
  ...["__muloti4", "__mulodi4", "__extendsfdf2", "__truncdfsf2"],
  ...FLOAT_CALLS,
  ...MATH_CALLS.flatMap((name) => [name, `${name}f`]),
];

function wrapper([name, types]: [string, readonly string[]]): string {
  const parameters = types.map((type, index) => `${type} %a${index}`).join(", ");
  return `declare void @__rt_${name}(ptr, ${types.join(", ")})
define i128 @__${name}(${parameters}) #0 {
  %out = alloca [2 x i64], align 8
  call void @__rt_${name}(ptr %out, ${parameters})
  %low = load i64, ptr %out, align 8
  %at = getelementptr i8, ptr %out, i64 8
  %high = load i64, ptr %at, align 8
  %low128 = zext i64 %low to i128
  %high128 = zext i64 %high to i128
  %shifted = shl i128 %high128, 64
  %result = or i128 %low128, %shifted
  ret i128 %result
}
`;
}

/** LLVM's convention (128 bits in registers) over the runtime's functions (a hidden pointer to the result). */
export function libcallWrappers(): string {
  return `target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
${Object.entries(RETURNING_I128).map(wrapper).join("")}attributes #0 = { nounwind "target-cpu"="v4" "target-features"="+allows-misaligned-mem-access" }
`;
}
