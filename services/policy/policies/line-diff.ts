/** A run of changes with the unchanged lines around it. Line numbers count from 1; a side without lines has start 0 or the line before. */
export type Hunk = {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  /** Each with ` `, `-` or `+` in front. */
  lines: string[]
}

type Step = { sign: ' ' | '-' | '+'; line: string }

const contextLines = 3
/** Beyond this many pairs of lines the middle is reported as replaced whole: a comparison is bounded whatever is compared. */
const maxCells = 4_000_000

/** The differences of two texts line by line, a longest common subsequence kept. */
export function diffLines(before: string, after: string): Hunk[] {
  return hunksOf(stepsBetween(linesOf(before), linesOf(after)))
}

/** As `diff -u` prints it; empty where nothing differs. */
export function unifiedDiff(hunks: Hunk[], oldLabel: string, newLabel: string): string {
  if (hunks.length === 0) return ''
  const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`)
  const texts = hunks.map(
    ({ oldStart, oldLines, newStart, newLines, lines }) =>
      `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n${lines.join('\n')}\n`,
  )
  return `--- ${oldLabel}\n+++ ${newLabel}\n${texts.join('')}`
}

function linesOf(text: string): string[] {
  if (text === '') return []
  return text.replace(/\n$/, '').split('\n')
}

function stepsBetween(before: string[], after: string[]): Step[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++
  const same = (line: string): Step => ({ sign: ' ', line })
  return [
    ...before.slice(0, head).map(same),
    ...middleSteps(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function middleSteps(before: string[], after: string[]): Step[] {
  const width = after.length + 1
  if ((before.length + 1) * width > maxCells)
    return [
      ...before.map((line): Step => ({ sign: '-', line })),
      ...after.map((line): Step => ({ sign: '+', line })),
    ]
  const longest = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] =
        before[i] === after[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
  const steps: Step[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      steps.push({ sign: ' ', line: before[i++]! })
      j++
    } else if (
      i < before.length &&
      (j === after.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    )
      steps.push({ sign: '-', line: before[i++]! })
    else steps.push({ sign: '+', line: after[j++]! })
  }
  return steps
}

function hunksOf(steps: Step[]): Hunk[] {
  const changed = steps.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]))
  const ranges: { from: number; to: number }[] = []
  for (const index of changed) {
    const from = Math.max(0, index - contextLines)
    const to = Math.min(steps.length, index + contextLines + 1)
    const last = ranges.at(-1)
    if (last && from <= last.to) last.to = to
    else ranges.push({ from, to })
  }
  const countIn = (part: Step[], sign: '-' | '+') =>
    part.filter((step) => step.sign === ' ' || step.sign === sign).length
  return ranges.map(({ from, to }) => {
    const before = steps.slice(0, from)
    const part = steps.slice(from, to)
    const [oldLines, newLines] = [countIn(part, '-'), countIn(part, '+')]
    return {
      oldStart: countIn(before, '-') + (oldLines > 0 ? 1 : 0),
      oldLines,
      newStart: countIn(before, '+') + (newLines > 0 ? 1 : 0),
      newLines,
      lines: part.map(({ sign, line }) => `${sign}${line}`),
    }
  })
}
