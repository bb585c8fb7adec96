import { createReadStream } from 'node:fs'
import { ManifestError, manifestName, readManifest, verifyExport } from '@airs-cp/manifest'
import { VerificationFailed } from './errors.js'
import type { Gap, Manifest } from './manifest.js'

/** A file that matches its manifest, to the byte. */
export type VerifiedExport = {
  manifest: Manifest
  sha256: string
  rows: number
  bytes: number
  /** Events that are missing according to the journals' sequence numbers, as the manifest declares them. */
  gaps: Gap[]
  /**
   * `rows`: each of them was read, too. `file`: size and digest only, because this Node cannot decompress it (zstd needs
   * 22.15); the rest is taken from the manifest.
   */
  checked: 'rows' | 'file'
}

/** @throws VerificationFailed, with all its `problems`, when the file differs from its manifest. @internal */
export async function verify(file: string, manifestPath = manifestName(file)): Promise<VerifiedExport> {
  const manifest = await readManifest(manifestPath).catch((error: unknown) => {
    if (!(error instanceof ManifestError)) throw error
    const cure =
      error.reason === 'missing'
        ? ': download(), and the command "airs export --output", put it beside the file; name another with { manifest }'
        : ''
    throw new VerificationFailed(`${error.message}${cure}`)
  })
  const { problems, rows, bytes, sha256, checked } = await verifyExport(manifest, createReadStream(file))
  if (problems.length > 0)
    throw new VerificationFailed(`${file} does not match its manifest. ${problems.join('. ')}`, problems)
  const gaps = (manifest.journals ?? []).flatMap(({ journal, gaps }) =>
    gaps.map(({ from, to }) => ({ journal, from, to })),
  )
  return { manifest, sha256, rows, bytes, gaps, checked }
}
