// Actions of governance, from their simulation to their effect on every chain that they concern.
import { proposalId } from "../../chains/evm/governance";
import type { LocalNetwork } from "../../deploy/local";
import { localWallet } from "../../localnet/keys";
import { action, type Action } from "../governance/action";
import baseBridgeLimit from "../governance/actions/base-bridge-limit";
import committeeVersion from "../governance/actions/committee-version";
import { rehearse } from "../governance/rehearse";
import { copyLocal, simulate } from "../governance/simulate";
import { testerRoot } from "./cases";
import type { GovernanceReport } from "./result";

/** Names one beta tester, and begins a new version of the committee on three chains, all with one vote. */
function namingTesters(home: string): Action {
  const root = testerRoot(localWallet("dave").address);
  const committee = committeeVersion as Action<unknown>;
  return action<unknown>({
    ...committee,
    title: "Name a beta tester at home, and begin a new version of the committee on every chain",
    why: "One proposal may carry calls of all chains: it is executed as a whole at home, and in order on each remote.",
    enact: async (world, prepared) => [
      world.call(home, "incentives", "setRoot", [3, root], "one beta tester"),
      ...(await committee.enact(world, prepared)),
    ],
  });
}

async function run(local: LocalNetwork, of: Action, say: (step: string) => void): Promise<GovernanceReport> {
  const { proposal, changes } = await simulate(local.network, await copyLocal(local), of);
  const steps: string[] = [];
  await rehearse(local, of, (step) => {
    steps.push(step);
    say(step);
  });
  return { title: of.title, proposal: String(proposalId(proposal)), changes, steps };
}

export async function govern(local: LocalNetwork, say: (step: string) => void): Promise<GovernanceReport[]> {
  const first = await run(local, baseBridgeLimit, say);
  return [first, await run(local, namingTesters(local.network.home), say)];
}
