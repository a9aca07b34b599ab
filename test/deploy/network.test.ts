import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StunError } from "../../chains/errors";
import { emissionBudget, loadNetwork, parseNetwork, showAmount, toBaseUnits } from "../../deploy/network";

const FILE = join(__dirname, "..", "..", "networks", "local.json");

type Json = Record<string, unknown>;

/** The local network with one value replaced at a dotted path; undefined removes it. */
function changed(path: string, value: unknown): string {
  const data = JSON.parse(readFileSync(FILE, "utf8")) as Json;
  const keys = path.split(".");
  const last = keys.pop()!;
  let at = data;
  for (const key of keys) at = at[key] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(data);
}

function refusal(text: string): string {
  try {
    parseNetwork(FILE, text);
  } catch (error) {
    expect(error).to.be.instanceOf(StunError);
    return (error as StunError).message;
  }
  throw new Error("The file was accepted.");
}

const BROKEN: [what: string, path: string, value: unknown, sentence: RegExp][] = [
  [
    "an unknown field",
    "chains.base.eidd",
    1,
    /^local\.json: chains\.base has an unknown field 'eidd'; remove it or use/,
  ],
  ["a missing field", "home", undefined, /^local\.json: the file has no field 'home'; add it/],
  [
    "a field of the wrong type",
    "chains.base.eid",
    "30184",
    /chains\.base\.eid is "30184", which must be integer; give/,
  ],
  ["an unknown virtual machine", "chains.base.vm", "move", /chains\.base\.vm is "move", .*; use evm, solana or ton/],
  ["an unknown home", "home", "mars", /home is 'mars', which is not among the chains; name one of ethereum/],
  ["a home that is no EVM chain", "home", "ton", /home is 'ton', a ton chain/],
  ["an endpoint id twice", "chains.base.eid", 30101, /chains\.base\.eid is 30101, the endpoint id of ethereum/],
  ["a chain id twice", "chains.base.chainId", 31337, /chains\.base\.chainId is 31337, the chain id of ethereum/],
  ["an EVM chain without a chain id", "chains.base.chainId", undefined, /chains\.base has no field 'chainId'/],
  ["a chain id on another machine", "chains.ton.chainId", 31340, /chains\.ton\.chainId is 31340; remove it/],
  ["a real chain in a local network", "chains.base.chainId", 8453, /chains\.base\.chainId is 8453; local networks/],
  ["an RPC URL in the file", "chains.base.rpc", "https://x/key", /chains\.base\.rpc is .* URLs carry keys/],
  ["a local key on a real network", "local", undefined, /local/],
  [
    "an unknown chain in a module",
    "modules.staking.chains",
    ["mars"],
    /modules\.staking\.chains names the unknown chain 'mars'/,
  ],
  ["a module without the token", "modules.token.chains", ["ethereum"], /where modules\.token does not put the token/],
  [
    "a token without home",
    "modules.token.chains",
    ["base", "arbitrum", "solana", "ton"],
    /lacks the home chain|does not put the token/,
  ],
  [
    "a distribution that is not the supply",
    "distribution.3.amount",
    "99999999.999999",
    /distribution adds up to 999999999\.999999 STUN; make it exactly 1000000000/,
  ],
  [
    "an amount as a number",
    "distribution.3.amount",
    100000000,
    /distribution\[3\]\.amount is 100000000, .* write whole STUN as a string/,
  ],
  [
    "more decimals than every chain has",
    "distribution.3.amount",
    "1.0000001",
    /distribution\[3\]\.amount is "1\.0000001"/,
  ],
  [
    "grants that differ from their amount",
    "distribution.1.grants.0.amount",
    "1",
    /distribution\[1\]\.grants add up to 1 STUN/,
  ],
  ["grants outside the vesting vault", "distribution.3.to", "module:vesting", /list grants exactly where/],
  [
    "a cliff longer than its grant",
    "distribution.1.grants.0.cliff",
    200000000,
    /cliff is 200000000, longer than its duration/,
  ],
  ["a grant of an instant", "distribution.1.grants.0.duration", 599, /duration is 599; give at least 600/],
  [
    "an unknown role",
    "distribution.3.to",
    "role:nobody",
    /distribution\[3\]\.to is 'role:nobody', but roles has no 'nobody'/,
  ],
  ["an unknown module as recipient", "distribution.3.to", "module:vault", /distribution\[3\]\.to is "module:vault"/],
  [
    "emission shares that are not the whole",
    "modules.emission.shares.base",
    2999,
    /modules\.emission\.shares add up to 9999 basis points/,
  ],
  ["an emission chain without a share", "modules.emission.shares.ton", undefined, /has no share for ton/],
  [
    "a share for a chain without emission",
    "modules.emission.chains",
    ["ethereum"],
    /names '[a-z]+', which is not among modules\.emission\.chains/,
  ],
  ["a subsidy out of bounds", "modules.emission.subsidy", 101, /subsidy is 101, .* give a number from 1 to 100/],
  ["a fee out of bounds", "modules.fees.otherFeeBps", 301, /otherFeeBps is 301, .* at most 300/],
  ["another asset on TON", "modules.fees.assets", { ton: ["x"] }, /TON takes STUN only/],
  [
    "a bad asset address",
    "modules.fees.assets",
    { base: ["0x12"] },
    /modules\.fees\.assets\.base\[0\] is '0x12', which is no evm address/,
  ],
  [
    "a buyback where no fees are",
    "modules.fees.uniswap.arbitrum",
    { factory: "0x1F98431c8aD98523631AE4a59f267346ea31F984", blockSeconds: 1 },
    /modules\.fees\.uniswap\.arbitrum is not among modules\.fees\.chains/,
  ],
  [
    "a buyback without price reports",
    "committee.chains",
    ["base", "arbitrum", "solana", "ton"],
    /modules\.fees\.uniswap\.ethereum needs price reports/,
  ],
  [
    "a bad factory",
    "modules.fees.uniswap.base.factory",
    "0x12",
    /modules\.fees\.uniswap\.base\.factory is '0x12', which is no evm address/,
  ],
  [
    "a pool for an asset that is not taken",
    "modules.fees.uniswap.base.pools",
    { "0x1F98431c8aD98523631AE4a59f267346ea31F984": 500 },
    /pools names '0x1F98431c8aD98523631AE4a59f267346ea31F984', which modules\.fees\.assets\.base does not allow/,
  ],
  ["impossible blocks", "modules.fees.uniswap.base.blockSeconds", 0, /blockSeconds is 0, .* at least 1/],
  [
    "a single DVN",
    "bridge.paths.0.dvns",
    ["dvn1"],
    /bridge\.paths\[0\]\.dvns is \["dvn1"\], .* name at least two different DVNs/,
  ],
  [
    "the same DVN twice",
    "bridge.paths.0.dvns",
    ["dvn1", "dvn1"],
    /bridge\.paths\[0\]\.dvns is .* name at least two different DVNs/,
  ],
  [
    "inherited confirmations",
    "bridge.paths.0.toHome.confirmations",
    0,
    /toHome\.confirmations is 0, .* inherit LayerZero's default/,
  ],
  [
    "a path to an unknown chain",
    "bridge.paths.0.remote",
    "mars",
    /bridge\.paths\[0\]\.remote is the unknown chain 'mars'/,
  ],
  ["a path from home to home", "bridge.paths.0.remote", "ethereum", /the home chain itself/],
  ["two paths to one chain", "bridge.paths.0.remote", "ton", /which has a path already|composeGas/],
  ["a remote without a path", "bridge.paths", [], /bridge\.paths has no path for base/],
  [
    "a mint cap above the protocol's",
    "bridge.paths.0.mintCap",
    "300000001",
    /mintCap is 300000001; a remote may mint at most 300000000/,
  ],
  [
    "a mint cap below the genesis funding",
    "bridge.paths.0.mintCap",
    "119999999",
    /less than the emission of base \(120000000\)/,
  ],
  ["compose towards Solana", "bridge.paths.2.toRemote.composeGas", 1, /compose towards solana is refused/],
  ["too few signatures", "committee.k", 2, /committee\.k is 2 of 5 members; take more than half/],
  ["more signatures than members", "committee.k", 6, /committee\.k is 6 of 5 members/],
  [
    "a bad oracle address",
    "committee.members.0",
    "0x00000000000000000000000000000000000d000A",
    /members\[0\] is '0x0+d000A', whose checksum is wrong/,
  ],
  ["a committee on an unknown chain", "committee.chains", ["mars"], /committee\.chains names the unknown chain 'mars'/],
  ["a role of nowhere", "roles.sale", { mars: "local:sale" }, /roles\.sale\.mars: 'mars' is neither a chain/],
  [
    "a bad EVM address",
    "roles.sale.evm",
    "0x1234",
    /roles\.sale\.evm is '0x1234', which is no evm address; give 0x and 40/,
  ],
  [
    "a bad Solana address",
    "roles.deployer.solana",
    "0OIl",
    /roles\.deployer\.solana is '0OIl', which is no solana address/,
  ],
  ["a bad TON address", "roles.deployer.ton", "EQAB", /roles\.deployer\.ton is 'EQAB', which is no ton address/],
  [
    "a role without a holder on a chain",
    "roles.guardian",
    { evm: "local:guardian" },
    /roles\.guardian names nobody for solana/,
  ],
  [
    "a deployer who stays in power",
    "roles.timelock.ethereum",
    "local:deployer",
    /roles\.timelock and roles\.deployer are the same on ethereum/,
  ],
  [
    "governance that an address stands for",
    "roles.timelock.ethereum",
    "local:timelock",
    /roles\.timelock is 'local:timelock' on ethereum, which modules\.governance names; write contract:timelock/,
  ],
  [
    "a governance contract that is not deployed",
    "modules.governance.chains",
    ["ethereum", "base"],
    /roles\.timelock is 'contract:governanceReceiver' on arbitrum; add the chain to modules\.governance/,
  ],
  ["governance without home", "modules.governance.chains", ["base"], /lacks the home chain 'ethereum', where votes/],
  ["governance without votes", "modules.staking.chains", ["base"], /modules\.governance needs the staked votes/],
  ["governance of a Solana", "modules.governance.chains", ["ethereum", "solana"], /'solana', which is no EVM chain/],
  ["a name that is not the file's", "name", "other", /name is 'other'; give the file and the network the same name/],
  ["a chain with a bad name", "chains.Base", {}, /Base/],
];

