// Home and Base as the deploy engine leaves them, with users whose money lies in every module; and a voter who can have
// governance do anything.
import { AbiCoder, ZeroAddress, ZeroHash, id, type Contract, type TransactionReceipt } from "ethers";
import { contractAt, transact } from "../../../chains/evm/client";
import { channelIdOf, signVoucher, type Channel } from "../../../chains/evm/channels";
import { RewardBook } from "../../../chains/evm/emission";
import { committeeSignatures, type Terms } from "../../../chains/evm/escrow";
import { PROPOSAL_STATES, proposalArgs, proposalId, type Proposal } from "../../../chains/evm/governance";
import { deployNetwork, type Deployed } from "../../../deploy";
import { startLocalNetwork, type LocalNetwork } from "../../../deploy/local";
import { EvmEnd } from "../../../localnet/bridge-evm";
import type { EvmChain } from "../../../localnet/evm";
import { localWallet } from "../../../localnet/keys";

export const STUN = 10n ** 18n;
export const DAY = 86_400n;
export const CHAINS = ["ethereum", "base"] as const;
export type ChainName = (typeof CHAINS)[number];

/** What users have on a chain and must get back in full. */
export interface Stakes {
  channel: Channel;
  terms: Terms;
  book: RewardBook;
}

export class DeployedWorld {
  private constructor(
    readonly local: LocalNetwork,
    readonly deployed: Deployed,
    readonly stakes: Record<ChainName, Stakes>,
  ) {}

  static async start(): Promise<DeployedWorld> {
    const local = await startLocalNetwork([...CHAINS]);
    const deployed = await deployNetwork(local.network, local.connections, { relay: () => local.relay() });
    const world = new DeployedWorld(local, deployed, {} as Record<ChainName, Stakes>);
    await world.fund();
    for (const chain of CHAINS) world.stakes[chain] = await world.fill(chain);
    return world;
  }

  chain(name: ChainName): EvmChain {
    return this.local.evm[name];
  }

  addresses(chain: ChainName): Readonly<Record<string, string>> {
    return this.deployed.deployment.contracts[chain]!;
  }

  /** What the contract with this key is compiled from. */
  nameOf(chain: ChainName, key: string): string {
    return this.deployed.deployment.names.get(this.addresses(chain)[key]!)!;
  }

  /** A contract to read, or to write to as a role. */
  at(chain: ChainName, key: string, role?: string): Contract {
    const { provider } = this.chain(chain);
    const runner = role === undefined ? provider : this.chain(chain).signer(role);
    return contractAt(this.nameOf(chain, key), this.addresses(chain)[key]!, runner);
  }

  async act(
    chain: ChainName,
    role: string,
    key: string,
    method: string,
    ...args: unknown[]
  ): Promise<TransactionReceipt> {
    return transact(
      `${method} as ${role}`,
      this.at(chain, key, role)
        .getFunction(method)
        .send(...args),
    );
  }

  async balance(chain: ChainName, account: string): Promise<bigint> {
    return (await this.at(chain, "token").getFunction("balanceOf")(account)) as bigint;
  }

  /** Who owns the modules of a chain: the timelock at home, the governance receiver elsewhere. */
  owner(chain: ChainName): string {
    return this.addresses(chain)[chain === "ethereum" ? "timelock" : "governanceReceiver"]!;
  }

  end(chain: ChainName): EvmEnd {
    const { bridge, token } = this.addresses(chain);
    return new EvmEnd(this.chain(chain), bridge!, token!, chain === "ethereum" ? [30_184] : []);
  }

  /** Stakes for the longest lock, so that `role` can vote with it from the next second on. */
  async stake(role: string, amount: bigint): Promise<void> {
    await this.act("ethereum", role, "token", "approve", this.addresses("ethereum").staking, amount);
    await this.act("ethereum", role, "staking", "open", amount, 730n * DAY, 0n);
    await this.chain("ethereum").advance(2n);
  }

  async stateOf(p: Proposal): Promise<(typeof PROPOSAL_STATES)[number]> {
    const state = (await this.at("ethereum", "governor").getFunction("state")(proposalId(p))) as bigint;
    return PROPOSAL_STATES[Number(state)]!;
  }

  /** Proposes, votes with these roles, and waits for the end of the vote. */
  async vote(by: string, p: Proposal, voters: readonly string[] = [by]): Promise<void> {
    const { targets, values, calldatas, description } = p;
    await this.act("ethereum", by, "governor", "propose", targets, values, calldatas, description);
    await this.chain("ethereum").advance(DAY + 1n);
    for (const voter of voters) await this.act("ethereum", voter, "governor", "castVote", proposalId(p), 1);
    await this.chain("ethereum").advance(3n * DAY + 1n);
  }

  /** A proposal's whole way, to the receivers of other chains too. */
  async enact(by: string, p: Proposal): Promise<void> {
    await this.vote(by, p);
    await this.act("ethereum", by, "governor", "queue", ...proposalArgs(p));
    await this.chain("ethereum").advance(2n * DAY);
    await this.act("ethereum", by, "governor", "execute", ...proposalArgs(p));
    await this.local.relay();
  }

