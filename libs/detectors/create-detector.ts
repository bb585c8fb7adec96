import type { Detector } from './detector.ts'
import type { DetectorSpec } from './detector-spec.ts'
import { createInjectionDetector } from './injection/injection-detector.ts'
import { createPatternDetector } from './pattern/pattern-detector.ts'
import { createPiiDetector } from './pii/pii-detector.ts'
import { createSecretsDetector } from './secrets/secrets-detector.ts'
import { readingTags } from './spelled-tags.ts'

/**
 * Builds a detector once; it holds no state of a text and may be shared.
 * @throws when a type is unknown or a pattern is not valid RE2.
 */
export function createDetector(spec: DetectorSpec): Detector {
  return readingTags(create(spec))
}

function create(spec: DetectorSpec): Detector {
  switch (spec.detector) {
    case 'pii':
      return createPiiDetector(spec)
    case 'secrets':
      return createSecretsDetector(spec)
    case 'pattern':
      return createPatternDetector(spec)
    case 'injection':
      return createInjectionDetector(spec)
  }
}
