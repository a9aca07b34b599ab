// The part of solc that is used; the package brings no types.
declare module "solc" {
  const solc: {
    /** Takes and gives the compiler's standard JSON. */
    compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
  };
  export default solc;
}
