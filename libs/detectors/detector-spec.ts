/** A detector as a policy names it. `threshold` is the least confidence that is reported. */
export type DetectorSpec =
  | { detector: 'pii'; types?: string[]; threshold?: number; addresses?: 'all' | 'public' }
  | { detector: 'secrets'; types?: string[]; threshold?: number }
  | { detector: 'injection'; threshold?: number }
  | { detector: 'pattern'; name: string; pattern: string }
