// One action of governance, from its simulation to its effect on another chain.
import { proposalId } from "../../chains/evm/governance";
import type { LocalNetwork } from "../../deploy/local";
import baseBridgeLimit from "../governance/actions/base-bridge-limit";
import { rehearse } from "../governance/rehearse";
import { copyLocal, simulate } from "../governance/simulate";
import type { GovernanceReport } from "./result";

export async function govern(local: LocalNetwork, say: (step: string) => void): Promise<GovernanceReport> {
  const action = baseBridgeLimit;
  const { proposal, changes } = await simulate(local.network, await copyLocal(local), action);
  const steps: string[] = [];
  await rehearse(local, action, (step) => {
    steps.push(step);
    say(step);
  });
  return { title: action.title, proposal: String(proposalId(proposal)), changes, steps };
}
