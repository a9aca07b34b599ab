// Token and bridge on Solana: the OFT program over a mint whose only authority is the OFT's store, and its one path,
// to home.
import { PublicKey, SystemProgram, TransactionInstruction } from "@solana/web3.js";
import { MINT_SIZE, TOKEN_PROGRAM_ID, createInitializeMint2Instruction } from "@solana/spl-token";
import { getBytes, hexlify, keccak256 } from "ethers";
import { StunError } from "../../chains/errors";
import { programBinary } from "../../chains/solana/idl";
import { endpointAccounts as at, libraryAccounts, programData } from "../../chains/solana/layerzero/addresses";
import {
  initConfig,
  initNonce,
  initReceiveLibrary,
  initSendLibrary,
  setConfig,
  setReceiveLibrary,
  setSendLibrary,
} from "../../chains/solana/layerzero/endpoint";
import {
  explicitUln,
  readLibrary,
  readReceiveConfig,
  readSendConfig,
  writeExecutor,
  writeUln,
  type UlnConfig,
} from "../../chains/solana/layerzero/state";
import { acceptAdmin, initOft, oftAt, setOftConfig, setPeerConfig } from "../../chains/solana/oft";
import type { SolanaDriver } from "../drivers/solana";
import { chainSpec, toBaseUnits, type BridgePath, type LayerZeroAddresses, type Network } from "../network";
import type { Check, Power, Step } from "../types";
import { SolanaReads, enforced, limitOf, limitText, optionsText, setAuthority, ulnText } from "./solana-reads";

const DECIMALS = 9;
const CODE_OFFSET = 45;
/** Roles whose keys sign once, as the addresses of new accounts, and have no power afterwards. */
const MINT_ROLE = "solanaMint";
const ESCROW_ROLE = "solanaEscrow";

export class SolanaScope extends SolanaReads {
  readonly vm = "solana";
  readonly steps: Step[] = [];
  readonly checks: Check[] = [];
  readonly powers: Power[] = [];
  readonly contracts = new Map<string, { name: string; address: string }>();

  constructor(
    readonly network: Network,
    readonly chain: string,
    driver: SolanaDriver,
    private readonly layerzero: LayerZeroAddresses,
    private readonly installProgram?: (name: string) => Promise<void>,
  ) {
    super(driver, oftAt(driver.keyOf(MINT_ROLE), driver.keyOf(ESCROW_ROLE)), chainSpec(network, network.home).eid);
    this.contracts.set("bridge", { name: "OFT store", address: this.oft.store.toBase58() });
    this.contracts.set("token", { name: "mint", address: this.oft.mint.toBase58() });
    this.contracts.set("program", { name: "OFT program", address: this.oft.program.toBase58() });
  }

  role(name: string): string {
    return this.driver.addressOf(name);
  }

  /** How the other end of the path names the OFT. */
  get peer(): string {
    return hexlify(this.oft.store.toBytes());
  }

  declareToken(peers: ReadonlyMap<string, string>): void {
    const path = this.network.paths.find(({ remote }) => remote === this.chain);
    const home = peers.get(this.network.home);
    if (!path || !home) throw new StunError(`${this.network.file} has no path from home to ${this.chain}; add one.`);
    this.declareProgram();
    this.declareStore();
    this.declarePath(path, getBytes(home));
    this.declareParameters(path);
    this.handOver();
    this.declareChecks();
  }

  private id(name: string): string {
    return `${this.chain}/${name}`;
  }

  private roleOf(key: PublicKey | undefined, what: string): string {
    const role = ["deployer", "timelock"].find((name) => key && this.driver.keyOf(name).equals(key));
    if (role !== undefined) return role;
    throw new StunError(
      `On ${this.chain}, ${what} is ${key?.toBase58() ?? "nobody"}, neither the deployer nor the timelock: no step can change what it governs.`,
    );
  }

