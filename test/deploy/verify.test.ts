import { expect } from "chai";
import { AbiCoder, Contract, Interface, ZeroAddress, ZeroHash, id } from "ethers";
import {
  deployNetwork,
  describe as describeNetwork,
  planDeployment,
  problems,
  verifyDeployment,
  type Described,
} from "../../deploy";
import { contractInterface } from "../../chains/evm/artifacts";
import { packSignatures } from "../../chains/evm/committee";
import { epochReportDigest, type EpochReport } from "../../chains/evm/emission";
import { localKey, localWallet } from "../../localnet/keys";
import { keySigner } from "../../oracle/signer";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

const BASE = 30_184;
const MALLORY = localWallet("mallory").address;
const ULN =
  "tuple(uint64 confirmations,uint8 requiredDVNCount,uint8 optionalDVNCount,uint8 optionalDVNThreshold,address[] requiredDVNs,address[] optionalDVNs)";
const ABI = new Interface([
  "function setPeer(uint32,bytes32)",
  "function setDelegate(address)",
  "function setGuardian(address)",
  "function transferOwnership(address)",
  "function acceptOwnership()",
  "function grantRole(bytes32,address)",
  "function revokeRole(bytes32,address)",
  "function setMintCap(uint256)",
  "function setRateLimits((uint32 eid,bool inbound,uint96 capacity,uint32 window)[])",
  "function setEnforcedOptions((uint32 eid,uint16 msgType,bytes options)[])",
  "function setSendLibrary(address,uint32,address)",
  "function setFeeTargets(address,address)",
  "function setSubsidy(uint8)",
  "function setMsgInspector(address)",
  "function setPreCrime(address)",
  "function setReceiveLibrary(address,uint32,address,uint256)",
  "function setConfig(address,address,(uint32 eid,uint32 configType,bytes config)[])",
]);

const ORACLES = [1, 2, 3].map((n) => keySigner(localKey(`oracle${n}`)));

/** Arguments of the report of epoch 0, which pays nothing, to the vault at `emission`. */
async function signedReport(
  chain: Local["chains"]["base"],
  committee: string,
  emission: string,
): Promise<[EpochReport, bigint, string]> {
  const report = { epoch: 0n, root: id("root"), total: 0n, previousRoot: ZeroHash, datasetHash: ZeroHash };
  const digest = epochReportDigest({ chainId: BigInt(chain.chainId), committee, version: 1n }, emission, report);
  const signatures = await Promise.all(ORACLES.map((oracle) => oracle.signDigest(digest)));
  return [report, 1n, packSignatures(digest, signatures)];
}

