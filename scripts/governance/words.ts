// Calls, amounts and changes as a voter reads them, worked out from the bytes that are voted on: never from what a proposer
// wrote about them.
import { Interface } from "ethers";
import { contractInterface } from "../../chains/evm/artifacts";
import { sentCalls, type GovernanceCall, type Proposal } from "../../chains/evm/governance";
import { stun } from "../amounts";
import type { ActionCall, Governed } from "./action";

/** A number that changes by this factor or more is worth a second look: somebody may have meant another one. */
const FACTOR = 10n;

const ENDPOINT = new Interface([
  "function setSendLibrary(address oapp,uint32 eid,address library)",
  "function setReceiveLibrary(address oapp,uint32 eid,address library,uint256 gracePeriod)",
  "function setConfig(address oapp,address library,tuple(uint32 eid,uint32 configType,bytes config)[] params)",
  "function setDelegate(address delegate)",
]);

/** Numbers that nobody can count as multiples of 10^18; ids and hashes stay as they are. */
export function readable(text: string): string {
  return text.replace(/(?<![\w.])\d{16,36}(?![\w…])/g, (digits) => `${stun(BigInt(digits))}e18`);
}

function value(world: Governed, chain: string, of: unknown): string {
  if (Array.isArray(of)) return `[${of.map((item) => value(world, chain, item)).join(", ")}]`;
  if (typeof of === "bigint") return readable(String(of));
  return typeof of === "string" ? world.named(of) : String(of);
}

/** `StunOFT.setRateLimits(params [[30101, true, 12,000,000e18, 86400]])`. */
export function inWords(world: Governed, chain: string, { target, data, value: wei }: GovernanceCall): string {
  const name = world.described.deployment.names.get(target);
  const isEndpoint = target === world.endpoint(chain);
  const parsed = isEndpoint
    ? ENDPOINT.parseTransaction({ data })
    : name === undefined
      ? null
      : contractInterface(name).parseTransaction({ data });
  const of = isEndpoint ? "LayerZero's endpoint" : (name ?? `the unknown contract ${target}`);
  const with_ = wei > 0n ? `, with ${wei} wei` : "";
  if (!parsed) return `${of}: bytes that no function of it takes, ${data.slice(0, 10)}…${with_}`;
  const args = parsed.fragment.inputs.map((input, i) => `${input.name} ${value(world, chain, parsed.args[i])}`);
  return `${of}.${parsed.name}(${args.join(", ")})${with_}`;
}

/** The calls of a proposal chain by chain, those inside its messages too. */
export function callsOf(world: Governed, { targets, values, calldatas }: Proposal): ActionCall[] {
  return targets.flatMap((target, i): ActionCall[] => {
    const call = { target, value: values[i]!, data: calldatas[i]! };
    const sent = target === world.address(world.home, "governanceSender") ? sentCalls(call) : undefined;
    if (!sent) return [{ chain: world.home, ...call, title: inWords(world, world.home, call) }];
    const chain = world.chainOf(sent.eid);
    // Gas for the delivery is all that a message needs; another option can spend the sender's balance on anybody.
    const more = isGasAlone(sent.options) ? "" : `, with the message options ${sent.options}`;
    return sent.calls.map((inner) => ({ chain, ...inner, title: `${inWords(world, chain, inner)}${more}` }));
  });
}

/** Type 3 with one executor option, to receive with gas and no value. */
function isGasAlone(options: string): boolean {
  return /^0x000301001101[0-9a-f]{32}$/.test(options);
}

/** What a number did that a person should see, or undefined. */
export function leap(before: string, after: string): string | undefined {
  const numbers = (text: string): bigint[] => (text.match(/(?<![\w.])\d{1,60}(?![\w.])/g) ?? []).map(BigInt);
  const [was, is] = [numbers(before), numbers(after)];
  if (was.length !== is.length) return undefined;
  for (const [i, old] of was.entries()) {
    const now = is[i]!;
    if (old === now) continue;
    if (now === 0n) return "becomes 0";
    if (old !== 0n && now >= old * FACTOR) return `becomes ${now / old} times what it was`;
    if (old !== 0n && old >= now * FACTOR) return `becomes the ${old / now}th part of what it was`;
  }
  return undefined;
}

/** An amount that moves and is less than one unit of its asset: decimals forgotten, more often than meant. */
export function isDust(amount: bigint, decimals: bigint): boolean {
  return amount > 0n && amount < 10n ** decimals && decimals > 0n;
}
