// Whatever the network file declares and the chains are not yet: what `npm run deploy -- plan` finds and governance owns.
import { StunError } from "../../../chains/errors";
import { planDeployment } from "../../../deploy";
import { action, type ActionCall, type Governed } from "../action";

async function open(world: Governed): Promise<ActionCall[]> {
  const calls: ActionCall[] = [];
  for (const { step, reading } of await planDeployment(world.described)) {
    if (reading.state === "done" || !step.call) continue;
    const role = typeof step.by === "function" ? await step.by() : step.by;
    if (role !== "timelock" || !world.governed.includes(step.chain)) continue;
    const call = await step.call();
    if (!("vm" in call) || call.vm !== "evm") continue;
    calls.push({ chain: step.chain, target: call.to, data: call.data, value: call.value, title: step.title });
  }
  return calls;
}

export default action<ActionCall[]>({
  title: "Bring the chains to the declared state of the network",
  why: "The network file was changed by a pull request; these are the values that governance owns and that differ from it.",
  prepare: open,
  simulate: async () => ({}),
  enact: async (_, calls) => calls,
  enacted: async (world) => (await open(world)).length === 0,
  async verify(world) {
    const left = await open(world);
    if (left.length > 0) throw new StunError(`${left[0]!.chain}: '${left[0]!.title}' is not as declared yet.`);
  },
});
