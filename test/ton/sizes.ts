// What the network counts of messages and accounts when it asks for forward and storage fees.
import { type Cell, type Message, beginCell, storeMessage } from "@ton/core";

export interface Size {
  readonly bits: number;
  readonly cells: number;
}

function count(cell: Cell, seen: Set<string>): Size {
  const hash = cell.hash().toString("hex");
  if (seen.has(hash)) return { bits: 0, cells: 0 };
  seen.add(hash);
  return cell.refs.reduce(
    (sum, ref) => {
      const part = count(ref, seen);
      return { bits: sum.bits + part.bits, cells: sum.cells + part.cells };
    },
    { bits: cell.bits.length, cells: 1 },
  );
}

/** Distinct cells below the root of a message: the root is in the lump price. */
export function messageSize(message: Message): Size {
  const root = beginCell().store(storeMessage(message)).endCell();
  const seen = new Set<string>();
  return root.refs.reduce(
    (sum, ref) => {
      const part = count(ref, seen);
      return { bits: sum.bits + part.bits, cells: sum.cells + part.cells };
    },
    { bits: 0, cells: 0 },
  );
}

/** Code and data of an account, as its storage is charged. */
export function accountSize(code: Cell, data: Cell): Size {
  const seen = new Set<string>();
  const of = [code, data].map((cell) => count(cell, seen));
  // the account's own cell: address, balance, statistics, the references
  return { bits: of[0]!.bits + of[1]!.bits + 500, cells: of[0]!.cells + of[1]!.cells + 1 };
}
