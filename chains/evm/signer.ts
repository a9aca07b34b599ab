import { Wallet, type TransactionRequest } from "ethers";

/** Part of its gas estimate that a transaction may use beyond it, in percent. */
const MARGIN = 25n;

/**
 * A wallet that leaves room above its gas estimates: time and other people's transactions move state between the
 * estimate and the block.
 */
export class EvmSigner extends Wallet {
  override async estimateGas(transaction: TransactionRequest): Promise<bigint> {
    return ((await super.estimateGas(transaction)) * (100n + MARGIN)) / 100n;
  }
}
