// iExec's PoCo diamond with its nine facets and three registries, in both of its ways: classic and Boost.
import {
  Contract,
  Interface,
  Wallet,
  ZeroAddress,
  ZeroHash,
  getBytes,
  id,
  solidityPackedKeccak256,
  toUtf8Bytes,
} from "ethers";
import type { BaseContract, ContractTransactionReceipt, JsonFragment, TypedDataField } from "ethers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import hre from "hardhat";
import { approve, deployStun, mined, nextAt, now, read, STUN } from "../../../test/evm/kit";
import { abiOf, deployPeer, type Measures, type PeerArtifact } from "../chain";
import { json, open } from "./packages";

const POCO = {
  registry: "npm",
  name: "@iexec/poco",
  version: "6.1.0",
  hash: "sha512-BPbDtf2fgQuotr6rf74ACVdwlKqkErEZ8qLbTWM+2CIBj2EX3+6KBGWsFoudoOGjgT7vUJ3jeNX8SWvHzSHg6A==",
} as const;
const FACETS = [
  "IexecCategoryManagerFacet",
  "IexecConfigurationFacet",
  "IexecEscrowTokenFacet",
  "IexecERC20Facet",
  "IexecOrderManagementFacet",
  "IexecPoco1Facet",
  "IexecPoco2Facet",
  "IexecPocoAccessorsFacet",
  "IexecPocoBoostFacet",
];
/** Seconds of the category of work; a result is due ten of them after the match, and lost after that. */
const WORK = 300n;
/** A result as iExec's own workers report one. */
const RESULT = toUtf8Bytes('{"storage":"ipfs","location":"/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"}');

const typed = (fields: string): TypedDataField[] =>
  fields.split(", ").map((field) => {
    const [type, name] = field.split(" ");
    return { type: type!, name: name! };
  });
const APP_ORDER = {
  AppOrder: typed(
    "address app, uint256 appprice, uint256 volume, bytes32 tag, address datasetrestrict, address workerpoolrestrict, " +
      "address requesterrestrict, bytes32 salt",
  ),
};
const POOL_ORDER = {
  WorkerpoolOrder: typed(
    "address workerpool, uint256 workerpoolprice, uint256 volume, bytes32 tag, uint256 category, uint256 trust, " +
      "address apprestrict, address datasetrestrict, address requesterrestrict, bytes32 salt",
  ),
};
const REQUEST_ORDER = {
  RequestOrder: typed(
    "address app, uint256 appmaxprice, address dataset, uint256 datasetmaxprice, address workerpool, " +
      "uint256 workerpoolmaxprice, address requester, uint256 volume, bytes32 tag, uint256 category, uint256 trust, " +
      "address beneficiary, address callback, string params, bytes32 salt",
  ),
};
const NO_DATASET = {
  dataset: ZeroAddress,
  datasetprice: 0,
  volume: 0,
  tag: ZeroHash,
  apprestrict: ZeroAddress,
  workerpoolrestrict: ZeroAddress,
  requesterrestrict: ZeroAddress,
  salt: ZeroHash,
  sign: "0x",
};

interface Market {
  poco: BaseContract;
  token: BaseContract;
  apps: BaseContract;
  pools: BaseContract;
}

/** The diamond, cut as iExec deploys it. */
async function deployMarket(): Promise<Market> {
  const files = open(POCO);
  const artifact = (path: string): PeerArtifact => json(files, `artifacts/contracts/${path}.json`);
  const [owner] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const orders = await deployPeer(owner!, artifact("libs/IexecLibOrders_v5.sol/IexecLibOrders_v5"));
  const cuts: [string, number, string[]][] = [];
  const fragments = new Map<string, JsonFragment>();
  const selectors = new Set<string>();
  const add = async (facet: PeerArtifact): Promise<void> => {
    const contract = await deployPeer(owner!, facet, [], { IexecLibOrders_v5: orders });
    const own: string[] = [];
    new Interface(abiOf(facet)).forEachFunction(({ selector }) => {
      if (selectors.has(selector)) return;
      selectors.add(selector);
      own.push(selector);
    });
    cuts.push([await contract.getAddress(), 0, own]);
    for (const part of abiOf(facet)) {
      if (part.type !== "constructor") fragments.set(`${part.type} ${part.name} ${JSON.stringify(part.inputs)}`, part);
    }
  };
  for (const facet of FACETS) await add(artifact(`facets/${facet}.sol/${facet}`));
  await add(json(files, "deployments/arbitrum/OwnershipFacet.json"));
  const diamond = await deployPeer(owner!, artifact("Diamond.sol/Diamond"), [
    cuts,
    [owner!.address, ZeroAddress, "0x"],
  ]);
  const poco = new Contract(await diamond.getAddress(), [...fragments.values()], owner!) as BaseContract;
  const registries: BaseContract[] = [];
  for (const path of ["apps/AppRegistry", "datasets/DatasetRegistry", "workerpools/WorkerpoolRegistry"]) {
    const registry = await deployPeer(owner!, artifact(`registries/${path}.sol/${path.split("/")[1]}`));
    await mined(owner!, registry, "initialize", ZeroAddress);
    registries.push(registry);
  }
  const addresses = await Promise.all(registries.map((registry) => registry.getAddress()));
  const name = ["Staked RLC", "SRLC", 9];
  await mined(owner!, poco, "configure", await token.getAddress(), ...name, ...addresses, ZeroAddress);
  await mined(owner!, poco, "createCategory", "XS", "x", WORK);
  return { poco, token, apps: registries[0]!, pools: registries[2]! };
}

