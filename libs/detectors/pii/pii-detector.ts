import type { SpanDetector } from '../detector.ts'
import { createFindings, type Findings } from '../findings.ts'
import { createSpanDetector } from '../span-detector.ts'
import { withoutCovered } from '../without-covered.ts'
import { at, colon, isDigit, isLetter } from './characters.ts'
import { scanCreditCard } from './credit-card.ts'
import { createDigitRun, readDigitRun } from './digit-run.ts'
import { maxLocalPart, scanEmail } from './email.ts'
import { scanIban } from './iban.ts'
import { scanIpV4 } from './ip-v4.ts'
import { scanIpV6 } from './ip-v6.ts'
import { scanNationalId } from './national-id.ts'
import { scanPhone } from './phone.ts'
import { scanSsn } from './ssn.ts'

/** Types of detections. Where two cover the same characters, the earlier one is reported. */
export const piiTypes = [
  'CREDIT_CARD',
  'IBAN',
  'SSN',
  'IP',
  'EMAIL',
  'NATIONAL_ID',
  'PASSPORT',
  'PHONE',
] as const

/** Everything that is recognized has one of these characters. */
const trigger = /[0-9@:]/g

const defaultThreshold = 0.5
/** Longest span (an e-mail address) and the context before it, and some more. */
const lookBehind = 448
const maxHold = 448
/** A number may begin this many characters before its first digit: `+`, `(`, the letters of an IBAN, of a passport. */
const maxLead = 6

export function createPiiDetector(spec: { types?: string[]; threshold?: number }): SpanDetector {
  const wanted = new Set(spec.types ?? piiTypes)
  for (const type of wanted)
    if (!(piiTypes as readonly string[]).includes(type))
      throw new Error(`Unknown PII type ${JSON.stringify(type)}; known are ${piiTypes.join(', ')}`)
  const threshold = spec.threshold ?? defaultThreshold
  const run = createDigitRun()

  const scanAll = (text: string, findings: Findings) => {
    trigger.lastIndex = 0
    while (trigger.test(text)) {
      const index = trigger.lastIndex - 1
      const code = text.charCodeAt(index)
      if (isDigit(code)) {
        readDigitRun(run, text, index)
        findings.looked(Math.max(0, index - maxLead), run.reach)
        scanIban(text, index, findings)
        scanIpV4(text, run, findings)
        scanCreditCard(text, run, findings)
        scanSsn(text, run, findings)
        scanNationalId(text, run, findings)
        scanPhone(text, run, findings)
        trigger.lastIndex = index + run.length[0]!
      } else if (code === at) scanEmail(text, index, findings)
      else scanIpV6(text, index, findings)
    }
  }

  return createSpanDetector({
    name: 'pii',
    lookBehind,
    maxHold,
    scan(text, ended) {
      const findings = createFindings(text.length)
      scanAll(text, findings)
      const sure = findings.detections.filter(({ confidence }) => confidence >= threshold)
      const detections = withoutCovered(sure, piiTypes).filter(({ type }) => wanted.has(type))
      return {
        detections,
        finalTo: ended ? text.length : Math.min(findings.undecidedFrom(), pendingFrom(text)),
      }
    },
  })
}

/** Start of what stands at the end of the text and can become part of a detection by what follows it. */
function pendingFrom(text: string): number {
  const floor = Math.max(0, text.length - maxLocalPart)
  let start = text.length
  while (start > floor && mayLead(text.charCodeAt(start - 1))) start--
  return start
}

/** Characters of a local part, of a number before its first digit, of an IPv6 address. */
function mayLead(code: number): boolean {
  return (
    isLetter(code) ||
    isDigit(code) ||
    (code >= 37 && code <= 46 && code !== 42 && code !== 44) ||
    code === 95 ||
    code === colon
  )
}
