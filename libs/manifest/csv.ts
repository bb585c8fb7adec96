type Cell = string | number | null

/**
 * A record of RFC 4180, with a line feed at its end; null is an empty field, an empty text is quoted.
 *
 * A spreadsheet runs a field that begins as a formula does, and clients choose the names of sessions and models. Such a text gets
 * an apostrophe before it, and so does one that begins with apostrophes and then as a formula: whoever removes one apostrophe
 * from every field that begins so has the text back. Numbers stay as they are.
 */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(csvField).join(',')}\n`
}

const formula = /^'*[=+\-@＝＋－＠\t\r\n]/

function csvField(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = formula.test(cell) ? `'${cell}` : cell
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
