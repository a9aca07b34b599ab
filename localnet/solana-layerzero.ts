// LayerZero as a local Solana network begins with it: programs at their own addresses, and the accounts that their
// administrators would have made. The programs are this repository's test endpoint, or the real ones when the
// environment names a directory that has them.
import { PublicKey } from "@solana/web3.js";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StunError } from "../chains/errors";
import { accountTag } from "../chains/solana/anchor";
import { BorshWriter } from "../chains/solana/borsh";
import { programBinary } from "../chains/solana/idl";
import {
  DVN,
  ENDPOINT,
  EXECUTOR,
  LIBRARY,
  PRICE_FEED,
  derive,
  dvnConfig,
  endpointAccounts as at,
  executorConfig,
  libraryAccounts,
  priceFeed,
} from "../chains/solana/layerzero/addresses";
import { writeExecutor, writeUln, type UlnConfig } from "../chains/solana/layerzero/state";

/** Names the directory with LayerZero's programs: endpoint.so, uln.so, executor.so, pricefeed.so, dvn.so. */
export const REAL_PROGRAMS = "LZ_SOLANA_SO";

/** The program of the two DVNs of a local network. Their addresses are keys that attest, so that one address serves both
 * directions, as a real DVN's does. */
export const LOCAL_DVN_PROGRAM = new PublicKey("DvnL1111111111111111111111111111111111111111");

const FILES: readonly [PublicKey, string][] = [
  [ENDPOINT, "endpoint.so"],
  [LIBRARY, "uln.so"],
  [EXECUTOR, "executor.so"],
  [PRICE_FEED, "pricefeed.so"],
  [DVN, "dvn.so"],
];

/** The directory with the real programs, when the environment names one. */
export function realPrograms(): string | undefined {
  return process.env[REAL_PROGRAMS] || undefined;
}

/** LayerZero's programs for a local network: the real ones of `directory`, or the test endpoint's. */
export function layerZeroPrograms(directory: string | undefined): { id: PublicKey; code: Buffer }[] {
  const test = programBinary("test_endpoint");
  const programs = FILES.map(([id, file]) => {
    if (directory === undefined) return { id, code: test };
    const path = join(directory, file);
    if (!existsSync(path)) throw new StunError(`${REAL_PROGRAMS} is ${directory}, which has no ${file}.`);
    return { id, code: readFileSync(path) };
  });
  return [...programs, { id: LOCAL_DVN_PROGRAM, code: test }];
}

export interface GenesisAccount {
  readonly address: PublicKey;
  readonly owner: PublicKey;
  readonly data: Buffer;
}

/** Who plays which part. */
export interface Cast {
  readonly admin: PublicKey;
  readonly executor: PublicKey;
  readonly treasury: PublicKey;
  readonly dvns: readonly PublicKey[];
}

const CONFIRMATIONS = 15n;
const MAX_MESSAGE = 10_000;
/** Part of the workers' price that goes to LayerZero's treasury, in basis points. */
const TREASURY_BPS = 1_000n;

function account(
  address: PublicKey,
  owner: PublicKey,
  type: string,
  size: number,
  write: (w: BorshWriter) => void,
): GenesisAccount {
  const writer = new BorshWriter().raw(accountTag(type));
  write(writer);
  const body = writer.finish();
  return { address, owner, data: Buffer.concat([body, Buffer.alloc(Math.max(0, size - body.length))]) };
}

const keys = (w: BorshWriter, list: readonly PublicKey[]): BorshWriter => w.list(list, (key) => w.key(key));

