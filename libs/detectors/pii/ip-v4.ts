import { dot, hyphen, isAsciiLetter, isWord, slash } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import type { DigitRun } from './digit-run.ts'
import { textBefore } from './surroundings.ts'

const versionBefore =
  /(?<![a-z])(?:v|ver|versions?|releases?|upgraded?|updated?|upgrade to|update to|builds?|firmware|sections?|chapters?|clauses?|§|rev|revision|patch|package|oid|jdk|sdk|chrome|firefox|safari|edge)[ .:=#]*$/

/** Words and signs that an address follows, and no version. */
const addressBefore =
  /(?:\b(?:ips?|ipv4|address(?:es)?|addr|hosts?|servers?|from|at|ping|ssh|gateway|router?|via|dns|nameserver|resolver|bind|listen(?:ing)?|src|dst|client|remote|subnet|network|inet|peer|proxy|upstream|cidr|node|endpoint|connect(?:ed|ing)?(?: to)?|http|https)\b[^\n]{0,12}|[[/@=(,:] ?["']?|\d\.\d{1,3}[^\n]{0,6})$/

/** Dotted quads, with the prefix length where one follows. */
export function scanIpV4(
  text: string,
  codes: Uint16Array,
  run: DigitRun,
  isBare: boolean,
  findings: Findings,
): void {
  if (run.groups < 4) return
  for (let group = 0; group < 4; group++) {
    if (group > 0 && run.separator[group] !== dot) return
    if (!isOctet(codes, run.start[group]!, run.length[group]!)) return
  }
  const start = run.start[0]!
  let end = run.start[3]! + run.length[3]!
  if (run.groups > 4 && run.separator[4] === dot) return
  if (run.groups > 4 && run.separator[4] === slash && run.length[4]! <= 2)
    end = run.start[4]! + run.length[4]!
  findings.looked(start, end + 1)
  const after = codes[end]!
  if (isWord(after) || (after === hyphen && isAsciiLetter(codes[end + 1]!))) return
  const before = codeBefore(codes, start)
  if (isWord(before) || ((before === dot || before === slash) && isWord(codeBefore(codes, start - 1)))) return
  if (!isBare && versionBefore.test(textBefore(text, start))) return
  findings.found(
    'IP',
    start,
    end,
    isLikeVersion(codes, run) && !addressBefore.test(textBefore(text, start)) ? 0.4 : 0.9,
  )
}

/** 0 to 255 without leading zeros. */
function isOctet(codes: Uint16Array, start: number, length: number): boolean {
  if (length > 3) return false
  if (length > 1 && codes[start] === 48) return false
  return numberAt(codes, start, length) <= 255
}

function numberAt(codes: Uint16Array, start: number, length: number): number {
  let value = 0
  for (let index = start; index < start + length; index++) value = 10 * value + codes[index]! - 48
  return value
}

/** Four small numbers: `3.0.1.4`. */
function isLikeVersion(codes: Uint16Array, run: DigitRun): boolean {
  for (let group = 0; group < 4; group++)
    if (run.length[group]! > 2 || numberAt(codes, run.start[group]!, run.length[group]!) >= 30) return false
  return !(isZero(codes, run, 2) && isZero(codes, run, 3))
}

function isZero(codes: Uint16Array, run: DigitRun, group: number): boolean {
  return run.length[group] === 1 && codes[run.start[group]!] === 48
}
