import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { Contract, ContractFactory, zeroPadValue, type BaseContract, type InterfaceAbi, type Signer } from "ethers";
import hre from "hardhat";
import { committeeSignatures } from "../../../../chains/evm/escrow";
import { averageTick, priceAt } from "../../../../model";
import { deploy, deployStun, mined, moveTo, nextAt, now, read, STUN } from "../../kit";

/** Uniswap's own factory and pool, from the artifacts of its package. */
const UNISWAP = "@uniswap/v3-core/artifacts/contracts/";
/** 0.3 %, and the ticks that such a pool's liquidity can begin and end at. */
export const FEE = 3_000n;
export const SPACING = 60n;
const WIDEST = (887_272n / SPACING) * SPACING;
export const BLOCK_SECONDS = 12n;
/** One price for each block of 30 minutes, and the one before. */
export const OBSERVATIONS = 1_800n / BLOCK_SECONDS + 1n;
export const HALF_HOUR = 1_800n;

export interface Kind {
  decimals: bigint;
  /** Whether the asset is the pool's token0. */
  first: boolean;
}

/** What a market stands on. */
export interface Ground {
  owner: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  members: HardhatEthersSigner[];
  token: BaseContract;
  committee: BaseContract;
}

export interface Market extends Ground {
  vault: BaseContract;
  factory: BaseContract;
  pool: BaseContract;
  trader: BaseContract;
  asset: BaseContract;
  /** Addresses of the asset and the vault. */
  at: string;
  vaultAt: string;
  /** Base units of one unit of the asset. */
  unit: bigint;
  first: boolean;
  /** Ten STUN a unit, as a report says it. */
  fair: bigint;
}

/** A compiled contract of a package. */
export function packaged(path: string): { abi: InterfaceAbi; bytecode: string } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file of a package, chosen at run time
  return require(path) as { abi: InterfaceAbi; bytecode: string };
}

function uniswap(name: string): { abi: InterfaceAbi; bytecode: string } {
  return packaged(`${UNISWAP}${name}.sol/${name}.json`);
}

