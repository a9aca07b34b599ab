// A deployment in a process of its own that kills itself, as a power cut would, at the place it is told:
// kill.child.ts <network file> <directory> <number of the point, or 0 for none>
import { deployNetwork, loadNetwork, rpcConnections } from "../../deploy";

async function main(): Promise<void> {
  const [file, directory, place] = process.argv.slice(2) as [string, string, string];
  const network = loadNetwork(file);
  let left = Number(place);
  const { result } = await deployNetwork(network, await rpcConnections(network), {
    directory,
    at: () => {
      if (--left === 0) process.kill(process.pid, "SIGKILL");
    },
  });
  process.stdout.write(`${result.executed.length} executed\n`);
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