  /** A step whose signer is who holds a power at that moment; the instructions are made for that key. */
  private set(step: {
    id: string;
    title: string;
    power: "admin" | "delegate" | "upgrade authority";
    needs?: string[];
    wanted: string;
    found(): Promise<string | undefined>;
    calls(signer: PublicKey): TransactionInstruction[];
  }): void {
    const { id, power, needs = ["bridge"], calls, ...rest } = step;
    const by = async (): Promise<string> => {
      const holder =
        power === "admin"
          ? (await this.store())?.admin
          : power === "delegate"
            ? await this.delegate()
            : await this.upgradeAuthority();
      return this.roleOf(holder, `the ${power} of the OFT`);
    };
    this.steps.push({
      ...rest,
      id: this.id(id),
      chain: this.chain,
      needs: needs.map((need) => this.id(need)),
      by,
      call: async () => ({ vm: "solana", instructions: calls(this.driver.keyOf(await by())) }),
    });
  }

  /** The code of a program takes hundreds of transactions; Solana's own command sends them, and this step waits. */
  private declareProgram(): void {
    this.steps.push({
      id: this.id("program"),
      title: "programs/artifacts/oft.so is deployed (solana program deploy)",
      chain: this.chain,
      wanted: "deployed",
      found: async () => ((await this.driver.account(programData(this.oft.program))) ? "deployed" : undefined),
      meanwhile: this.installProgram && (() => this.installProgram!("oft")),
    });
  }

  private declareStore(): void {
    const { oft, driver } = this;
    this.steps.push({
      id: this.id("bridge"),
      title: "create the mint and open the OFT's store",
      chain: this.chain,
      needs: [this.id("program")],
      wanted: oft.mint.toBase58(),
      found: async () => (await this.store())?.mint.toBase58(),
      call: async () => {
        const deployer = driver.keyOf("deployer");
        const create = SystemProgram.createAccount({
          fromPubkey: deployer,
          newAccountPubkey: oft.mint,
          space: MINT_SIZE,
          lamports: Number(await driver.transport.rent(MINT_SIZE)),
          programId: TOKEN_PROGRAM_ID,
        });
        const initialize = createInitializeMint2Instruction(oft.mint, DECIMALS, oft.store, null);
        const instructions = [create, initialize, initOft(oft, deployer, deployer)];
        return { vm: "solana", instructions, signers: [MINT_ROLE, ESCROW_ROLE] };
      },
    });
  }

  private declarePath(path: BridgePath, peer: Uint8Array): void {
    const { oft, homeEid: eid } = this;
    const channel = { local: oft.store, remoteEid: eid, remote: peer };
    const exists = (address: PublicKey) => async (): Promise<string | undefined> =>
      (await this.driver.account(address)) ? "open" : undefined;
    this.set({
      id: "bridge/peer",
      title: "peer at home",
      power: "admin",
      wanted: hexlify(peer),
      found: async () => {
        const found = await this.peerState();
        return found && hexlify(found.address);
      },
      calls: (signer) => [setPeerConfig(oft, signer, eid, { peer })],
    });
    this.set({
      id: "bridge/channel",
      title: "channel to the peer",
      power: "delegate",
      wanted: "open",
      found: exists(at.nonce(channel)),
      calls: (signer) => [initNonce(signer, channel)],
    });
    for (const [name, address, kind, open, choose] of [
      ["send-library", at.sendLibrary(eid, oft.store), "SendLibraryConfig", initSendLibrary, setSendLibrary],
      [
        "receive-library",
        at.receiveLibrary(eid, oft.store),
        "ReceiveLibraryConfig",
        initReceiveLibrary,
        (signer: PublicKey, oapp: PublicKey, of: number) => setReceiveLibrary(signer, oapp, of, 0n),
      ],
    ] as const) {
      this.set({
        id: `bridge/${name}-opened`,
        title: `account of the path's ${name.replace("-", " ")}`,
        power: "delegate",
        wanted: "open",
        found: exists(address),
        calls: (signer) => [open(signer, oft.store, eid)],
      });
      this.set({
        id: `bridge/${name}`,
        title: `${name.replace("-", " ")} of the path`,
        power: "delegate",
        needs: [`bridge/${name}-opened`],
        wanted: this.layerzero[name === "send-library" ? "sendLibrary" : "receiveLibrary"],
        found: async () => {
          const account = await this.driver.account(address);
          const library = account && readLibrary(account.data, kind);
          return library?.equals(PublicKey.default) ? undefined : library?.toBase58();
        },
        calls: (signer) => [choose(signer, oft.store, eid)],
      });
    }
    this.declareWorkers(path);
    this.set({
      id: "bridge/options",
      title: "enforced options towards home",
      power: "admin",
      needs: ["bridge/peer"],
      wanted: optionsText(...enforced(path.toHome)),
      found: async () => {
        const found = await this.peerState();
        return found && optionsText(found.send, found.sendAndCall);
      },
      calls: (signer) => {
        const [send, sendAndCall] = enforced(path.toHome);
        return [setPeerConfig(oft, signer, eid, { send, sendAndCall })];
      },
    });
  }

