import { readWholeExport } from './check-export.ts'
import type { Result } from './run-fault.ts'
import { compare } from './verify.ts'
import type { World } from './world.ts'

/** After everything: one export of all, read alone, must contain every exchange that a client saw finish. */
export async function checkWholeExport(world: World): Promise<Result> {
  const startedAtMs = Date.now()
  const base = { name: 'everything, by its export', rounds: 1, recoveriesS: [] }
  const exported = await readWholeExport(world)
  const sent = [...world.load.log.values()].filter(({ marker }) => !world.exempt.has(marker))
  return { ...compare(sent, exported, false), ...base, tookS: (Date.now() - startedAtMs) / 1_000 }
}
