/** The part of the WebAssembly API that the runner uses; Node has it, its type package does not. */
declare namespace WebAssembly {
  interface Descriptor {
    name: string;
    kind: string;
  }
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): (Descriptor & { module: string })[];
    static exports(module: Module): Descriptor[];
  }
  function validate(bytes: Uint8Array): boolean;
}
