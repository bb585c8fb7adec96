import type { Detection } from '@airs-cp/detectors'
import type { Finding } from '@airs-cp/events'
import { createKeyedDigest } from './keyed-digest.ts'

export type Findings = {
  readonly all: Finding[]
  /** Index of the finding; one that is known by place and type is not added again. */
  add(
    detector: string,
    path: string,
    text: string,
    detection: Detection & Pick<Finding, 'firstStage'>,
    about: Pick<Finding, 'source' | 'tool'>,
  ): number
}

/**
 * Collects findings, each place and type once.
 * @param digestKey keys their digests, so that equal values can be recognised but not guessed.
 */
export function createFindings(digestKey: string): Findings {
  const digest = digestBy(digestKey)
  const all: Finding[] = []
  const indexes = new Map<string, number>()
  return {
    all,
    add(detector, path, text, { type, start, end, confidence, features, firstStage }, about) {
      const stage = firstStage === undefined ? '' : ' second'
      const key = `${detector} ${type} ${path} ${start} ${end}${stage}`
      const known = indexes.get(key)
      if (known !== undefined) return known
      indexes.set(key, all.length)
      all.push({
        detector,
        type,
        path,
        start,
        end,
        confidence,
        digest: digest(`${type}\0${text}`).slice(0, 32),
        ...(firstStage !== undefined && { firstStage }),
        ...about,
        ...(features && { features }),
      })
      return all.length - 1
    },
  }
}

let last: { key: string; digest: (text: string) => string } | undefined

/** An ingress has one key. */
function digestBy(key: string): (text: string) => string {
  if (last?.key !== key) last = { key, digest: createKeyedDigest(key) }
  return last.digest
}
