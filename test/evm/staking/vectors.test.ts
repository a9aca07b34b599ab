import { holdsToVectors } from "../vectors";

describe("StakingMath against the model's vectors", () => {
  holdsToVectors("staking", ["lockMultiplier", "stakeRate", "stakeReward", "providerMultiplier"]);
});
