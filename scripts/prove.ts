// npm run prove: what payers, provers and governance do with zk jobs of circuits/digits.circom.
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { JsonRpcProvider, Wallet, ZeroAddress, getAddress, keccak256 } from "ethers";
import { contractAt, transact } from "../chains/evm/client";
import { zkSpec } from "../chains/evm/proofs";
import { StunError, messageOf } from "../chains/errors";
import { digitsCircuit } from "../circuits/build";
import { readPicture, unpackSums, runDigits } from "../circuits/digits";
import { nextCall, proverOf, type Prover } from "../circuits/prover";
import { runCommand } from "./command";

const RPC = "STUN_PROVER_RPC";
const KEY = "STUN_PROVER_KEY";

interface KeyOptions {
  zkey?: string;
  units: bigint;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function prover({ zkey, units }: KeyOptions): Promise<Prover> {
  const made = await proverOf(await digitsCircuit(), units, zkey);
  if (zkey === undefined) {
    process.stderr.write(
      "Without --zkey this is the key of the local ceremony: anybody can forge proofs under it. Never where money is.\n",
    );
  }
  return made;
}

async function runKey(options: KeyOptions & { out?: string }): Promise<void> {
  const { key, keyId } = await prover(options);
  if (options.out) writeFileSync(options.out, `${key}\n`);
  say(`key id (verifierConfigHash)  ${keyId}`);
  say(`units of one proof           ${options.units}`);
  say(`bytes for addKey             ${options.out ?? key}`);
}

async function runSpec(options: KeyOptions & { picture: string }): Promise<void> {
  const { circuit, keyId } = await prover(options);
  const input = readPicture(options.picture);
  const spec = zkSpec(keyId, input);
  say(`specification  ${spec}`);
  say(`specHash       ${keccak256(spec)}`);
  const sums = unpackSums((await runDigits(circuit, input))[0]!);
  say(`the network says ${sums.indexOf(Math.max(...sums))} by the sums ${sums.join(" ")}`);
}

interface JobOptions extends KeyOptions {
  escrow: string;
  picture: string;
  fromBlock: number;
  send?: boolean;
}

function wallet(provider: JsonRpcProvider): Wallet | undefined {
  const key = process.env[KEY];
  if (!key) return undefined;
  try {
    return new Wallet(key, provider);
  } catch {
    // The cause is left out on purpose: it may quote the key.
    throw new StunError(`The environment variable ${KEY} holds no private key: give 0x and 64 hexadecimal digits.`);
  }
}

async function runJob(jobId: string, options: JobOptions): Promise<void> {
  const url = process.env[RPC];
  if (!url)
    throw new StunError(`The environment variable ${RPC} is not set: give the URL of a node of the job's chain.`);
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
  try {
    await provider.send("eth_chainId", []);
  } catch (error) {
    throw new StunError(`The node at ${url} does not answer: ${messageOf(error)}. Check the URL and the node.`, error);
  }
  const sender = wallet(provider);
  if (options.send && !sender) throw new StunError(`--send needs ${KEY}, the private key that pays for the calls.`);
  const own = await prover(options);
  const input = readPicture(options.picture);
  const escrow = contractAt("JobEscrow", options.escrow, sender ?? provider);
  const verifier = contractAt("ProofVerifier", (await escrow.getFunction("proofs")()) as string, provider);
  const next = (): ReturnType<typeof nextCall> =>
    nextCall(escrow, verifier, jobId, own, input, sender?.address ?? ZeroAddress, options.fromBlock);
  for (;;) {
    const { method, args, title } = await next();
    if (!options.send) {
      say(`next: ${title}`);
      say(`to    ${getAddress(options.escrow)}`);
      say(`data  ${escrow.interface.encodeFunctionData(method, args)}`);
      return;
    }
    const { hash, gasUsed } = await transact(title, escrow.getFunction(method).send(...args));
    say(`${title}: ${hash}, ${gasUsed} gas`);
    if (method === "prove") return;
  }
}

function positive(text: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(text)) throw new InvalidArgumentError("give a whole number from 1 on.");
  return BigInt(text);
}

function block(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("give the number of a block.");
  return Number(text);
}

async function main(): Promise<void> {
  const program = new Command("prove").description("zk jobs of the digits circuit: keys, specifications, proofs");
  const keyed = (command: Command): Command =>
    command
      .option("--zkey <file>", "the zkey of the ceremony whose key the job names; the local one without it")
      .option("--units <number>", "units of work that the key says a proof is worth", positive, 1n);
  keyed(program.command("key").description("prints the verifying key as governance admits it"))
    .option("--out <file>", "writes its bytes there")
    .action(runKey);
  keyed(program.command("spec").description("prints the specification of a picture, for a payer"))
    .requiredOption("--picture <file>", "64 bytes, a brightness each")
    .action(runSpec);
  keyed(program.command("job <id>").description("submits and proves a job, or prints the next call"))
    .requiredOption("--escrow <address>", "the job escrow")
    .requiredOption("--picture <file>", "the job's input: 64 bytes")
    .option("--from-block <number>", "where the search for the job begins", block, 0)
    .option("--send", `sends the calls with the key in ${KEY}`)
    .action(runJob);
  await program.parseAsync();
  process.exit(0);
}

runCommand(main);
