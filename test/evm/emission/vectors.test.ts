import { holdsToVectors } from "../vectors";

describe("EmissionMath against the model's vectors", () => {
  holdsToVectors("emission", ["emitted", "pot", "spendable"]);
});
