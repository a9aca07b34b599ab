// Runs one metered module in a thread of its own, so that a run can be ended from outside. Plain JavaScript: a worker
// thread starts without the TypeScript loader.
import { parentPort, workerData } from "node:worker_threads";

const { module, input, fuelLimit, maxOutputBytes } = workerData;
let fuel = 0;

class OutOfFuel extends Error {}

function usegas(cost) {
  fuel += cost;
  if (fuel > fuelLimit) throw new OutOfFuel();
}

function execute() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { metering: { usegas } });
  const { memory, alloc, run } = exports;
  const at = alloc(input.length) >>> 0;
  if (at + input.length > memory.buffer.byteLength) throw new RangeError(`alloc returned ${at}, outside of the memory`);
  new Uint8Array(memory.buffer).set(input, at);
  const packed = BigInt.asUintN(64, run(at, input.length));
  const from = Number(packed >> 32n);
  const size = Number(packed & 0xffffffffn);
  if (size > maxOutputBytes) throw new RangeError(`the output has ${size} bytes, more than ${maxOutputBytes}`);
  if (from + size > memory.buffer.byteLength) throw new RangeError(`the output at ${from} ends outside of the memory`);
  return new Uint8Array(memory.buffer).slice(from, from + size);
}

try {
  const output = execute();
  parentPort.postMessage({ output, fuel });
} catch (error) {
  const overflow = error instanceof RangeError && /call stack/.test(error.message);
  const fault = error instanceof OutOfFuel ? "fuel" : overflow ? "stack" : "trap";
  parentPort.postMessage({ fault, reason: error instanceof Error ? error.message : String(error) });
}
