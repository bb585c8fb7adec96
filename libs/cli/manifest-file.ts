import { readFile, writeFile } from 'node:fs/promises'
import { type Manifest, manifestName, manifestSchema } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/** Beside the file that it tells of. */
export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  await writeFile(manifestName(file), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
}

/** @throws CommandError when there is none, or something else is there. */
export async function readManifest(path: string): Promise<Manifest> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CommandError(
      exitCodes.failed,
      'manifest_not_read',
      code === 'ENOENT'
        ? `There is no manifest ${path}: "airs export --output" puts it beside its file; name another with --manifest.`
        : `The manifest ${path} cannot be read: ${message}.`,
      { cause: error },
    )
  }
  const { data, error } = manifestSchema.safeParse(json)
  if (data) return data
  const [issue] = error.issues
  throw new CommandError(
    exitCodes.failed,
    'manifest_invalid',
    `${path} is no manifest of an export: ${issue?.path.join('.')}: ${issue?.message}.`,
  )
}
