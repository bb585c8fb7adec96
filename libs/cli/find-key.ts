import type { Key } from '@airs-cp/client'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'

/** A client key by its id, or by its name where one key alone has it. Keys in force come before revoked ones. */
export async function findKey(context: Context, idOrName: string): Promise<Key> {
  const named = (await context.client().keys.list()).filter(
    ({ keyId, name }) => keyId === idOrName || name === idOrName,
  )
  const inForce = named.filter(({ revokedAt }) => revokedAt === null)
  const found = inForce.length > 0 ? inForce : named
  if (found.length === 1) return found[0]!
  if (found.length === 0)
    throw new CommandError(
      exitCodes.failed,
      'no_such_key',
      `There is no client key "${printable(idOrName)}"; "airs keys list" shows those that there are`,
    )
  throw new CommandError(
    exitCodes.failed,
    'ambiguous_key',
    `${found.length} client keys have the name "${printable(idOrName)}"; use an id: ${found.map(({ keyId }) => keyId).join(', ')}`,
  )
}
