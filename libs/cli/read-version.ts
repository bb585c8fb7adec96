import { InvalidArgumentError } from 'commander'

/** The number of a version, from the command line; `v3` is 3. */
export function readVersion(text: string): number {
  const number = /^v?([1-9]\d{0,8})$/.exec(text)?.[1]
  if (number === undefined) throw new InvalidArgumentError('Give the number of a version.')
  return Number(number)
}
