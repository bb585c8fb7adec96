import { readFile, writeFile } from 'node:fs/promises'
import { type Manifest, manifestName, manifestSchema } from './manifest.ts'

/** There is no manifest at a path, or something else. */
export class ManifestError extends Error {
  override name = 'ManifestError'
  readonly reason: 'missing' | 'unreadable' | 'invalid'

  constructor(reason: ManifestError['reason'], message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/** Writes the manifest of an export beside its file. Readable for its owner alone. */
export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  await writeFile(manifestName(file), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
}

/** @throws ManifestError */
export async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new ManifestError('missing', `There is no manifest ${path}`, error)
    throw new ManifestError('unreadable', `The manifest ${path} cannot be read: ${error.message}`, error)
  })
  const json = parseJson(text)
  if (json === undefined)
    throw new ManifestError('invalid', `${path} is no manifest of an export: it is not JSON`)
  const { data, error } = manifestSchema.safeParse(json)
  if (data) return data
  const [issue] = error.issues
  const place = issue?.path.join('.')
  throw new ManifestError(
    'invalid',
    `${path} is no manifest of an export: ${place ? `${place}: ` : ''}${issue?.message}`,
  )
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
