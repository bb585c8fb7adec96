export type FencedBlock = { line: number; language: string; text: string }

/** The fenced code blocks of a Markdown text, those within lists too, without their indentation. */
export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = []
  let open: (FencedBlock & { indent: string }) | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^( *)```(\w*)$/.exec(line)
    if (!open && fence) open = { line: index + 1, language: fence[2]!, text: '', indent: fence[1]! }
    else if (open && fence && fence[1] === open.indent) {
      const { indent: _, ...block } = open
      blocks.push(block)
      open = undefined
    } else if (open) open.text += `${line.startsWith(open.indent) ? line.slice(open.indent.length) : line}\n`
  }
  if (open) throw new Error(`The code block of line ${open.line} does not end`)
  return blocks
}
