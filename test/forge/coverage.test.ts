import { expect } from "chai";
import { FunctionFragment } from "ethers";
import { artifact, artifactNames, contractInterface } from "../../chains/evm/artifacts";
import { campaigns } from "./forge";

/**
 * Contract by contract, which prefixes of handlers call it: `escrow_post` calls `post`. `ledger_`, `owned_`, `guarded_`,
 * `multi_` and `path_` are calls that several contracts have from one place.
 */
const HANDLED: Record<string, readonly string[]> = {
  StunToken: ["token"],
  StunOFT: ["oft", "path", "token", "owned", "guarded"],
  StunOFTAdapter: ["adapter", "path", "owned", "guarded"],
  StunForwarder: ["forwarder"],
  JobEscrow: ["escrow", "ledger", "owned", "guarded", "multi"],
  PaymentChannels: ["channels", "ledger", "owned", "guarded", "multi"],
  VotingStaking: ["staking", "owned", "guarded", "multi"],
  Registry: ["registry"],
  Committee: ["committee", "owned"],
  VestingVault: ["vesting"],
  EmissionVault: ["emission", "owned", "guarded"],
  IncentivesVault: ["incentives", "owned"],
  TesterBadge: ["badge"],
  Treasury: ["treasury", "owned"],
  BuybackVault: ["buyback", "owned"],
  GovernanceSender: ["sender", "owned"],
  GovernanceReceiver: ["receiver"],
};

/** Handlers that make several calls each, one of them chosen by chance. */
const SEVERAL: Record<string, readonly string[]> = {
  receiver_setup_refused: [
    "finishSetUp",
    "setGuardian",
    "setPeer",
    "setDelegate",
    "transferOwnership",
    "renounceOwnership",
  ],
  badge_moves_refused: ["approve", "setApprovalForAll", "transferFrom", "safeTransferFrom", "mint"],
};

/** Contracts that no handler calls, and where they are tested instead. */
const ELSEWHERE: Record<string, string> = {
  Staking: "VotingStaking is this contract with votes",
  StunGovernor: "a vote lasts days and needs millions of votes: test/evm/governance/governor.test.ts",
  StunTimelock: "moves by the governor alone: test/evm/governance",
  ProofVerifier: "needs real keys and proofs: test/evm/escrow; a stand-in answers here",
};

const functions = (contract: string): string[] =>
  contractInterface(contract)
    .fragments.filter((f): f is FunctionFragment => f instanceof FunctionFragment && !f.constant)
    .map((f) => f.name);

describe("Handlers of the random sequences", () => {
  const handlers = new Set(campaigns().flatMap((campaign) => campaign.handlers));
  const calls = (handler: string, prefix: string, name: string): boolean =>
    handler === `${prefix}_${name}` ||
    handler.startsWith(`${prefix}_${name}_`) ||
    (handler.startsWith(`${prefix}_`) && (SEVERAL[handler] ?? []).includes(name));

  for (const [contract, prefixes] of Object.entries(HANDLED)) {
    it(`make every call of ${contract}`, () => {
      const made = (name: string): boolean =>
        prefixes.some((prefix) => [...handlers].some((handler) => calls(handler, prefix, name)));
      expect(functions(contract).filter((name) => !made(name))).to.deep.equal([]);
    });
  }

  it("are there for every contract, or the contract says where else it is tested", () => {
    const deployed = artifactNames().filter((name) => {
      const { sourceName, bytecode } = artifact(name);
      return !sourceName.startsWith("contracts/test/") && bytecode !== "0x" && functions(name).length > 0;
    });
    expect(deployed.filter((name) => !HANDLED[name] && !ELSEWHERE[name])).to.deep.equal([]);
  });
});
