import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { openPartFile } from '../part-file.ts'

export type TakenPolicies = { file: string; names: string[]; setVersion: number; sha256: string }

/** Writes the policies in force as one file, each as it was applied, in the order of their names. */
export async function takePolicies(context: Context, folder: string): Promise<TakenPolicies> {
  const { setVersion, policies } = await context.client().policies.list()
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const text = sorted.map(({ document }) => `${document!.trimEnd()}\n`).join('---\n')
  const file = join(folder, 'policies.yaml')
  const part = await openPartFile(file, 'begin')
  await part.write(Buffer.from(text))
  await part.complete()
  return {
    file,
    names: sorted.map(({ name }) => name),
    setVersion,
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}