  private declareWorkers(path: BridgePath): void {
    const { oft, homeEid: eid } = this;
    const [send, receive] = [libraryAccounts.send(eid, oft.store), libraryAccounts.receive(eid, oft.store)];
    const dvns = path.dvns.map((name) => new PublicKey(this.layerzero.dvns[name]!));
    const [outbound, inbound] = [path.toHome, path.toRemote].map(({ confirmations }) =>
      explicitUln(BigInt(confirmations), dvns),
    ) as [UlnConfig, UlnConfig];
    const executor = { maxMessageSize: path.maxMessageSize, executor: new PublicKey(this.layerzero.executor) };
    const executorText = (of: typeof executor): string => `${of.executor.toBase58()}, ${of.maxMessageSize} bytes`;
    this.set({
      id: "bridge/config",
      title: "the path's own configuration",
      power: "delegate",
      wanted: "open",
      found: async () => ((await this.driver.account(send)) ? "open" : undefined),
      calls: (signer) => [initConfig(signer, signer, oft.store, eid)],
    });
    const needs = ["bridge/config", "bridge/send-library", "bridge/receive-library"];
    this.set({
      id: "bridge/send-config",
      title: "DVNs towards home",
      power: "delegate",
      needs,
      wanted: ulnText(outbound),
      found: async () => {
        const account = await this.driver.account(send);
        return account && ulnText(readSendConfig(account.data).uln);
      },
      calls: (signer) => [setConfig(signer, oft.store, eid, "send", writeUln(outbound))],
    });
    this.set({
      id: "bridge/receive-config",
      title: "DVNs from home",
      power: "delegate",
      needs,
      wanted: ulnText(inbound),
      found: async () => {
        const account = await this.driver.account(receive);
        return account && ulnText(readReceiveConfig(account.data));
      },
      calls: (signer) => [setConfig(signer, oft.store, eid, "receive", writeUln(inbound))],
    });
    this.set({
      id: "bridge/executor",
      title: "executor towards home",
      power: "delegate",
      needs,
      wanted: executorText(executor),
      found: async () => {
        const account = await this.driver.account(send);
        return account && executorText(readSendConfig(account.data).executor);
      },
      calls: (signer) => [setConfig(signer, oft.store, eid, "executor", writeExecutor(executor))],
    });
  }

  private declareParameters(path: BridgePath): void {
    const { oft, homeEid: eid } = this;
    const cap = toBaseUnits("solana", path.mintCap);
    this.set({
      id: "bridge/mint-cap",
      title: "mint cap",
      power: "admin",
      wanted: cap.toString(),
      found: async () => (await this.store())?.mintCap.toString(),
      calls: (signer) => [setOftConfig(oft, signer, { mintCap: cap })],
    });
    const guardian = this.driver.keyOf("guardian");
    for (const role of ["pauser", "unpauser"] as const) {
      this.set({
        id: `bridge/${role}`,
        title: `${role} of the OFT`,
        power: "admin",
        wanted: guardian.toBase58(),
        found: async () => (await this.store())?.[role]?.toBase58(),
        calls: (signer) => [
          setOftConfig(oft, signer, role === "pauser" ? { pauser: guardian } : { unpauser: guardian }),
        ],
      });
    }
    for (const [name, direction, way] of [
      ["outbound", path.toHome, "towards"],
      ["inbound", path.toRemote, "from"],
    ] as const) {
      const limit = limitOf(direction);
      this.set({
        id: `bridge/${name}`,
        title: `limit ${way} home`,
        power: "admin",
        needs: ["bridge/peer"],
        wanted: limitText(limit),
        found: async () => {
          const found = (await this.peerState())?.[name];
          return found ? limitText(found) : undefined;
        },
        calls: (signer) => [
          setPeerConfig(oft, signer, eid, name === "outbound" ? { outbound: limit } : { inbound: limit }),
        ],
      });
    }
  }

