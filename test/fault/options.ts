import { parseArgs } from 'node:util'

export type Options = { seed: number; long: boolean; only: string[]; verbose: boolean }

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      long: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
    },
  })
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
  if (!Number.isInteger(seed)) throw new Error(`--seed=${values.seed} must be a whole number`)
  return { seed, long: values.long, only: values.only, verbose: values.verbose }
}
