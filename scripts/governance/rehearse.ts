// A governance action from its simulation to its check on the embedded chains, where days pass in a moment: the same governor,
// timelock, sender, LayerZero and receivers as anywhere else.
import { transact } from "../../chains/evm/client";
import { StunError } from "../../chains/errors";
import { proposalId } from "../../chains/evm/governance";
import { describe } from "../../deploy";
import type { LocalNetwork } from "../../deploy/local";
import type { Contract } from "ethers";
import { Governed, type Action } from "./action";
import { Proposals } from "./proposal";

const STUN = 10n ** 18n;
const DAY = 86_400n;
/** Who has staked enough to decide alone here. */
const VOTER = "sale";
const STAKE = 12_000_000n * STUN;

/** Enacts an action on a deployed local network; `say` hears of each step. */
export async function rehearse(local: LocalNetwork, of: Action, say: (text: string) => void): Promise<void> {
  const world = new Governed(await describe(local.network, local.connections), local.connections);
  const { home } = world;
  const evm = local.evm.ethereum;
  const proposals = new Proposals(world, (chain) => local.evm[chain as keyof typeof local.evm].signer(VOTER));
  const prepared = await of.prepare(world);
  const as = (key: string): Contract => world.at(home, key).connect(evm.signer(VOTER)) as Contract;
  await transact("approve", as("token").getFunction("approve").send(world.address(home, "staking"), STAKE));
  await transact(
    "stake",
    as("staking")
      .getFunction("open")
      .send(STAKE, 730n * DAY, 0n),
  );
  await evm.advance(2n);
  const id = proposalId(await proposals.propose(of));
  say(`proposed: ${id}`);
  await evm.advance(DAY + 1n);
  await proposals.vote(id, "for");
  say(`voted for with ${STAKE / STUN} STUN, after a day`);
  await evm.advance(3n * DAY + 1n);
  await proposals.queue(id);
  say("queued, after three days of voting");
  await evm.advance(2n * DAY);
  await proposals.execute(id);
  say("executed, after two days in the timelock");
  await local.relay();
  for (const { chain, seq, state } of await proposals.relay(id)) say(`message ${seq} to ${chain}: ${state}`);
  if (!(await of.enacted(world, prepared))) throw new StunError(`'${of.title}' was executed and is not enacted.`);
  await of.verify(world, prepared);
  say("verified: the action did what it says");
}