  /** Runs something and undoes it on both chains. */
  async undone<T>(run: () => Promise<T>): Promise<T> {
    const chains = CHAINS.map((name) => this.chain(name));
    const snapshots = await Promise.all(chains.map((chain) => chain.node.snapshot()));
    try {
      return await run();
    } finally {
      await Promise.all(chains.map((chain, i) => chain.node.restore(snapshots[i]!)));
      await Promise.all(chains.map((chain) => chain.skipEvents()));
      this.local.relayer.forget();
    }
  }

  /** STUN for everybody, at home and over the bridge; and what messages of governance cost. */
  private async fund(): Promise<void> {
    const filler = this.chain("ethereum").signer("keeper");
    const to = this.addresses("ethereum").governanceSender!;
    await transact("fill the sender", filler.sendTransaction({ to, value: 10n ** 18n }));
    const home = this.end("ethereum");
    const base = this.end("base");
    for (const [user, amount] of [
      ["bob", 100_000n],
      ["provider", 20_000n],
      ["payer", 10_000n],
    ] as const) {
      await home.transfer("sale", user, 5_000_000n * STUN);
      await home.send("sale", base.chain.eid, await base.recipient(user), amount * STUN);
    }
    await this.local.relay();
  }

  /** A staker with a reserved reward, a job, a channel with a redeemed voucher, and an accepted report nobody claimed from. */
  private async fill(chain: ChainName): Promise<Stakes> {
    const addresses = this.addresses(chain);
    const act = (role: string, key: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> =>
      this.act(chain, role, key, method, ...args);
    for (const role of ["bob", "payer"]) {
      for (const spender of ["staking", "escrow", "channels"]) {
        await act(role, "token", "approve", addresses[spender], 10_000_000n * STUN);
      }
    }
    await act("bob", "staking", "addReserve", 20_000n * STUN);
    await act("bob", "staking", "open", 10_000n * STUN, 365n * DAY, 1n);
    const terms: Terms = {
      specHash: id("spec"),
      verifier: 1n,
      verifierConfigHash: id("policy"),
      asset: addresses.token!,
      unitPrice: STUN,
      maxUnits: 1_000n,
      budget: 1_000n * STUN,
      bond: STUN,
      modelId: ZeroHash,
      workSeconds: 3_600n,
      challengeSeconds: 3_600n,
      finalSeconds: DAY,
      attested: true,
    };
    await act("payer", "escrow", "post", terms, false);
    return { terms, channel: await this.fillChannel(chain), book: await this.fillEmission(chain) };
  }

  private async fillChannel(chain: ChainName): Promise<Channel> {
    const { channels, token } = this.addresses(chain);
    const { eid, chainId } = this.chain(chain);
    const [payer, provider] = [localWallet("payer").address, localWallet("provider").address];
    const nonce = (await this.at(chain, "channels").getFunction("nextNonce")()) as bigint;
    const channel: Channel = {
      payer,
      provider,
      signer: payer,
      asset: token!,
      modelId: ZeroHash,
      closeDelay: DAY,
      nonce,
    };
    await this.act(chain, "payer", "channels", "open", channel, 1_000n * STUN, false);
    const at = { chainId: BigInt(chainId), channels: channels! };
    const channelId = channelIdOf(eid, channels!, channel);
    const voucher = await signVoucher(localWallet("payer"), at, {
      channelId,
      cumulative: 400n * STUN,
      receiptsRoot: id("receipts"),
    });
    await this.act(chain, "provider", "registry", "register", "https://gpu.example", ZeroAddress);
    await this.act(chain, "provider", "channels", "redeem", channel, voucher);
    return channel;
  }

  private async fillEmission(chain: ChainName): Promise<RewardBook> {
    const book = new RewardBook([{ account: localWallet("carol").address.toLowerCase(), cumulative: 5_000n * STUN }]);
    await this.report(chain, ["oracle1", "oracle2", "oracle3"], 0n, book.root, 5_000n * STUN, ZeroHash);
    await this.chain(chain).advance(13n * 3_600n);
    await this.act(chain, "keeper", "emission", "settle");
    return book;
  }

  /** Reports an epoch by these members of the committee, as soon as it closes. */
  async report(
    chain: ChainName,
    members: readonly string[],
    epoch: bigint,
    root: string,
    total: bigint,
    previousRoot: string,
  ): Promise<void> {
    const { emission, committee } = this.addresses(chain);
    const closes = (await this.at(chain, "emission").getFunction("closesAt")(epoch)) as bigint;
    const wait = closes - (await this.chain(chain).now());
    if (wait > 0n) await this.chain(chain).advance(wait);
    const version = (await this.at(chain, "committee").getFunction("version")()) as bigint;
    const message = { epoch, root, total, previousRoot, datasetHash: id("dataset") };
    const at = { chainId: BigInt(this.chain(chain).chainId), committee: committee!, target: emission!, version };
    const signatures = await committeeSignatures(members.map(localWallet), at, "EpochReport", message);
    await this.act(chain, members[0]!, "emission", "report", message, version, signatures);
  }
}

/** A LayerZero OFT message: credit `amount` (18 decimals) to `to`. */
export function oftMessage(to: string, amount: bigint): string {
  const shared = amount / 10n ** 12n;
  return `${AbiCoder.defaultAbiCoder().encode(["address"], [to])}${shared.toString(16).padStart(16, "0")}`;
}
