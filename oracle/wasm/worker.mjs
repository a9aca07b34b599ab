// Meters and runs one module in a thread of its own, so that both can be ended from outside: a crafted module can make the
// metering take hours, or more memory than there is. Plain JavaScript, as a worker thread starts without the TypeScript
// loader; the metering is loaded through it.
import { parentPort, workerData } from "node:worker_threads";
import { require as load } from "tsx/cjs/api";

const { meterModule } = load("./meter.ts", import.meta.url);
const { JobError } = load("./errors.ts", import.meta.url);

const { module, input, fuelLimit, maxOutputBytes } = workerData;
let fuel = 0;

class OutOfFuel extends Error {}
/** What breaks the interface of a job does so on every machine. */
class InterfaceError extends Error {}

function usegas(cost) {
  fuel += cost;
  if (fuel > fuelLimit) throw new OutOfFuel();
}

function execute() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(meterModule(module)), { metering: { usegas } });
  const { memory, alloc, run } = exports;
  const at = alloc(input.length) >>> 0;
  if (at + input.length > memory.buffer.byteLength)
    throw new InterfaceError(`alloc returned ${at}, outside of the memory`);
  new Uint8Array(memory.buffer).set(input, at);
  const packed = BigInt.asUintN(64, run(at, input.length));
  const from = Number(packed >> 32n);
  const size = Number(packed & 0xffffffffn);
  if (size > maxOutputBytes) throw new InterfaceError(`the output has ${size} bytes, more than ${maxOutputBytes}`);
  if (from + size > memory.buffer.byteLength)
    throw new InterfaceError(`the output at ${from} ends outside of the memory`);
  return new Uint8Array(memory.buffer).slice(from, from + size);
}

function faultOf(error) {
  if (error instanceof JobError) return error.fault;
  if (error instanceof OutOfFuel) return "fuel";
  if (error instanceof RangeError && /call stack/.test(error.message)) return "stack";
  // A TypeError comes from an export of another signature.
  const kinds = [WebAssembly.RuntimeError, InterfaceError, TypeError];
  return kinds.some((kind) => error instanceof kind) ? "trap" : "memory";
}

try {
  const output = execute();
  parentPort.postMessage({ output, fuel });
} catch (error) {
  parentPort.postMessage({ fault: faultOf(error), reason: error instanceof Error ? error.message : String(error) });
}
