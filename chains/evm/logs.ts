// Events of a contract on nodes that answer for a limited range of blocks at a time.
import type { Contract, EventLog } from "ethers";

/** Most blocks in one question: what the common public nodes allow. */
const RANGE = 9_000;

/** The latest event `name` of a contract that fits, looked for from the newest block backwards; undefined when there is none. */
export async function latestEvent(
  contract: Contract,
  name: string,
  fits: (log: EventLog) => boolean,
): Promise<EventLog | undefined> {
  const newest = await contract.runner!.provider!.getBlockNumber();
  for (let to = newest; to >= 0; to -= RANGE) {
    const logs = await contract.queryFilter(name, Math.max(0, to - RANGE + 1), to);
    const found = logs.reverse().find((log): log is EventLog => "args" in log && fits(log));
    if (found) return found;
  }
  return undefined;
}
