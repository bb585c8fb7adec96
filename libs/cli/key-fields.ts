import { type BudgetPeriod, budgetPeriods } from '@airs-cp/events'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readCount } from './read-count.ts'
import { readExpiry } from './time-range.ts'

/** What a key may do and whose it is, from the command line. Of `airs keys edit` a value may be `none`, which removes it. */
export type KeyOptions = {
  model?: string[]
  provider?: string[]
  expires?: string
  requestsPerMinute?: number | 'none'
  tokensPerMinute?: number | 'none'
  budgetUsd?: number | 'none'
  budgetPeriod?: BudgetPeriod
  agent?: string
  tag?: string[]
  tenant?: string
}

export function addKeyOptions(command: Command, { isEdit = false } = {}): Command {
  const orNone =
    <Value>(read: (text: string) => Value) =>
    (text: string) =>
      isEdit && text === 'none' ? 'none' : read(text)
  return command
    .option('--model <glob...>', 'only these models')
    .option('--provider <name...>', 'only these providers')
    .option('--expires <time>', 'when it expires, such as 2027-01-01T00:00:00Z, or 90d from now')
    .option('--requests-per-minute <count>', 'how many requests in a minute at most', orNone(readCount))
    .option('--tokens-per-minute <count>', 'how many tokens in a minute at most', orNone(readCount))
    .option(
      '--budget-usd <amount>',
      'what it may spend at most in each period of the budget',
      orNone(readAmount),
    )
    .addOption(
      new Option(
        '--budget-period <period>',
        'when the budget renews, in UTC (default: total, never)',
      ).choices(budgetPeriods),
    )
    .option('--agent <name>', 'agent of its exchanges; X-AIRS-Agent of the client is ignored then')
    .option('--tag <tag...>', 'tags of its exchanges; X-AIRS-Tags of the client is ignored then')
    .option('--tenant <name>', 'the tenant of its exchanges')
}

const isNone = (value: unknown) => value === 'none' || (Array.isArray(value) && value.join() === 'none')

type Given<Value> = Exclude<Value, 'none'> | null

/** As the API takes them: null removes. @throws CommandError */
export async function readKeyFields(options: KeyOptions) {
  const given = <Name extends keyof KeyOptions>(name: Name) => {
    const value = options[name]
    return (isNone(value) ? null : value) as Given<KeyOptions[Name]>
  }
  const { expires } = options
  const budgetUsd = given('budgetUsd')
  const fields = {
    models: given('model'),
    providers: given('provider'),
    expiresAt: expires === undefined || expires === 'none' ? given('expires') : await readExpiry(expires),
    requestsPerMinute: given('requestsPerMinute'),
    tokensPerMinute: given('tokensPerMinute'),
    budgetUsdMicros: typeof budgetUsd === 'number' ? Math.round(budgetUsd * 1e6) : budgetUsd,
    budgetPeriod: budgetUsd === null ? null : given('budgetPeriod'),
    agent: given('agent'),
    tags: given('tag'),
    tenant: given('tenant'),
  }
  const named = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(named) as { [Name in keyof typeof fields]?: (typeof fields)[Name] }
}

function readAmount(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('Give an amount of US dollars, such as 25 or 0.5.')
  return Number(text)
}
