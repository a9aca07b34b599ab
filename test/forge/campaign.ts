// Turns one run of Foundry into tests of mocha, one for each rule of each campaign.
import { expect } from "chai";
import {
  brokenRule,
  campaigns,
  compiledHandlers,
  findForge,
  metricsOf,
  resultOf,
  runForge,
  sequenceOf,
  singleTests,
  type Campaign,
  type Outcome,
  type Tier,
} from "./forge";

/** With so many calls a handler that can succeed has succeeded. */
const ENOUGH_CALLS = 20;

function rulesOf(campaign: Campaign, outcome: () => Outcome): void {
  describe(campaign.name, () => {
    for (const rule of campaign.rules) {
      it(rule.replaceAll("_", " "), () => {
        const result = resultOf(outcome(), campaign.name);
        const broken = brokenRule(campaign, result);
        if (broken?.rule === rule) expect.fail(`${broken.why}\n${sequenceOf(result)}`);
      });
    }

    it("calls every public function of its handler, as the compiler lists them", () => {
      outcome();
      expect(compiledHandlers(campaign)).to.deep.equal([...campaign.handlers]);
    });

    it("takes every call of its handler at least once, and fails in no other way", () => {
      const result = resultOf(outcome(), campaign.name);
      if (result.status !== "Success") expect.fail(`${result.reason}\n${sequenceOf(result)}`);
      const metrics = metricsOf(result);
      const sum = { calls: 0, taken: 0 };
      const never: string[] = [];
      for (const handler of campaign.handlers) {
        const { calls, taken } = metrics.get(handler) ?? { calls: 0, taken: 0 };
        sum.calls += calls;
        sum.taken += taken;
        if (taken === 0 && (calls >= ENOUGH_CALLS || calls === 0)) never.push(`${handler}: 0 of ${calls}`);
      }
      process.stdout.write(`      ${campaign.name}: ${sum.taken} of ${sum.calls} calls were taken\n`);
      expect(never).to.deep.equal([]);
      expect(Number(sum.taken) / sum.calls).to.be.greaterThan(0.6);
    });
  });
}

/** Declares the tests of one tier. */
export function forgeSuite(title: string, tier: Tier): void {
  describe(title, function () {
    this.timeout(4 * 3_600_000);
    let outcome: Outcome | undefined;
    const there = (): Outcome => {
      if (!outcome) throw new Error("Foundry has not run.");
      return outcome;
    };

    before(function () {
      const forge = findForge();
      if ("reason" in forge) {
        process.stdout.write(`    SKIPPED, no random sequences by Foundry: ${forge.reason}\n`);
        return this.skip();
      }
      outcome = runForge(forge.path, tier);
      process.stdout.write(`      Foundry took ${outcome.seconds.toFixed(0)} s\n`);
    });

    for (const campaign of campaigns()) rulesOf(campaign, there);

    describe("single functions", () => {
      for (const name of singleTests()) {
        it(name.replace(/^test(Fuzz)?_/, "").replaceAll("_", " "), () => {
          const found = [...there().results].find(([key]) => key.endsWith(`.${name}`));
          expect(found, `Foundry does not know ${name}`).not.to.equal(undefined);
          expect(found![1].status, `${found![1].reason}\n${sequenceOf(found![1])}`).to.equal("Success");
        });
      }
    });
  });
}
