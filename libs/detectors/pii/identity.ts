import { dot, hyphen, isDigit, isWord, plus, slash, space } from '../characters.ts'
import type { Findings } from '../findings.ts'
import { addAnnouncingWords } from './announcing-words.ts'
import { type DigitRun, digitsOf, endOfGroup } from './digit-run.ts'
import { type IdentityNumber, identityNumbers } from './identity-numbers.ts'
import { eachWordBefore, hashOfWords } from './words-before.ts'

const byWord = new Map<number, IdentityNumber[]>()
for (const number of identityNumbers)
  for (const words of number.words.split('|')) {
    const hash = hashOfWords(words)
    addAnnouncingWords(hash)
    byWord.set(hash, [...(byWord.get(hash) ?? []), number])
  }

const leastDigits = 6
const candidates: IdentityNumber[] = []
const addCandidates = (hash: number) => {
  const numbers = byWord.get(hash)
  if (numbers) candidates.push(...numbers)
}

/** Numbers of persons by the words before them and by their check digits, however their digits are grouped. */
export function scanIdentity(text: string, run: DigitRun, findings: Findings): void {
  if (run.digits < leastDigits) return
  const start = run.start[0]!
  const before = text.charCodeAt(start - 1)
  if (isWord(before) || ((before === dot || before === hyphen) && isWord(text.charCodeAt(start - 2)))) return
  candidates.length = 0
  eachWordBefore(text, start, addCandidates)
  if (candidates.length === 0) return
  let count = 0
  for (let groups = 1; groups <= run.groups; groups++) {
    count += run.length[groups - 1]!
    if (count < leastDigits) continue
    const end = endOfGroup(run, groups)
    findings.looked(start, end + 1)
    const after = text.charCodeAt(end)
    if (
      isWord(after) ||
      ((after === dot || after === slash || after === plus) && isDigit(text.charCodeAt(end + 1)))
    )
      continue
    if (groups < run.groups && run.separator[groups] !== space && run.separator[groups] !== 0) continue
    let digits: string | undefined
    for (const { type, digits: lengths, check, confidence } of candidates) {
      if (!lengths.includes(count)) continue
      digits ??= digitsOf(run, text, groups)
      if (check(digits)) findings.found(type, start, end, confidence)
    }
  }
}
