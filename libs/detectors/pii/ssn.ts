import { closeParen, dot, hyphen, isDigit, isWord, openParen, plus, slash, space } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { createContextWords } from './context-words.ts'
import { type DigitRun, digitsOf, endOfGroup, hasPlusBetween, hasShape } from './digit-run.ts'

const contextOf = createContextWords(
  'ssn|ssns|ss|social security|social sec|itin|taxpayer|tax id',
  'part|sku|order|item|ref|reference|model|serial|tracking|phone|tel|id|ticket|invoice|zip|case|invalid',
)

/** Lengths of the groups of digits. */
export const ssnShapes: readonly (readonly number[])[] = [[3, 2, 4], [9]]

/** United States social security numbers, and the ranges of them that were never issued left out. */
export function scanSsn(
  text: string,
  codes: Uint16Array,
  run: DigitRun,
  isBare: boolean,
  findings: Findings,
): void {
  const start = run.start[0]!
  if (run.length[0] !== 3 && run.length[0] !== 9) return
  const grouped = hasShape(run, [3, 2, 4], [hyphen, space, dot, plus])
  if (!grouped && !hasShape(run, [9], [])) return
  const groups = grouped ? 3 : 1
  const end = endOfGroup(run, groups)
  findings.looked(start, end + 1)
  if (touches(codeBefore(codes, start)) || isWord(codes[end]!)) return
  if (run.groups > groups && run.separator[groups] !== space) return
  const after = codes[end]!
  if ((after === dot || after === hyphen || after === 44) && isDigit(codes[end + 1]!)) return
  if (!isIssued(digitsOf(run, text, groups))) return
  const context = isBare ? 'none' : contextOf(codes, start)
  const dashed = grouped && run.separator[1] === hyphen
  if (context !== 'wanted' && hasPlusBetween(run, groups)) return
  if (context === 'wanted') findings.found('SSN', start, end, grouped ? 0.98 : 0.85)
  else if (context === 'none' && dashed) findings.found('SSN', start, end, 0.85)
  else if (context === 'none' && grouped) findings.found('SSN', start, end, 0.55)
}

function touches(code: number): boolean {
  return (
    isWord(code) ||
    code === dot ||
    code === hyphen ||
    code === slash ||
    code === plus ||
    code === openParen ||
    code === closeParen
  )
}

function isIssued(digits: string): boolean {
  const area = digits.slice(0, 3)
  if (area === '000' || area === '666' || area >= '900') return false
  if (digits.slice(3, 5) === '00' || digits.slice(5) === '0000') return false
  return !/^(\d)\1+$/.test(digits) && digits !== '123456789' && digits !== '078051120'
}
