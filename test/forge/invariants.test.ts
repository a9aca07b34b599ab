import { forgeSuite } from "./campaign";

forgeSuite("Random sequences of calls on the whole system", { runs: 64, depth: 32, checkInterval: 1, fuzzRuns: 1_000 });