  private handOver(): void {
    const { oft } = this;
    const timelock = this.driver.keyOf("timelock");
    const before = this.steps.map(({ id }) => id.slice(this.chain.length + 1));
    this.set({
      id: "bridge/delegate",
      title: "LayerZero delegate of the OFT",
      power: "admin",
      needs: before,
      wanted: timelock.toBase58(),
      found: async () => (await this.delegate())?.toBase58(),
      calls: (signer) => [setOftConfig(oft, signer, { delegate: timelock })],
    });
    const offered = `${timelock.toBase58()} is admin or may accept`;
    this.set({
      id: "bridge/admin-offered",
      title: "offer the OFT to timelock",
      power: "admin",
      needs: ["bridge/delegate"],
      wanted: offered,
      found: async () => {
        const store = await this.store();
        if (!store) return undefined;
        return store.admin.equals(timelock) || store.pendingAdmin?.equals(timelock) ? offered : store.admin.toBase58();
      },
      calls: (signer) => [setOftConfig(oft, signer, { admin: timelock })],
    });
    this.steps.push({
      id: this.id("bridge/admin"),
      title: "timelock accepts the OFT",
      chain: this.chain,
      needs: [this.id("bridge/admin-offered")],
      by: "timelock",
      wanted: timelock.toBase58(),
      found: async () => (await this.store())?.admin.toBase58(),
      call: async () => ({ vm: "solana", instructions: [acceptAdmin(oft, timelock)] }),
    });
    this.set({
      id: "program/authority",
      title: "upgrade authority of the OFT program",
      power: "upgrade authority",
      needs: ["bridge/admin"],
      wanted: timelock.toBase58(),
      found: async () => (await this.upgradeAuthority())?.toBase58(),
      calls: (signer) => [setAuthority(oft.program, signer, timelock)],
    });
    const power = (
      subject: string,
      name: string,
      declared: PublicKey[],
      read: () => Promise<PublicKey | null | undefined>,
    ): void => {
      this.powers.push({
        chain: this.chain,
        subject,
        power: name,
        declared: declared.map((key) => key.toBase58()),
        holders: async () => {
          const holder = await read();
          return holder ? [holder.toBase58()] : [];
        },
      });
    };
    const guardian = this.driver.keyOf("guardian");
    power("OFT program", "upgrade authority", [timelock], () => this.upgradeAuthority());
    power("OFT store", "admin", [timelock], async () => (await this.store())?.admin);
    power("OFT store", "pending admin", [], async () => (await this.store())?.pendingAdmin);
    power("OFT store", "LayerZero delegate", [timelock], () => this.delegate());
    power("OFT store", "pauser", [guardian], async () => (await this.store())?.pauser);
    power("OFT store", "unpauser", [guardian], async () => (await this.store())?.unpauser);
    power("OFT store", "limiter", [], async () => (await this.store())?.limiter);
    power("mint", "mint authority", [oft.store], async () => (await this.mint())?.mintAuthority);
    power("mint", "freeze authority", [], async () => (await this.mint())?.freezeAuthority);
  }

  private declareChecks(): void {
    const wanted = programBinary("oft");
    const check = (title: string, expected: string, found: () => Promise<string | undefined>): void => {
      this.checks.push({ chain: this.chain, title, wanted: expected, found });
    };
    check("code of the OFT program", keccak256(wanted), async () => {
      const account = await this.driver.account(programData(this.oft.program));
      // The loader keeps room behind the code for a longer one.
      return account && keccak256(account.data.subarray(CODE_OFFSET, CODE_OFFSET + wanted.length));
    });
    check("decimals of STUN", String(DECIMALS), async () => (await this.mint())?.decimals.toString());
    check("endpoint of the OFT", this.layerzero.endpoint, async () => (await this.store())?.endpoint.toBase58());
  }
}
