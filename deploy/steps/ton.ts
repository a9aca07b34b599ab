// Token and bridge on TON: the OFT, which deploys the jetton's minter and is its admin, and LayerZero's contracts of its
// one path, to home. LayerZero knows no delegate here: what it is told comes from the OFT, on its admin's word.
import { type Address, type Cell, toNano } from "@ton/core";
import { bytes32Of, hashOf } from "../../chains/ton/address";
import { messages } from "../../chains/ton/messages";
import { MAX_CAP, TonToken, oftInit, tokenCode, type TokenCode, type TokenConfig } from "../../chains/ton/token";
import { StunError } from "../../chains/errors";
import type { TonCall, TonDriver } from "../drivers/ton";
import { chainSpec, toBaseUnits, type BridgePath, type Network } from "../network";
import type { Check, Power, Step } from "../types";

const HOLDER_RENT = toNano("3");
const MESSAGE = toNano("1");
const LAYERZERO_DEPLOY = toNano("10");
const LAYERZERO_CONFIG = toNano("2");
const GENESIS_LIMIT = { limit: 1_000_000_000n * 10n ** 9n, window: 600 };

/** LayerZero's side of the path between our OFT and its peer. */
export interface TonPathPort {
  readonly controller: Address;
  readonly ulnManager: Address;
  readonly endpoint: Address;
  readonly channel: Address;
  readonly connection: Address;
  readonly deploy: Record<"channel" | "connection", { op: bigint; md: Cell }>;
  /** What the OFT tells LayerZero about libraries and workers. */
  readonly configuration: readonly {
    readonly name: string;
    readonly title: string;
    readonly target: "controller" | "ulnManager";
    readonly op: bigint;
    readonly md: Cell;
    readonly wanted: string;
    found(): Promise<string | undefined>;
  }[];
}

export interface TonLayerZeroPort {
  readonly controller: Address;
  readonly ulnManager: Address;
  endpoint(dstEid: number): Address;
  path(app: Address, dstEid: number, peer: bigint, declared: BridgePath): TonPathPort;
}

export class TonScope {
  readonly vm = "ton";
  readonly steps: Step[] = [];
  readonly checks: Check[] = [];
  readonly powers: Power[] = [];
  readonly contracts = new Map<string, { name: string; address: string }>();

  private constructor(
    readonly network: Network,
    readonly chain: string,
    readonly driver: TonDriver,
    private readonly port: TonLayerZeroPort,
    private readonly code: TokenCode,
    private readonly config: TokenConfig,
    private readonly token: TonToken,
    private readonly passTime?: () => Promise<void>,
  ) {
    this.contracts.set("bridge", { name: "OFT", address: token.address.toString() });
  }

  /** Parameters that can change later begin at fixed values, so that the address does not depend on them. */
  static async open(
    network: Network,
    chain: string,
    driver: TonDriver,
    port: TonLayerZeroPort,
    passTime?: () => Promise<void>,
  ): Promise<TonScope> {
    const code = await tokenCode();
    const homeEid = chainSpec(network, network.home).eid;
    const config: TokenConfig = {
      admin: driver.accountOf("deployer"),
      guardian: null,
      eid: chainSpec(network, chain).eid,
      homeEid,
      controller: port.controller,
      ulnManager: port.ulnManager,
      endpoint: port.endpoint(homeEid),
      cap: MAX_CAP,
      outbound: GENESIS_LIMIT,
      inbound: GENESIS_LIMIT,
      metadata: { name: "STUN", symbol: "STUN", decimals: "9" },
    };
    const token = TonToken.of(driver.transport, code, config);
    return new TonScope(network, chain, driver, port, code, config, token, passTime);
  }

  role(name: string): string {
    return this.driver.addressOf(name);
  }

  /** How the other end of the path names the OFT. */
  get peer(): string {
    return bytes32Of(this.token.address);
  }

  declareToken(peers: ReadonlyMap<string, string>): void {
    const path = this.network.paths.find(({ remote }) => remote === this.chain);
    const home = peers.get(this.network.home);
    if (!path || !home) throw new StunError(`${this.network.file} has no path from home to ${this.chain}; add one.`);
    const peer = BigInt(home);
    const port = this.port.path(this.token.address, this.config.homeEid, peer, path);
    this.steps.push({
      id: this.id("bridge"),
      title: "deploy the OFT and the jetton's minter",
      chain: this.chain,
      wanted: "deployed",
      found: async () => ((await this.isDeployed()) && (await this.token.minter()) ? "deployed" : undefined),
      call: async () =>
        this.call(HOLDER_RENT, messages.deploy(), { init: oftInit(this.code, this.config), bounce: false }),
    });
    this.declareLayerZero(port);
    this.declareRoute(port, peer, path);
    this.declareParameters(path);
    this.handOver();
    this.declareChecks();
  }

