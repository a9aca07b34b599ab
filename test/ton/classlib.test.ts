import { type Cell, contractAddress, Address, beginCell, type TupleItem } from "@ton/core";
import { expect } from "chai";
import { bytesToCell, cellToBytes, hashOf } from "../../chains/ton/address";
import { compileTolk } from "../../chains/ton/compile";
import { NULL, artifact, build, buildPath } from "../../localnet/ton-classlib";
import { NO_RECEIVE_CONFIG, NO_SEND_CONFIG, deriveAddresses } from "../../localnet/ton-layerzero-paths";
import { TonSandbox } from "../../localnet/ton-sandbox";
import { guidOf } from "./kit";

const APP = 0x1ddf580052174ed1dd0d66c35bfdc1a5fcc69af4f4ae36154b13dcfc6c14a35fn;
const PEER = 0x77652d5aba086137b595875263fc200182919b92n;
const PATH = [30_343n, APP, 30_110n, PEER];
const MESSAGE = bytesToCell(Buffer.from("00000000000000010000000000bc614e", "hex"));

const int = (value: bigint): TupleItem => ({ type: "int", value });
const cell = (value: Cell): TupleItem => ({ type: "cell", cell: value });
const hex = (value: Cell): string => value.hash().toString("hex");

describe("LayerZero's objects in Tolk", () => {
  let sandbox: TonSandbox;
  let probe: Address;

  before(async () => {
    sandbox = await TonSandbox.start(1_800_000_000n);
    const init = { code: await compileTolk("test/classlib-probe"), data: beginCell().endCell() };
    probe = contractAddress(0, init);
    await sandbox.send("deployer", { to: probe, value: 10n ** 9n, init, bounce: false });
  });

  const built = async (method: string, ...args: TupleItem[]): Promise<Cell> =>
    (await sandbox.get(probe, method, args)).readCell();

  describe("equals the golden vectors", () => {
    it("path, in both directions", async () => {
      expect(hex(await built("path", ...PATH.map(int)))).to.equal(
        "02d36d2da8d10bcaf2405f101933cf24d5f744840f0f5fbdba675f8fb303c11f",
      );
      expect(hex(await built("path", int(30_110n), int(PEER), int(30_343n), int(APP)))).to.equal(
        "bc798dcb75c1651f8d04603ff82f520a556722acbec7ab8f51709b0f8a4a5f28",
      );
    });

    it("packet", async () => {
      expect(hex(await built("packet", ...PATH.map(int), cell(MESSAGE), int(0n), int(0n)))).to.equal(
        "8dbcf71944837ba6a09dc360a1af8e8bb3247237472f8cfbbc676816efded5df",
      );
    });

    it("options and send request", async () => {
      const options = await built("options", int(200_000n));
      expect(hex(options)).to.equal("4665b9731d9ced63109263d696b6434ba26f650b7e38ee4cb5a8d3c05dfbaf9b");
      // the vector has the options as extra options; ours travel as enforced options
      const packet = await built("packet", ...PATH.map(int), cell(MESSAGE), int(0n), int(0n));
      const request = (extraOptions: Cell, enforcedOptions: Cell): Cell =>
        build("md::LzSend", {
          sendRequestId: 0n,
          sendMsglibManager: 0n,
          sendMsglib: 0n,
          sendMsglibConnection: 0n,
          packet,
          nativeFee: 10n ** 9n,
          zroFee: 0n,
          extraOptions,
          enforcedOptions,
          callbackData: NULL,
        });
      expect(hex(request(options, NULL))).to.equal("dc22d0331aabc156909edeb7d31b2fd16e66b66de7526583d227da66cbd373b8");
      const ours = await built(
        "send_request",
        ...PATH.map(int),
        cell(MESSAGE),
        int(10n ** 9n),
        cell(options),
        cell(NULL),
      );
      expect(hex(ours)).to.equal(hex(request(NULL, options)));
    });

    it("nonce and receive status", async () => {
      expect(hex(await built("nonce", int(7n)))).to.equal(
        "697a7d2246d7dd0dee4f1e743b745a2a4f17b5726debe883cf174f7dc39b1268",
      );
      expect(hex(await built("status", int(1n), int(7n)))).to.equal(
        "bf05f2972f5f1251b90089f9f830c6749c18661f19ce60c276d446f0c2af3457",
      );
    });

    it("a message of 300 bytes, and the empty configurations", () => {
      const bytes = Buffer.from(Array.from({ length: 300 }, (_, i) => i & 255));
      expect(hex(bytesToCell(bytes))).to.equal("3325c6b525c7fbeeec32bcb6322c66d99596ef85f6d4770bcecca2ae1ac8e634");
      expect(hex(NO_SEND_CONFIG)).to.equal("51d69137d7688ed258858f4960bbe028bb113c2aa574584f69cfd0d90178a5e8");
      expect(hex(NO_RECEIVE_CONFIG)).to.equal("5f82c65597d6d21f57e26d3cee07b61455fa6ffb847a0c8a02a27297f4b18977");
    });

    it("addresses and a GUID of the main network", () => {
      const deployed = (file: string): Address => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file of a package
        const { address } = require(`@layerzerolabs/lz-ton-sdk-v2/deployments/ton-mainnet/${file}.json`) as {
          address: string;
        };
        return Address.parse(address);
      };
      const code = (name: string): Cell => artifact(name);
      const of = deriveAddresses(code, {
        controller: deployed("Controller"),
        ulnManager: deployed("UlnManager"),
        eid: 30_343,
      });
      const endpoint = of.endpoint(30_110);
      const uln = of.uln(30_110);
      const { channel, connection } = of.path(APP, 30_110, PEER);
      expect(
        [endpoint, uln, channel, connection].map((address) => hashOf(address).toString(16).padStart(64, "0")),
      ).to.eql([
        "05db8e9e93b2902c95df281a6e7fbc32f56cf25a6df439ae2c228f023d4236bc",
        "1a09a7e63d02ef1793d5d9089ea98dea4befed3c1354a65e57ebf4d64c7e32f8",
        "316456309b2987b7eb03e4cc6bb227126890df18f744058fffeaa34ddaf39ccd",
        "1b4a584b08a9285a23b83b984bcf243d3a24114e8e89dfcf009cde0fa303426d",
      ]);
      const bytes32 = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;
      expect(guidOf(2_272n, 30_343, bytes32(APP), 30_110, bytes32(PEER))).to.equal(
        "0x9073afd334a8ed27ad5d6392a6e46c92c0c7a4c3b31d5d26763c5c28d03ab97a",
      );
    });
  });

  it("equals LayerZero's own SDK for other values", async () => {
    const max = 2n ** 256n - 1n;
    const path = { srcEid: 1, srcOApp: max, dstEid: 2 ** 32 - 1, dstOApp: 0n };
    const values = [1n, max, 2n ** 32n - 1n, 0n].map(int);
    expect(hex(await built("path", ...values))).to.equal(hex(buildPath(path)));
    const fields = { path: buildPath(path), message: MESSAGE, nonce: 2n ** 64n - 1n, guid: max };
    expect(hex(await built("packet", ...values, cell(MESSAGE), int(2n ** 64n - 1n), int(max)))).to.equal(
      hex(build("lz::Packet", fields)),
    );
    const status = { success: false, nonce: 1n, value: 0n, extraData: NULL, reason: NULL, sender: 0n, packet: NULL };
    expect(hex(await built("status", int(0n), int(1n)))).to.equal(
      hex(build("md::LzReceiveStatus", { ...status, executionStatus: 0 })),
    );
  });

  it("keeps bytes through cells, whatever their length", () => {
    for (const length of [0, 1, 40, 126, 127, 128, 253, 254, 255, 300, 1_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
      expect(Buffer.from(cellToBytes(bytesToCell(bytes))).toString("hex")).to.equal(Buffer.from(bytes).toString("hex"));
    }
  });
});
