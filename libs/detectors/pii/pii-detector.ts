import type { SpanDetector } from '../detector.ts'
import { createFindings } from '../findings.ts'
import { createSpanDetector } from '../span-detector.ts'
import { emailReach, pendingLocalPart, scanEmail } from './email.ts'

export const piiTypes = ['EMAIL'] as const
const maxHold = 512

export function createPiiDetector(spec: { types?: string[]; threshold?: number }): SpanDetector {
  const wanted = new Set<string>(spec.types ?? piiTypes)
  const threshold = spec.threshold ?? 0
  return createSpanDetector({
    name: 'pii',
    lookBehind: emailReach,
    maxHold,
    scan(text, ended) {
      const findings = createFindings(text.length)
      for (let index = text.indexOf('@'); index >= 0; index = text.indexOf('@', index + 1))
        scanEmail(text, index, findings)
      const detections = findings.detections
        .filter(({ type, confidence }) => wanted.has(type) && confidence >= threshold)
        .sort((a, b) => a.start - b.start || b.end - a.end)
      const finalTo = ended ? text.length : Math.min(findings.undecidedFrom(), pendingLocalPart(text))
      return { detections, finalTo }
    },
  })
}
