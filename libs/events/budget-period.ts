/** After which time a budget begins anew: calendar days, weeks from Monday and months in UTC; `total` never. */
export const budgetPeriods = ['day', 'week', 'month', 'total'] as const
export type BudgetPeriod = (typeof budgetPeriods)[number]

const dayMs = 86_400_000

/** The period that contains an instant, in milliseconds; `untilMs` is the first instant after it. */
export function periodAt(period: BudgetPeriod, atMs: number): { sinceMs: number; untilMs: number } {
  const startOfDay = Math.floor(atMs / dayMs) * dayMs
  switch (period) {
    case 'day':
      return { sinceMs: startOfDay, untilMs: startOfDay + dayMs }
    case 'week': {
      // The first day of Unix time was a Thursday.
      const sinceMs = startOfDay - ((startOfDay / dayMs + 3) % 7) * dayMs
      return { sinceMs, untilMs: sinceMs + 7 * dayMs }
    }
    case 'month': {
      const at = new Date(atMs)
      const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
      return { sinceMs: Date.UTC(year, month), untilMs: Date.UTC(year, month + 1) }
    }
    case 'total':
      return { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }
  }
}
