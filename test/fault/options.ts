import { parseArgs } from 'node:util'

export type Options = {
  seed: number
  /** Many rounds, and cuts of a minute. */
  long: boolean
  /** Seconds that NATS is cut off. */
  cutS: number
  /** Wall-clock minutes after which a run counts as failed. */
  minutes: number
  /** Instead of the rounds of the form. */
  rounds: number | undefined
  /** Faults whose name contains one of these; all when there is none. */
  only: string[]
  /** Passes on what the stack says. */
  verbose: boolean
}

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      long: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      cut: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
    },
  })
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  const cutS = Number(values.cut ?? (values.long ? 60 : 5))
  const minutes = Number(values.minutes ?? (values.long ? 600 : 60))
  for (const [name, value] of Object.entries({ seed, rounds, cut: cutS, minutes }))
    if (value !== undefined && !Number.isInteger(value)) throw new Error(`--${name} must be a whole number`)
  return { ...values, seed, rounds, cutS, minutes }
}
