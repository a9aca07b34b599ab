// Proposals as the governor takes them, and the messages by which the timelock speaks to other chains.
import { AbiCoder, Interface, id, keccak256 } from "ethers";
import { executorOptions } from "./options";

/** One call that governance makes; `value` in wei. */
export interface GovernanceCall {
  target: string;
  value: bigint;
  data: string;
}

/** What is proposed, voted on and executed as a whole. */
export interface Proposal {
  targets: string[];
  values: bigint[];
  calldatas: string[];
  description: string;
}

/** States of a proposal, by the number that the governor gives them. */
export const PROPOSAL_STATES = [
  "pending",
  "active",
  "canceled",
  "defeated",
  "succeeded",
  "queued",
  "expired",
  "executed",
] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

const CALLS = "tuple(address target,uint256 value,bytes data)[]";
const SENDER = new Interface(["function send(uint32 dstEid,bytes payload,bytes options) payable returns (uint64)"]);

/** A proposal of calls of the home chain. */
export function toProposal(calls: readonly GovernanceCall[], description: string): Proposal {
  return {
    targets: calls.map(({ target }) => target),
    values: calls.map(({ value }) => value),
    calldatas: calls.map(({ data }) => data),
    description,
  };
}

/** The arguments of queue, execute and cancel. */
export function proposalArgs(p: Proposal): [string[], bigint[], string[], string] {
  return [p.targets, p.values, p.calldatas, id(p.description)];
}

/** The number that the governor gives a proposal. */
export function proposalId(p: Proposal): bigint {
  const types = ["address[]", "uint256[]", "bytes[]", "bytes32"];
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, proposalArgs(p))));
}

/** What a governance receiver executes, all or nothing. */
export function encodeCalls(calls: readonly GovernanceCall[]): string {
  return AbiCoder.defaultAbiCoder().encode([CALLS], [calls]);
}

/**
 * The home chain's call that sends `calls` to another chain.
 * @param gas What the delivery there is executed with, all calls together.
 */
export function sendCalls(sender: string, eid: number, calls: readonly GovernanceCall[], gas: bigint): GovernanceCall {
  const options = executorOptions({ kind: "receive", gas });
  return { target: sender, value: 0n, data: SENDER.encodeFunctionData("send", [eid, encodeCalls(calls), options]) };
}

/** What a message carries, where to, and the options that its sender pays for. */
export interface SentCalls {
  eid: number;
  calls: GovernanceCall[];
  options: string;
}

/** The calls that a proposal's call to the sender carries; undefined for any other call. */
export function sentCalls(call: GovernanceCall): SentCalls | undefined {
  let parsed;
  try {
    parsed = SENDER.parseTransaction({ data: call.data });
    if (!parsed) return undefined;
    const [eid, payload, options] = parsed.args as unknown as [bigint, string, string];
    const [list] = AbiCoder.defaultAbiCoder().decode([CALLS], payload) as unknown as [[string, bigint, string][]];
    return { eid: Number(eid), options, calls: list.map(([target, value, data]) => ({ target, value, data })) };
  } catch {
    return undefined;
  }
}