describe("verify", () => {
  let local: Local;
  let described: Described;
  const snapshots = new Map<string, string>();

  before(async () => {
    local = await startLocal(["ethereum", "base"]);
    described = await deployNetwork(local.network, local.connections, { relay: local.relay });
  });

  beforeEach(async () => {
    for (const chain of Object.values(local.chains)) snapshots.set(chain.name, await chain.node.snapshot());
  });

  after(removeFolders);

  afterEach(async () => {
    for (const chain of Object.values(local.chains)) await chain.node.restore(snapshots.get(chain.name)!);
  });

  const bridge = (chain: "ethereum" | "base"): string => described.deployment.contracts[chain]!.bridge!;

  /** One call on the home chain, by a key or by the timelock, at the bridge unless said otherwise. */
  async function act(role: string, method: string, args: unknown[], to = bridge("ethereum")): Promise<void> {
    const { ethereum } = local.chains;
    const timelock = described.deployment.contracts.ethereum!.timelock!;
    const contract = new Contract(to, ABI, role === "timelock" ? await ethereum.as(timelock) : ethereum.signer(role));
    await (await contract.getFunction(method)(...args)).wait();
  }

  const endpoint = (): string => local.chains.ethereum.layerZero.addresses.endpoint;

  async function complaint(): Promise<string> {
    const verification = await verifyDeployment(described);
    expect(verification.ok).to.equal(false);
    const found = problems(verification);
    expect(found).to.have.length(1);
    return found[0]!;
  }

  it("passes after apply, and lists every power", async () => {
    const { ok, powers, findings } = await verifyDeployment(described);
    expect(ok).to.equal(true);
    expect(findings.length).to.be.greaterThan(40);
    const { ethereum, base } = described.deployment.contracts;
    const owners = powers.filter(({ power }) => power === "owner" || power === "LayerZero delegate");
    expect(owners.length).to.be.greaterThanOrEqual(20);
    for (const { chain, holders } of owners) {
      expect(holders).to.deep.equal([chain === "ethereum" ? ethereum!.timelock : base!.governanceReceiver]);
    }
    const deployer = localWallet("deployer").address;
    expect(powers.flatMap(({ holders }) => holders)).to.not.include(deployer);
  });

  it("fails on an owner that is not declared", async () => {
    await act("timelock", "transferOwnership", [MALLORY]);
    await act("mallory", "acceptOwnership", []);
    const verification = await verifyDeployment(described);
    expect(problems(verification).join()).to.include(`owner of StunOFTAdapter is held by ${MALLORY}`);
  });

  it("fails on fees that go to another vault than the declared one", async () => {
    const { escrow, treasury } = described.deployment.contracts.ethereum!;
    await act("timelock", "setFeeTargets", [treasury, MALLORY], escrow);
    expect(await complaint()).to.include("receiver of the buyback's fees of JobEscrow");
  });

  it("fails on an owner that is only offered the contract", async () => {
    await act("timelock", "transferOwnership", [MALLORY]);
    expect(await complaint()).to.include(`pending owner of StunOFTAdapter is held by ${MALLORY}, declared is nobody`);
  });

  it("fails on a delegate that is not declared", async () => {
    await act("timelock", "setDelegate", [MALLORY]);
    const found = problems(await verifyDeployment(described)).join();
    expect(found).to.include(`LayerZero delegate of StunOFTAdapter is held by ${MALLORY}`);
  });

  it("fails on a guardian that is not declared, and on one that is missing", async () => {
    await act("timelock", "setGuardian", [MALLORY]);
    expect(problems(await verifyDeployment(described)).join()).to.include(
      `guardian (pause) of StunOFTAdapter is held by`,
    );
    await act("timelock", "setGuardian", [ZeroAddress]);
    expect(problems(await verifyDeployment(described)).join()).to.include("is held by nobody, declared is");
  });

  for (const [what, method] of [
    ["looks at each message and can refuse it", "setMsgInspector"],
    ["may play deliveries", "setPreCrime"],
  ] as const) {
    it(`fails on somebody who ${what}`, async () => {
      await act("timelock", method, [MALLORY]);
      expect(await complaint()).to.match(new RegExp(`of StunOFTAdapter is held by ${MALLORY}, declared is nobody`));
    });
  }

  it("fails on another subsidy than the declared one", async () => {
    await act("timelock", "setSubsidy", [100], described.deployment.contracts.ethereum!.emission);
    expect(await complaint()).to.equal("ethereum: subsidy of EmissionVault is 100, not 10");
  });

  for (const [what, method, args, wrong] of [
    ["somebody else may propose", "grantRole", [id("PROPOSER_ROLE"), MALLORY], "proposer"],
    ["anyone may execute", "grantRole", [id("EXECUTOR_ROLE"), ZeroAddress], "executor"],
    ["somebody else may cancel", "grantRole", [id("CANCELLER_ROLE"), MALLORY], "canceller"],
    ["it has another administrator", "grantRole", [ZeroHash, MALLORY], "administrator"],
    ["its governor may not propose", "revokeRole", [id("PROPOSER_ROLE"), undefined], "proposer"],
  ] as const) {
    it(`fails on a timelock where ${what}`, async () => {
      const { timelock, governor } = described.deployment.contracts.ethereum!;
      await act("timelock", method, [args[0], args[1] ?? governor], timelock);
      expect(problems(await verifyDeployment(described)).join()).to.include(`${wrong} of StunTimelock is held by`);
    });
  }

  it("fails on a governance path from another sender", async () => {
    const { governanceReceiver } = described.deployment.contracts.base!;
    const receiver = new Contract(governanceReceiver!, ABI, await local.chains.base.as(governanceReceiver!));
    await (await receiver.getFunction("setPeer")(30_101, `0x${"00".repeat(31)}01`)).wait();
    expect(await complaint()).to.match(/^base: governance sender on ethereum is 0x0+1, not 0x/);
  });

  it("fails on a governance path with a single DVN", async () => {
    const { governanceReceiver } = described.deployment.contracts.base!;
    const { endpoint, receiveLibrary, dvns } = local.chains.base.layerZero.addresses;
    const config = AbiCoder.defaultAbiCoder().encode([ULN], [[15, 1, 255, 0, [dvns[0]], []]]);
    const at = new Contract(endpoint, ABI, await local.chains.base.as(governanceReceiver!));
    await (await at.getFunction("setConfig")(governanceReceiver, receiveLibrary, [[30_101, 2, config]])).wait();
    expect(await complaint()).to.match(/^base: DVNs from ethereum is .* 1 required: .*, not .* 2 required/);
  });

  it("fails on a wrong peer, and apply writes what governance has to do about it", async () => {
    await act("timelock", "setPeer", [BASE, `0x${"00".repeat(31)}01`]);
    expect(await complaint()).to.match(/^ethereum: peer on base is 0x0+1, not 0x/);
    const open = (await planDeployment(described)).filter(({ reading }) => reading.state !== "done");
    expect(open.map(({ step, reading }) => [step.id, reading.state])).to.deep.equal([
      ["ethereum/bridge/base/peer", "different"],
    ]);
    const directory = newFolder();
    const { result } = await deployNetwork(local.network, local.connections, { relay: local.relay, directory });
    expect(result.executed).to.deep.equal([]);
    expect(result.unsigned.map(({ role, chain, steps }) => [role, chain, steps])).to.deep.equal([
      ["timelock", "ethereum", ["ethereum/bridge/base/peer"]],
    ]);
  });

  it("fails on a peer that was removed", async () => {
    await act("timelock", "setPeer", [BASE, `0x${"00".repeat(32)}`]);
    expect(await complaint()).to.match(/^ethereum: peer on base is missing/);
  });

  it("fails on a single DVN", async () => {
    const { sendLibrary, dvns } = local.chains.ethereum.layerZero.addresses;
    const config = AbiCoder.defaultAbiCoder().encode([ULN], [[15, 1, 255, 0, [dvns[0]], []]]);
    await act("timelock", "setConfig", [bridge("ethereum"), sendLibrary, [[BASE, 2, config]]], endpoint());
    expect(await complaint()).to.match(/executor and DVNs towards base is .* 1 required: .*, not .* 2 required/);
  });

  it("fails on DVNs that are inherited from LayerZero's defaults", async () => {
    const { receiveLibrary } = local.chains.ethereum.layerZero.addresses;
    const config = AbiCoder.defaultAbiCoder().encode([ULN], [[0, 0, 0, 0, [], []]]);
    await act("timelock", "setConfig", [bridge("ethereum"), receiveLibrary, [[BASE, 2, config]]], endpoint());
    expect(await complaint()).to.match(/^ethereum: DVNs from base is missing/);
  });

  it("fails on an optional DVN that is inherited", async () => {
    const { receiveLibrary, dvns } = local.chains.ethereum.layerZero.addresses;
    const sorted = [...dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const config = AbiCoder.defaultAbiCoder().encode([ULN], [[15, 2, 0, 0, sorted, []]]);
    await act("timelock", "setConfig", [bridge("ethereum"), receiveLibrary, [[BASE, 2, config]]], endpoint());
    expect(await complaint()).to.match(/DVNs from base is .*, 0 optional, not .* no optional/);
  });

  for (const [what, method, args] of [
    ["send", "setSendLibrary", [BASE, ZeroAddress]],
    ["receive", "setReceiveLibrary", [BASE, ZeroAddress, 0]],
  ] as const) {
    it(`fails on an inherited ${what} library`, async () => {
      await act("timelock", method, [bridge("ethereum"), ...args], endpoint());
      expect(await complaint()).to.match(new RegExp(`^ethereum: ${what} library .* base is missing`));
    });
  }

  it("fails on a limit that drifted", async () => {
    await act("timelock", "setRateLimits", [[{ eid: BASE, inbound: true, capacity: 1, window: 600 }]]);
    expect(await complaint()).to.match(/limit from base is 1 in 600 s, not 10000000000000000000000000 in 86400 s/);
  });

  it("fails on options that drifted", async () => {
    await act("timelock", "setEnforcedOptions", [[{ eid: BASE, msgType: 1, options: "0x0003" }]]);
    expect(await complaint()).to.match(/enforced options towards base is 1: 0x0003/);
  });

  it("passes, and plans nothing, when a remote vault has sent its carry home", async () => {
    const { base } = local.chains;
    const { emission, committee, governanceReceiver } = described.deployment.contracts.base!;
    await base.advance(2n * 86_400n);
    const first = await signedReport(base, committee!, emission!);
    const anyone = new Contract(emission!, contractInterface("EmissionVault"), base.signer("mallory"));
    await base.node.request({ method: "hardhat_setBalance", params: [MALLORY, "0xffffffffffffffff"] });
    await (await anyone.getFunction("report")(...first)).wait();
    await base.advance(86_400n);
    const owned = new Contract(emission!, contractInterface("EmissionVault"), await base.as(governanceReceiver!));
    await (await owned.getFunction("sendCarryHome")(10n ** 18n, "0x", { value: 10n ** 18n })).wait();
    expect(problems(await verifyDeployment(described))).to.deep.equal([]);
    const open = (await planDeployment(described)).filter(({ reading }) => reading.state !== "done");
    expect(open.map(({ step }) => step.id)).to.deep.equal([]);
  });

  it("passes when somebody has sent dust to the deployer, and fails when it holds a whole STUN", async () => {
    const { token } = described.deployment.contracts.ethereum!;
    const stun = new Contract(token!, contractInterface("StunToken"), local.chains.ethereum.signer("liquidity"));
    const send = async (amount: bigint): Promise<void> => {
      await (await stun.getFunction("transfer")(localWallet("deployer").address, amount)).wait();
    };
    await send(10n ** 18n - 1n);
    expect(problems(await verifyDeployment(described))).to.deep.equal([]);
    await send(1n);
    expect(await complaint()).to.include(
      "the deployer holds 1000000000000000000 base units, not the deployer holds less than 1 STUN",
    );
  });

  it("fails on a grant of the genesis that somebody else got than the declared module", async () => {
    const other = await startLocal(["ethereum", "base"]);
    const distribution = other.network.distribution.map((part) => ({
      ...part,
      grants: part.grants.map((grant) =>
        grant.beneficiary === "module:staking" ? { ...grant, beneficiary: "role:sale" } : grant,
      ),
    }));
    await deployNetwork({ ...other.network, distribution }, other.connections, { relay: other.relay });
    const found = problems(await verifyDeployment(await describeNetwork(other.network, other.connections)));
    expect(found.join()).to.include("ethereum: make the irrevocable grants of the genesis is missing, not granted");
  });

  it("fails on other code at an address of ours", async () => {
    const address = bridge("base");
    const code = await local.chains.base.provider.getCode(address);
    const changed = `${code.slice(0, -4)}dead`;
    await local.chains.base.node.request({ method: "hardhat_setCode", params: [address, changed] });
    expect(await complaint()).to.match(/^base: code of StunOFT is other code, hash 0x/);
  });

  it("fails on chains with nothing of ours on them", async () => {
    const empty = await startLocal(["ethereum", "base"]);
    const nothing = await verifyDeployment(await describeNetwork(empty.network, empty.connections));
    expect(nothing.ok).to.equal(false);
    expect(problems(nothing).join()).to.include("ethereum: deploy StunToken is missing, not deployed");
  });
});
