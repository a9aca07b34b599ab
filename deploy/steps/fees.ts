// The buyback vault: fees in other assets go to it from the escrows, and it sells them for STUN that it burns.
import { Interface, ZeroAddress } from "ethers";
import type { Network } from "../network";
import { readText, type EvmContract, type EvmScope } from "./evm";

const FACTORY = new Interface(["function getPool(address,address,uint24) view returns (address)"]);

/** After the committee, which signs its price reports, and before the modules that send it fees. */
export function declareBuyback(network: Network, scope: EvmScope): void {
  const uniswap = network.fees.uniswap[scope.chain];
  if (!uniswap) return;
  const [token, committee] = [scope.get("token"), scope.get("committee")];
  const { factory, blockSeconds, pools = {} } = uniswap;
  const args = [scope.role("deployer"), token.address, committee.address, factory, blockSeconds];
  const vault = scope.deploy("buyback", "BuybackVault", args, [token.step, committee.step]);
  scope.lent.push(vault);
  if (!network.local) {
    scope.checks.push({
      chain: scope.chain,
      title: "Uniswap's v3 factory",
      wanted: "is a contract",
      found: async () => ((await scope.driver.code(factory)) === "0x" ? undefined : "is a contract"),
    });
  }
  for (const [asset, fee] of Object.entries(pools)) {
    scope.setOwned(vault, {
      id: `${vault.step}/pool-${asset}`,
      title: `BuybackVault sells ${asset} in the pool with a fee of ${fee} millionths`,
      wanted: "that pool",
      found: async () => {
        const [pool, declared] = await Promise.all([
          readText(scope, vault, "marketOf", [asset]),
          readText(scope, { address: factory, abi: FACTORY }, "getPool", [asset, token.address, fee]),
        ]);
        return pool === declared && pool !== ZeroAddress ? "that pool" : pool;
      },
      method: "setPool",
      args: [asset, fee],
    });
  }
}

/** Where a module sends the fees in other assets; without a vault on the chain they stay booked in the module. */
export function buysBack(scope: EvmScope, ledger: EvmContract, treasury: string): void {
  const vault = scope.contracts.get("buyback");
  const title = `receiver of the buyback's fees of ${ledger.name}`;
  const found = (): Promise<string | undefined> => readText(scope, ledger, "buybackVault");
  if (!vault) {
    scope.checks.push({ chain: scope.chain, title, wanted: ZeroAddress, found });
    return;
  }
  scope.setOwned(ledger, {
    id: `${ledger.step}/buyback`,
    title,
    needs: [vault.step],
    wanted: vault.address,
    found,
    method: "setFeeTargets",
    args: [treasury, vault.address],
  });
}
