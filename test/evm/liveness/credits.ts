// What a job left to its payer, in an asset whose issuer has frozen him: it delays nobody else, and he names another address.
import { expect } from "chai";
import { mined, now, read, send } from "../kit";
import { posted, world, type World } from "../escrow/fixture";
import { at, startHostile } from "./jobs";
import { DAY, type Outcome, type Party, type Row } from "./table";

const BUDGET = 100n * 10n ** 6n;
const AWAY = 3_650n * DAY;

async function frozen(): Promise<World> {
  const w = await world();
  const asset = await w.stable.getAddress();
  const job = await posted(w, { asset, unitPrice: 10n ** 6n, budget: BUDGET });
  await mined(w.payer, w.escrow, "cancel", job.nonce, job.terms);
  await mined(w.owner, w.stable, "freeze", w.payer.address, true);
  return w;
}

async function collected(w: World, since: bigint): Promise<Outcome> {
  const asset = await w.stable.getAddress();
  const owed = await read<bigint>(w.escrow, "creditOf", asset, w.payer.address);
  await expect(send(w.stranger, w.escrow, "withdraw", asset, w.payer.address)).to.be.revertedWithCustomError(
    w.escrow,
    "PushFailed",
  );
  // An address of the payer's that the issuer has not frozen.
  await mined(w.payer, w.escrow, "withdrawTo", asset, w.referrer.address);
  expect(await read<bigint>(w.stable, "balanceOf", w.referrer.address)).to.equal(owed);
  expect(owed).to.equal((BUDGET * 105n) / 100n);
  return { seconds: (await now()) - since, to: "payer" };
}

export const creditRows: readonly Row[] = [
  {
    state: "credit: its owner frozen by the asset",
    covers: ["PartsLedger._accounts"],
    bound: DAY,
    worst: {
      guardian: "pauses entries for 7 days and stops the committee for 14",
      bridge: "forges governance's messages to a remote chain, and with them does as a hostile governance",
      governance: "refuses the asset for new work, and names itself guardian and pauses",
    },
    async alone() {
      return collected(await frozen(), await now());
    },
    async run(party: Party, mood) {
      const w = await frozen();
      if (mood === "hostile") await startHostile(w, party);
      if (party === "payer" && mood === "silent") {
        await at((await now()) + AWAY);
        await mined(w.stranger, w.token, "approve", w.stranger.address, 0n);
      }
      return collected(w, await now());
    },
  },
];
