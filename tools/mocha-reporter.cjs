// The spec reporter, which also writes its counts to the file that STUN_TEST_COUNTS names: scripts/test.ts adds them up.
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

module.exports = class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const file = process.env.STUN_TEST_COUNTS;
      if (!file) return;
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
};
