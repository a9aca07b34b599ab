import { holdsToVectors } from "../vectors";

describe("VestingMath against the model's vectors", () => {
  holdsToVectors("vesting", ["vested"]);
});
