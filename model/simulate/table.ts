/** Rows, the first of them the head, as a Markdown table. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => "---"), ...rest].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A whole number with a comma between thousands. */
export function thousands(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
