import { parseArgs } from 'node:util'

export type Options = {
  seeds: string[]
  minutes: number
  isTraced: boolean
  printsTrace: boolean
  mutant: string | undefined
  database: string | undefined
}

export const help = `Simulates the way of events from the ingress to the log, under faults and in virtual time.

  npm run test:simulation -- [--seeds N] [--minutes M] [--from N] [--mutants]
  npm run test:simulation -- --seed NAME [--trace]

  --minutes M    no seed begins after so many minutes (default 30)
  --seeds N      at most so many seeds (default 3)
  --from N       number of the first seed (default 1)
  --seed NAME    this one alone, to replay it
  --mutants      also shows that each of the changes of test/simulation/mutants.ts is noticed (some ten minutes)
  --mutant NAME  with a change of the source that breaks a promise, see test/simulation/mutants.ts
  --trace        prints every step, to standard error
  --hash         prints a digest of all steps of each seed`

/** @param given arguments of the command line. */
export function readOptions(given: string[]): Options {
  const { values } = parseArgs({
    args: given,
    options: {
      seeds: { type: 'string', default: '3' },
      from: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string' },
      mutant: { type: 'string' },
      database: { type: 'string' },
      trace: { type: 'boolean', default: false },
      hash: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  const first = Number(values.from)
  return {
    seeds:
      values.seed === undefined
        ? Array.from({ length: Number(values.seeds) }, (_, at) => String(first + at))
        : [values.seed],
    minutes: Number(values.minutes),
    isTraced: values.trace,
    printsTrace: values.hash || values.seed !== undefined,
    mutant: values.mutant,
    database: values.database,
  }
}