describe("network files", () => {
  it("the local network is accepted and is exact to the last unit", () => {
    const network = loadNetwork("local");
    const total = network.distribution.reduce((sum, { amount }) => sum + amount, 0n);
    expect(toBaseUnits("evm", total)).to.equal(10n ** 27n);
    const budgets = Object.keys(network.chains).map((chain) => emissionBudget(network, chain));
    expect(budgets.map(showAmount)).to.deep.equal(["60000000", "120000000", "80000000", "100000000", "40000000"]);
  });

  it("a real network is only data: the example passes the same checks", () => {
    const network = loadNetwork(join(__dirname, "..", "..", "networks", "testnet.example.json"));
    expect(network.local).to.equal(false);
    expect(Object.keys(network.chains)).to.deep.equal(["sepolia", "base-sepolia", "solana-devnet", "ton-testnet"]);
  });

  it("committee members are sorted as the contracts want them", () => {
    const { members } = loadNetwork("local").committee;
    expect(members).to.deep.equal([...members].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
  });

  for (const [what, path, value, sentence] of BROKEN) {
    it(`refuses ${what} in one sentence`, () => {
      const message = refusal(changed(path, value));
      expect(message).to.match(sentence);
      expect(message).to.match(/^local\.json: [^\n]+\.$/);
    });
  }

  it("refuses one DVN under two names", () => {
    const one = "0x0000000000000000000000000000000000000001";
    const text = changed("chains.base.layerzero", {
      endpoint: one,
      sendLibrary: one,
      receiveLibrary: one,
      executor: one,
      dvns: { dvn1: one, dvn2: one },
    });
    expect(refusal(text)).to.match(/dvns\.dvn2 is the address of 'dvn1' too/);
  });

  it("refuses addresses of TON's LayerZero on another chain", () => {
    const one = "0x0000000000000000000000000000000000000001";
    const [dvn1, dvn2] = [one, "0x0000000000000000000000000000000000000002"];
    const text = changed("chains.base.layerzero", {
      endpoint: one,
      sendLibrary: one,
      receiveLibrary: one,
      executor: one,
      ulnManager: one,
      dvns: { dvn1, dvn2 },
    });
    expect(refusal(text)).to.match(/chains\.base\.layerzero\.ulnManager is '0x0+1'; remove it, evm chains have none\./);
  });

  it("refuses text that is no JSON, and says where", () => {
    expect(refusal('{"name": "local",')).to.match(
      /^local\.json is not valid JSON \(.*\): correct the file at that place\.$/,
    );
  });

  it("refuses a network without a file", () => {
    expect(() => loadNetwork("nowhere")).to.throw(StunError, /There is no network file .*nowhere\.json/);
  });
});
