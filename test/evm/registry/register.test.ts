import { expect } from "chai";
import { deploy, mined, read, send, ZERO } from "../kit";
import { world } from "./fixture";

describe("Registry: register", () => {
  it("registers the caller with a referrer that stays", async () => {
    const w = await world();
    expect(await read(w.registry, "referrerOf", w.provider.address)).to.deep.equal([false, ZERO]);
    await expect(send(w.provider, w.registry, "register", "https://gpu.example", w.referrer.address))
      .to.emit(w.registry, "ProviderRegistered")
      .withArgs(w.provider.address, w.referrer.address, "https://gpu.example");
    expect(await read(w.registry, "referrerOf", w.provider.address)).to.deep.equal([true, w.referrer.address]);
    await expect(send(w.provider, w.registry, "register", "", w.other.address))
      .to.be.revertedWithCustomError(w.registry, "AlreadyRegistered")
      .withArgs(w.provider.address);
  });

  it("refuses a provider that refers itself", async () => {
    const w = await world();
    await expect(send(w.provider, w.registry, "register", "", w.provider.address))
      .to.be.revertedWithCustomError(w.registry, "SelfReferral")
      .withArgs(w.provider.address);
  });

  it("lets a provider change its endpoint, and nobody else", async () => {
    const w = await world();
    await mined(w.provider, w.registry, "register", "a", ZERO);
    await expect(send(w.provider, w.registry, "setEndpoint", "b"))
      .to.emit(w.registry, "EndpointSet")
      .withArgs(w.provider.address, "b");
    await expect(send(w.other, w.registry, "setEndpoint", "c"))
      .to.be.revertedWithCustomError(w.registry, "NotRegistered")
      .withArgs(w.other.address);
  });

  it("refuses to be deployed without committee or staking", async () => {
    const w = await world();
    const staking = await w.staking.getAddress();
    await expect(deploy("Registry", ZERO, staking, 1n)).to.be.revertedWithCustomError(w.registry, "ZeroAddress");
    await expect(deploy("Registry", staking, ZERO, 1n)).to.be.revertedWithCustomError(w.registry, "ZeroAddress");
  });
});
