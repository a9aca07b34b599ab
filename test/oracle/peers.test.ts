import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Signature, keccak256, toBeHex } from "ethers";
import { askPeer, servePeers, type SignAnswer } from "../../oracle/peers";
import { keySigner, requestDigest, signerOf } from "../../oracle/signer";

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const key = keySigner(keccak256("0x01"));
const digest = keccak256("0x02");
const [A, B] = [keccak256("0x0a"), keccak256("0x0b")];
const request = { target: key.address, version: "1", leaves: [A, B], time: 1_000 };

/** Asks a peer that answers every request with these bytes. */
async function answerOf(body: string): Promise<SignAnswer> {
  const server = createServer((_request, response) => response.end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await askPeer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, request, key);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe("a signature of another oracle", () => {
  it("counts in the form that the contracts take", async () => {
    expect(signerOf(digest, await key.signDigest(digest))).to.equal(key.address);
  });

  it("counts in no other form, as one such signature makes the contracts refuse the whole batch", async () => {
    const good = Signature.from(await key.signDigest(digest));
    const high = toBeHex(CURVE_ORDER - BigInt(good.s), 32).slice(2);
    const other = good.v === 27 ? "1c" : "1b";
    const forms = {
      compact: good.compactSerialized,
      "high s": `${good.r}${high}${other}`,
      "v of 0 or 1": `${good.serialized.slice(0, -2)}0${good.yParity}`,
      "v of a chain": `${good.serialized.slice(0, -2)}${(35 + good.yParity).toString(16)}`,
      "capital letters": `0x${good.serialized.slice(2).toUpperCase()}`,
      nothing: "",
    };
    for (const [form, signature] of Object.entries(forms))
      expect(signerOf(digest, signature), form).to.equal(undefined);
  });
});

describe("the answer of another oracle", () => {
  it("is a signature, or those of the leaves that it refuses", async () => {
    expect(await answerOf(JSON.stringify({ signature: "0x12" }))).to.deep.equal({ signature: "0x12" });
    expect(await answerOf(JSON.stringify({ refused: [B, "0x00", 7] }))).to.deep.equal({ refused: [B] });
  });

  for (const body of ["null", "{}", "7", '{"refused":"all"}', '{"signature":1}', "nonsense", ""]) {
    it(`is an error when it is ${JSON.stringify(body)}`, async () => {
      const error = await answerOf(body).then(
        () => undefined,
        (e: unknown) => e as Error,
      );
      expect(error?.message).to.contain("gave no signature");
    });
  }

  it("is an error when it does not end", async () => {
    const error = await answerOf(JSON.stringify({ signature: "0".repeat(200_000) })).then(
      () => undefined,
      (e: unknown) => e as Error,
    );
    expect(error?.message).to.contain("gave no signature");
  });
});

describe("who may ask for a signature", () => {
  const ask = async (body: string, signature: string): Promise<number> => {
    const server = await servePeers({
      port: 0,
      members: () => [key.address],
      now: () => 1_000,
      answer: async () => ({ refused: [A] }),
      healthy: () => true,
    });
    try {
      const headers = { "content-type": "application/json", "x-stun-signature": signature };
      return (await fetch(`${server.url}/v1/sign`, { method: "POST", headers, body })).status;
    } finally {
      await server.close();
    }
  };
  const signed = (body: string): Promise<string> => key.signDigest(requestDigest(body));

  it("is a member, with a request of now", async () => {
    const body = JSON.stringify(request);
    expect(await ask(body, await signed(body))).to.equal(200);
  });

  it("is nobody else, and no member with another's request", async () => {
    const body = JSON.stringify(request);
    expect(await ask(body, await keySigner(keccak256("0x03")).signDigest(requestDigest(body)))).to.equal(401);
    expect(await ask(JSON.stringify({ ...request, version: "2" }), await signed(body))).to.equal(401);
    expect(await ask(body, "0x")).to.equal(401);
  });

  for (const [what, change] of [
    ["an old request", { time: 399 }],
    ["a request of the future", { time: 1_601 }],
    ["no leaves", { leaves: [] }],
    ["a leaf that is no hash", { leaves: ["../secret"] }],
    ["a version that is no number", { version: "-1" }],
  ] as const) {
    it(`is not answered with ${what}`, async () => {
      const body = JSON.stringify({ ...request, ...change });
      expect(await ask(body, await signed(body))).to.equal(400);
    });
  }
});
