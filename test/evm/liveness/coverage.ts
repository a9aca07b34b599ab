// Which states the contracts have, read from their sources: one that no row of the table stands for fails the test.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../../..");

function source(path: string): string {
  return readFileSync(join(ROOT, "contracts", path), "utf8").replace(/\/\/.*$/gm, "");
}

function body(text: string, head: string): string {
  const found = new RegExp(`${head} \\{([^}]*)\\}`).exec(text);
  if (!found) throw new Error(`The contracts have no "${head}": the table of liveness must be held to its successor.`);
  return found[1]!;
}

/** Members of an enum, as `Contract.Enum.Member`. */
function members(path: string, name: string, contract: string): string[] {
  const inner = body(source(path), `enum ${name}`);
  return inner
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "")
    .map((member) => `${contract}.${name}.${member}`);
}

/** Names of a struct's fields. */
function fields(path: string, name: string): string[] {
  return [...body(source(path), `struct ${name}`).matchAll(/(\w+);/g)].map(([, field]) => field!);
}

/** Of these fields, those in which money or a claim to it can be; the rest must be named here, or the check fails. */
function money(path: string, name: string, contract: string, plain: readonly string[]): string[] {
  return fields(path, name)
    .filter((field) => !plain.includes(field))
    .map((field) => `${contract}.${name}.${field}`);
}

/** Whole numbers up to the constant of this name. */
function upTo(path: string, constant: string, name: string): string[] {
  const found = new RegExp(`constant ${constant} = (\\d+);`).exec(source(path));
  if (!found) throw new Error(`contracts/${path} has no constant ${constant}.`);
  return Array.from({ length: Number(found[1]) }, (_, i) => `${name} ${i + 1}`);
}

/** Every state that a row must stand for. */
export function statesOfContracts(): string[] {
  const jobs = source("escrow/JobWord.sol");
  return [
    ...[...jobs.matchAll(/uint256 internal constant (\w+) = \d+;/g)].map(([, name]) => `JobWords.${name}`),
    ...upTo("escrow/JobEscrow.sol", "MAX_VERIFIER", "verifier"),
    ...upTo("escrow/JobVerdicts.sol", "UNDELIVERED", "outcome"),
    ...money("escrow/PaymentChannels.sol", "State", "PaymentChannels", []),
    ...members("staking/StakingRecords.sol", "State", "Staking"),
    ...money("staking/StakingRecords.sol", "BondRecord", "Staking", ["id", "slashes", "exiting"]),
    ...members("emission/IEmissionVault.sol", "Waiting", "IEmissionVault"),
    ...members("token/HeldCredits.sol", "HoldReason", "HeldCredits"),
    ...money("vesting/IVestingVault.sol", "Grant", "IVestingVault", [
      "total",
      "released",
      "start",
      "cliff",
      "duration",
      "revoked",
    ]),
  ];
}

/** Contracts that can be deployed, and the module of the table that stands for the money in them. */
export const MONEY_OF: Readonly<Record<string, string>> = {
  EmissionVault: "rewards",
  JobEscrow: "job",
  PaymentChannels: "channel",
  Staking: "stake",
  StunOFT: "bridge",
  StunOFTAdapter: "bridge",
  VestingVault: "grant",
  VotingStaking: "stake",
};

/** Contracts that owe nobody anything that a party could keep from him, and why. */
export const OWES_NOTHING: Readonly<Record<string, string>> = {
  BuybackVault: "what it holds is to be burned: whoever calls has it burned",
  Committee: "holds nothing",
  GovernanceReceiver: "holds nothing",
  GovernanceSender: "pays for its own messages",
  IncentivesVault: "gifts by roots that governance sets: without governance there is no claim",
  ProofVerifier: "holds nothing",
  Registry: "holds nothing",
  StunForwarder: "what waits in it is the user's to claim at any second, see test/evm/token/forwarder.test.ts",
  StunGovernor: "holds nothing",
  StunTimelock: "holds nothing of users",
  StunToken: "an account's tokens are its own",
  TesterBadge: "not transferable",
  Treasury: "governance's own money",
};

/** Names of the contracts that can be deployed. */
export function deployable(): string[] {
  return Object.keys(JSON.parse(readFileSync(join(ROOT, "test/evm/snapshots/size.json"), "utf8")) as object);
}
