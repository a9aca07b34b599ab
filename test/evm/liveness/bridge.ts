// STUN between two chains, with LayerZero's real contracts. Time is the remote's.
import { expect } from "chai";
import { MaxUint256, ZeroHash } from "ethers";
import type { Packet } from "../../../localnet/types";
import {
  alice,
  bob,
  bridgeOut,
  CAPACITY,
  deliver,
  ETHEREUM,
  forge,
  freshBridge,
  oftMessage,
  onePacket,
  pause,
  send,
  setLimit,
  STUN,
  type Bridge,
} from "../token/fixture";
import { DAY, type Mood, type Outcome, type Party, type Row } from "./table";

const AMOUNT = 10n * STUN;
const WEEK = 7n * DAY;

interface Transfer {
  bridge: Bridge;
  /** What is to arrive for Bob on Base. */
  packet: Packet;
}

type Ending = { to: string; since?: bigint };

const time = ({ bridge }: Transfer): Promise<bigint> => bridge.network.base.now();

async function release({ bridge, packet }: Transfer): Promise<void> {
  const anyone = bridge.base.connect(bridge.network.base.signer("mallory"));
  await (await anyone.release(packet.guid, MaxUint256, "0x")).wait();
}

async function isHeld({ bridge, packet }: Transfer): Promise<boolean> {
  return (await bridge.base.held(packet.guid)).amountSD > 0n;
}

/** All of it is Bob's. */
async function arrived({ bridge }: Transfer): Promise<void> {
  expect(await bridge.base.balanceOf(bob.address)).to.equal(AMOUNT);
}

async function sent(): Promise<Transfer> {
  const bridge = await freshBridge();
  const { ethereum, base } = bridge.network;
  await send(bridge.adapter, ethereum.signer("alice"), { dstEid: base.eid, to: bob.address, amount: AMOUNT });
  return { bridge, packet: await onePacket(ethereum) };
}

const held = (before: (bridge: Bridge) => Promise<void>) =>
  async function place(): Promise<Transfer> {
    const bridge = await freshBridge();
    await before(bridge);
    const packet = await bridgeOut(bridge, "base", AMOUNT, bob.address);
    return { bridge, packet };
  };

/** A delivery that home never sent, to which both DVNs attest all the same. */
async function lie(bridge: Bridge, nonce: bigint, to: string, amount: bigint): Promise<Packet> {
  const { base, ethereum } = bridge.network;
  const from = { eid: ethereum.eid, sender: await bridge.adapter.getAddress() };
  const there = { eid: base.eid, receiver: await bridge.base.getAddress() };
  return forge(from, there, nonce, oftMessage(to, amount / 10n ** 12n));
}

/** Ours refuses to send to nobody: only a fault of the source can. */
async function nameless(): Promise<Transfer> {
  const bridge = await freshBridge();
  const packet = await lie(bridge, 1n, ZeroHash, AMOUNT);
  await deliver(bridge.network.base, packet);
  return { bridge, packet };
}

/** A delivery that was never sent takes the whole limit, and is executed first. */
async function forged({ bridge, packet }: Transfer): Promise<void> {
  const { base } = bridge.network;
  await base.verify(packet);
  await deliver(base, await lie(bridge, packet.nonce + 1n, alice.address, CAPACITY));
}

async function voids({ bridge, packet }: Transfer): Promise<void> {
  const owner = bridge.base.connect(bridge.network.base.signer("timelock"));
  await (await owner.voidHeld(packet.guid)).wait();
}

/** Has the transfer delivered, and released when it is held. */
async function ends(transfer: Transfer, party?: Party, mood?: Mood): Promise<Ending> {
  const { bridge, packet } = transfer;
  const { base } = bridge.network;
  const is = (name: Party, how: Mood): boolean => party === name && mood === how;
  if (party === undefined || is("bridge", "silent")) {
    await base.advance(27n * DAY);
    const since = await time(transfer);
    await deliver(base, packet);
    return { to: "recipient, when the bridge is back", since };
  }
  if (is("bridge", "hostile")) {
    await forged(transfer);
    await base.execute(packet);
  } else {
    if (is("guardian", "hostile")) await pause(base, bridge.base, WEEK);
    if (is("governance", "hostile")) await setLimit(base, bridge.base, ETHEREUM, true, 0n);
    await deliver(base, packet);
  }
  if (is("governance", "hostile")) {
    await voids(transfer);
    return { to: "nobody: governance voids it" };
  }
  if (await isHeld(transfer)) {
    await base.advance(is("guardian", "hostile") ? WEEK : DAY);
    await release(transfer);
  }
  return { to: "recipient" };
}

