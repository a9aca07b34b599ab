// One day of provider rewards: reported by the committee, claimable after its twelve hours, claimed.
import { ZeroHash } from "ethers";
import { contractAt } from "../../chains/evm/client";
import { RewardBook } from "../../chains/evm/emission";
import { committeeSignatures } from "../../chains/evm/escrow";
import { localWallet } from "../../localnet/keys";
import { pot } from "../../model";
import type { ContentStore } from "../../oracle/content";
import { buildEpoch, cumulate } from "../../oracle/epoch";
import { checkedIntervals } from "../../oracle/receipts";
import { act, type Workplace } from "./job";
import type { EpochReportResult } from "./result";

const HOUR = 3_600n;

/**
 * @param content where the receipts of channels are, and the work that they stand for
 * @param veto whether the guardian stops the first report, so that it has to be given again a day later
 */
export async function closeEpoch(place: Workplace, content: ContentStore, veto: boolean): Promise<EpochReportResult> {
  const { addresses, chain } = place;
  const at = (key: string, name: string) => contractAt(name, addresses[key]!, chain.provider);
  const vault = at("emission", "EmissionVault");
  const [start, budget, closes, status] = (await Promise.all([
    vault.getFunction("start")(),
    vault.getFunction("budget")(),
    vault.getFunction("closesAt")(0n),
    vault.getFunction("status")(),
  ])) as [bigint, bigint, bigint, { subsidy: bigint }];
  const wait = closes - (await chain.now());
  if (wait > 0n) await chain.advance(wait);
  const sources = {
    provider: chain.provider,
    escrow: at("escrow", "JobEscrow"),
    registry: at("registry", "Registry"),
    staking: at("staking", "Staking"),
    channels: at("channels", "PaymentChannels"),
    stun: addresses.token!,
    receipts: (root: string) => checkedIntervals(content, root),
  };
  const spendable = (await vault.getFunction("spendable")()) as bigint;
  const dataset = await buildEpoch(sources, { index: 0n, start, spendable, subsidy: status.subsidy });
  const book = new RewardBook(cumulate([], dataset));

  const version = (await at("committee", "Committee").getFunction("version")()) as bigint;
  const report = {
    epoch: 0n,
    root: book.root,
    total: dataset.total,
    previousRoot: ZeroHash,
    datasetHash: dataset.datasetHash,
  };
  const domain = {
    chainId: BigInt(chain.chainId),
    committee: addresses.committee!,
    target: addresses.emission!,
    version,
  };
  const signers = ["oracle1", "oracle2", "oracle3"].map(localWallet);
  const signatures = await committeeSignatures(signers, domain, "EpochReport", { ...report });
  const give = () => act(place, "oracle1", "emission", "EmissionVault", "report", report, version, signatures);
  await give();
  if (veto) {
    await act(place, "guardian", "emission", "EmissionVault", "veto");
    await chain.advance(24n * HOUR);
    await give();
  }
  await chain.advance(12n * HOUR);

  const token = at("token", chain.name === "ethereum" ? "StunToken" : "StunOFT");
  const account = localWallet("provider").address;
  const before = (await token.getFunction("balanceOf")(account)) as bigint;
  await act(place, "keeper", "emission", "EmissionVault", "claim", ...book.claim(account, 0n));
  const claimed = ((await token.getFunction("balanceOf")(account)) as bigint) - before;
  const seconds = dataset.days.reduce((sum, day) => sum + day.seconds, 0n);
  return {
    chain: chain.name,
    epoch: 0n,
    pot: pot(budget, 0n),
    total: dataset.total,
    root: book.root,
    claimed,
    vetoed: veto ? 1 : 0,
    seconds,
  };
}
