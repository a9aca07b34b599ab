import { expect } from "chai";
import fc from "fast-check";
import {
  ModelError,
  OFFER_REACH,
  cancelOffers,
  checkOfferBook,
  killOffers,
  newOfferBook,
  useOffer,
  type OfferBook,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

describe("model: offers", () => {
  it("uses each nonce once, in any order inside the window", () => {
    const book = [5n, 0n, 255n].reduce<OfferBook>(useOffer, newOfferBook());
    expect(book.floor).to.equal(0n);
    for (const nonce of [5n, 0n, 255n]) expectError("ALREADY_USED", () => useOffer(book, nonce));
    useOffer(book, 1n);
  });

  it("moves the window up for a nonce beyond it, and kills what falls below", () => {
    const book = useOffer(useOffer(newOfferBook(), 3n), 258n);
    expect(book.floor).to.equal(3n);
    expectError("ALREADY_USED", () => useOffer(book, 2n));
    expectError("ALREADY_USED", () => useOffer(book, 3n));
    useOffer(book, 4n);
  });

  it("dies by cancelling and by an exit", () => {
    const book = cancelOffers(useOffer(newOfferBook(), 7n), 6n);
    expectError("ALREADY_USED", () => useOffer(book, 5n));
    expectError("ALREADY_USED", () => useOffer(book, 7n));
    useOffer(book, 6n);
    expectError("BELOW_MINIMUM", () => cancelOffers(book, 6n));
    expectError("ABOVE_MAXIMUM", () => cancelOffers(book, 6n + OFFER_REACH + 1n));
    const dead = killOffers(book);
    expectError("ALREADY_USED", () => useOffer(dead, 6n + OFFER_REACH - 1n));
    useOffer(dead, 6n + OFFER_REACH);
  });

  it("keeps what was used above a raised floor, however often the floor rises", () => {
    let book = [9n, 20n].reduce<OfferBook>(useOffer, newOfferBook());
    for (const floor of [3n, 6n, 12n]) book = cancelOffers(book, floor);
    expectError("ALREADY_USED", () => useOffer(book, 20n));
    useOffer(book, 19n);
  });

  it("reaches 2^32 above its floor and no further", () => {
    useOffer(newOfferBook(), OFFER_REACH - 1n);
    expectError("ABOVE_MAXIMUM", () => useOffer(newOfferBook(), OFFER_REACH));
    expectError("NEGATIVE", () => useOffer(newOfferBook(), -1n));
  });

  it("never lets a nonce work twice, whatever the order", () => {
    const nonces = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 600n }), fc.boolean()), { maxLength: 120 });
    holds(
      fc.property(nonces, fc.constantFrom(192n, 256n), (list, window) => {
        let book = newOfferBook(window);
        const used = new Set<bigint>();
        for (const [nonce, cancel] of list) {
          const floor = book.floor;
          try {
            book = cancel && nonce % 10n === 0n ? cancelOffers(book, nonce) : useOffer(book, nonce);
            checkOfferBook(book);
            if (!(cancel && nonce % 10n === 0n)) {
              expect(used.has(nonce)).to.equal(false);
              used.add(nonce);
            }
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
          expect(book.floor >= floor).to.equal(true);
        }
      }),
    );
  });
});
