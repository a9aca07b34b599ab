import { forgeSuite } from "../forge/campaign";

forgeSuite("Random sequences of calls on the whole system, at length", {
  runs: 10_000,
  depth: 32,
  checkInterval: 1,
  fuzzRuns: 100_000,
  rounds: 40,
});