async function account(name: string): Promise<Wallet> {
  const wallet = new Wallet(id(name), hre.ethers.provider);
  await setBalance(wallet.address, 100n * 10n ** 18n);
  return wallet;
}

export async function iexec(): Promise<Measures> {
  const { poco, token, apps, pools } = await deployMarket();
  const [owner] = await hre.ethers.getSigners();
  const [developer, scheduler] = [await account("developer"), await account("scheduler")];
  const [requester, worker] = [await account("requester"), await account("worker")];
  const created = async (registry: BaseContract, method: string, ...args: unknown[]): Promise<string> => {
    const address = await read<string>(registry, method, ...args);
    await mined(owner!, registry, method, ...args);
    return address;
  };
  const app = await created(apps, "createApp", developer.address, "app", "DOCKER", "0x1234", ZeroHash, "0x");
  const pool = await created(pools, "createWorkerpool", scheduler.address, "pool");
  await approve(token, owner!, poco);
  for (const who of [developer, scheduler, requester, worker]) {
    await mined(owner!, poco, "depositFor", 1_000n * STUN, who.address);
  }

  const { chainId } = await hre.ethers.provider.getNetwork();
  const domain = { name: "iExecODB", version: "5.0.0", chainId, verifyingContract: await poco.getAddress() };
  let salt = 0;
  const common = (volume: number) => ({ volume, tag: ZeroHash, salt: id(`salt ${salt++}`) });
  const sign = async <T extends Record<string, unknown>>(
    by: Wallet,
    types: Record<string, TypedDataField[]>,
    order: T,
  ): Promise<T & { sign: string }> => ({ ...order, sign: await by.signTypedData(domain, types, order) });
  const nobody = { datasetrestrict: ZeroAddress, requesterrestrict: ZeroAddress };
  const appOrder = await sign(developer, APP_ORDER, {
    ...common(1_000_000),
    ...nobody,
    app,
    appprice: STUN,
    workerpoolrestrict: ZeroAddress,
  });
  const poolOrder = await sign(scheduler, POOL_ORDER, {
    ...common(1_000_000),
    ...nobody,
    workerpool: pool,
    workerpoolprice: 10n * STUN,
    category: 0,
    trust: 1,
    apprestrict: ZeroAddress,
  });
  const match = async (method: string, volume = 1): Promise<ContractTransactionReceipt> => {
    const request = await sign(requester, REQUEST_ORDER, {
      ...common(volume),
      app,
      appmaxprice: STUN,
      dataset: ZeroAddress,
      datasetmaxprice: 0,
      workerpool: pool,
      workerpoolmaxprice: 10n * STUN,
      requester: requester.address,
      category: 0,
      trust: 1,
      beneficiary: requester.address,
      callback: ZeroAddress,
      params: '{"iexec_args":"x"}',
    });
    return mined(requester, poco, method, appOrder, NO_DATASET, poolOrder, request);
  };
  const dealOf = (receipt: ContractTransactionReceipt): string => {
    const parsed = receipt.logs.map((log) => poco.interface.parseLog(log));
    return parsed.find((log) => log?.name === "OrdersMatched")!.args[0] as string;
  };
  const taskOf = (deal: string, index: number): string =>
    solidityPackedKeccak256(["bytes32", "uint256"], [deal, index]);
  const authorised = (task: string): Promise<string> =>
    scheduler.signMessage(
      getBytes(solidityPackedKeccak256(["address", "bytes32", "address"], [worker.address, task, ZeroAddress])),
    );
  const measures: Measures = {};

  // A deal of each kind stays open, so that nobody's locked balance is ever zero. Everything is done twice and measured the
  // second time, when all parties have been paid and charged before; slashes come last, as the stakes that they seize are
  // handed out by later settlements, which makes those dearer.
  await match("matchOrders");
  await match("matchOrdersBoost");
  for (let round = 0; round < 2; round++) {
    const matched = await match("matchOrders");
    const task = taskOf(dealOf(matched), 0);
    await mined(owner!, poco, "initialize", dealOf(matched), 0);
    const result = [task, id("result"), RESULT, "0x", ZeroAddress, "0x", await authorised(task)];
    const settled = await mined(worker, poco, "contributeAndFinalize", ...result);

    const boosted = await match("matchOrdersBoost");
    const boost = dealOf(boosted);
    const pushed = [boost, 0, RESULT, "0x", await authorised(taskOf(boost, 0)), ZeroAddress, "0x"];
    const boostSettled = await mined(worker, poco, "pushResultBoost", ...pushed);
    measures["iexec.match"] = Number(matched.gasUsed);
    measures["iexec.settle"] = Number(settled.gasUsed);
    measures["boost.match"] = Number(boosted.gasUsed);
    measures["boost.settle"] = Number(boostSettled.gasUsed);
  }
  for (let round = 0; round < 2; round++) {
    const missed = dealOf(await match("matchOrders"));
    await mined(owner!, poco, "initialize", missed, 0);
    const boostMissed = dealOf(await match("matchOrdersBoost"));
    await nextAt((await now()) + 30n * WORK);
    measures["iexec.slash"] = Number((await mined(owner!, poco, "claim", taskOf(missed, 0))).gasUsed);
    measures["boost.slash"] = Number((await mined(owner!, poco, "claimBoost", boostMissed, 0)).gasUsed);
  }
  const deal = dealOf(await match("matchOrders", 50));
  const indices = Array.from({ length: 50 }, (_, i) => i);
  const all = await mined(owner!, poco, "initializeArray", new Array(50).fill(deal), indices);
  measures["iexec.initialize"] = Math.round(Number(all.gasUsed) / 50);
  return measures;
}
