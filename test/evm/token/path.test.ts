import { expect } from "chai";
import { pathCalls, readEvmEnd, requireEqualEnds, type PathEnd, type PathSettings } from "../../../chains/evm/uln";
import type { EvmChain, EvmName } from "../../../localnet/evm";
import { BASE, ETHEREUM, SOLANA, freshBridge, type Bridge, type Oft } from "./fixture";

describe("Bridge: the security settings of a path", () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await freshBridge();
  });

  async function end(chain: EvmChain, oft: Oft, eid: number, remote: EvmName | "solana"): Promise<PathEnd> {
    const { endpoint, dvns } = chain.layerZero.addresses;
    const names = new Map(dvns.map((address, i) => [address, `dvn${i + 1}`]));
    const labels = { chain: chain.name, remote, names };
    return readEvmEnd(chain.provider, endpoint, await oft.getAddress(), eid, labels);
  }

  const baseEnd = (): Promise<PathEnd> => end(bridge.network.base, bridge.base, ETHEREUM, "ethereum");
  const homeEnd = (): Promise<PathEnd> => end(bridge.network.ethereum, bridge.adapter, BASE, "base");

  async function refusal(run: Promise<unknown>): Promise<string> {
    return run.then(
      () => expect.fail("it was not refused"),
      (error: Error) => error.message,
    );
  }

  /** Sets the settings of the Base end, as its delegate, with something changed. */
  async function configure(change: Partial<PathSettings>, which = [0, 1, 2, 3]): Promise<void> {
    const { base } = bridge.network;
    const { endpoint, sendLibrary, receiveLibrary, executor, dvns } = base.layerZero.addresses;
    const settings = {
      sendLibrary,
      receiveLibrary,
      executor,
      maxMessageSize: 10_000,
      sendConfirmations: 15n,
      receiveConfirmations: 15n,
      dvns,
      ...change,
    };
    const calls = pathCalls(endpoint, await bridge.base.getAddress(), ETHEREUM, settings);
    for (const i of which) await (await base.signer("timelock").sendTransaction(calls[i]!)).wait();
  }

  it("are explicit, with two required DVNs, and equal at both ends", async () => {
    const [one, other] = [await homeEnd(), await baseEnd()];
    expect(one.send).to.deep.equal({ confirmations: 15n, dvns: ["dvn1", "dvn2"] });
    requireEqualEnds(one, other);
    expect((await end(bridge.network.ethereum, bridge.adapter, SOLANA, "solana")).receive.dvns.length).to.equal(2);
  });

  it("are refused with one required DVN", async () => {
    await configure({ dvns: [bridge.network.base.layerZero.addresses.dvns[0]] }, [2]);
    expect(await refusal(baseEnd())).to.equal(
      `The path of ${await bridge.base.getAddress()} on base to ethereum needs 1 required DVN to send: set at least 2.`,
    );
  });

  it("are refused with one required DVN for what is received", async () => {
    await configure({ dvns: [bridge.network.base.layerZero.addresses.dvns[1]] }, [3]);
    expect(await refusal(baseEnd())).to.contain("needs 1 required DVN to receive");
  });

  it("are refused when confirmations, DVNs, executor or a library are LayerZero's defaults", async () => {
    await configure({ sendConfirmations: 0n }, [2]);
    expect(await refusal(baseEnd())).to.contain("inherits LayerZero's default confirmations to send");
    await configure({ dvns: [] }, [2]);
    expect(await refusal(baseEnd())).to.contain("inherits LayerZero's default DVNs to send");
    const zero = `0x${"00".repeat(20)}`;
    await configure({ executor: zero }, [2]);
    expect(await refusal(baseEnd())).to.contain("inherits LayerZero's default executor");
    await configure({ sendLibrary: zero }, [0]);
    expect(await refusal(baseEnd())).to.contain("inherits LayerZero's default send library");
    const { sendLibrary } = bridge.network.base.layerZero.addresses;
    await configure({ sendLibrary, receiveLibrary: zero }, [0, 1]);
    expect(await refusal(baseEnd())).to.contain("inherits LayerZero's default receive library");
  });

  it("of a path that was never configured are refused", async () => {
    const at = end(bridge.network.base, bridge.base, SOLANA, "solana");
    expect(await refusal(at)).to.contain("inherits LayerZero's default send library");
  });

  it("are refused when the ends differ in confirmations or in DVNs, in either direction", async () => {
    const [one, other] = [await homeEnd(), await baseEnd()];
    const fewer: PathEnd = { ...other, receive: { ...other.receive, confirmations: 10n } };
    expect(() => requireEqualEnds(one, fewer)).to.throw(
      "The path from ethereum to base is sent with 15 confirmations and received with 10: set the same number at both ends.",
    );
    const foreign: PathEnd = { ...other, send: { ...other.send, dvns: ["dvn1", "dvn3"] } };
    expect(() => requireEqualEnds(one, foreign)).to.throw(
      "The path from base to ethereum is sent to the DVNs dvn1 and dvn3 and received from dvn1 and dvn2: set the same ones at both ends.",
    );
  });
});