  private id(name: string): string {
    return `${this.chain}/${name}`;
  }

  private call(value: bigint, body: Cell, more: Partial<TonCall["message"]> = {}): TonCall {
    return { vm: "ton", message: { to: this.token.address, value, body, ...more } };
  }

  private async isDeployed(): Promise<boolean> {
    return this.isActive(this.token.address);
  }

  private async isActive(address: Address): Promise<boolean> {
    return (await this.driver.transport.account(address)).state === "active";
  }

  /** A step by whoever is admin at that moment; `found` is asked only once the OFT stands. */
  private owned(step: {
    id: string;
    title: string;
    wanted: string;
    value?: bigint;
    body: Cell;
    needs?: string[];
    found(): Promise<string | undefined>;
  }): void {
    const { id, body, value = MESSAGE, needs = [], found, ...rest } = step;
    this.steps.push({
      ...rest,
      id: this.id(id),
      chain: this.chain,
      needs: [this.id("bridge"), ...needs.map((need) => this.id(need))],
      by: () => this.adminRole(),
      found: async () => ((await this.isDeployed()) ? found() : undefined),
      call: async () => this.call(value, body),
    });
  }

  private async adminRole(): Promise<string> {
    const { admin } = await this.token.roles();
    const role = ["deployer", "timelock"].find((name) => this.driver.accountOf(name).equals(admin));
    if (role !== undefined) return role;
    throw new StunError(
      `On ${this.chain}, the admin of the OFT is ${admin.toString()}, neither the deployer nor the timelock: no step can change it.`,
    );
  }

  /** A send before these two exist would lose its value in LayerZero's contracts, so the route opens after them. */
  private declareLayerZero(port: TonPathPort): void {
    for (const [name, target, title] of [
      ["channel", "controller", "deploy LayerZero's Channel of the path"],
      ["connection", "ulnManager", "deploy LayerZero's UlnConnection of the path"],
    ] as const) {
      const { op, md } = port.deploy[name];
      this.owned({
        id: `bridge/${name}`,
        title,
        needs: name === "connection" ? ["bridge/channel"] : [],
        wanted: "deployed",
        value: LAYERZERO_DEPLOY,
        body: messages.setLzConfig(target, op, md),
        found: async () => ((await this.isActive(port[name])) ? "deployed" : undefined),
      });
    }
    for (const { name, title, target, op, md, wanted, found } of port.configuration) {
      this.owned({
        id: `bridge/${name}`,
        title,
        needs: ["bridge/connection"],
        wanted,
        value: LAYERZERO_CONFIG,
        body: messages.setLzConfig(target, op, md),
        found: async () => ((await this.isActive(port.connection)) ? found() : undefined),
      });
    }
  }

  private declareRoute(port: TonPathPort, peer: bigint, path: BridgePath): void {
    const text = (of: bigint, channel: bigint): string =>
      `peer 0x${of.toString(16)} by Channel 0x${channel.toString(16)}`;
    const configured = port.configuration.map(({ name }) => `bridge/${name}`);
    this.owned({
      id: "bridge/route",
      title: "peer, Channel and enforced gas towards home",
      needs: configured,
      wanted: text(peer, hashOf(port.channel)),
      body: messages.setRoute(peer, hashOf(port.channel), path.toHome.receiveGas),
      found: async () => {
        const route = await this.token.route();
        return route.channel === null ? undefined : text(route.peer, hashOf(route.channel));
      },
    });
    this.owned({
      id: "bridge/route-open",
      title: "LayerZero answers over the route",
      needs: ["bridge/route"],
      wanted: "open",
      body: messages.probeRoute(),
      found: async () => ((await this.token.route()).open ? "open" : undefined),
    });
  }

