import { expect } from "chai";
import { FunctionFragment } from "ethers";
import { contractInterface } from "../../chains/evm/artifacts";
import { campaigns } from "./forge";

/**
 * Contract by contract, which prefixes of handlers call it: `escrow_post` calls `post`. `ledger_`, `owned_`, `guarded_` and
 * `multi_` are calls that several contracts inherit from one place.
 */
const HANDLED: Record<string, readonly string[]> = {
  JobEscrow: ["escrow", "ledger", "owned", "guarded", "multi"],
  PaymentChannels: ["channels", "ledger", "owned", "guarded", "multi"],
  VotingStaking: ["staking", "owned", "guarded", "multi"],
  Registry: ["registry"],
  Committee: ["committee", "owned"],
  VestingVault: ["vesting"],
  EmissionVault: ["emission", "owned", "guarded"],
  IncentivesVault: ["incentives", "owned"],
  Treasury: ["treasury", "owned"],
  BuybackVault: ["buyback", "owned"],
};

function changes(contract: string): string[] {
  return contractInterface(contract)
    .fragments.filter((f): f is FunctionFragment => f instanceof FunctionFragment && !f.constant)
    .map((f) => f.name);
}

describe("Handlers of the random sequences", () => {
  const handlers = new Set(campaigns().flatMap((campaign) => campaign.handlers));
  const called = (prefix: string, name: string): boolean =>
    [...handlers].some((handler) => handler === `${prefix}_${name}` || handler.startsWith(`${prefix}_${name}_`));

  for (const [contract, prefixes] of Object.entries(HANDLED)) {
    it(`make every call of ${contract}`, () => {
      const missing = changes(contract).filter((name) => !prefixes.some((prefix) => called(prefix, name)));
      expect(missing).to.deep.equal([]);
    });
  }
});
