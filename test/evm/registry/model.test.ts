import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { DAY, mined, moveTo, nextAt, now, read, send, ZERO } from "../kit";
import { world, type World } from "./fixture";

const MODEL = id("model");
const SALT = id("salt");

async function commit(w: World, who: HardhatEthersSigner, model = MODEL, salt = SALT): Promise<bigint> {
  const commitment = await read<string>(w.registry, "commitmentOf", model, who.address, salt);
  await mined(who, w.registry, "commitModel", commitment);
  return now();
}

describe("Registry: models", () => {
  it("belong for ever to who registers them first", async () => {
    const w = await world();
    expect(await read(w.registry, "creatorOf", MODEL)).to.equal(ZERO);
    await nextAt((await commit(w, w.creator)) + 600n);
    await expect(send(w.creator, w.registry, "registerModel", MODEL, ZeroHash, SALT))
      .to.emit(w.registry, "ModelRegistered")
      .withArgs(MODEL, w.creator.address, ZeroHash, 1n);
    expect(await read(w.registry, "creatorOf", MODEL)).to.equal(w.creator.address);
    await moveTo((await commit(w, w.other)) + 600n);
    await expect(send(w.other, w.registry, "registerModel", MODEL, ZeroHash, SALT))
      .to.be.revertedWithCustomError(w.registry, "ModelTaken")
      .withArgs(MODEL, w.creator.address);
  });

  it("cannot be taken by who sees the registration before it is mined", async () => {
    const w = await world();
    await moveTo((await commit(w, w.creator)) + 600n);
    await expect(send(w.other, w.registry, "registerModel", MODEL, ZeroHash, SALT)).to.be.revertedWithCustomError(
      w.registry,
      "CommitmentNotReady",
    );
  });

  it("are registered neither before the delay nor after the lifetime of the commitment", async () => {
    const w = await world();
    const at = await commit(w, w.creator);
    await nextAt(at + 599n);
    await expect(send(w.creator, w.registry, "registerModel", MODEL, ZeroHash, SALT)).to.be.revertedWithCustomError(
      w.registry,
      "CommitmentNotReady",
    );
    await nextAt(at + 7n * DAY + 1n);
    await expect(send(w.creator, w.registry, "registerModel", MODEL, ZeroHash, SALT)).to.be.revertedWithCustomError(
      w.registry,
      "CommitmentNotReady",
    );
  });

  it("are committed to once, so that nobody can make a commitment young again", async () => {
    const w = await world();
    await commit(w, w.creator);
    const commitment = await read<string>(w.registry, "commitmentOf", MODEL, w.creator.address, SALT);
    await expect(send(w.other, w.registry, "commitModel", commitment))
      .to.be.revertedWithCustomError(w.registry, "AlreadyCommitted")
      .withArgs(commitment);
  });

  it("get versions from their creator alone", async () => {
    const w = await world();
    const next = id("model 2");
    await commit(w, w.creator);
    await commit(w, w.other, next);
    await commit(w, w.creator, next);
    await moveTo((await now()) + 600n);
    await mined(w.creator, w.registry, "registerModel", MODEL, ZeroHash, SALT);
    await expect(send(w.other, w.registry, "registerModel", next, MODEL, SALT))
      .to.be.revertedWithCustomError(w.registry, "NotCreator")
      .withArgs(MODEL, w.creator.address);
    await expect(send(w.creator, w.registry, "registerModel", next, MODEL, SALT))
      .to.emit(w.registry, "ModelRegistered")
      .withArgs(next, w.creator.address, MODEL, 2n);
  });

  it("have content", async () => {
    const w = await world();
    await expect(send(w.creator, w.registry, "registerModel", ZeroHash, ZeroHash, SALT)).to.be.revertedWithCustomError(
      w.registry,
      "EmptyContent",
    );
  });
});
