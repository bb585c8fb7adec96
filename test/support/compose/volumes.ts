import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComposeFile, mountsOf } from '../../../infra/docker/compose-file.ts'
import type { Image } from './build-image.ts'

/**
 * Makes a folder per volume. As with an engine, a new volume has the owner and mode of the image's folder that it is
 * first mounted on, and belongs to root where the image has none.
 */
export function makeVolumes(directory: string, { services, volumes }: ComposeFile, image: Image): void {
  for (const name of Object.keys(volumes)) mkdirSync(join(directory, name), { recursive: true, mode: 0o755 })
  for (const service of Object.values(services)) {
    if (service.image !== services.ingress?.image) continue
    for (const { kind, source, target } of mountsOf(service)) {
      const folder = statSync(join(image.root, target), { throwIfNoEntry: false })
      if (!folder || kind === 'folder') continue
      chownSync(join(directory, source), folder.uid, folder.gid)
      chmodSync(join(directory, source), folder.mode & 0o7777)
    }
  }
}

/** Rewrites the addresses that the containers have of each other: those names lead nowhere on this machine. */
export function rewriteSecrets(directory: string, rewrite: (text: string) => string): void {
  for (const volume of readdirSync(directory).filter((name) => name.startsWith('secrets-')))
    for (const file of readdirSync(join(directory, volume))) {
      const path = join(directory, volume, file)
      const text = readFileSync(path, 'utf8')
      const rewritten = rewrite(text)
      if (rewritten === text) continue
      chmodSync(path, 0o644)
      writeFileSync(path, rewritten)
    }
}
