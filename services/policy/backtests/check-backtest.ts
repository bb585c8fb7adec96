import { ApiError } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { documentDigest } from '../policies/policies.ts'
import type { ReadPolicy } from '../policies/read-policies.ts'
import type { PolicyTables } from '../tables.ts'
import { findReport } from './backtests.ts'

/**
 * Checks that what is to enforce was tried on what was recorded: the report of that digest was made of exactly these documents.
 * @throws ApiError 409
 */
export async function checkBacktest(
  database: Kysely<PolicyTables>,
  changed: ReadPolicy[],
  { digest, isRequired }: { digest: string | undefined; isRequired: boolean },
): Promise<void> {
  const enforcing = changed.filter(({ policy }) => policy.mode === 'enforce')
  if (enforcing.length === 0 || (digest === undefined && !isRequired)) return
  const names = enforcing.map(({ policy }) => policy.name).join(', ')
  if (digest === undefined)
    throw new ApiError(
      409,
      'backtest_required',
      `Policies that enforce need a backtest here (AIRS_REQUIRE_BACKTEST): run "airs policy backtest FILE", then apply with --backtest DIGEST. It is about: ${names}`,
    )
  const report = await findReport(database, { digest })
  if (!report)
    throw new ApiError(409, 'backtest_unknown', `No completed backtest has a report with digest ${digest}`)
  const untested = enforcing.filter(
    ({ policy: { name }, source }) =>
      !report.tested.some((one) => one.name === name && one.document === documentDigest(source)),
  )
  if (untested.length > 0)
    throw new ApiError(
      409,
      'backtest_mismatch',
      `The backtest with digest ${digest} was made of other documents than these of ${untested.map(({ policy }) => policy.name).join(', ')}; run "airs policy backtest" on what you want to apply`,
    )
}