function row(
  state: string,
  covers: readonly string[],
  place: () => Promise<Transfer>,
  end: (transfer: Transfer, party?: Party, mood?: Mood) => Promise<Ending>,
  worst: Row["worst"],
): Row {
  const run = async (party?: Party, mood?: Mood): Promise<Outcome> => {
    const transfer = await place();
    const start = await time(transfer);
    const { to, since } = await end(transfer, party, mood);
    const seconds = (await time(transfer)) - (since ?? start);
    if (to.startsWith("recipient")) await arrived(transfer);
    return { seconds, to };
  };
  // Whoever neither delivers nor has a call here changes nothing, and shares one run: three chains take seconds to set back.
  let untouched: Promise<Outcome> | undefined;
  const quiet = async (party?: Party): Promise<Outcome> => (untouched ??= run(party));
  return {
    state,
    covers,
    bound: WEEK + DAY + 60n,
    worst,
    alone: () => (place === sent ? run() : quiet()),
    run: (party, mood) =>
      (mood === "hostile" && worst[party] !== undefined) || (party === "bridge" && place === sent)
        ? run(party, mood)
        : quiet(party),
  };
}

/** What is held leaves by anybody's call when what held it is over; governance can void it before. */
const releasedAfter = (wait: (transfer: Transfer) => Promise<void>, to = "recipient") =>
  async function end(transfer: Transfer, party?: Party, mood?: Mood): Promise<Ending> {
    const { bridge } = transfer;
    const { base } = bridge.network;
    expect(await isHeld(transfer)).to.equal(true);
    if (party === "governance" && mood === "hostile") {
      await voids(transfer);
      return { to: "nobody: governance voids it" };
    }
    if (party === "guardian" && mood === "hostile") {
      // Refused when the guardian has paused already: a pause cannot be prolonged.
      const again = await pause(base, bridge.base, WEEK).then(
        () => true,
        () => false,
      );
      if (again) await base.advance(WEEK);
    }
    await wait(transfer);
    await release(transfer);
    return { to };
  };

const VOIDS = "voids what is held, a power that the timelock has";

export const bridgeRows: readonly Row[] = [
  row("bridge: in transit", ["HeldCredits.HoldReason.None"], sent, ends, {
    guardian: "pauses the receiving end for 7 days: what arrives is held",
    bridge: "forges a delivery that takes the whole limit, and executes it first",
    governance: `closes the path, and ${VOIDS}`,
  }),
  row(
    "bridge: held by a pause",
    ["HeldCredits.HoldReason.Paused"],
    held((bridge) => pause(bridge.network.base, bridge.base, WEEK)),
    releasedAfter(async ({ bridge }) => bridge.network.base.advance(WEEK)),
    { guardian: "pauses for 7 days, and cannot again for 30", governance: VOIDS },
  ),
  row(
    "bridge: held by a limit",
    ["HeldCredits.HoldReason.RateLimited"],
    held((bridge) => setLimit(bridge.network.base, bridge.base, ETHEREUM, true, AMOUNT - STUN)),
    releasedAfter(async (transfer) => {
      // What the limit leaves at once, and the rest when it has drained.
      await release(transfer);
      await transfer.bridge.network.base.advance(DAY);
    }),
    { guardian: "pauses releases for 7 days, and cannot again for 30", governance: VOIDS },
  ),
  row(
    "bridge: held at the cap of a remote",
    ["HeldCredits.HoldReason.NoRoom"],
    held(async (bridge) => {
      await (await bridge.base.connect(bridge.network.base.signer("timelock")).setMintCap(AMOUNT)).wait();
      await bridgeOut(bridge, "base", AMOUNT, alice.address);
    }),
    releasedAfter(async ({ bridge }) => {
      await (await bridge.base.connect(bridge.network.base.signer("alice")).burn(AMOUNT)).wait();
    }, "recipient, when others leave the chain"),
    { guardian: "pauses releases for 7 days, and cannot again for 30", governance: VOIDS },
  ),
  row(
    "bridge: held because it names nobody",
    ["HeldCredits.HoldReason.NoRecipient"],
    nameless,
    releasedAfter(async ({ bridge, packet }) => {
      const owner = bridge.base.connect(bridge.network.base.signer("timelock"));
      await (await owner.assignHeld(packet.guid, bob.address)).wait();
    }, "recipient, when governance names it"),
    { guardian: "pauses releases for 7 days, and cannot again for 30", governance: VOIDS },
  ),
];
