export type Cell = string | number | undefined

/** Lines of a table: the first column to the left, the others to the right. Undefined is a dash. */
export function table(head: string[], rows: Cell[][]): string {
  const lines = [head, ...rows.map((row) => row.map((cell) => String(cell ?? '-')))]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n')
}

/** With so many decimals; undefined where there is no number. */
export function fixed(value: number | undefined, decimals: number): string | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value.toFixed(decimals)
}
