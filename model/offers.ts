import { amount } from "./check";
import { mustNotExceed, refuse } from "./machine";

// Source: protocol, A job, Offers.

/** Nonces from the floor up to this far above it can be used; killing all offers raises the floor by it. */
export const OFFER_REACH = 1n << 32n;

/** Which nonces of a provider's offers can still be used. Immutable: every function gives a new book. */
export interface OfferBook {
  /** Everything below is dead. */
  readonly floor: bigint;
  /** Bit i: the nonce floor + i was used. */
  readonly used: bigint;
  /** How many nonces from the floor on are told apart. A chain may keep fewer than 256 when a word holds no more. */
  readonly window: bigint;
}

/** A provider that has signed nothing yet. */
export function newOfferBook(window = 256n): OfferBook {
  return { floor: 0n, used: 0n, window: amount("window", window, 1n) };
}

/**
 * Uses a nonce, once. A nonce beyond the window moves the window up and kills what falls below it.
 * Errors: ALREADY_USED for a used or dead nonce, ABOVE_MAXIMUM beyond the reach, NEGATIVE.
 */
export function useOffer(book: OfferBook, nonce: bigint): OfferBook {
  amount("nonce", nonce, 0n, book.floor + OFFER_REACH - 1n);
  if (nonce < book.floor) {
    refuse("ALREADY_USED", `The nonce ${nonce} is below the floor of ${book.floor}: sign a new offer.`, {
      nonce,
      floor: book.floor,
    });
  }
  const beyond = nonce - book.floor - (book.window - 1n);
  const moved = beyond > 0n ? raise(book, book.floor + beyond) : book;
  const bit = 1n << (nonce - moved.floor);
  if ((moved.used & bit) !== 0n) refuse("ALREADY_USED", `The nonce ${nonce} was used: sign a new offer.`, { nonce });
  return { ...moved, used: moved.used | bit };
}

/** Kills the offers below `floor`. Errors: BELOW_MINIMUM unless it rises, ABOVE_MAXIMUM beyond the reach. */
export function cancelOffers(book: OfferBook, floor: bigint): OfferBook {
  amount("floor", floor, book.floor + 1n, book.floor + OFFER_REACH);
  return raise(book, floor);
}

/** Kills every offer that could be used now; an exit does it. */
export function killOffers(book: OfferBook): OfferBook {
  return raise(book, book.floor + OFFER_REACH);
}

/** The window holds no more than its nonces. Errors: INVARIANT_BROKEN. */
export function checkOfferBook(book: OfferBook): void {
  mustNotExceed("used < 2^window", book.used, (1n << book.window) - 1n);
}

function raise(book: OfferBook, floor: bigint): OfferBook {
  return { ...book, floor, used: book.used >> (floor - book.floor) };
}