  private declareParameters(path: BridgePath): void {
    const cap = toBaseUnits("ton", path.mintCap);
    this.owned({
      id: "bridge/mint-cap",
      title: "mint cap",
      wanted: cap.toString(),
      body: messages.setCap(cap),
      found: async () => (await this.token.ledger()).cap.toString(),
    });
    const guardian = this.driver.accountOf("guardian");
    this.owned({
      id: "bridge/guardian",
      title: "guardian of the OFT",
      wanted: guardian.toString(),
      body: messages.setGuardian(guardian),
      found: async () => (await this.token.roles()).guardian?.toString(),
    });
    for (const direction of ["out", "in"] as const) {
      const { rateLimit } = direction === "out" ? path.toHome : path.toRemote;
      const capacity = toBaseUnits("ton", rateLimit.capacity);
      const text = (limit: bigint, window: bigint): string => `${limit} in ${window} s`;
      this.steps.push({
        id: this.id(`bridge/limit-${direction}-drained`),
        title: `the genesis funding has drained from the limit ${direction === "in" ? "from" : "towards"} home`,
        chain: this.chain,
        needs: [this.id("bridge/route-open"), ...(direction === "in" ? this.arrival : [])],
        wanted: "drained",
        found: async () => {
          if (!(await this.isDeployed())) return undefined;
          const { limit, window, available } = await this.token.limit(direction);
          const wide = limit === GENESIS_LIMIT.limit && window === BigInt(GENESIS_LIMIT.window);
          return !wide || available >= limit ? "drained" : "still counting the genesis funding";
        },
        meanwhile: this.passTime,
      });
      this.owned({
        id: `bridge/limit-${direction}`,
        title: `limit ${direction === "in" ? "from" : "towards"} home`,
        needs: [`bridge/limit-${direction}-drained`],
        wanted: text(capacity, rateLimit.window),
        body: messages.setLimit(direction, capacity, Number(rateLimit.window)),
        found: async () => {
          const { limit, window } = await this.token.limit(direction);
          return text(limit, window);
        },
      });
    }
  }

  /** Steps that bring the genesis funding here. */
  readonly arrival: string[] = [];

  private handOver(): void {
    const timelock = this.driver.accountOf("timelock");
    const offered = `${timelock.toString()} is admin or may accept`;
    this.owned({
      id: "bridge/admin-offered",
      title: "offer the OFT to timelock",
      needs: ["bridge/limit-in", "bridge/limit-out", "bridge/mint-cap", "bridge/guardian", "bridge/route-open"],
      wanted: offered,
      body: messages.proposeAdmin(timelock),
      found: async () => {
        const { admin, nextAdmin } = await this.token.roles();
        return admin.equals(timelock) || nextAdmin?.equals(timelock) ? offered : admin.toString();
      },
    });
    this.steps.push({
      id: this.id("bridge/admin"),
      title: "timelock accepts the OFT",
      chain: this.chain,
      needs: [this.id("bridge/admin-offered")],
      by: "timelock",
      wanted: timelock.toString(),
      found: async () => ((await this.isDeployed()) ? (await this.token.roles()).admin.toString() : undefined),
      call: async () => this.call(MESSAGE, messages.acceptAdmin()),
    });
    const power = (name: string, declared: string[], read: () => Promise<Address | null>): void => {
      this.powers.push({
        chain: this.chain,
        subject: "OFT",
        power: name,
        declared,
        holders: async () => {
          const holder = (await this.isDeployed()) ? await read() : null;
          return holder === null ? [] : [holder.toString()];
        },
      });
    };
    power(
      "admin (and all that LayerZero is told)",
      [timelock.toString()],
      async () => (await this.token.roles()).admin,
    );
    power("next admin", [], async () => (await this.token.roles()).nextAdmin);
    power("guardian (pause)", [this.role("guardian")], async () => (await this.token.roles()).guardian);
    this.powers.push({
      chain: this.chain,
      subject: "jetton minter",
      power: "admin (mint)",
      declared: [this.token.address.toString()],
      holders: async () => {
        const minter = (await this.isDeployed()) ? await this.token.minter() : null;
        if (minter === null) return [];
        const data = await this.driver.transport.get(minter, "get_jetton_data");
        data.skip(2);
        const admin = data.readAddressOpt();
        return admin === null ? [] : [admin.toString()];
      },
    });
  }

  private declareChecks(): void {
    const codeCheck = (title: string, code: Cell, of: () => Promise<Address | null>): void => {
      this.checks.push({
        chain: this.chain,
        title,
        wanted: code.hash().toString("hex"),
        found: async () => {
          const address = await of();
          return address === null
            ? undefined
            : (await this.driver.transport.account(address)).code?.hash().toString("hex");
        },
      });
    };
    codeCheck("code of the OFT", this.code.oft, async () => this.token.address);
    codeCheck("code of the jetton minter", this.code.minter, async () =>
      (await this.isDeployed()) ? this.token.minter() : null,
    );
    const { controller, ulnManager, endpoint, eid, homeEid } = this.config;
    const text = (at: readonly Address[], eids: readonly number[]): string => [...at.map(String), ...eids].join(", ");
    this.checks.push({
      chain: this.chain,
      title: "LayerZero of the OFT",
      wanted: text([controller, ulnManager, endpoint], [eid, homeEid]),
      found: async () => {
        if (!(await this.isDeployed())) return undefined;
        const route = await this.token.route();
        return text([route.controller, route.ulnManager, route.endpoint], [route.eid, route.homeEid]);
      },
    });
  }
}