/** What the network's administrators have set for every path to one of `remotes`. */
export function genesis(eid: number, remotes: readonly number[], cast: Cast): GenesisAccount[] {
  const [library, libraryBump] = derive(LIBRARY, "MessageLib");
  const [info, infoBump] = derive(ENDPOINT, "MessageLib", library);
  const bump = (address: [PublicKey, number]): number => address[1];
  const sorted = [...cast.dvns].sort((a, b) => Buffer.compare(a.toBuffer(), b.toBuffer()));
  const uln: UlnConfig = {
    confirmations: CONFIRMATIONS,
    requiredCount: sorted.length,
    optionalCount: 0,
    optionalThreshold: 0,
    required: sorted,
    optional: [],
  };
  const gasOf = [...remotes].sort((a, b) => a - b);
  return [
    account(at.settings(), ENDPOINT, "EndpointSettings", 78, (w) =>
      w
        .u32(eid)
        .u8(bump(derive(ENDPOINT, "Endpoint")))
        .key(cast.admin)
        .u8(0),
    ),
    account(info, ENDPOINT, "MessageLibInfo", 11, (w) => w.u8(2).u8(infoBump).u8(libraryBump)),
    account(library, LIBRARY, "UlnSettings", 8 + 4 + 32 + 32 + 1 + 32 + 1 + 33 + 32 + 8 + 1 + 40, (w) =>
      w
        .u32(eid)
        .key(info)
        .key(ENDPOINT)
        .u8(libraryBump)
        .key(cast.admin)
        .u8(1)
        .u8(0)
        .key(cast.treasury)
        .u64(TREASURY_BPS)
        .u8(0),
    ),
    account(executorConfig(), EXECUTOR, "ExecutorConfig", 0, (w) => {
      w.u8(bump(derive(EXECUTOR, "ExecutorConfig"))).key(cast.admin);
      keys(keys(keys(keys(keys(w, []), []), []), [cast.executor]), [library]);
      w.bool(false).u16(12_000).key(priceFeed());
      w.list(gasOf, (remote) =>
        w
          .u32(remote)
          .u32(60_000)
          .u32(60_000)
          .u8(0)
          .u8(0)
          .u128(10n ** 20n),
      );
    }),
    account(priceFeed(), PRICE_FEED, "PriceFeed", 0, (w) => {
      w.key(cast.admin);
      keys(w, [cast.admin])
        .u128(10n ** 20n)
        .u128(47n)
        .u8(0);
      const price = (remote: number): void => {
        w.u32(remote % 30_000)
          .u128(2n * 10n ** 12n)
          .u64(3_000_000_000n)
          .u32(16)
          .u8(0);
      };
      w.list(gasOf, price).u8(bump(derive(PRICE_FEED, "PriceFeed")));
    }),
    ...cast.dvns.map((dvn) => dvnAccount(dvn, LOCAL_DVN_PROGRAM, 0, library, gasOf)),
    dvnAccount(dvnConfig(), DVN, bump(derive(DVN, "DvnConfig")), library, gasOf),
    ...remotes.flatMap((remote) => [
      account(at.sendLibrary(remote), ENDPOINT, "SendLibraryConfig", 41, (w) =>
        w.key(library).u8(defaultBump(ENDPOINT, "SendLibraryConfig", remote)),
      ),
      account(at.receiveLibrary(remote), ENDPOINT, "ReceiveLibraryConfig", 82, (w) =>
        w
          .key(library)
          .u8(0)
          .u8(defaultBump(ENDPOINT, "ReceiveLibraryConfig", remote)),
      ),
      account(libraryAccounts.send(remote), LIBRARY, "SendConfig", 1088, (w) =>
        w
          .u8(defaultBump(LIBRARY, "SendConfig", remote))
          .raw(writeUln(uln))
          .raw(writeExecutor({ maxMessageSize: MAX_MESSAGE, executor: executorConfig() })),
      ),
      account(libraryAccounts.receive(remote), LIBRARY, "ReceiveConfig", 1052, (w) =>
        w.u8(defaultBump(LIBRARY, "ReceiveConfig", remote)).raw(writeUln(uln)),
      ),
    ]),
  ];
}

function defaultBump(program: PublicKey, seed: string, eid: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(eid);
  return derive(program, seed, bytes)[1];
}

function dvnAccount(
  address: PublicKey,
  program: PublicKey,
  bump: number,
  library: PublicKey,
  remotes: readonly number[],
): GenesisAccount {
  return account(address, program, "DvnConfig", 0, (w) => {
    w.u32(168).u8(bump);
    w.list([Buffer.alloc(64, 1)], (signer) => w.raw(signer)).u8(1);
    keys(keys(w, []), []).bool(false);
    keys(keys(w, [library]), []).key(priceFeed());
    w.list([...remotes], (remote) => w.u32(remote).u32(90_000).u8(0).u8(0)).u16(12_000);
  });
}
