import type { Generated } from 'kysely'
import type { Measures } from './contribution.ts'

export type FigureTables = {
  /** Sums over exchanges by the minute, hour and day of their request, and by a value of each kind. */
  'audit.figures': Measures & {
    step_seconds: number
    kind: string
    /** Empty: all values after the first thousand of the kind. */
    value: string
    /** Start of the minute, hour or day. */
    at: Date
    /** Exchanges by bucket of their duration. */
    latencies: number[] | null
  }
  /** Changes of figures that are not in `figures` yet: JSON, an array of `Delta`. */
  'audit.figures_pending': { number: Generated<number>; deltas: unknown }
  /** Values that are counted by themselves. */
  'audit.figure_values': { kind: string; value: string }
}