function squareRoot(value: bigint): bigint {
  let guess = 1n << (BigInt(value.toString(2).length) / 2n + 1n);
  for (;;) {
    const next = (guess + value / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** A pool's price as it stores it, for an asset of which 1e18 base units are worth `price` base units of STUN. */
export function squareRootPrice(price: bigint, first: boolean): bigint {
  const [above, below] = first ? [price, 10n ** 18n] : [10n ** 18n, price];
  return squareRoot((above << 192n) / below);
}

export async function deployFactory(owner: Signer): Promise<BaseContract> {
  const { abi, bytecode } = uniswap("UniswapV3Factory");
  return (await new ContractFactory(abi, bytecode, owner).deploy()).waitForDeployment();
}

/** Creates and initializes a pool. */
export async function createPool(
  owner: Signer,
  factory: BaseContract,
  tokens: [string, string],
  price: bigint,
  first: boolean,
  fee = FEE,
): Promise<BaseContract> {
  await mined(owner, factory, "createPool", ...tokens, fee);
  const pool = new Contract(
    await read<string>(factory, "getPool", ...tokens, fee),
    uniswap("UniswapV3Pool").abi,
    owner,
  );
  await mined(owner, pool, "initialize", squareRootPrice(price, first));
  return pool;
}

type Pooled = Pick<Market, "pool" | "trader" | "unit"> & { owner: Signer };

/** As deep as a million units and ten million STUN. */
export function depthOf({ unit }: Pick<Market, "unit">): bigint {
  return squareRoot(1_000_000n * unit * 10_000_000n * STUN);
}

/** Liquidity over all prices. */
export async function addLiquidity(m: Pooled, parts = 1n): Promise<void> {
  await mined(m.owner, m.trader, "mint", await m.pool.getAddress(), -WIDEST, WIDEST, depthOf(m) / parts);
}

/** Takes back all that `addLiquidity` brought. */
export async function removeLiquidity(m: Pooled): Promise<void> {
  await mined(m.owner, m.trader, "leave", await m.pool.getAddress(), -WIDEST, WIDEST, depthOf(m));
}

/** A token of these decimals whose address lies on the wanted side of STUN's. */
async function deployAsset(token: BaseContract, { decimals, first }: Kind): Promise<BaseContract> {
  const stun = BigInt(await token.getAddress());
  for (;;) {
    const asset = await deploy("HostileToken", decimals);
    if (BigInt(await asset.getAddress()) < stun === first) return asset;
  }
}

/** A vault and a deep pool that remembers 30 minutes, at ten STUN a unit. */
export async function openMarket(ground: Ground, asset: BaseContract, decimals: bigint): Promise<Market> {
  const { owner, token, committee } = ground;
  const [at, stun] = [await asset.getAddress(), await token.getAddress()];
  const [unit, first] = [10n ** decimals, BigInt(at) < BigInt(stun)];
  const fair = (10n * STUN * 10n ** 18n) / unit;
  const factory = await deployFactory(owner);
  const committeeAt = await committee.getAddress();
  const vault = await deploy(
    "BuybackVault",
    owner.address,
    stun,
    committeeAt,
    await factory.getAddress(),
    BLOCK_SECONDS,
  );
  const trader = await deploy("PoolTrader");
  await mined(owner, token, "transfer", await trader.getAddress(), 100_000_000n * STUN);
  await mined(owner, asset, "mint", await trader.getAddress(), 10_000_000n * unit);
  const pool = await createPool(owner, factory, [at, stun], fair, first);
  await mined(owner, pool, "increaseObservationCardinalityNext", OBSERVATIONS);
  const vaultAt = await vault.getAddress();
  const market = { ...ground, vault, factory, pool, trader, asset, at, vaultAt, unit, first, fair };
  await addLiquidity(market);
  await moveTo((await now()) + HALF_HOUR);
  await mined(owner, vault, "setPool", at, FEE);
  return market;
}

/** What a market on a fresh chain stands on; `stun` deploys the token and gives its owner at least 110 million. */
export async function ground(stun: (owner: HardhatEthersSigner) => Promise<BaseContract>): Promise<Ground> {
  const [owner, guardian, stranger, ...rest] = await hre.ethers.getSigners();
  if (!owner || !guardian || !stranger) throw new Error("The network has too few accounts.");
  const members = rest.slice(0, 5).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const token = await stun(owner);
  const list = members.map((m) => m.address);
  const committee = await deploy("Committee", owner.address, guardian.address, list, 3n);
  return { owner, guardian, stranger, members, token, committee };
}

async function setUp(kind: Kind): Promise<Market> {
  const base = await ground(deployStun);
  const market = await openMarket(base, await deployAsset(base.token, kind), kind.decimals);
  await mined(base.owner, market.asset, "mint", market.vaultAt, 50_000n * market.unit);
  return market;
}

/** By a name, because fixtures must have one and are kept by identity. */
const fixtures: Record<string, () => Promise<Market>> = {};

/** A market, and 50,000 units in its vault; no report yet. */
export function market(kind: Kind = { decimals: 6n, first: true }): Promise<Market> {
  const key = `${kind.decimals}/${kind.first}`;
  const named = { [key]: (): Promise<Market> => setUp(kind) };
  return loadFixture((fixtures[key] ??= named[key]!));
}

/** Both orders of the pool's tokens, and the decimals of usual assets. */
export const KINDS: Kind[] = [6n, 8n, 18n].flatMap((decimals) =>
  [true, false].map((first): Kind => ({ decimals, first })),
);

export function kindName({ decimals, first }: Kind): string {
  return `an asset of ${decimals} decimals that is token${first ? 0 : 1}`;
}

/** Arguments of `report`, signed by three members. */
export async function signedPrice(
  m: Market,
  price: bigint,
  time: bigint,
  signers = m.members.slice(0, 3),
): Promise<[string, bigint, bigint, bigint, string]> {
  const version = await read<bigint>(m.committee, "version");
  const { chainId } = await hre.ethers.provider.getNetwork();
  const at = { chainId, committee: await m.committee.getAddress(), target: m.vaultAt, version };
  const message = { asset: zeroPadValue(m.at, 32), price, time };
  return [m.at, price, time, version, await committeeSignatures(signers, at, "PriceReport", message)];
}

/** Brings a report in a block of its own time, the next second by default. */
export async function reportPrice(m: Market, price = m.fair, at?: bigint): Promise<void> {
  const time = at ?? (await now()) + 1n;
  await nextAt(time);
  await mined(m.stranger, m.vault, "report", ...(await signedPrice(m, price, time)));
}

/** What the pool would pay for `amount` of the asset now. */
export async function quote(m: Market, amount: bigint): Promise<bigint> {
  return read<bigint>(m.trader, "quote", await m.pool.getAddress(), m.first, amount);
}

/** Trades in the pool: sells the asset, or STUN. */
export async function trade(m: Market, sellsAsset: boolean, amount: bigint): Promise<void> {
  await mined(m.stranger, m.trader, "swap", await m.pool.getAddress(), sellsAsset === m.first, amount);
}

/** The growth of the pool's sum of ticks over the 30 minutes before the pending block; undefined when it forgot. */
export async function memoryOf(m: Market): Promise<bigint | undefined> {
  try {
    const [ticks] = await read<[bigint[]]>(m.pool, "observe", [HALF_HOUR, 0n], { blockTag: "pending" });
    return ticks[1]! - ticks[0]!;
  } catch {
    return undefined;
  }
}

/** The average price that the model makes of what the pool remembers. */
export async function averageOf(m: Market): Promise<bigint> {
  const memory = await memoryOf(m);
  if (memory === undefined) throw new Error("The pool does not remember 30 minutes.");
  return priceAt(averageTick(memory, HALF_HOUR, m.first));
}
