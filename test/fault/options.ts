import { parseArgs } from 'node:util'

export type Options = {
  seed: number
  /** Many rounds, and cuts of a minute. */
  long: boolean
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
      only: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
    },
  })
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  for (const [name, value] of Object.entries({ seed, rounds }))
    if (value !== undefined && !Number.isInteger(value)) throw new Error(`--${name} must be a whole number`)
  return { ...values, seed, rounds }
}
