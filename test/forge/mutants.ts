// One line of a contract changed at a time, so that an invariant does not hold: the random sequences must find each.

/** A fault, and who must find it. */
export interface Mutant {
  /** Numbers of docs/invariants.md that the fault breaks. */
  readonly invariants: readonly number[];
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The deployed contract, `module/Name`; none for a library that the tests compile themselves. */
  readonly contract?: string;
  readonly campaign: "Work" | "Distribution" | "Bridge" | "Maths";
}

const guard = (condition: string, error: string): string => `if (${condition}) revert ${error};`;

export const MUTANTS: readonly Mutant[] = [
  {
    invariants: [1],
    file: "contracts/token/StunOFTAdapter.sol",
    from: "        locked -= amount;\n",
    to: "",
    contract: "token/StunOFTAdapter",
    campaign: "Bridge",
  },
  {
    invariants: [1],
    file: "contracts/token/HeldCredits.sol",
    from: "        voidedFrom[entry.srcEid] += amount;\n",
    to: "",
    contract: "token/StunOFTAdapter",
    campaign: "Bridge",
  },
  {
    invariants: [3],
    file: "contracts/token/StunOFT.sol",
    from: "        _burn(from, sent);\n",
    to: "",
    contract: "token/StunOFT",
    campaign: "Bridge",
  },
  {
    invariants: [3],
    file: "contracts/token/StunOFT.sol",
    from: "_mint(to, amount);",
    to: "_mint(to, amount + 1);",
    contract: "token/StunOFT",
    campaign: "Bridge",
  },
  {
    invariants: [2],
    file: "contracts/staking/Staking.sol",
    from: "        record.paid = uint96(record.paid + amount - record.kept);\n",
    to: "",
    contract: "staking/VotingStaking",
    campaign: "Work",
  },
  {
    invariants: [2, 6],
    file: "contracts/fees/PartsLedger.sol",
    from: "        _accounts[asset][account] = word.subCredit(amount);\n        if (!_push",
    to: "        if (!_push",
    contract: "escrow/PaymentChannels",
    campaign: "Work",
  },
  {
    invariants: [4],
    file: "contracts/emission/EmissionVault.sol",
    from: "EmissionMath.pot(budget, report_.epoch) - report_.total)",
    to: "EmissionMath.pot(budget, report_.epoch))",
    contract: "emission/EmissionVault",
    campaign: "Distribution",
  },
  {
    invariants: [4],
    file: "contracts/emission/EmissionVault.sol",
    from: `        ${guard("amount > sums.accepted - sums.paid", "AboveAccepted(sums.paid + amount, sums.accepted)")}\n`,
    to: "",
    contract: "emission/EmissionVault",
    campaign: "Distribution",
  },
  {
    invariants: [6],
    file: "contracts/escrow/JobBase.sol",
    from: "end.ending != Ending.Silent) toPayer -= stake;",
    to: "end.ending != Ending.Silent) fee = 0;",
    contract: "escrow/JobEscrow",
    campaign: "Work",
  },
  {
    invariants: [7],
    file: "contracts/escrow/PaymentChannels.sol",
    from: "state.closesAt == 0 || block.timestamp < state.closesAt",
    to: "state.closesAt == 0",
    contract: "escrow/PaymentChannels",
    campaign: "Work",
  },
  {
    invariants: [7],
    file: "contracts/escrow/JobEscrow.sol",
    from: "word.since() + VERDICT_TIME;\n        if",
    to: "word.since();\n        if",
    contract: "escrow/JobEscrow",
    campaign: "Work",
  },
  {
    invariants: [8],
    file: "contracts/staking/Staking.sol",
    from: `        ${guard("amount > free", "InsufficientBond(provider, free, amount)")}\n`,
    to: "",
    contract: "staking/VotingStaking",
    campaign: "Work",
  },
  {
    invariants: [9],
    file: "contracts/staking/Staking.sol",
    from: `        ${guard("block.timestamp < until", "ExitDelay(until)")}\n`,
    to: "",
    contract: "staking/VotingStaking",
    campaign: "Work",
  },
  {
    invariants: [9],
    file: "contracts/escrow/JobEscrow.sol",
    from: "word.since() + terms.workSeconds + GRACE;\n        if (block.timestamp < earliest)",
    to: "word.since() + terms.workSeconds + 30 days;\n        if (block.timestamp < earliest)",
    contract: "escrow/JobEscrow",
    campaign: "Work",
  },
  {
    invariants: [10],
    file: "contracts/fees/FeeMath.sol",
    from: "royalty - royalty_,",
    to: "royalty,",
    campaign: "Maths",
  },
  {
    invariants: [10],
    file: "contracts/vesting/VestingMath.sol",
    from: "(total * (time - start)) / duration",
    to: "total - (total * (time - start)) / duration",
    campaign: "Maths",
  },
  {
    invariants: [14],
    file: "contracts/governance/GuardianPause.sol",
    from: `        ${guard("block.timestamp < pauseAllowedAt", "PauseCooldown(uint48(pauseAllowedAt))")}\n`,
    to: "",
    contract: "escrow/PaymentChannels",
    campaign: "Work",
  },
];
